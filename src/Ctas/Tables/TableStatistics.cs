using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tables;

/// <summary>What a loaded table tells the planner. A column is looked at when it is first asked for: a few thousand rows.</summary>
internal sealed class TableStatistics(ITable table) : RelationStatistics
{
    private const int MaxSampleRows = 4096;

    private readonly ColumnStatistics?[] _columns = new ColumnStatistics?[table.Schema.Fields.Count];

    /// <summary>What the newest version of a table tells; looked at once for each version.</summary>
    public static TableStatistics Of(ITable table) =>
        table.Snapshot() is Table version ? version.Statistics : new TableStatistics(table);

    public override long Rows => table.RowCount;

    public override OrdinalList Key => table.Snapshot() is Table ? table.Schema.Key : [];

    public override IReadOnlyList<IndexDefinition> Indexes =>
        table.Snapshot() is Table version ? version.Indexes.Definitions : [];

    public override ColumnStatistics? Column(int ordinal) => _columns[ordinal] ??= Sample(ordinal);

    private ColumnStatistics Sample(int ordinal)
    {
        if (table.RowCount == 0) { return new ColumnStatistics(0); }

        Column column = table.Scan(new OrdinalList(ordinal)).First()[0];
        int rows = Math.Min(column.Length, MaxSampleRows);
        ColumnSample sample = column switch
        {
            FixedColumn<int> values => ColumnSample.Of(values, rows, value => value),
            FixedColumn<long> values => ColumnSample.Of(values, rows, value => value),
            FixedColumn<bool> values => ColumnSample.Of(values, rows),
            FixedColumn<double> values => ColumnSample.Of(values, rows),
            FixedColumn<Int128> values => ColumnSample.Of(values, rows),
            FixedColumn<Interval> values => ColumnSample.Of(values, rows),
            StringColumn text => ColumnSample.Of(text, rows),
            _ => new ColumnSample(rows, 0, rows, rows, null, null),
        };
        bool isKey = table.Schema.Key is [var only] && only == ordinal;
        return sample.Of(table.RowCount, isKey);
    }
}
