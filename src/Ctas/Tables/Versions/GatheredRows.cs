using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Tables.Versions;

/// <summary>Makes columns of rows of any store, by number.</summary>
internal static class GatheredRows
{
    /// <summary>The rows of the numbers, in that order.</summary>
    public static Batch Gather(Schema schema, RowStore store, ReadOnlySpan<int> numbers)
    {
        var columns = new Column[schema.Fields.Count];
        for (int ordinal = 0; ordinal < columns.Length; ordinal++)
        {
            columns[ordinal] = Column(schema.Fields[ordinal].Type, store, numbers, ordinal);
        }

        return new Batch(columns, numbers.Length);
    }

    private static Column Column(DataType type, RowStore store, ReadOnlySpan<int> numbers, int ordinal)
    {
        Bitmap? validity = null;
        for (int row = 0; row < numbers.Length; row++)
        {
            if (!store.IsNull(numbers[row], ordinal)) { continue; }

            validity ??= new Bitmap(numbers.Length, value: true);
            validity[row] = false;
        }

        return PhysicalTypes.Of(type) switch
        {
            PhysicalType.Boolean => Fixed(type, numbers, validity, number => store.GetInt64(number, ordinal) != 0),
            PhysicalType.Int32 => Fixed(type, numbers, validity, number => (int)store.GetInt64(number, ordinal)),
            PhysicalType.Int64 => Fixed(type, numbers, validity, number => store.GetInt64(number, ordinal)),
            PhysicalType.Double => Fixed(type, numbers, validity, number => store.GetDouble(number, ordinal)),
            PhysicalType.Int128 => Fixed(type, numbers, validity, number => store.GetInt128(number, ordinal)),
            PhysicalType.Interval => Fixed(type, numbers, validity, number => store.GetInterval(number, ordinal)),
            PhysicalType.Bytes => Strings(type, store, numbers, (ordinal, validity)),
            _ => throw new UnreachableException($"No column form for {type}."),
        };
    }

    private static FixedColumn<T> Fixed<T>(DataType type, ReadOnlySpan<int> numbers, Bitmap? validity, Func<int, T> read)
        where T : unmanaged
    {
        var values = new T[numbers.Length];
        for (int row = 0; row < values.Length; row++)
        {
            if (validity is null || validity[row]) { values[row] = read(numbers[row]); }
        }

        return new FixedColumn<T>(type, values, values.Length, validity);
    }

    private static StringColumn Strings(
        DataType type, RowStore store, ReadOnlySpan<int> numbers, (int Ordinal, Bitmap? Validity) column)
    {
        int[] codes = new int[numbers.Length];
        var pool = new StringPool(isInterned: false);
        for (int row = 0; row < codes.Length; row++)
        {
            bool isNull = column.Validity is { } validity && !validity[row];
            codes[row] = isNull ? -1 : pool.Add(store.GetBytes(numbers[row], column.Ordinal));
        }

        return new StringColumn(type, codes, codes.Length, pool, column.Validity);
    }
}
