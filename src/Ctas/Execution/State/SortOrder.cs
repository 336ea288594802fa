using System.Diagnostics;
using Ctas.Data;
using Ctas.Data.Nested;
using Ctas.Execution.Kernels;
using Ctas.Planning;

namespace Ctas.Execution.State;

/// <summary>Finds the order of rows by sort keys.</summary>
/// <remarks>
/// Every key is turned into unsigned numbers that order as the key does, NULLs and direction included; rows are then
/// compared by numbers only, the row number deciding last, which makes the order stable.
/// </remarks>
internal static class SortOrder
{
    /// <summary>Row numbers in sorted order.</summary>
    /// <param name="columns">A column for each key.</param>
    /// <param name="keys">Direction and place of NULLs.</param>
    public static int[] Of(Batch columns, IReadOnlyList<SortKey> keys)
    {
        var levels = new List<ulong[]>();
        for (int key = 0; key < keys.Count; key++) { AddLevels(levels, columns[key], keys[key]); }

        // The first level lies beside the row number: most comparisons then touch no other memory.
        var entries = new Entry[columns.RowCount];
        ulong[] first = levels.Count > 0 ? levels[0] : new ulong[entries.Length];
        for (int row = 0; row < entries.Length; row++) { entries[row] = new Entry(first[row], row); }

        entries.AsSpan().Sort(new Levels([.. levels.Skip(1)]));
        return Array.ConvertAll(entries, entry => entry.Row);
    }

    private static void AddLevels(List<ulong[]> levels, Column column, SortKey key)
    {
        ulong[][] ranks = [.. Ranks(column)];
        foreach (ulong[] level in ranks)
        {
            for (int row = 0; key.IsDescending && row < level.Length; row++) { level[row] = ~level[row]; }

            NullRows.Fill(level, column.Validity, 0UL);
        }

        // NULLs: a level before the values; it takes their upper 63 bits along, so that it decides nearly always.
        if (column.Validity is not null)
        {
            var places = new ulong[column.Length];
            for (int row = 0; row < places.Length; row++)
            {
                ulong place = column.IsNull(row) == key.NullsFirst ? 0UL : 1UL << 63;
                places[row] = place | (ranks[0][row] >> 1);
            }

            levels.Add(places);
        }

        levels.AddRange(ranks);
    }

    private static IEnumerable<ulong[]> Ranks(Column column) => column switch
    {
        FixedColumn<bool> booleans => [Map<bool, BooleanRank>(booleans)],
        FixedColumn<int> ints => [Map<int, IntRank>(ints)],
        FixedColumn<long> longs => [Map<long, BigIntRank>(longs)],
        FixedColumn<double> doubles => [Map<double, DoubleRank>(doubles)],
        FixedColumn<Int128> decimals => [Map<Int128, HighRank>(decimals), Map<Int128, LowRank>(decimals)],
        FixedColumn<Interval> intervals =>
            [Map<Interval, IntervalHighRank>(intervals), Map<Interval, IntervalLowRank>(intervals)],
        StringColumn strings => [StringRanks(strings)],
        _ => throw new UnreachableException($"No order for {column.Type}."),
    };

    private static ulong[] Map<T, TRank>(FixedColumn<T> column)
        where T : unmanaged
        where TRank : struct, IRank<T>
    {
        var ranks = new ulong[column.Length];
        ReadOnlySpan<T> values = column.Values;
        for (int row = 0; row < ranks.Length; row++) { ranks[row] = TRank.Of(values[row]); }

        return ranks;
    }

    // Distinct strings are ordered once; a row's rank is that of its string.
    private static ulong[] StringRanks(StringColumn strings)
    {
        var pool = new OwnPool();
        CodeMap map = pool.MapOf(strings.Pool);
        var ranks = new ulong[strings.Length];
        for (int row = 0; row < ranks.Length; row++) { ranks[row] = (ulong)map.Translate(strings.Codes[row]); }

        int[] ordered = RowNumbers.Ascending(pool.Pool.Count);
        ordered.AsSpan().Sort(new StringOrder(pool.Pool, ByteStringOrder.Of(strings.Type)));
        var rankOfCode = new ulong[ordered.Length];
        for (int rank = 0; rank < ordered.Length; rank++) { rankOfCode[ordered[rank]] = (ulong)rank; }

        for (int row = 0; row < ranks.Length; row++)
        {
            if (!strings.IsNull(row)) { ranks[row] = rankOfCode[ranks[row]]; }
        }

        return ranks;
    }

    private readonly struct StringOrder(StringPool pool, ByteStringOrder order) : IComparer<int>
    {
        public int Compare(int x, int y) => order.Compare(pool.GetBytes(x), pool.GetBytes(y));
    }

    private readonly record struct Entry(ulong First, int Row);

    private readonly struct Levels(ulong[][] levels) : IComparer<Entry>
    {
        public int Compare(Entry x, Entry y)
        {
            if (x.First != y.First) { return x.First < y.First ? -1 : 1; }

            foreach (ulong[] ranks in levels)
            {
                int order = ranks[x.Row].CompareTo(ranks[y.Row]);
                if (order != 0) { return order; }
            }

            return x.Row.CompareTo(y.Row);
        }
    }
}
