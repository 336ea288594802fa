using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>The byte strings of rows that are about to be sealed.</summary>
internal readonly ref struct StringRows(StringPool pool, ReadOnlySpan<int> codes)
{
    private readonly ReadOnlySpan<int> _codes = codes;

    /// <summary>Number of rows.</summary>
    public int Count => _codes.Length;

    /// <summary>Bytes of all rows. Cost O(rows).</summary>
    public long TotalBytes
    {
        get
        {
            long total = 0;
            for (int row = 0; row < Count; row++) { total += this[row].Length; }

            return total;
        }
    }

    /// <summary>Strings of another compact table as they are encoded there; null when nothing is known of them.</summary>
    /// <remarks>A whole segment is taken over, numbers of a template are encoded anew; no string is made.</remarks>
    /// <param name="type">The SQL type.</param>
    /// <param name="nulls">Null when no row is NULL.</param>
    public EncodedColumn? EncodeKnown(DataType type, NullRows? nulls)
    {
        if (pool.Deferred is not ColumnText text) { return null; }

        return text.SegmentOf(_codes) is { } segment && segment.Type == type
            ? segment
            : TemplateStrings.Of(type, text, _codes, nulls);
    }

    /// <summary>True when the row is NULL.</summary>
    public bool IsNull(int row) => _codes[row] < 0;

    /// <summary>The bytes of a row; empty for NULL.</summary>
    public ReadOnlySpan<byte> this[int row] => _codes[row] < 0 ? default : pool.GetBytes(_codes[row]);

    /// <summary>Up to <paramref name="count"/> rows spread over all that are not NULL.</summary>
    public List<byte[]> Sample(int count)
    {
        var sample = new List<byte[]>();
        int wanted = Math.Min(count, Count);
        for (int i = 0; i < wanted; i++)
        {
            int row = Sampling.RowOf(i, wanted, Count);
            if (!IsNull(row)) { sample.Add(this[row].ToArray()); }
        }

        return sample;
    }
}
