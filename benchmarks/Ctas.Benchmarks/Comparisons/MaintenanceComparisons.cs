using System.Diagnostics;
using Ctas.Data;
using Ctas.Execution.Incremental;
using Ctas.Planning;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>Maintained queries: what the snapshot costs against computing once, and what a change costs by the size of the state.</summary>
/// <remarks><c>--only change</c> and <c>--only snapshot</c> ask for one of the two, <c>--only "change, join"</c> for one query's.</remarks>
internal sealed class MaintenanceComparisons : IComparisonSuite
{
    private const int FewRows = 10_000;

    private static readonly (string Name, string Sql)[] Queries =
    [
        ("filter", "SELECT id, customer, amount FROM orders WHERE amount > 500"),
        ("changelog", "SELECT id, customer, amount FROM changelog"),
        ("group by", "SELECT customer, COUNT(*) AS n, SUM(amount) AS total, SUM(price) AS price FROM orders GROUP BY customer"),
        ("min and max", "SELECT customer, MIN(amount) AS least, MAX(amount) AS most FROM orders GROUP BY customer"),
        ("count distinct", "SELECT customer, COUNT(DISTINCT amount) AS n FROM orders GROUP BY customer"),
        ("median", "SELECT customer, MEDIAN(amount) AS middle FROM orders GROUP BY customer"),
        ("tumbling windows", "SELECT customer, COUNT(*) AS n, SUM(amount) AS total, WINDOWSTART AS since FROM orders WINDOW TUMBLING (SIZE 1 HOUR) GROUP BY customer"),
        ("join", "SELECT o.id, o.amount, c.name FROM orders o JOIN customers c ON o.customer = c.id"),
        ("left join", "SELECT o.id, o.amount, c.name FROM orders o LEFT JOIN customers c ON o.customer = c.id"),
        ("conditional left join", "SELECT o.id, o.amount, c.name FROM orders o LEFT JOIN customers c ON o.customer = c.id AND o.amount > c.id % 1000"),
        ("equal-key join", "SELECT o.id, o.amount, b.amount AS other FROM orders o JOIN orders b ON o.id = b.id"),
        ("semi join", "SELECT id, amount FROM orders o WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id * 2 = o.customer)"),
        ("anti join", "SELECT id, amount FROM orders o WHERE NOT EXISTS (SELECT 1 FROM customers c WHERE c.id * 2 = o.customer)"),
        ("distinct", "SELECT DISTINCT customer, amount FROM orders"),
        ("union", "SELECT customer FROM orders WHERE amount < 500 UNION SELECT id FROM customers"),
        ("intersect", "SELECT customer FROM orders WHERE amount < 500 INTERSECT SELECT id FROM customers"),
        ("row number", "SELECT * FROM (SELECT id, customer, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY amount, id) AS n FROM orders) WHERE n <= 2"),
        ("running sum", "SELECT id, SUM(amount) OVER (PARTITION BY customer ORDER BY id) AS total FROM orders"),
        ("top 10", "SELECT id, amount FROM orders ORDER BY amount DESC, id LIMIT 10"),
    ];

    public string Name => "maintain";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        (string Snapshot, string Change, string Sql)[] asked =
            [.. from query in Queries
                let names = (Snapshot: $"snapshot, {query.Name}", Change: $"change, {query.Name}", query.Sql)
                where options.Asks(names.Snapshot) || options.Asks(names.Change)
                select names];
        MaintainedTables few = new(FewRows);
        MaintainedTables many = new(options.Rows);
        foreach ((string snapshot, string change, string sql) in asked)
        {
            if (options.Asks(snapshot)) { yield return await SnapshotAsync(many, $"{snapshot}, {options.Rows:N0} rows", sql, options); }

            if (!options.Asks(change)) { continue; }

            (UpdatedQuery small, UpdatedQuery large) = (new(few, sql), new(many, sql));
            UpdatedQuery.TakeTurns(small, large);
            yield return new Comparison(
                $"{change}, {options.Rows:N0} rows", $"{FewRows:N0} rows", large.Median, small.Median, "µs", new Target(1.5, IsAtLeast: false));
            yield return new Comparison($"{change}, mean", $"{FewRows:N0} rows", large.Mean, small.Mean, "µs", null);
            yield return new Comparison($"state, {change}", "row", large.StateBytes, options.Rows, "B", null);
        }
    }

    private static async Task<Comparison> SnapshotAsync(MaintainedTables tables, string name, string sql, ComparisonOptions options)
    {
        LogicalPlan plan = tables.Plan(sql);
        double[] seconds = await Measure.SecondsAsync(
            options.Repetitions, () => { tables.Start(plan); }, () => tables.Compute(plan).GetAwaiter().GetResult());
        return new Comparison(name, "computed once", seconds[0], seconds[1], "s", null);
    }

    /// <summary>A query that is maintained while its orders are updated, and what its changes took.</summary>
    private sealed class UpdatedQuery
    {
        private const int Turns = 40;
        private const int TicksPerTurn = 50;
        private const int ChangesPerTick = 100;

        private readonly MaintainedTables _tables;
        private readonly MaintainedQuery _query;
        private readonly LogicalScan _orders;
        private readonly List<double> _microseconds = [];

        public UpdatedQuery(MaintainedTables tables, string sql)
        {
            _tables = tables;
            _query = tables.Start(tables.Plan(sql));
            _orders = _query.Scans.First(scan => scan.Relation != "customers");
        }

        public double Median => Measure.Median([.. _microseconds]);

        public double Mean => _microseconds.Average();

        public long StateBytes => _query.StateBytes;

        /// <summary>Updates all in turns, equally often, so that a slow moment of the machine hits all; the first half warms up.</summary>
        public static void TakeTurns(params UpdatedQuery[] queries)
        {
            GC.Collect();
            for (int turn = 0; turn < Turns; turn++)
            {
                foreach (UpdatedQuery query in queries) { query.Tick(TicksPerTurn, isMeasured: turn >= Turns / 2); }
            }
        }

        private void Tick(int ticks, bool isMeasured)
        {
            for (int tick = 0; tick < ticks; tick++)
            {
                ChangeBatch changes = _tables.Updates(_orders, ChangesPerTick);
                long started = Stopwatch.GetTimestamp();
                _query.Push(_orders, changes);
                _query.Complete();
                _query.Commit();
                if (isMeasured) { _microseconds.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds / ChangesPerTick); }
            }
        }
    }
}
