using System.Globalization;
using Ctas.Data;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Sources;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>
/// A table over two live tables: what loading it with EMIT CHANGES costs against loading it once, and what its operators keep.
/// </summary>
internal sealed class LiveLoadComparisons : IComparisonSuite
{
    private static readonly (string Name, string Sql)[] Queries =
    [
        ("join by key", "SELECT o.id, o.amount, c.name FROM orders o JOIN customers c ON o.customer = c.id"),
        ("left join by key", "SELECT o.id, o.amount, c.name FROM orders o LEFT JOIN customers c ON o.customer = c.id"),
        ("join of equal keys", "SELECT o.id, o.amount, p.method FROM orders o JOIN payments p ON o.id = p.id"),
        ("group by", "SELECT customer, COUNT(*) AS n, SUM(amount) AS total FROM orders GROUP BY customer"),
        ("min and max", "SELECT customer, MIN(amount) AS least, MAX(amount) AS most FROM orders GROUP BY customer"),
        ("row number", "SELECT * FROM (SELECT id, customer, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY amount, id) AS n FROM orders) WHERE n <= 2"),
        ("top 10", "SELECT id, amount FROM orders ORDER BY amount DESC, id LIMIT 10"),
    ];

    public string Name => "live-load";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        var sources = new Sources(options.Rows);
        foreach ((string name, string sql) in Queries.Where(query => options.Asks(query.Name)))
        {
            var once = new List<double>();
            var live = new List<double>();
            long stateBytes = 0;
            for (int repetition = 0; repetition <= options.Repetitions; repetition++)
            {
                // The first of each warms up.
                double loaded = await SecondsAsync(sources, $"CREATE TABLE result AS {sql}", options, _ => { });
                double kept = await SecondsAsync(
                    sources,
                    $"CREATE TABLE result AS {sql} EMIT CHANGES",
                    options,
                    engine => stateBytes = engine.Maintenance.StateOf("result").Sum((OperatorState state) => state.Bytes));
                if (repetition == 0) { continue; }

                once.Add(loaded);
                live.Add(kept);
            }

            yield return new Comparison(
                $"live load, {name}, {options.Rows:N0} rows", "loaded once", Measure.Median(live), Measure.Median(once), "s", new Target(3, IsAtLeast: false));
            yield return new Comparison($"state over live tables, {name}", "row", stateBytes, options.Rows, "B", null);
        }
    }

    /// <summary>How long the last table takes, those that it reads being there.</summary>
    private static async Task<double> SecondsAsync(Sources sources, string statement, ComparisonOptions options, Action<CtasEngine> look)
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("orders_in", sources.Orders)
            .UseSource("customers_in", sources.Customers)
            .UseSource("payments_in", sources.Payments)
            .AddTable("CREATE TABLE orders AS SELECT * FROM orders_in EMIT CHANGES")
            .AddTable("CREATE TABLE customers AS SELECT * FROM customers_in EMIT CHANGES")
            .AddTable("CREATE TABLE payments AS SELECT * FROM payments_in EMIT CHANGES")
            .AddTable(statement)
            .WithProperty("table_model", options.Model)
            .Build();
        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();
        look(engine);
        return result.Tables.Single(table => table.Name == "result").RunTime.TotalSeconds;
    }

    /// <summary>Orders, ten to a customer, each with a payment.</summary>
    private sealed class Sources
    {
        public Sources(int rows)
        {
            int customers = Math.Max(1, rows / 10);
            var random = new Random(1);
            Orders = InMemorySource.FromRows(
                "orders_in",
                new Schema([new("id", DataType.BigInt), new("customer", DataType.Int), new("amount", DataType.Int), new("price", DataType.Double)], [0]),
                Enumerable.Range(0, rows).Select(id => new object?[] { (long)id, random.Next(customers), random.Next(1000), random.Next(100_000) / 100.0 }));
            Customers = InMemorySource.FromRows(
                "customers_in",
                new Schema([new("id", DataType.Int), new("name", DataType.Varchar)], [0]),
                Enumerable.Range(0, customers).Select(id => new object?[] { id, string.Create(CultureInfo.InvariantCulture, $"customer {id}") }));
            Payments = InMemorySource.FromRows(
                "payments_in",
                new Schema([new("id", DataType.BigInt), new("method", DataType.Int)], [0]),
                Enumerable.Range(0, rows).Select(id => new object?[] { (long)id, random.Next(5) }));
        }

        public InMemorySource Orders { get; }

        public InMemorySource Customers { get; }

        public InMemorySource Payments { get; }
    }
}
