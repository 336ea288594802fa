using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Values of an integer type under construction. Single-threaded.</summary>
internal sealed class OpenIntegers<T>(DataType type) : OpenColumn(type)
    where T : unmanaged
{
    private T[] _values = [];

    public override long SizeInBytes => Buffer.ByteLength(_values);

    public override long GetInt64(int row) => PackedIntegers.Widen(_values[row]);

    public override EncodedColumn Seal()
    {
        FillNulls(_values.AsSpan(0, Count));
        long[] wide = new long[Count];
        for (int row = 0; row < wide.Length; row++) { wide[row] = PackedIntegers.Widen(_values[row]); }

        return new PackedColumn(Type, PackedIntegers.Pack(wide), SealValidity());
    }

    protected override void AppendValues(Column column, int start, int end)
    {
        Reserve(ref _values, end - start);
        ((FixedColumn<T>)column).Values[start..end].CopyTo(_values.AsSpan(Count));
    }
}

/// <summary>Strings under construction, as codes of the table's pool. Single-threaded.</summary>
internal sealed class OpenStrings(DataType type, TableStrings strings) : OpenColumn(type)
{
    private int[] _codes = [];

    public override long SizeInBytes => Buffer.ByteLength(_codes);

    public override long GetInt64(int row) => _codes[row];

    public override EncodedColumn Seal()
    {
        FillNulls(_codes.AsSpan(0, Count));
        long[] wide = new long[Count];
        for (int row = 0; row < wide.Length; row++) { wide[row] = _codes[row]; }

        return new PackedColumn(Type, PackedIntegers.Pack(wide), SealValidity());
    }

    protected override void AppendValues(Column column, int start, int end)
    {
        Reserve(ref _codes, end - start);
        strings.Translate((StringColumn)column, start, end, _codes.AsSpan(Count));
    }
}

/// <summary>DOUBLE values under construction. Single-threaded.</summary>
internal sealed class OpenDoubles(DataType type) : OpenColumn(type)
{
    private double[] _values = [];

    public override long SizeInBytes => Buffer.ByteLength(_values);

    public override double GetDouble(int row) => _values[row];

    public override EncodedColumn Seal()
    {
        Span<double> values = _values.AsSpan(0, Count);
        FillNulls(values);
        foreach (double divisor in (ReadOnlySpan<double>)[1, 100, 10_000])
        {
            if (TryScale(values, divisor) is { } scaled)
            {
                return new PackedColumn(Type, PackedIntegers.Pack(scaled), SealValidity(), divisor);
            }
        }

        return new PlainColumn<double>(new FixedColumn<double>(Type, values.ToArray(), Count, SealValidity()));
    }

    protected override void AppendValues(Column column, int start, int end)
    {
        Reserve(ref _values, end - start);
        ((FixedColumn<double>)column).Values[start..end].CopyTo(_values.AsSpan(Count));
    }

    /// <summary>The integers that give exactly the values when divided, null when there are none.</summary>
    private static long[]? TryScale(ReadOnlySpan<double> values, double divisor)
    {
        const double maxExact = 1L << 53;
        long[] scaled = new long[values.Length];
        for (int row = 0; row < scaled.Length; row++)
        {
            double integer = Math.Round(values[row] * divisor);
            if (!(Math.Abs(integer) < maxExact)) { return null; }

            scaled[row] = (long)integer;
            bool isSame = BitConverter.DoubleToInt64Bits(scaled[row] / divisor)
                == BitConverter.DoubleToInt64Bits(values[row]);
            if (!isSame) { return null; }
        }

        return scaled;
    }
}

/// <summary>DECIMAL values under construction. Single-threaded.</summary>
internal sealed class OpenDecimals(DataType type) : OpenColumn(type)
{
    private Int128[] _values = [];

    public override long SizeInBytes => _values.Length * 16L;

    public override Int128 GetInt128(int row) => _values[row];

    public override EncodedColumn Seal()
    {
        Span<Int128> values = _values.AsSpan(0, Count);
        FillNulls(values);
        long[] narrow = new long[Count];
        for (int row = 0; row < narrow.Length; row++)
        {
            narrow[row] = unchecked((long)values[row]);
            if (narrow[row] != values[row])
            {
                return new PlainColumn<Int128>(new FixedColumn<Int128>(Type, values.ToArray(), Count, SealValidity()));
            }
        }

        return new PackedColumn(Type, PackedIntegers.Pack(narrow), SealValidity());
    }

    protected override void AppendValues(Column column, int start, int end)
    {
        Reserve(ref _values, end - start);
        ((FixedColumn<Int128>)column).Values[start..end].CopyTo(_values.AsSpan(Count));
    }
}

/// <summary>INTERVAL values under construction. Single-threaded.</summary>
internal sealed class OpenIntervals(DataType type) : OpenColumn(type)
{
    private Interval[] _values = [];

    public override long SizeInBytes => MemoryMarshal.AsBytes<Interval>(_values).Length;

    public override Interval GetInterval(int row) => _values[row];

    public override EncodedColumn Seal() => new PlainColumn<Interval>(
        new FixedColumn<Interval>(Type, _values.AsSpan(0, Count).ToArray(), Count, SealValidity()));

    protected override void AppendValues(Column column, int start, int end)
    {
        Reserve(ref _values, end - start);
        ((FixedColumn<Interval>)column).Values[start..end].CopyTo(_values.AsSpan(Count));
    }
}
