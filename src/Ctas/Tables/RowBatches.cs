using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Tables;

/// <summary>Turns row objects into columns.</summary>
internal static class RowBatches
{
    /// <summary>A batch of some columns of the given rows. Strings are not copied: the pools are the table's.</summary>
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
        Bitmap? validity = Validity(rows, ordinal);
        return store.Layout.TypeOf(ordinal) switch
        {
            PhysicalType.Boolean => new FixedColumn<bool>(type, Values<bool>(rows, offset), rows.Count, validity),
            PhysicalType.Int32 => new FixedColumn<int>(type, Values<int>(rows, offset), rows.Count, validity),
            PhysicalType.Int64 => new FixedColumn<long>(type, Values<long>(rows, offset), rows.Count, validity),
            PhysicalType.Double => new FixedColumn<double>(type, Values<double>(rows, offset), rows.Count, validity),
            PhysicalType.Int128 => new FixedColumn<Int128>(type, Values<Int128>(rows, offset), rows.Count, validity),
            PhysicalType.Interval =>
                new FixedColumn<Interval>(type, Values<Interval>(rows, offset), rows.Count, validity),
            PhysicalType.Bytes =>
                new StringColumn(type, Values<int>(rows, offset), rows.Count, store.Pools[ordinal]!, validity),
            _ => throw new UnreachableException($"No column form for {type}."),
        };
    }

    private static T[] Values<T>(List<byte[]> rows, int offset)
        where T : unmanaged
    {
        var values = new T[rows.Count];
        for (int row = 0; row < values.Length; row++) { values[row] = StandardRowStore.Read<T>(rows[row], offset); }

        return values;
    }

    private static Bitmap? Validity(List<byte[]> rows, int ordinal)
    {
        Bitmap? validity = null;
        for (int row = 0; row < rows.Count; row++)
        {
            if (!RowLayout.IsNull(rows[row], ordinal)) { continue; }

            validity ??= new Bitmap(rows.Count, value: true);
            validity[row] = false;
        }

        return validity;
    }
}
