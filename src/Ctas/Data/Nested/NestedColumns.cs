using System.Diagnostics;

namespace Ctas.Data.Nested;

/// <summary>Between nested values and columns.</summary>
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

    /// <summary>The bytes of a row as they lie in a nested value; the row is not NULL.</summary>
    /// <param name="column">The column.</param>
    /// <param name="row">The row.</param>
    /// <param name="scratch">16 bytes for values of fixed width.</param>
    public static ReadOnlySpan<byte> Read(Column column, int row, Span<byte> scratch)
    {
        switch (column)
        {
            case StringColumn strings: return strings.GetBytes(row);
            case FixedColumn<bool> booleans:
                NestedScalar.Write(scratch[..1], booleans.Values[row] ? 1L : 0);
                return scratch[..1];
            case FixedColumn<int> ints:
                NestedScalar.Write(scratch[..4], (long)ints.Values[row]);
                return scratch[..4];
            case FixedColumn<long> longs:
                NestedScalar.Write(scratch[..8], longs.Values[row]);
                return scratch[..8];
            case FixedColumn<double> doubles:
                NestedScalar.Write(scratch[..8], doubles.Values[row]);
                return scratch[..8];
            case FixedColumn<Int128> decimals:
                NestedScalar.Write(scratch, decimals.Values[row]);
                return scratch;
            case FixedColumn<Interval> intervals:
                NestedScalar.Write(scratch, intervals.Values[row]);
                return scratch;
            default: throw new UnreachableException($"No form for {column.Type}.");
        }
    }
}
