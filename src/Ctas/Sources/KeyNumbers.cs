using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Sources;

/// <summary>Numbers keys densely (0, 1, 2 …), batch by batch: equal keys ⇔ equal numbers. Single-threaded.</summary>
/// <remarks>
/// A key is a few 64-bit words: fixed-width values as they are, strings and wide values as codes. The number of a single
/// string key is its code, so it is neither hashed nor stored here at all.
/// </remarks>
internal sealed class KeyNumbers
{
    private readonly StringCodes[] _codes;
    private readonly int _width;
    private readonly bool _isSingleString;
    private readonly KeyIndex? _index;
    private long[] _words = [];

    /// <summary>Numbers keys of the given types.</summary>
    public KeyNumbers(IReadOnlyList<DataType> types)
    {
        _codes = [.. types.Select(_ => new StringCodes())];
        _isSingleString = types is [{ IsByteString: true }];

        // The last word of a composite key holds one bit for each part that is NULL.
        _width = types.Count == 1 ? 1 : types.Count + 1;
        if (!_isSingleString) { _index = new KeyIndex(); }
    }

    /// <summary>Numbers given out are less than this.</summary>
    public int Count => _index?.Count ?? _codes[0].Count;

    /// <summary>Bytes kept alive, without the pools of the batches.</summary>
    public long SizeInBytes =>
        (_words.Length * 8L) + (_index?.SizeInBytes ?? 0) + _codes.Sum(codes => codes.SizeInBytes);

    /// <summary>The number of the key of each row. Rows without a key get some number; do not look at it.</summary>
    public void Read(Batch rows, OrdinalList key, Span<int> numbers)
    {
        if (_isSingleString)
        {
            _codes[0].Read((StringColumn)rows[key[0]], numbers);
            return;
        }

        long[] words = ArrayPool<long>.Shared.Rent(rows.RowCount * _width);
        Array.Clear(words, 0, rows.RowCount * _width);
        for (int part = 0; part < key.Count; part++) { ReadWords(rows[key[part]], part, words); }

        for (int row = 0; row < rows.RowCount; row++) { numbers[row] = Number(words.AsSpan(row * _width, _width)); }

        ArrayPool<long>.Shared.Return(words);
    }

    private int Number(ReadOnlySpan<long> key)
    {
        ulong hash = Hashing.Int64((ulong)key[0]);
        for (int word = 1; word < key.Length; word++) { hash = Hashing.Combine(hash, Hashing.Int64((ulong)key[word])); }

        for (KeyProbe probe = _index!.Probe(hash); probe.MoveNext();)
        {
            if (_words.AsSpan(probe.Row * _width, _width).SequenceEqual(key)) { return probe.Row; }
        }

        int number = _index.Count;
        if ((number + 1) * _width > _words.Length) { Array.Resize(ref _words, Math.Max(256, _words.Length * 2)); }

        key.CopyTo(_words.AsSpan(number * _width));
        _index.Add(hash, number);
        return number;
    }

    private void ReadWords(Column column, int part, long[] words)
    {
        int at = part;
        switch (column)
        {
            case FixedColumn<int> ints:
                foreach (int value in ints.Values) { words[at] = value; at += _width; }

                break;
            case FixedColumn<long> longs:
                foreach (long value in longs.Values) { words[at] = value; at += _width; }

                break;
            case FixedColumn<double> doubles:
                // Minus zero equals zero.
                foreach (double value in doubles.Values)
                {
                    words[at] = BitConverter.DoubleToInt64Bits(value + 0.0);
                    at += _width;
                }

                break;
            case FixedColumn<bool> booleans:
                foreach (bool value in booleans.Values) { words[at] = value ? 1 : 0; at += _width; }

                break;
            case FixedColumn<Int128> decimals:
                ReadCodes(AsText(decimals), part, words);
                break;
            case StringColumn strings:
                ReadCodes(strings, part, words);
                break;
            default:
                throw new UnreachableException($"No key is of type {column.Type}.");
        }

        if (_width > 1) { MarkNulls(column, part, words); }
    }

    private void ReadCodes(StringColumn column, int part, long[] words)
    {
        int[] codes = ArrayPool<int>.Shared.Rent(column.Length);
        _codes[part].Read(column, codes.AsSpan(0, column.Length));
        for (int row = 0; row < column.Length; row++) { words[(row * _width) + part] = codes[row]; }

        ArrayPool<int>.Shared.Return(codes);
    }

    private void MarkNulls(Column column, int part, long[] words)
    {
        for (int row = 0; column.Validity is not null && row < column.Length; row++)
        {
            if (column.IsNull(row)) { words[(row * _width) + _width - 1] |= 1L << part; }
        }
    }

    private static StringColumn AsText(FixedColumn<Int128> column)
    {
        var builder = new StringColumnBuilder(DataType.Bytes, new StringPool(isInterned: true));
        ReadOnlySpan<Int128> values = column.Values;
        for (int row = 0; row < values.Length; row++) { builder.Append(MemoryMarshal.AsBytes(values.Slice(row, 1))); }

        return (StringColumn)builder.Finish();
    }
}
