using Ctas.Sources;

namespace Ctas.Maintenance;

/// <summary>
/// How far event time has come in a source: the least of what its partitions have come to, those that are idle left out. It
/// never goes back.
/// </summary>
/// <remarks>
/// A partition is idle when all of it that is known has been applied and nothing has come for a while; when all are, the
/// greatest counts. One that never had a record holds nothing up. Single-threaded, except for <see cref="Current"/> and
/// <see cref="NoteRest"/>.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="idleAfter">How long nothing must have come.</param>
internal sealed class SourceWatermark(TimeProvider time, TimeSpan idleAfter)
{
    private readonly Dictionary<int, Partition> _partitions = [];
    private long _current = long.MinValue;
    private int _hasRested;

    /// <summary>Microseconds since 1970; <see cref="long.MinValue"/> before the first record.</summary>
    public long Current => Volatile.Read(ref _current);

    /// <summary>Says that nothing was taken from the source for a while: what came in that time may not even be known yet.</summary>
    public void NoteRest() => Volatile.Write(ref _hasRested, 1);

    /// <summary>Takes note of the latest times of partitions.</summary>
    public void Note(IReadOnlyList<PartitionTime> newest)
    {
        foreach (PartitionTime latest in newest)
        {
            Partition partition = Of(latest.Partition);
            partition.Time = Math.Max(partition.Time, latest.Time);
        }
    }

    /// <summary>The latest times of partitions that had a record.</summary>
    public IReadOnlyList<PartitionTime> Times =>
        [.. _partitions.Where(entry => entry.Value.Time != long.MinValue).Select(entry => new PartitionTime(entry.Key, entry.Value.Time))];

    /// <summary>Goes on from how far it had come, before anything is noted.</summary>
    public void GoOnFrom(StoredEventTime stored)
    {
        Note(stored.Times);
        Volatile.Write(ref _current, stored.Reached);
    }

    /// <summary>Moves on as far as the partitions have come.</summary>
    /// <param name="positions">What has been applied.</param>
    /// <param name="ends">What is known to be there; null when it is not known to be more.</param>
    public void Advance(IReadOnlyList<PartitionOffset> positions, IReadOnlyList<PartitionOffset>? ends)
    {
        long least = long.MaxValue;
        long greatest = long.MinValue;
        TakeRest();
        foreach (PartitionOffset position in positions)
        {
            Partition partition = Of(position.Partition);
            if (partition.Offset != position.Offset) { (partition.Offset, partition.MovedAt) = (position.Offset, time.GetTimestamp()); }

            bool isAtEnd = ends is null || !ends.Any(end => end.Partition == position.Partition && end.Offset > position.Offset);
            if (partition.Time == long.MinValue)
            {
                // What waits there may be older than anything.
                if (!isAtEnd) { return; }

                continue;
            }

            greatest = Math.Max(greatest, partition.Time);
            bool isIdle = isAtEnd && time.GetElapsedTime(partition.MovedAt) >= idleAfter;
            if (!isIdle) { least = Math.Min(least, partition.Time); }
        }

        long reached = least == long.MaxValue ? greatest : least;
        if (reached > _current) { Volatile.Write(ref _current, reached); }
    }

    private void TakeRest()
    {
        if (Interlocked.Exchange(ref _hasRested, 0) == 0) { return; }

        foreach (Partition partition in _partitions.Values) { partition.MovedAt = time.GetTimestamp(); }
    }

    private Partition Of(int number)
    {
        if (!_partitions.TryGetValue(number, out Partition? partition)) { _partitions.Add(number, partition = new Partition()); }

        return partition;
    }

    private sealed class Partition
    {
        public long Time { get; set; } = long.MinValue;

        public long Offset { get; set; } = -1;

        public long MovedAt { get; set; }
    }
}

/// <summary>How far event time had come in a source when that was stored.</summary>
/// <param name="Times">The latest times of partitions.</param>
/// <param name="Reached">What it had come to, as <see cref="SourceWatermark.Current"/> tells it.</param>
internal sealed record StoredEventTime(IReadOnlyList<PartitionTime> Times, long Reached);
