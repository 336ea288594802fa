using Ctas.Data;

namespace Ctas.Tests.Execution;

/// <summary>Rows as scans of compact tables give them: decoded on demand into memory that is given back, and then spoilt.</summary>
internal static class LentColumns
{
    public static ChangeBatch Of(ChangeBatch changes) =>
        changes with { Rows = new Batch([.. changes.Rows.Columns.ToArray().Select(Of)], changes.Rows.RowCount) };

    public static Column Of(Column column) => column switch
    {
        FixedColumn<bool> booleans => Of(booleans),
        FixedColumn<int> ints => Of(ints),
        FixedColumn<long> longs => Of(longs),
        FixedColumn<double> doubles => Of(doubles),
        FixedColumn<Int128> decimals => Of(decimals),
        FixedColumn<Interval> intervals => Of(intervals),
        StringColumn strings => new StringColumn(
            column.Type,
            new Copied<int>(new FixedColumn<int>(DataType.Int, strings.Codes.ToArray(), strings.Length)),
            strings.Length,
            strings.Pool,
            strings.Validity),
        _ => throw new ArgumentException($"No form of {column.Type}."),
    };

    private static FixedColumn<T> Of<T>(FixedColumn<T> column)
        where T : unmanaged => new(column.Type, new Copied<T>(column), column.Length, column.Validity);

    private sealed class Copied<T>(FixedColumn<T> values) : DeferredValues<T>
        where T : unmanaged
    {
        private protected override FixedColumn<T> Decode()
        {
            T[] decoded = ColumnMemory.Lent.Allocate<T>(values.Length);
            values.Values.CopyTo(decoded);
            return ColumnMemory.Lent.Column(values.Type, decoded, values.Length);
        }
    }
}
