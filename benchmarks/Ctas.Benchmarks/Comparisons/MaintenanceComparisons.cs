using System.Diagnostics;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Incremental;
using Ctas.Planning;
using Ctas.Planning.Rewrites;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>Maintained queries: what the snapshot costs against computing once, and what a change costs by the size of the state.</summary>
internal sealed class MaintenanceComparisons : IComparisonSuite
{
    private const int ChangesPerTick = 100;
    private const int FewRows = 10_000;

    private static readonly (string Name, string Sql)[] Queries =
    [
        ("filter", "SELECT id, customer, amount FROM orders WHERE amount > 500"),
        ("group by", "SELECT customer, COUNT(*) AS n, SUM(amount) AS total, SUM(price) AS price FROM orders GROUP BY customer"),
        ("min and max", "SELECT customer, MIN(amount) AS least, MAX(amount) AS most FROM orders GROUP BY customer"),
        ("join", "SELECT o.id, o.amount, c.name FROM orders o JOIN customers c ON o.customer = c.id"),
        ("left join", "SELECT o.id, o.amount, c.name FROM orders o LEFT JOIN customers c ON o.customer = c.id"),
        ("distinct", "SELECT DISTINCT customer, amount FROM orders"),
        ("row number", "SELECT * FROM (SELECT id, customer, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY amount, id) AS n FROM orders) WHERE n <= 2"),
        ("top 10", "SELECT id, amount FROM orders ORDER BY amount DESC, id LIMIT 10"),
    ];

    public string Name => "maintain";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        foreach ((string name, string sql) in Queries.Where(query => options.Asks(query.Name)))
        {
            var many = new Tables(options.Rows);
            LogicalPlan plan = many.Plan(sql);
            double[] seconds = await Measure.SecondsAsync(
                options.Repetitions, () => { many.Start(plan); }, () => many.Compute(plan).GetAwaiter().GetResult());
            yield return new Comparison($"snapshot, {name}, {options.Rows:N0} rows", "computed once", seconds[0], seconds[1], "s", null);

            double few = MicrosecondsPerChange(new Tables(FewRows), sql, out _);
            double large = MicrosecondsPerChange(many, sql, out long bytes);
            yield return new Comparison(
                $"change, {name}, {options.Rows:N0} rows", $"{FewRows:N0} rows", large, few, "µs", new Target(1.5, IsAtLeast: false));
            yield return new Comparison($"state, {name}", "row", bytes, options.Rows, "B", null);
        }
    }

    private static double MicrosecondsPerChange(Tables tables, string sql, out long stateBytes)
    {
        MaintainedQuery query = tables.Start(tables.Plan(sql));
        LogicalScan scan = query.Scans.First(scan => scan.Relation == "orders");
        var times = new List<double>();
        for (int tick = 0; tick < 2_000; tick++)
        {
            ChangeBatch changes = tables.Updates(scan, ChangesPerTick);
            long started = Stopwatch.GetTimestamp();
            query.Push(scan, changes);
            query.Complete();
            query.Commit();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds / ChangesPerTick);
            if (tick > 20 && times.Sum() * ChangesPerTick > 2_000_000) { break; }
        }

        stateBytes = query.StateBytes;
        return Measure.Median(times[(times.Count / 2)..]);
    }

    /// <summary>Orders, ten to a customer, whose rows can be updated.</summary>
    private sealed class Tables : IScanProvider
    {
        private static readonly Schema Orders = new(
            [new Field("id", DataType.BigInt), new Field("customer", DataType.Int), new Field("amount", DataType.Int), new Field("price", DataType.Double)], [0]);

        private static readonly Schema Customers = new([new Field("id", DataType.Int), new Field("name", DataType.Varchar)], [0]);

        private readonly Random _random = new(1);
        private readonly int[] _customers;
        private readonly int[] _amounts;
        private readonly Batch _orders;
        private readonly Batch _names;

        public Tables(int rows)
        {
            int customers = Math.Max(1, rows / 10);
            _customers = new int[rows];
            _amounts = new int[rows];
            for (int row = 0; row < rows; row++) { (_customers[row], _amounts[row]) = (_random.Next(customers), _random.Next(1000)); }

            _orders = Rows([.. Enumerable.Range(0, rows)], [.. _amounts]);
            var names = new StringColumnBuilder(DataType.Varchar, new StringPool(isInterned: true));
            for (int row = 0; row < customers; row++) { names.Append($"customer {row}"); }

            _names = new Batch(
                [new FixedColumn<int>(DataType.Int, [.. Enumerable.Range(0, customers)], customers), names.Finish()], customers);
        }

        public LogicalPlan Plan(string sql) => QueryPlanner.PlanQuery(
            sql,
            new QueryContext(name => new RelationInfo(name, IsSource: false, IsStream: false, name == "orders" ? Orders : Customers))
            {
                Optimiser = new OptimiserOptions(ConstantEvaluator.Instance),
            }).Plan;

        public MaintainedQuery Start(LogicalPlan plan)
        {
            var query = new MaintainedQuery(plan);
            foreach (LogicalScan scan in query.Scans) { query.Push(scan, new ChangeBatch(Of(scan))); }

            query.Complete();
            query.Commit();
            return query;
        }

        public Task<ExecutionStatistics> Compute(LogicalPlan plan) =>
            PlanExecutor.ExecuteAsync(plan, this, new Nowhere(), new ExecutionOptions(), CancellationToken.None);

        /// <summary>Updates of the amounts of random orders.</summary>
        public ChangeBatch Updates(LogicalScan scan, int count)
        {
            int[] ids = [.. Enumerable.Range(0, count).Select(_ => _random.Next(_amounts.Length)).Distinct()];
            int[] twice = [.. ids.SelectMany(id => (int[])[id, id])];
            var amounts = new int[twice.Length];
            for (int row = 0; row < amounts.Length; row += 2)
            {
                int updated = _random.Next(1000);
                (amounts[row], amounts[row + 1]) = (_amounts[twice[row]], updated);
                _amounts[twice[row]] = updated;
            }

            int[] weights = [.. Enumerable.Range(0, amounts.Length).Select(row => row % 2 == 0 ? -1 : 1)];
            return new ChangeBatch(Rows(twice, amounts).Select(scan.Columns.AsSpan()), Selection: null, weights);
        }

        public async IAsyncEnumerable<ChangeBatch> ReadAsync(
            LogicalScan scan, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            yield return new ChangeBatch(Of(scan));
        }

        private Batch Of(LogicalScan scan) => (scan.Relation == "orders" ? _orders : _names).Select(scan.Columns.AsSpan());

        private Batch Rows(int[] ids, int[] amounts) => new(
            [
                new FixedColumn<long>(DataType.BigInt, [.. ids.Select(id => (long)id)], ids.Length),
                new FixedColumn<int>(DataType.Int, [.. ids.Select(id => _customers[id])], ids.Length),
                new FixedColumn<int>(DataType.Int, amounts, ids.Length),
                new FixedColumn<double>(DataType.Double, [.. amounts.Select(amount => amount / 100.0)], ids.Length),
            ],
            ids.Length);
    }

    private sealed class Nowhere : IChangeConsumer
    {
        public void Consume(ChangeBatch changes)
        {
        }
    }
}
