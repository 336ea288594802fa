using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Incremental;
using Ctas.Planning;
using Ctas.Planning.Rewrites;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>Orders, ten to a customer, whose rows can be updated; to a source called <c>changelog</c> they come as upserts.</summary>
internal sealed class MaintainedTables : IScanProvider
{
    private const int Amounts = 1000;
    private const long Hour = 3_600_000_000;

    private static readonly Schema Orders = new(
        [
            new Field("id", DataType.BigInt), new Field("customer", DataType.Int), new Field("rowtime", DataType.Timestamp),
            new Field("amount", DataType.Int), new Field("price", DataType.Double),
        ],
        [0]);

    private static readonly Schema Customers = new([new Field("id", DataType.Int), new Field("name", DataType.Varchar)], [0]);

    private readonly Random _random = new(1);
    private readonly int[] _customers;
    private readonly int[] _amounts;
    private Batch? _orders;
    private readonly Batch _names;

    /// <summary>Makes so many orders.</summary>
    public MaintainedTables(int rows)
    {
        int customers = Math.Max(1, rows / 10);
        _customers = new int[rows];
        _amounts = new int[rows];
        for (int row = 0; row < rows; row++) { (_customers[row], _amounts[row]) = (_random.Next(customers), _random.Next(Amounts)); }

        var names = new StringColumnBuilder(DataType.Varchar, new StringPool(isInterned: true));
        for (int row = 0; row < customers; row++) { names.Append($"customer {row}"); }

        _names = new Batch(
            [new FixedColumn<int>(DataType.Int, [.. Enumerable.Range(0, customers)], customers), names.Finish()], customers);
    }

    /// <summary>The plan of a query.</summary>
    public LogicalPlan Plan(string sql)
    {
        var context = new QueryContext(name => new RelationInfo(name, IsSource: false, IsStream: false, name == "customers" ? Customers : Orders))
        {
            Optimiser = new OptimiserOptions(ConstantEvaluator.Instance),
        };
        return PlanTree.RewriteUp(QueryPlanner.PlanQuery(sql, context).Plan, node =>
            node is LogicalScan { Relation: "changelog" } scan ? scan with { IsSource = true, Kind = ChangeKind.Upsert } : node);
    }

    /// <summary>A maintained query that has taken all rows in its first tick.</summary>
    public MaintainedQuery Start(LogicalPlan plan)
    {
        var query = new MaintainedQuery(plan);
        foreach (LogicalScan scan in query.Scans) { query.Push(scan, new ChangeBatch(Of(scan))); }

        query.Complete();
        query.Commit();
        return query;
    }

    /// <summary>The same, computed once.</summary>
    public Task<ExecutionStatistics> Compute(LogicalPlan plan) =>
        PlanExecutor.ExecuteAsync(plan, this, new Nowhere(), new ExecutionOptions(), CancellationToken.None);

    /// <summary>Updates of the amounts of random orders.</summary>
    public ChangeBatch Updates(LogicalScan scan, int count)
    {
        int[] ids = [.. Enumerable.Range(0, count).Select(_ => _random.Next(_amounts.Length)).Distinct()];
        int[] before = [.. ids.Select(id => _amounts[id])];
        int[] now = [.. ids.Select(_ => _random.Next(Amounts))];
        for (int row = 0; row < ids.Length; row++) { _amounts[ids[row]] = now[row]; }

        _orders = null;

        if (scan.IsSource) { return new ChangeBatch(Rows(ids, now).Select(scan.Columns.AsSpan())); }

        int[] weights = [.. ids.SelectMany(_ => (int[])[-1, 1])];
        int[] amounts = [.. before.Zip(now, (old, updated) => (int[])[old, updated]).SelectMany(pair => pair)];
        return new ChangeBatch(Rows([.. ids.SelectMany(id => (int[])[id, id])], amounts).Select(scan.Columns.AsSpan()), Selection: null, weights);
    }

    public async IAsyncEnumerable<ChangeBatch> ReadAsync(
        LogicalScan scan, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return new ChangeBatch(Of(scan));
    }

    private Batch Of(LogicalScan scan) => (scan.Relation == "customers" ? _names : AllOrders()).Select(scan.Columns.AsSpan());

    private Batch AllOrders() => _orders ??= Rows([.. Enumerable.Range(0, _amounts.Length)], [.. _amounts]);

    private Batch Rows(int[] ids, int[] amounts) => new(
        [
            new FixedColumn<long>(DataType.BigInt, [.. ids.Select(id => (long)id)], ids.Length),
            new FixedColumn<int>(DataType.Int, [.. ids.Select(id => _customers[id])], ids.Length),
            new FixedColumn<long>(DataType.Timestamp, [.. ids.Select(id => id % 24 * Hour)], ids.Length),
            new FixedColumn<int>(DataType.Int, amounts, ids.Length),
            new FixedColumn<double>(DataType.Double, [.. amounts.Select(amount => amount / 100.0)], ids.Length),
        ],
        ids.Length);

    private sealed class Nowhere : IChangeConsumer
    {
        public void Consume(ChangeBatch changes)
        {
        }
    }
}
