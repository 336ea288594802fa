using Ctas.Sources;

namespace Ctas.Kafka.Scanning;

/// <summary>How old, at most, the oldest record may be that a tail has not read. Single-threaded.</summary>
/// <remarks>
/// What lies behind the ends of a moment was written after it. Two moments are kept: one whose ends were passed, which all that is
/// unread is younger than, and one whose ends are still to be passed, which takes its place then. So a lag is told at most twice as long.
/// </remarks>
/// <param name="ends">Where every partition ended when the tail began, or earlier.</param>
/// <param name="time">The clock.</param>
internal sealed class UnreadAge(IReadOnlyList<PartitionOffset> ends, TimeProvider time)
{
    private long _passedAt = time.GetTimestamp();
    private long _nextAt = time.GetTimestamp();
    private IReadOnlyList<PartitionOffset> _next = ends;

    /// <summary>The age of everything that is unread, at most.</summary>
    public TimeSpan Age => time.GetElapsedTime(_passedAt);

    /// <summary>Takes down how far was read, and where the partitions end now.</summary>
    public void Note(IReadOnlyList<PartitionOffset> positions, IReadOnlyList<PartitionOffset> ends)
    {
        if (!HavePassed(positions, _next)) { return; }

        long now = time.GetTimestamp();
        _passedAt = HavePassed(positions, ends) ? now : _nextAt;
        (_nextAt, _next) = (now, ends);
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
}
