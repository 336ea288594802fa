using Ctas.Sources;

namespace Ctas.Maintenance;

/// <summary>
/// When the records became known that have not been applied: so long a source is behind, however many more have come
/// since. Safe for any number of threads.
/// </summary>
/// <remarks>
/// Many ends become known while records flow. When they are more than are kept, two neighbours become one with the time of
/// the first and the end of the second, those two for which that adds the least part to a lag: it is told a little too large
/// then, however long and steady it is, and never too small. Source of the idea, that what is older may be known less
/// exactly: Datar et al., Maintaining stream statistics over sliding windows, SIAM J. Comput. 2002.
/// </remarks>
/// <param name="applied">The next offset of every partition.</param>
/// <param name="time">The clock.</param>
internal sealed class LagMarks(IReadOnlyList<PartitionOffset> applied, TimeProvider time)
{
    private const int MaxMarks = 128;

    private readonly Lock _lock = new();

    // By time; each is past the one before, and past what has been applied.
    private readonly List<Mark> _marks = [];
    private IReadOnlyList<PartitionOffset> _applied = applied;

    /// <summary>For how long the oldest record that is not applied has been known; zero without any.</summary>
    public TimeSpan Age
    {
        get
        {
            lock (_lock) { return _marks is [var oldest, ..] ? time.GetElapsedTime(oldest.KnownSince) : TimeSpan.Zero; }
        }
    }

    /// <summary>Takes down that records up to these ends are known now.</summary>
    public void Note(IReadOnlyList<PartitionOffset> ends)
    {
        lock (_lock)
        {
            if (IsCovered(ends, _marks is [.., var last] ? last.Ends : _applied)) { return; }

            if (_marks.Count == MaxMarks) { Merge(); }

            _marks.Add(new Mark(time.GetTimestamp(), ends));
        }
    }

    /// <summary>Forgets what has been applied.</summary>
    public void Apply(IReadOnlyList<PartitionOffset> positions)
    {
        lock (_lock)
        {
            _applied = positions;
            int reached = 0;
            while (reached < _marks.Count && IsCovered(_marks[reached].Ends, positions)) { reached++; }

            _marks.RemoveRange(0, reached);
        }
    }

    private void Merge()
    {
        long now = time.GetTimestamp();
        (int least, double leastPart) = (0, double.MaxValue);
        for (int i = 0; i < MaxMarks - 2; i++)
        {
            // Past the end of the two, the lag is that of the next mark or less; up to there it will be told as that of the first.
            long next = _marks[i + 2].KnownSince;
            double part = (double)(next - _marks[i].KnownSince) / Math.Max(1, now - next);
            if (part < leastPart) { (least, leastPart) = (i, part); }
        }

        _marks[least] = _marks[least] with { Ends = _marks[least + 1].Ends };
        _marks.RemoveAt(least + 1);
    }

    private static bool IsCovered(IReadOnlyList<PartitionOffset> ends, IReadOnlyList<PartitionOffset> by)
    {
        for (int i = 0; i < ends.Count; i++)
        {
            // Mostly both name the same partitions in the same order.
            PartitionOffset end = ends[i];
            long reached = i < by.Count && by[i].Partition == end.Partition ? by[i].Offset : OffsetOf(end.Partition, by);
            if (end.Offset > reached) { return false; }
        }

        return true;
    }

    private static long OffsetOf(int partition, IReadOnlyList<PartitionOffset> positions) =>
        positions.FirstOrDefault(position => position.Partition == partition).Offset;

    private readonly record struct Mark(long KnownSince, IReadOnlyList<PartitionOffset> Ends);
}
