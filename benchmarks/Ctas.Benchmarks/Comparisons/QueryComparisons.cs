using Ctas.Benchmarks.Shapes;
using Ctas.Data;
using Ctas.Loading;
using Ctas.Sources;
using DuckDB.NET.Data;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>CTAS over loaded tables against DuckDB's CTAS over the same tables, same threads.</summary>
internal sealed class QueryComparisons : IComparisonSuite
{
    internal static readonly (string Name, string Sql)[] Questions =
    [
        ("join: orders with customers", "SELECT o.id, o.amount, c.name, c.tier FROM orders o JOIN customers c ON o.customer = c.id"),
        ("left join and filter", "SELECT o.id, c.name FROM orders o LEFT JOIN customers c ON o.customer = c.id WHERE o.quantity > 50"),
        ("group by a small string", "SELECT status, COUNT(*) AS n, SUM(amount) AS total FROM orders GROUP BY status"),
        ("group by a large string", "SELECT customer, COUNT(*) AS n, SUM(quantity) AS q, MAX(amount) AS m FROM orders GROUP BY customer"),
        ("group by two strings", "SELECT status, city, AVG(amount) AS a FROM orders GROUP BY status, city"),
        ("join and group", "SELECT c.tier, SUM(o.amount) AS total FROM orders o JOIN customers c ON o.customer = c.id GROUP BY c.tier"),
        ("filter and project", "SELECT id, amount * quantity AS value FROM orders WHERE status = 'PAID' AND amount > 5000"),
    ];

    public string Name => "query";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        await using CtasEngine engine = await LoadAsync(options);
        using DuckDBConnection duckdb = Duck.Open(options.Threads);
        Duck.CreateOrders(duckdb, options.Rows);
        foreach ((string name, string sql) in Questions.Where(question => options.Asks(question.Name)))
        {
            double[] seconds = await Measure.SecondsAsync(
                options.Repetitions,
                () => engine.ExecuteAsync($"CREATE OR REPLACE TABLE result WITH (table_model = 'compact') AS {sql}"),
                () => Duck.ExecuteAsync(duckdb, $"CREATE OR REPLACE TABLE result AS {sql}"));
            yield return new Comparison(
                name, $"DuckDB CTAS, {options.Threads} thread(s)", 1 / seconds[0], 1 / seconds[1], "per s", new Target(3, IsAtLeast: true));
        }
    }

    private static async Task<CtasEngine> LoadAsync(ComparisonOptions options)
    {
        CtasEngine engine = new CtasEngineBuilder()
            .UseSource("orders_in", OrderSources.Orders(options.Rows))
            .UseSource("customers_in", OrderSources.Customers(options.Rows))
            .AddTable("CREATE TABLE orders WITH (table_model = 'compact') AS SELECT * FROM orders_in")
            .AddTable("CREATE TABLE customers WITH (table_model = 'compact') AS SELECT * FROM customers_in")
            .WithMaxParallelism(Math.Max(1, options.Threads))
            .WithMaxDegreeOfParallelism(Math.Max(1, options.Threads))
            .Build();
        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();
        return engine;
    }
}
