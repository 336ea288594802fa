using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Tables;

/// <summary>Turns row objects into columns.</summary>
internal static class RowBatches
{
    /// <summary>A batch of some columns of the given rows.</summary>
    /// <remarks>The strings lie in the table's pool, those of a column with strings inline in one of the batch.</remarks>
    public static Batch Create(StandardRowStore store, List<byte[]> rows, OrdinalList columns)
    {
        var made = new Column[columns.Count];
        for (int column = 0; column < made.Length; column++)
        {
            made[column] = CreateColumn(store, rows, columns[column]);
        }

        return new Batch(made, rows.Count);
    }

    private static Column CreateColumn(StandardRowStore store, List<byte[]> rows, int ordinal)
    {
        DataType type = store.TypeOf(ordinal);
        int offset = store.Layout.OffsetOf(ordinal);
        Bitmap? validity = Validity(store.Layout, rows, ordinal);
        return store.Layout.TypeOf(ordinal) switch
        {
            PhysicalType.Boolean => new FixedColumn<bool>(type, Values<bool>(rows, offset), rows.Count, validity),
            PhysicalType.Int32 => new FixedColumn<int>(type, Values<int>(rows, offset), rows.Count, validity),
            PhysicalType.Int64 => new FixedColumn<long>(type, Values<long>(rows, offset), rows.Count, validity),
            PhysicalType.Double => new FixedColumn<double>(type, Values<double>(rows, offset), rows.Count, validity),
            PhysicalType.Int128 => new FixedColumn<Int128>(type, Values<Int128>(rows, offset), rows.Count, validity),
            PhysicalType.Interval =>
                new FixedColumn<Interval>(type, Values<Interval>(rows, offset), rows.Count, validity),
            PhysicalType.Bytes => CreateStrings(store, rows, ordinal, validity),
            _ => throw new UnreachableException($"No column form for {type}."),
        };
    }

    private static T[] Values<T>(List<byte[]> rows, int offset)
        where T : unmanaged
    {
        var values = new T[rows.Count];
        for (int row = 0; row < values.Length; row++) { values[row] = RowLayout.Read<T>(rows[row], offset); }

        return values;
    }

    private static StringColumn CreateStrings(StandardRowStore store, List<byte[]> rows, int ordinal, Bitmap? validity)
    {
        DataType type = store.TypeOf(ordinal);
        int[] codes = Values<int>(rows, store.Layout.OffsetOf(ordinal));
        if (!codes.AsSpan().ContainsAnyInRange(int.MinValue, RowLayout.KeyText))
        {
            return new StringColumn(
                type, codes, rows.Count, store.Pools[ordinal] ?? new StringPool(isInterned: false), validity);
        }

        var pool = new StringPool(isInterned: false);
        for (int row = 0; row < codes.Length; row++)
        {
            bool isNull = validity is not null && !validity[row];
            codes[row] = isNull ? -1 : pool.Add(store.GetText(rows[row], ordinal));
        }

        return new StringColumn(type, codes, rows.Count, pool, validity);
    }

    private static Bitmap? Validity(RowLayout layout, List<byte[]> rows, int ordinal)
    {
        Bitmap? validity = null;
        for (int row = 0; row < rows.Count; row++)
        {
            if (!layout.IsNull(rows[row], ordinal)) { continue; }

            validity ??= new Bitmap(rows.Count, value: true);
            validity[row] = false;
        }

        return validity;
    }
}
