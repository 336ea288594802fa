using Ctas.Data;

namespace Ctas.Tables.Indexes;

/// <summary>
/// The rows of one version in the order of some columns: found by binary search, read in order. Immutable; safe for many
/// readers. Rows with NULL in one of the columns are not in it.
/// </summary>
/// <remarks>
/// Twelve bytes a row: the first 64 bits of the first column in an array of their own, which decide most comparisons
/// without a look at the row, and the number of the row. Building costs O(n log n), a lookup O(log n).
/// </remarks>
internal sealed class OrderedIndex
{
    private readonly int[] _ordinals;
    private readonly RowStore _store;
    private readonly ulong[] _prefixes;
    private readonly int[] _rows;

    private OrderedIndex(Table owner, int[] ordinals, ulong[] prefixes, int[] rows)
    {
        Owner = owner;
        _store = owner.Store;
        _ordinals = ordinals;
        _prefixes = prefixes;
        _rows = rows;
    }

    /// <summary>The version whose rows these are; of another one it says nothing.</summary>
    public Table Owner { get; }

    /// <summary>Ordinals of the columns, the most significant first.</summary>
    public ReadOnlySpan<int> Ordinals => _ordinals;

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => (_prefixes.Length * sizeof(ulong)) + (_rows.Length * sizeof(int)) + 64L;

    /// <summary>Sorts the rows of a version.</summary>
    public static OrderedIndex Build(Table owner, int[] ordinals)
    {
        RowStore store = owner.Store;
        var numbers = new List<int>((int)owner.RowCount);
        foreach (int row in owner.LiveRows())
        {
            if (!Array.Exists(ordinals, ordinal => store.IsNull(row, ordinal))) { numbers.Add(row); }
        }

        int[] rows = [.. numbers];
        var prefixes = new ulong[rows.Length];
        for (int place = 0; place < rows.Length; place++) { prefixes[place] = SortPrefix.Of(store, rows[place], ordinals[0]); }

        Array.Sort(prefixes, rows);
        SortRuns(prefixes, rows, new RowOrder(store, ordinals));
        return new OrderedIndex(owner, ordinals, prefixes, rows);
    }

    /// <summary>Numbers of the rows that an interval holds, in order.</summary>
    public ReadOnlySpan<int> Find(in IndexInterval interval)
    {
        int start = interval.HasLower ? Bound(interval.Lower, isAfterEqual: !interval.IncludesLower) : 0;
        int end = interval.HasUpper ? Bound(interval.Upper, isAfterEqual: interval.IncludesUpper) : _rows.Length;
        return end <= start ? default : _rows.AsSpan(start, end - start);
    }

    /// <summary>The first place behind everything that sorts before a bound, and behind what equals it if so asked.</summary>
    private int Bound(in IndexBound bound, bool isAfterEqual)
    {
        (int low, int high) = (0, _rows.Length);
        ulong prefix = SortPrefix.Of(bound.Parts[0], _store.TypeOf(_ordinals[0]), bound.Text);
        ulong counted = bound is { IsPrefix: true, Parts.Length: 1 } ? SortPrefix.Mask(bound.Parts[0].TextLength) : ulong.MaxValue;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            int order = (_prefixes[middle] & counted).CompareTo(prefix);
            if (order == 0) { order = Compare(_rows[middle], bound); }

            if (order < 0 || (order == 0 && isAfterEqual)) { low = middle + 1; }
            else { high = middle; }
        }

        return low;
    }

    // A bound of fewer columns equals every row that begins with it.
    private int Compare(int row, in IndexBound bound)
    {
        for (int part = 0; part < bound.Parts.Length; part++)
        {
            int order = bound.IsPrefix && part == bound.Parts.Length - 1
                ? ComparePrefix(row, bound)
                : SortPrefix.Compare(_store, row, _ordinals[part], bound.Parts[part], bound.Text);
            if (order != 0) { return order; }
        }

        return 0;
    }

    private int ComparePrefix(int row, in IndexBound bound)
    {
        KeyPart part = bound.Parts[^1];
        ReadOnlySpan<byte> wanted = bound.Text.Slice(part.TextStart, part.TextLength);
        ReadOnlySpan<byte> value = _store.GetBytes(row, _ordinals[bound.Parts.Length - 1]);
        return value.StartsWith(wanted) ? 0 : value.SequenceCompareTo(wanted);
    }

    private static void SortRuns(ulong[] prefixes, int[] rows, RowOrder order)
    {
        if (!order.LooksFurther) { return; }

        for (int start = 0; start < rows.Length;)
        {
            int end = start + 1;
            while (end < rows.Length && prefixes[end] == prefixes[start]) { end++; }

            if (end - start > 1) { rows.AsSpan(start, end - start).Sort(order); }

            start = end;
        }
    }

    /// <summary>Sorts rows whose prefixes are equal.</summary>
    private sealed class RowOrder(RowStore rows, int[] ordinals) : IComparer<int>
    {
        /// <summary>True when equal prefixes do not mean equal keys.</summary>
        public bool LooksFurther => ordinals.Length > 1 || SortPrefix.IsCut(rows.TypeOf(ordinals[0]));

        public int Compare(int x, int y)
        {
            foreach (int ordinal in ordinals)
            {
                int order = SortPrefix.Compare(rows, x, y, ordinal);
                if (order != 0) { return order; }
            }

            return x.CompareTo(y);
        }
    }
}

/// <summary>Values of the first columns of an index, where an interval ends.</summary>
internal readonly ref struct IndexBound
{
    /// <summary>The values in the form of their columns; none is NULL.</summary>
    public ReadOnlySpan<KeyPart> Parts { get; init; }

    /// <summary>The bytes of strings among them.</summary>
    public ReadOnlySpan<byte> Text { get; init; }

    /// <summary>True when every string that begins with the last value equals it.</summary>
    public bool IsPrefix { get; init; }
}

/// <summary>A part of an index: from a bound, to a bound, each with or without what equals it.</summary>
internal readonly ref struct IndexInterval
{
    public IndexBound Lower { get; init; }

    public IndexBound Upper { get; init; }

    public bool HasLower { get; init; }

    public bool HasUpper { get; init; }

    public bool IncludesLower { get; init; }

    public bool IncludesUpper { get; init; }
}
