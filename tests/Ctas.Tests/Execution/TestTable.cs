using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

/// <summary>Rows in memory as a relation; each batch has string pools of its own, as sources may give them.</summary>
internal sealed class TestTable(string name, params (string Name, DataType Type)[] columns)
{
    private readonly List<object?[]> _rows = [];

    public int BatchRows { get; init; } = 3;

    public Schema Schema { get; } = new(columns.Select(column => new Field(column.Name, column.Type)));

    public LogicalScan Scan => new(name, IsSource: false, OrdinalList.Empty, Schema, ChangeKind.AppendOnly);

    public IReadOnlyList<object?[]> Rows => _rows;

    public string Name => name;

    public TestTable Add(params object?[] row)
    {
        _rows.Add(row);
        return this;
    }

    public ColumnReference Column(string column)
    {
        int ordinal = Schema.IndexOf(column);
        return new ColumnReference(ordinal, Schema.Fields[ordinal].Type);
    }

    public IEnumerable<ChangeBatch> Batches()
    {
        for (int start = 0; start < _rows.Count; start += BatchRows)
        {
            object?[][] rows = [.. _rows.Skip(start).Take(BatchRows)];
            Column[] built = [.. columns.Select(
                (column, ordinal) => Build(column.Type, rows.Select(row => row[ordinal])))];
            yield return new ChangeBatch(new Batch(built, rows.Length));
        }
    }

    /// <summary>A column of physical values; null is NULL.</summary>
    public static Column Build(DataType type, IEnumerable<object?> values)
    {
        ColumnBuilder builder = ColumnBuilder.Create(type);
        foreach (object? value in values)
        {
            switch (builder, value)
            {
                case (_, null): builder.AppendNull(); break;
                case (FixedColumnBuilder<bool> to, bool it): to.Append(it); break;
                case (FixedColumnBuilder<int> to, int it): to.Append(it); break;
                case (FixedColumnBuilder<long> to, long it): to.Append(it); break;
                case (FixedColumnBuilder<double> to, double it): to.Append(it); break;
                case (FixedColumnBuilder<Int128> to, Int128 it): to.Append(it); break;
                case (FixedColumnBuilder<Interval> to, Interval it): to.Append(it); break;
                case (StringColumnBuilder to, string it): to.Append(it); break;
                case (StringColumnBuilder to, byte[] it): to.Append(it); break;
                default: throw new ArgumentException($"{value.GetType().Name} is no {type}.");
            }
        }

        return builder.Finish();
    }
}

/// <summary>Runs plans over test tables, whose columns are lent: what an operator reads after it said it would not shows.</summary>
internal sealed class TestScans(params TestTable[] tables) : IScanProvider
{
    public List<string> Reads { get; } = [];

    public int BatchesRead { get; private set; }

    public static List<object?[]> Run(LogicalPlan plan, params TestTable[] tables) =>
        Run(plan, new ExecutionOptions(), tables).Rows;

    public static (List<object?[]> Rows, ExecutionStatistics Statistics) Run(
        LogicalPlan plan, ExecutionOptions options, params TestTable[] tables) =>
        new TestScans(tables).Execute(plan, options);

    public (List<object?[]> Rows, ExecutionStatistics Statistics) Execute(LogicalPlan plan, ExecutionOptions options)
    {
        var result = new CollectingConsumer();
        ExecutionStatistics statistics =
            PlanExecutor.ExecuteAsync(plan, this, result, options, CancellationToken.None).GetAwaiter().GetResult();
        return (result.Rows, statistics);
    }

    public async IAsyncEnumerable<ChangeBatch> ReadAsync(
        LogicalScan scan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        Reads.Add(scan.Relation);
        foreach (ChangeBatch batch in tables.Single(table => table.Name == scan.Relation).Batches())
        {
            BatchesRead++;
            yield return LentColumns.Of(batch);
        }
    }
}

/// <summary>Keeps the rows of a result, boxed.</summary>
internal sealed class CollectingConsumer : IChangeConsumer
{
    public List<object?[]> Rows { get; } = [];

    public bool KeepsColumns => false;

    public void Consume(ChangeBatch changes)
    {
        Batch rows = changes.Densify().Rows;
        for (int row = 0; row < rows.RowCount; row++)
        {
            object?[] values = new object?[rows.Columns.Length];
            for (int column = 0; column < values.Length; column++) { values[column] = rows[column].GetValue(row); }

            Rows.Add(values);
        }
    }
}
