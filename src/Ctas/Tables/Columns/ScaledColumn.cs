using System.Numerics;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>DOUBLEs that are integers divided by a power of ten, save for some that are listed. Immutable.</summary>
/// <remarks>
/// <c>12.34</c> is 1234 / 100, which gives the very same bits: a quotient of two exact numbers is rounded as its decimal
/// text is. Source: the decimal encoding of Afroozeh et al., ALP: Adaptive Lossless Floating-Point Compression,
/// SIGMOD 2024.
/// </remarks>
internal sealed class ScaledColumn : EncodedColumn
{
    private readonly EncodedIntegers _values;
    private readonly double _divisor;

    // The integer that stands for "look in the list", and the list.
    private readonly long _marker;
    private readonly ushort[] _rows;
    private readonly double[] _exceptions;

    /// <summary>Takes over encoded values.</summary>
    public ScaledColumn(DataType type, ScaledValues values, NullRows? nulls)
        : base(type, values.Integers.Count, nulls)
    {
        _values = values.Integers;
        _divisor = values.Divisor;
        _marker = values.Marker;
        _rows = values.Rows;
        _exceptions = values.Exceptions;
    }

    public override long SizeInBytes =>
        80 + _values.SizeInBytes + ArraySize.Of(_rows) + ArraySize.Of(_exceptions) + NullBytes;

    public override string Form => $"{_values.Form} / {_divisor:0}" + (_rows.Length > 0 ? ", exceptions" : "");

    public override double GetDouble(int row)
    {
        long value = _values[row];
        return value != _marker || _rows.Length == 0
            ? value / _divisor
            : _exceptions[_rows.AsSpan().BinarySearch((ushort)row)];
    }

    public override Column Decode(StringPool? pool, int start, int count, bool isLent = false)
    {
        double[] values = ArrayFor<double>(count, isLent);
        Span<long> integers = MemoryMarshal.Cast<double, long>(values.AsSpan(0, count));
        _values.CopyTo(start, integers);
        var divisor = new Vector<double>(_divisor);
        int row = 0;
        for (; row + Vector<double>.Count <= count; row += Vector<double>.Count)
        {
            (Vector.ConvertToDouble(new Vector<long>(integers[row..])) / divisor).CopyTo(values, row);
        }

        for (; row < count; row++) { values[row] = integers[row] / _divisor; }

        int first = _rows.AsSpan().BinarySearch((ushort)start);
        for (int i = first < 0 ? ~first : first; i < _rows.Length && _rows[i] < start + count; i++)
        {
            values[_rows[i] - start] = _exceptions[i];
        }

        return Decoded(values, start, count, isLent);
    }

    public override void Write(ISegmentWriter writer)
    {
        WriteHead(writer, ColumnEncoding.Scaled);
        writer.Write(BitConverter.DoubleToInt64Bits(_divisor));
        writer.Write(_marker);
        _values.Write(writer);
        writer.Write<ushort>(_rows);
        writer.Write<double>(_exceptions);
    }

    internal static ScaledColumn Read(DataType type, int count, NullRows? nulls, ISegmentReader reader)
    {
        double divisor = BitConverter.Int64BitsToDouble(reader.ReadInt64());
        long marker = reader.ReadInt64();
        EncodedIntegers integers = EncodedIntegers.Read(reader, count);
        var values = new ScaledValues(integers, divisor, marker, StoredRows.Checked(reader.ReadArray<ushort>(), count), reader.ReadArray<double>());
        return values.Rows.Length == values.Exceptions.Length
            ? new ScaledColumn(type, values, nulls)
            : throw new InvalidDataException("Exceptions without rows.");
    }
}

/// <summary>DOUBLEs as integers.</summary>
/// <param name="Integers">An integer a row.</param>
/// <param name="Divisor">What they are divided by.</param>
/// <param name="Marker">The integer in rows of <paramref name="Exceptions"/>; without meaning when there are none.</param>
/// <param name="Rows">The rows of exceptions, ascending.</param>
/// <param name="Exceptions">What those rows hold.</param>
internal sealed record ScaledValues(
    EncodedIntegers Integers, double Divisor, long Marker, ushort[] Rows, double[] Exceptions);
