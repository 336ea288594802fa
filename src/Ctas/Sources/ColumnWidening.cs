using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Sources;

/// <summary>The conversion of columns to wider inferred types, along <see cref="JsonTypes"/>.</summary>
internal static class ColumnWidening
{
    /// <summary>The narrowest type that holds the values of both; VARCHAR where nothing else does.</summary>
    public static DataType Common(DataType left, DataType right) => JsonTypes.Common(left, right);

    /// <summary>The same values in a wider type. A BIGINT beyond 2^53 is rounded when it becomes a DOUBLE.</summary>
    /// <param name="column">The column to convert.</param>
    /// <param name="type">A type for which <see cref="Common"/> holds.</param>
    /// <param name="pool">Where strings go.</param>
    public static Column Convert(Column column, DataType type, StringPool? pool = null)
    {
        if (column.Type == type) { return column; }

        if (column.Type.Kind == DataTypeKind.Null) { return Nulls(type, column.Length); }

        if (column.Type.IsNested)
        {
            return NestedWidening.Convert((StringColumn)column, type, pool ?? new StringPool(isInterned: true));
        }

        if (type.Kind == DataTypeKind.Varchar) { return ToText(column, pool ?? new StringPool(isInterned: true)); }

        return (column, type.Kind) switch
        {
            (FixedColumn<int> ints, DataTypeKind.BigInt) => Map(ints, type, static value => (long)value),
            (FixedColumn<int> ints, DataTypeKind.Double) => Map(ints, type, static value => (double)value),
            (FixedColumn<long> longs, DataTypeKind.Double) => Map(longs, type, static value => (double)value),
            _ => throw new UnreachableException($"{column.Type} does not widen to {type}."),
        };
    }

    /// <summary>A column of NULLs.</summary>
    public static Column Nulls(DataType type, int length)
    {
        var validity = new Bitmap(length);
        switch (type.Kind)
        {
            case var _ when type.IsByteString:
                int[] codes = new int[length];
                Array.Fill(codes, -1);
                return new StringColumn(type, codes, length, new StringPool(isInterned: true), validity);
            case DataTypeKind.Boolean:
                return new FixedColumn<bool>(type, new bool[length], length, validity);
            case DataTypeKind.Int or DataTypeKind.Date:
                return new FixedColumn<int>(type, new int[length], length, validity);
            case DataTypeKind.BigInt or DataTypeKind.Time or DataTypeKind.Timestamp:
                return new FixedColumn<long>(type, new long[length], length, validity);
            case DataTypeKind.Double:
                return new FixedColumn<double>(type, new double[length], length, validity);
            case DataTypeKind.Decimal:
                return new FixedColumn<Int128>(type, new Int128[length], length, validity);
            case DataTypeKind.Interval:
                return new FixedColumn<Interval>(type, new Interval[length], length, validity);
            default:
                throw new UnreachableException($"No column form for {type}.");
        }
    }

    private static FixedColumn<TOut> Map<TIn, TOut>(FixedColumn<TIn> column, DataType type, Func<TIn, TOut> convert)
        where TIn : unmanaged
        where TOut : unmanaged
    {
        ReadOnlySpan<TIn> from = column.Values;
        var values = new TOut[from.Length];
        for (int row = 0; row < values.Length; row++) { values[row] = convert(from[row]); }

        return new FixedColumn<TOut>(type, values, values.Length, column.Validity);
    }

    private static Column ToText(Column column, StringPool pool)
    {
        var builder = new StringColumnBuilder(DataType.Varchar, pool);
        Span<byte> text = stackalloc byte[64];
        for (int row = 0; row < column.Length; row++)
        {
            if (column.IsNull(row)) { builder.AppendNull(); }
            else { builder.Append(text[..Format(column, row, text)]); }
        }

        return builder.Finish();
    }

    private static int Format(Column column, int row, Span<byte> text)
    {
        int written;
        bool fits = column switch
        {
            FixedColumn<bool> booleans =>
                Encoding.UTF8.TryGetBytes(booleans.Values[row] ? "true" : "false", text, out written),
            FixedColumn<int> ints =>
                ints.Values[row].TryFormat(text, out written, default, CultureInfo.InvariantCulture),
            FixedColumn<long> longs =>
                longs.Values[row].TryFormat(text, out written, default, CultureInfo.InvariantCulture),
            FixedColumn<double> doubles =>
                doubles.Values[row].TryFormat(text, out written, default, CultureInfo.InvariantCulture),
            _ => throw new UnreachableException($"{column.Type} does not widen to VARCHAR."),
        };
        return fits ? written : throw new UnreachableException("A number has at most 64 characters.");
    }
}
