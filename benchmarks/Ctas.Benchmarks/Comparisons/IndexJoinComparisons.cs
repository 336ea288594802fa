using Ctas.Benchmarks.Shapes;
using Ctas.Data;
using Ctas.Sources;
using DuckDB.NET.Data;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>Joins of a thousand rows with a large table through its key or an index, against the hash join and DuckDB.</summary>
internal sealed class IndexJoinComparisons : IComparisonSuite
{
    private const int Asked = 1_000;

    private static readonly (string Name, string Sql)[] Questions =
    [
        ("by key", "SELECT a.n, o.amount, o.city FROM asked a JOIN {0} o ON o.id = a.id"),
        ("left, by key", "SELECT a.n, o.amount FROM asked a LEFT JOIN {0} o ON o.id = a.id"),
        ("exists, by key", "SELECT a.n FROM asked a WHERE EXISTS (SELECT 1 FROM {0} o WHERE o.id = a.id)"),
        ("by index", "SELECT a.n, o.amount FROM asked a JOIN {0} o ON o.customer = a.customer"),
    ];

    public string Name => "index-join";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        OrderRow[] orders = [.. OrderRow.Generate(options.Rows)];
        await using CtasEngine engine = await LoadAsync(orders, options);
        using DuckDBConnection duckdb = DuckTables(orders, options);
        foreach ((string name, string sql) in Questions.Where(question => options.Asks(question.Name)))
        {
            if (!engine.Explain(Over("orders", sql)).Contains("looks up", StringComparison.Ordinal)) { throw new InvalidOperationException($"\"{name}\" looks nothing up."); }

            double[] seconds = await Measure.SecondsAsync(
                options.Repetitions,
                () => engine.QueryAsync(Over("orders", sql)),
                () => engine.QueryAsync(Over("plain", sql)),
                () => Duck.ExecuteAsync(duckdb, "CREATE OR REPLACE TABLE result AS " + Over("orders", sql)));
            yield return new($"join of 1,000 rows: {name}, {options.Model}", "hash join", seconds[0] * 1e3, seconds[1] * 1e3, "ms", Target: null);
            yield return new($"join of 1,000 rows: {name}, {options.Model}", $"DuckDB, {options.Threads} thread(s)", seconds[0] * 1e3, seconds[2] * 1e3, "ms", Target: null);
        }
    }

    private static string Over(string table, string sql) => sql.Replace("{0}", table, StringComparison.Ordinal);

    private static (string Id, string Customer, long N)[] Keys(OrderRow[] orders)
    {
        // One in ten is not there.
        var random = new Random(3);
        return [.. Enumerable.Range(0, Asked).Select(n => (
            n % 10 == 0 ? $"none-{n}" : orders[random.Next(orders.Length)].Id, orders[random.Next(orders.Length)].Customer, (long)n))];
    }

    private static async Task<CtasEngine> LoadAsync(OrderRow[] orders, ComparisonOptions options)
    {
        var asked = new Schema([new("id", DataType.Varchar), new("customer", DataType.Varchar), new("n", DataType.BigInt)]);
        CtasEngine engine = new CtasEngineBuilder()
            .UseSource("orders_in", OrderSources.Orders(options.Rows))
            .UseSource("asked_in", InMemorySource.FromRows("asked_in", asked, Keys(orders).Select(key => new object?[] { key.Id, key.Customer, key.N })))
            .AddTable("CREATE TABLE orders (id VARCHAR PRIMARY KEY, customer VARCHAR, status VARCHAR, quantity BIGINT, amount DOUBLE, city VARCHAR) AS SELECT * FROM orders_in")
            .AddTable("CREATE TABLE plain AS SELECT * FROM orders_in")
            .AddTable("CREATE TABLE asked AS SELECT * FROM asked_in")
            .AddIndex("orders", "customer")
            .WithProperty("table_model", options.Model)
            .WithMaxDegreeOfParallelism(Math.Max(1, options.Threads))
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }

    private static DuckDBConnection DuckTables(OrderRow[] orders, ComparisonOptions options)
    {
        DuckDBConnection duckdb = Duck.Open(options.Threads);
        Duck.CreateOrders(duckdb, options.Rows);
        Duck.Execute(duckdb, "ALTER TABLE orders ADD PRIMARY KEY (id)");
        Duck.Execute(duckdb, "CREATE INDEX of_customer ON orders (customer)");
        Duck.Execute(duckdb, "CREATE TABLE asked(id VARCHAR, customer VARCHAR, n BIGINT)");
        using DuckDBAppender appender = duckdb.CreateAppender("asked");
        foreach ((string id, string customer, long n) in Keys(orders))
        {
            appender.CreateRow().AppendValue(id).AppendValue(customer).AppendValue(n).EndRow();
        }

        return duckdb;
    }
}
