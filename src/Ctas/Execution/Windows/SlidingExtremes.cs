using System.Diagnostics;
using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Windows;

/// <summary>MIN and MAX over frames whose bounds ascend. Cost O(rows).</summary>
/// <remarks>
/// A queue holds the positions that may still become the extreme of a later frame: each is better than all after it has
/// been. Its first one is the extreme. Source: Lemire, Streaming maximum-minimum filter, 2006.
/// </remarks>
internal static class SlidingExtremes
{
    /// <summary>The results, a row for each row (not position).</summary>
    public static Column Compute(bool isMin, SortedRows rows, Column values, FrameBounds frames)
    {
        ulong[] ranks = RanksOf(values, rows.Order);
        if (!isMin)
        {
            for (int position = 0; position < ranks.Length; position++) { ranks[position] = ~ranks[position]; }
        }

        var sources = new int[rows.Count];
        var queue = new int[rows.Count];
        for (int partition = 0; partition < rows.PartitionCount; partition++)
        {
            int start = rows.PartitionStarts[partition];
            int head = 0;
            int tail = 0;
            int next = start;
            for (int position = start; position < rows.PartitionStarts[partition + 1]; position++)
            {
                for (; next < frames.Ends[position]; next++)
                {
                    if (values.IsNull(rows.Order[next])) { continue; }

                    while (tail > head && ranks[queue[tail - 1]] > ranks[next]) { tail--; }

                    queue[tail++] = next;
                }

                while (head < tail && queue[head] < frames.Starts[position]) { head++; }

                sources[rows.Order[position]] = head < tail ? rows.Order[queue[head]] : -1;
            }
        }

        return values.Gather(sources);
    }

    /// <summary>A number for each position that orders as the values do.</summary>
    private static ulong[] RanksOf(Column values, int[] order)
    {
        ulong[] byRow = values switch
        {
            FixedColumn<bool> booleans => Ranks<bool, BooleanRank>(booleans),
            FixedColumn<int> ints => Ranks<int, IntRank>(ints),
            FixedColumn<long> longs => Ranks<long, BigIntRank>(longs),
            FixedColumn<double> doubles => Ranks<double, DoubleRank>(doubles),
            StringColumn strings => StringRanks.Of(strings),
            FixedColumn<Int128> or FixedColumn<Interval> => RanksByOrder(values),
            _ => throw new UnreachableException($"No order for {values.Type}."),
        };
        return Array.ConvertAll(order, row => byRow[row]);
    }

    private static ulong[] Ranks<T, TRank>(FixedColumn<T> column)
        where T : unmanaged
        where TRank : struct, IRank<T>
    {
        var ranks = new ulong[column.Length];
        ReadOnlySpan<T> values = column.Values;
        for (int row = 0; row < ranks.Length; row++) { ranks[row] = TRank.Of(values[row]); }

        return ranks;
    }

    /// <summary>Values wider than a number: their places in sorted order.</summary>
    private static ulong[] RanksByOrder(Column values)
    {
        var keys = new PackedSortKeys(values.Length);
        keys.Add(values, isDescending: false, nullsFirst: false);
        int[] order = keys.Order();
        var ranks = new ulong[order.Length];
        ulong rank = 0;
        for (int position = 0; position < order.Length; position++)
        {
            rank += position == 0 || keys.AreEqual(order[position - 1], order[position]) ? 0UL : 1UL;
            ranks[order[position]] = rank;
        }

        return ranks;
    }
}
