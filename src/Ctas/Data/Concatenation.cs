using System.Diagnostics;

namespace Ctas.Data;

/// <summary>Puts batches of one shape behind each other.</summary>
internal static class Concatenation
{
    /// <summary>One batch of all rows; the strings of a column lie in one pool.</summary>
    public static Batch Of(IReadOnlyList<Batch> batches)
    {
        if (batches.Count == 1) { return batches[0]; }

        int rowCount = 0;
        foreach (Batch batch in batches) { rowCount += batch.RowCount; }

        var columns = new Column[batches[0].ColumnCount];
        for (int ordinal = 0; ordinal < columns.Length; ordinal++) { columns[ordinal] = Of(batches, ordinal, rowCount); }

        return new Batch(columns, rowCount);
    }

    private static Column Of(IReadOnlyList<Batch> batches, int ordinal, int rowCount)
    {
        DataType type = batches[0][ordinal].Type;
        Bitmap? validity = Validity(batches, ordinal, rowCount);
        return PhysicalTypes.Of(type) switch
        {
            PhysicalType.Boolean => Fixed<bool>(batches, ordinal, rowCount, validity),
            PhysicalType.Int32 => Fixed<int>(batches, ordinal, rowCount, validity),
            PhysicalType.Int64 => Fixed<long>(batches, ordinal, rowCount, validity),
            PhysicalType.Double => Fixed<double>(batches, ordinal, rowCount, validity),
            PhysicalType.Int128 => Fixed<Int128>(batches, ordinal, rowCount, validity),
            PhysicalType.Interval => Fixed<Interval>(batches, ordinal, rowCount, validity),
            PhysicalType.Bytes => Strings(batches, ordinal, rowCount, validity),
            _ => throw new UnreachableException($"No column form for {type}."),
        };
    }

    private static FixedColumn<T> Fixed<T>(
        IReadOnlyList<Batch> batches, int ordinal, int rowCount, Bitmap? validity)
        where T : unmanaged
    {
        T[] values = GC.AllocateUninitializedArray<T>(rowCount);
        int start = 0;
        foreach (Batch batch in batches)
        {
            ((FixedColumn<T>)batch[ordinal]).Values.CopyTo(values.AsSpan(start));
            start += batch.RowCount;
        }

        return new FixedColumn<T>(batches[0][ordinal].Type, values, rowCount, validity);
    }

    private static StringColumn Strings(IReadOnlyList<Batch> batches, int ordinal, int rowCount, Bitmap? validity)
    {
        int[] codes = GC.AllocateUninitializedArray<int>(rowCount);
        int start = 0;
        foreach (Batch batch in batches)
        {
            ((StringColumn)batch[ordinal]).Codes.CopyTo(codes.AsSpan(start));
            start += batch.RowCount;
        }

        var first = (StringColumn)batches[0][ordinal];
        return new StringColumn(first.Type, codes, rowCount, first.Pool, validity);
    }

    private static Bitmap? Validity(IReadOnlyList<Batch> batches, int ordinal, int rowCount)
    {
        Bitmap? validity = null;
        int start = 0;
        foreach (Batch batch in batches)
        {
            for (int row = 0; batch[ordinal].Validity is not null && row < batch.RowCount; row++)
            {
                if (!batch[ordinal].IsNull(row)) { continue; }

                validity ??= new Bitmap(rowCount, value: true);
                validity[start + row] = false;
            }

            start += batch.RowCount;
        }

        return validity;
    }
}
