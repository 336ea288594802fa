using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Values that can be written as integers in few bits: numbers, dates, codes of strings. Immutable.</summary>
/// <remarks>
/// A DECIMAL is packed when its digits fit 64 bits; a DOUBLE when it is an integer divided by a power of ten, which is
/// checked bit by bit: <c>12.34</c> is 1234 / 100.
/// </remarks>
internal sealed class PackedColumn : EncodedColumn
{
    private readonly PackedIntegers _values;
    private readonly double _divisor;

    /// <summary>Takes over packed values.</summary>
    /// <param name="type">The SQL type.</param>
    /// <param name="values">A value a row; anything in NULL rows.</param>
    /// <param name="validity">Null when no row is NULL.</param>
    /// <param name="divisor">What a DOUBLE's integers are divided by.</param>
    public PackedColumn(DataType type, PackedIntegers values, Bitmap? validity, double divisor = 1)
        : base(type)
    {
        _values = values;
        Validity = validity;
        _divisor = divisor;
    }

    public override long SizeInBytes => _values.SizeInBytes + ValidityBytes + 56;

    public override long GetInt64(int row) => _values[row];

    public override double GetDouble(int row) => _values[row] / _divisor;

    public override Int128 GetInt128(int row) => _values[row];

    public override Column Decode(StringPool? pool) => PhysicalTypes.Of(Type) switch
    {
        PhysicalType.Boolean => Decode<bool>(),
        PhysicalType.Int32 => Decode<int>(),
        PhysicalType.Int64 => Decode<long>(),
        PhysicalType.Int128 => Decode<Int128>(),
        PhysicalType.Double => Decode<double>(),
        PhysicalType.Bytes => DecodeCodes(pool!),
        _ => throw new UnreachableException($"{Type} is never packed."),
    };

    private FixedColumn<T> Decode<T>()
        where T : unmanaged
    {
        var values = new T[_values.Count];
        for (int row = 0; row < values.Length; row++) { values[row] = Narrow<T>(_values[row]); }

        for (int row = 0; Validity is not null && row < values.Length; row++)
        {
            if (!Validity[row]) { values[row] = default; }
        }

        return new FixedColumn<T>(Type, values, values.Length, Validity);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Narrow<T>(long value)
        where T : unmanaged
    {
        // The type tests are constants to the JIT.
        if (typeof(T) == typeof(double))
        {
            double quotient = value / _divisor;
            return Unsafe.As<double, T>(ref quotient);
        }

        if (typeof(T) == typeof(Int128))
        {
            Int128 wide = value;
            return Unsafe.As<Int128, T>(ref wide);
        }

        return Unsafe.As<long, T>(ref value);
    }

    private StringColumn DecodeCodes(StringPool pool)
    {
        int[] codes = new int[_values.Count];
        for (int row = 0; row < codes.Length; row++) { codes[row] = IsNull(row) ? -1 : (int)_values[row]; }

        return new StringColumn(Type, codes, codes.Length, pool, Validity);
    }
}
