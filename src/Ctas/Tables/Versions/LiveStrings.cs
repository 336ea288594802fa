using Ctas.Data;

namespace Ctas.Tables.Versions;

/// <summary>The strings of a column of row objects while the table is kept fresh. Single-threaded.</summary>
/// <remarks>
/// A string that repeats is a code in the pool; a new one enters the pool while that holds few strings for the rows
/// there are. All others are written into their rows and go with them: the pool does not grow with the changes.
/// </remarks>
internal sealed class LiveStrings(StringPool pool, Func<long> rowCount) : IRowStrings
{
    private const int FewStrings = 1024;
    private const int RowsOfString = 8;

    /// <inheritdoc/>
    public void Translate(StringColumn column, int start, int end, Span<int> codes)
    {
        ReadOnlySpan<int> given = column.Codes[start..end];
        long room = FewStrings + (rowCount() / RowsOfString);
        for (int row = 0; row < given.Length; row++)
        {
            codes[row] = given[row] < 0 ? -1 : CodeOf(column.Pool.GetBytes(given[row]), room);
        }
    }

    private int CodeOf(ReadOnlySpan<byte> text, long room)
    {
        if (!pool.IsInterned) { return RowLayout.KeyText; }

        if (pool.Count < room) { return pool.Add(text); }

        int known = pool.Find(text);
        return known >= 0 ? known : RowLayout.KeyText;
    }
}
