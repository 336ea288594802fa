using Ctas.Data;
using Ctas.Execution;

namespace Ctas.SqlTests.Oracle.Maintenance;

/// <summary>The rows that a plain query gives.</summary>
internal sealed class PlainRows : IChangeConsumer
{
    public List<object?[]> All { get; } = [];

    public void Consume(ChangeBatch changes)
    {
        Batch rows = changes.Densify().Rows;
        for (int row = 0; row < rows.RowCount; row++)
        {
            All.Add([.. Enumerable.Range(0, rows.ColumnCount).Select(c => ComparableValue.Of(rows[c].GetValue(row)))]);
        }
    }
}
