using Ctas.Data;

namespace Ctas.Tables.Indexes;

/// <summary>Sorts rows into the order of an index, leading bits first: a row's text is read once for every seven bytes that it shares.</summary>
internal static class IndexSorting
{
    // Beyond so many equal bytes, strings are compared as wholes.
    private const int MaxSharedBytes = 1024;

    /// <summary>Sorts rows by columns, then by number.</summary>
    /// <param name="store">Their values.</param>
    /// <param name="columns">Ordinals of the columns; none holds a NULL of these rows.</param>
    /// <param name="prefixes">The prefixes of the first column, which go along.</param>
    /// <param name="rows">The row numbers.</param>
    public static void Sort(RowStore store, ReadOnlySpan<int> columns, Span<ulong> prefixes, Span<int> rows)
    {
        prefixes.Sort(rows);
        SortRuns(store, columns, prefixes, rows, sharedBytes: 0);
    }

    /// <summary>Sorts the rows of each run of equal prefixes by what the prefixes do not say.</summary>
    private static void SortRuns(
        RowStore store, ReadOnlySpan<int> columns, ReadOnlySpan<ulong> prefixes, Span<int> rows, int sharedBytes)
    {
        int end;
        for (int start = 0; start < rows.Length; start = end)
        {
            end = start + 1;
            while (end < rows.Length && prefixes[end] == prefixes[start]) { end++; }

            if (end - start > 1) { SortRun(store, columns, prefixes[start], rows[start..end], sharedBytes); }
        }
    }

    private static void SortRun(RowStore store, ReadOnlySpan<int> columns, ulong prefix, Span<int> rows, int sharedBytes)
    {
        DataType type = store.TypeOf(columns[0]);
        if (SortPrefix.IsWhole(prefix, type))
        {
            if (columns.Length > 1) { SortBy(store, columns[1..], rows, sharedBytes: 0); }
            else { rows.Sort(); }

            return;
        }

        bool isText = PhysicalTypes.Of(type) == PhysicalType.Bytes;
        if (isText && sharedBytes < MaxSharedBytes) { SortBy(store, columns, rows, sharedBytes + SortPrefix.TextBytes); }
        else { rows.Sort(new WholeValues(store, columns.ToArray())); }
    }

    private static void SortBy(RowStore store, ReadOnlySpan<int> columns, Span<int> rows, int sharedBytes)
    {
        ulong[] prefixes = new ulong[rows.Length];
        for (int place = 0; place < prefixes.Length; place++)
        {
            prefixes[place] = sharedBytes == 0
                ? SortPrefix.Of(store, rows[place], columns[0])
                : SortPrefix.OfText(store, rows[place], columns[0], sharedBytes);
        }

        prefixes.AsSpan().Sort(rows);
        SortRuns(store, columns, prefixes, rows, sharedBytes);
    }

    private sealed class WholeValues(RowStore rows, int[] columns) : IComparer<int>
    {
        public int Compare(int x, int y)
        {
            foreach (int column in columns)
            {
                int order = SortPrefix.Compare(rows, x, y, column);
                if (order != 0) { return order; }
            }

            return x.CompareTo(y);
        }
    }
}
