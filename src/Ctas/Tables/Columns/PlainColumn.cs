using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Fixed-width values as they are, where packing does not pay. Immutable.</summary>
/// <typeparam name="T">The physical type.</typeparam>
internal sealed class PlainColumn<T> : EncodedColumn
    where T : unmanaged
{
    private readonly FixedColumn<T> _values;

    public PlainColumn(FixedColumn<T> values)
        : base(values.Type)
    {
        _values = values;
        Validity = values.Validity;
    }

    public override long SizeInBytes => _values.SizeInBytes + 56;

    public override double GetDouble(int row) => ((FixedColumn<double>)(Column)_values).Values[row];

    public override Int128 GetInt128(int row) => ((FixedColumn<Int128>)(Column)_values).Values[row];

    public override Interval GetInterval(int row) => ((FixedColumn<Interval>)(Column)_values).Values[row];

    public override Column Decode(StringPool? pool) => _values;
}
