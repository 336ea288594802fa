using Ctas.Sources;

namespace Ctas.Kafka.Scanning;

/// <summary>How far one partition was read. Owned by the scan's thread.</summary>
/// <param name="ordinal">Ordinal among the partitions of the scan.</param>
/// <param name="partition">The partition with its captured range.</param>
internal sealed class PartitionReading(int ordinal, SourcePartition partition)
{
    public int Ordinal { get; } = ordinal;

    public int Id { get; } = partition.Id;

    public string Name { get; } = partition.Name;

    /// <summary>The captured end, exclusive.</summary>
    public long End { get; } = partition.Range.End;

    /// <summary>The next offset to read.</summary>
    public long Position { get; private set; } = partition.Range.Start;

    /// <summary>The leadership under which the record before the position was written; null where that is not known.</summary>
    public int? LeaderEpoch { get; set; }

    /// <summary>True when there is no captured end: the partition is read on as it grows.</summary>
    public bool IsEndless => End == long.MaxValue;

    /// <summary>True when the position has reached the captured end.</summary>
    public bool IsDone => Position >= End;

    /// <summary>Moves on, to where the leadership is not known; never back, and never past the captured end.</summary>
    public void MoveTo(long position)
    {
        if (position <= Position) { return; }

        // An older leadership may have ended before the position: it must not stand for it.
        (Position, LeaderEpoch) = (Math.Min(position, End), null);
    }
}
