using System.Buffers;
using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Numbers, dates, times, flags, and DECIMALs whose digits fit 64 bits. Immutable.</summary>
internal sealed class IntegerColumn : EncodedColumn
{
    private readonly EncodedIntegers _values;

    /// <summary>Takes over encoded values.</summary>
    /// <param name="type">The SQL type.</param>
    /// <param name="values">A value a row; anything in NULL rows.</param>
    /// <param name="nulls">Null when no row is NULL.</param>
    public IntegerColumn(DataType type, EncodedIntegers values, NullRows? nulls)
        : base(type, values.Count, nulls) => _values = values;

    public override long SizeInBytes => 48 + _values.SizeInBytes + NullBytes;

    public override string Form => _values.Form;

    public override long GetInt64(int row) => _values[row];

    public override Int128 GetInt128(int row) => _values[row];

    public override Column Decode(StringPool? pool, int start, int count, bool isLent = false) => PhysicalTypes.Of(Type) switch
    {
        PhysicalType.Boolean => Decode<bool>(start, count, isLent),
        PhysicalType.Int32 => Decode<int>(start, count, isLent),
        PhysicalType.Int64 => Decode<long>(start, count, isLent),
        PhysicalType.Int128 => DecodeDecimals(start, count, isLent),
        _ => throw new UnreachableException($"{Type} is never stored as integers."),
    };

    public override void Write(ISegmentWriter writer)
    {
        WriteHead(writer, ColumnEncoding.Integers);
        _values.Write(writer);
    }

    private FixedColumn<T> Decode<T>(int start, int count, bool isLent)
        where T : unmanaged
    {
        T[] values = ArrayFor<T>(count, isLent);
        _values.CopyTo(start, values.AsSpan(0, count));
        return Decoded(values, start, count, isLent);
    }

    private FixedColumn<Int128> DecodeDecimals(int start, int count, bool isLent)
    {
        long[] narrow = ArrayPool<long>.Shared.Rent(count);
        _values.CopyTo(start, narrow.AsSpan(0, count));
        Int128[] values = ArrayFor<Int128>(count, isLent);
        for (int row = 0; row < count; row++) { values[row] = narrow[row]; }

        ArrayPool<long>.Shared.Return(narrow);
        return Decoded(values, start, count, isLent);
    }
}
