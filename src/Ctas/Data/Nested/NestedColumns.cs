using System.Diagnostics;

namespace Ctas.Data.Nested;

/// <summary>From nested values to columns.</summary>
internal static class NestedColumns
{
    /// <summary>Appends an element, field, key or value to a column of its type.</summary>
    /// <param name="builder">The builder of the column.</param>
    /// <param name="value">The bytes as they lie in a nested value; not of a NULL.</param>
    public static void Append(ColumnBuilder builder, ReadOnlySpan<byte> value)
    {
        switch (builder)
        {
            case StringColumnBuilder strings: strings.Append(value); break;
            case FixedColumnBuilder<bool> booleans: booleans.Append(value[0] != 0); break;
            case FixedColumnBuilder<int> ints: ints.Append((int)NestedScalar.ReadInt64(value)); break;
            case FixedColumnBuilder<long> longs: longs.Append(NestedScalar.ReadInt64(value)); break;
            case FixedColumnBuilder<double> doubles: doubles.Append(NestedScalar.ReadDouble(value)); break;
            case FixedColumnBuilder<Int128> decimals: decimals.Append(NestedScalar.ReadInt128(value)); break;
            case FixedColumnBuilder<Interval> intervals: intervals.Append(NestedScalar.ReadInterval(value)); break;
            default: throw new UnreachableException($"No form for {builder.Type}.");
        }
    }
}
