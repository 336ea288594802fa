using Ctas.Data;

namespace Ctas.Tables;

/// <summary>Where the strings of a column of row objects go.</summary>
internal interface IRowStrings
{
    /// <summary>A code a row of [start, end): −1 for NULL, −2 for a string that is to be written into the row.</summary>
    void Translate(StringColumn column, int start, int end, Span<int> codes);
}

/// <summary>Makes row objects of columns: one allocation a row. Single-threaded.</summary>
internal sealed class StandardRowEncoder(RowLayout layout, IRowStrings?[] strings)
{
    private readonly int[]?[] _codes = new int[]?[strings.Length];
    private byte[]?[] _rows = [];

    /// <summary>Encodes rows [start, end) of a batch, with stamp 0.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="start">First row, inclusive.</param>
    /// <param name="end">Last row, exclusive.</param>
    /// <param name="weights">Weights by row of the batch, null when all insert; rows that do not insert give null.</param>
    /// <returns>The rows, from the first place on; valid until the next call.</returns>
    public byte[]?[] Encode(Batch rows, int start, int end, int[]? weights = null)
    {
        int count = end - start;
        if (_rows.Length < count) { _rows = new byte[]?[count]; }

        Translate(rows, start, end);
        for (int row = 0; row < count; row++)
        {
            _rows[row] = weights is null || weights[start + row] > 0 ? Allocate(rows, start + row, row) : null;
        }

        for (int ordinal = 0; ordinal < rows.ColumnCount; ordinal++) { Fill(rows[ordinal], ordinal, start, count); }

        return _rows;
    }

    /// <summary>Lets go of the rows of the last call.</summary>
    public void Clear() => Array.Clear(_rows);

    private void Translate(Batch rows, int start, int end)
    {
        for (int ordinal = 0; ordinal < strings.Length; ordinal++)
        {
            if (strings[ordinal] is not { } pool) { continue; }

            if (_codes[ordinal] is not { } codes || codes.Length < end - start)
            {
                _codes[ordinal] = codes = new int[end - start];
            }

            pool.Translate((StringColumn)rows[ordinal], start, end, codes);
        }
    }

    private byte[] Allocate(Batch rows, int source, int row)
    {
        int length = layout.FixedBytes;
        int textKey = layout.TextKey;
        ReadOnlySpan<byte> key = textKey < 0 ? default : ((StringColumn)rows[textKey]).GetBytes(source);
        length += key.Length;
        for (int ordinal = 0; ordinal < _codes.Length; ordinal++)
        {
            if (ordinal == textKey || _codes[ordinal] is not { } codes || codes[row] != RowLayout.KeyText) { continue; }

            ReadOnlySpan<byte> text = ((StringColumn)rows[ordinal]).GetBytes(source);
            codes[row] = ~length;
            length += sizeof(int) + text.Length;
        }

        byte[] bytes = new byte[length];
        if (textKey >= 0)
        {
            RowLayout.Write(bytes, RowLayout.StampBytes, key.Length);
            key.CopyTo(bytes.AsSpan(layout.FixedBytes));
        }

        if (length > layout.FixedBytes + key.Length) { WriteInline(rows, source, row, bytes); }

        return bytes;
    }

    private void WriteInline(Batch rows, int source, int row, byte[] bytes)
    {
        for (int ordinal = 0; ordinal < _codes.Length; ordinal++)
        {
            if (ordinal == layout.TextKey || _codes[ordinal] is not { } codes || codes[row] >= RowLayout.KeyText) { continue; }

            ReadOnlySpan<byte> text = ((StringColumn)rows[ordinal]).GetBytes(source);
            int offset = ~codes[row];
            RowLayout.Write(bytes, offset, text.Length);
            text.CopyTo(bytes.AsSpan(offset + sizeof(int)));
        }
    }

    private void Fill(Column column, int ordinal, int start, int count)
    {
        int offset = layout.OffsetOf(ordinal);
        switch (column)
        {
            case FixedColumn<long> longs: Fill(longs.Values.Slice(start, count), offset); break;
            case FixedColumn<int> ints: Fill(ints.Values.Slice(start, count), offset); break;
            case FixedColumn<double> doubles: Fill(doubles.Values.Slice(start, count), offset); break;
            case FixedColumn<bool> booleans: Fill(booleans.Values.Slice(start, count), offset); break;
            case FixedColumn<Int128> decimals: Fill(decimals.Values.Slice(start, count), offset); break;
            case FixedColumn<Interval> intervals: Fill(intervals.Values.Slice(start, count), offset); break;
            case StringColumn: Fill<int>(_codes[ordinal].AsSpan(0, count), offset); break;
        }

        for (int row = 0; column.Validity is not null && row < count; row++)
        {
            if (_rows[row] is { } bytes && column.IsNull(start + row)) { layout.SetNull(bytes, ordinal); }
        }
    }

    private void Fill<T>(ReadOnlySpan<T> values, int offset)
        where T : unmanaged
    {
        byte[]?[] rows = _rows;
        for (int row = 0; row < values.Length; row++)
        {
            if (rows[row] is { } bytes) { RowLayout.Write(bytes, offset, values[row]); }
        }
    }
}
