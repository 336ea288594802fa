using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Tables;

/// <summary>Some rows of a table as a batch, for those that were looked up.</summary>
internal static class TableRows
{
    /// <summary>The rows of these numbers, in this order.</summary>
    public static Batch Gather(RowStore store, ReadOnlySpan<int> rows, OrdinalList columns)
    {
        var gathered = new Column[columns.Count];
        for (int column = 0; column < gathered.Length; column++) { gathered[column] = Gather(store, rows, columns[column]); }

        return new Batch(gathered, rows.Length);
    }

    private static Column Gather(RowStore store, ReadOnlySpan<int> rows, int ordinal)
    {
        DataType type = store.TypeOf(ordinal);
        Bitmap? validity = Validity(store, rows, ordinal);
        return PhysicalTypes.Of(type) switch
        {
            PhysicalType.Boolean => Fixed(store, rows, ordinal, validity, static (s, row, o) => s.GetInt64(row, o) != 0),
            PhysicalType.Int32 => Fixed(store, rows, ordinal, validity, static (s, row, o) => (int)s.GetInt64(row, o)),
            PhysicalType.Int64 => Fixed(store, rows, ordinal, validity, static (s, row, o) => s.GetInt64(row, o)),
            PhysicalType.Double => Fixed(store, rows, ordinal, validity, static (s, row, o) => s.GetDouble(row, o)),
            PhysicalType.Int128 => Fixed(store, rows, ordinal, validity, static (s, row, o) => s.GetInt128(row, o)),
            PhysicalType.Interval => Fixed(store, rows, ordinal, validity, static (s, row, o) => s.GetInterval(row, o)),
            PhysicalType.Bytes => Strings(store, rows, ordinal, validity),
            var other => throw new UnreachableException($"No column form for {other}."),
        };
    }

    private static Bitmap? Validity(RowStore store, ReadOnlySpan<int> rows, int ordinal)
    {
        Bitmap? validity = null;
        for (int row = 0; row < rows.Length; row++)
        {
            if (!store.IsNull(rows[row], ordinal)) { continue; }

            validity ??= new Bitmap(rows.Length, value: true);
            validity[row] = false;
        }

        return validity;
    }

    private static FixedColumn<T> Fixed<T>(
        RowStore store, ReadOnlySpan<int> rows, int ordinal, Bitmap? validity, Func<RowStore, int, int, T> read)
        where T : unmanaged
    {
        var values = new T[rows.Length];
        for (int row = 0; row < values.Length; row++)
        {
            if (validity is null || validity[row]) { values[row] = read(store, rows[row], ordinal); }
        }

        return new FixedColumn<T>(store.TypeOf(ordinal), values, values.Length, validity);
    }

    private static StringColumn Strings(RowStore store, ReadOnlySpan<int> rows, int ordinal, Bitmap? validity)
    {
        var pool = new StringPool(isInterned: true);
        int[] codes = new int[rows.Length];
        Span<byte> buffer = stackalloc byte[256];
        for (int row = 0; row < codes.Length; row++)
        {
            if (validity is not null && !validity[row])
            {
                codes[row] = -1;
                continue;
            }

            int length = store.CopyBytes(rows[row], ordinal, buffer);
            codes[row] = pool.Add(length < 0 ? store.GetBytes(rows[row], ordinal) : buffer[..length]);
        }

        return new StringColumn(store.TypeOf(ordinal), codes, codes.Length, pool, validity);
    }
}
