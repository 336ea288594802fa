using Ctas.Sources;

namespace Ctas.Kafka.Scanning;

/// <summary>How old, at most, the oldest record may be that a tail has not read. Single-threaded.</summary>
/// <remarks>
/// What lies behind the ends of a moment was written after it. Kept are the last moment whose ends were passed, which all that is
/// unread is younger than, and those whose ends are still to be passed, each of which takes its place then. Neighbours are no
/// further apart than a part of the age, so that a steady lag is told little longer than it is.
/// </remarks>
/// <param name="ends">Where every partition ended when the tail began, or earlier.</param>
/// <param name="time">The clock.</param>
internal sealed class UnreadAge(IReadOnlyList<PartitionOffset> ends, TimeProvider time)
{
    // The part of the age that moments may lie apart. Those that are kept grow with the logarithm of the age: some hundreds.
    private const int Precision = 16;

    private readonly List<Moment> _ahead = [new(time.GetTimestamp(), ends)];
    private long _passedAt = time.GetTimestamp();

    /// <summary>The age of everything that is unread, at most.</summary>
    public TimeSpan Age => time.GetElapsedTime(_passedAt);

    /// <summary>Takes down how far was read, and where the partitions end now.</summary>
    public void Note(IReadOnlyList<PartitionOffset> positions, IReadOnlyList<PartitionOffset> ends)
    {
        long now = time.GetTimestamp();
        int passed = 0;
        while (passed < _ahead.Count && HavePassed(positions, _ahead[passed].Ends)) { _passedAt = _ahead[passed++].At; }

        _ahead.RemoveRange(0, passed);
        if (HavePassed(positions, ends))
        {
            _passedAt = now;
            _ahead.Clear();
            return;
        }

        long last = _ahead is [.., var newest] ? newest.At : _passedAt;
        if (_ahead.Count == 0 || now - last >= (now - _passedAt) / Precision) { _ahead.Add(new Moment(now, ends)); }
    }

    private static bool HavePassed(IReadOnlyList<PartitionOffset> positions, IReadOnlyList<PartitionOffset> ends)
    {
        for (int i = 0; i < ends.Count; i++)
        {
            // Both mostly name the same partitions in the same order.
            PartitionOffset end = ends[i];
            PartitionOffset position = i < positions.Count && positions[i].Partition == end.Partition
                ? positions[i]
                : positions.FirstOrDefault(p => p.Partition == end.Partition);
            if (position.Offset < end.Offset) { return false; }
        }

        return true;
    }

    private readonly record struct Moment(long At, IReadOnlyList<PartitionOffset> Ends);
}
