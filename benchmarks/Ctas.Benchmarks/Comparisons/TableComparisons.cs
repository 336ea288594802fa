using Ctas.Benchmarks.Shapes;
using Ctas.Data;
using Ctas.Sources;
using Ctas.Tables;
using DuckDB.NET.Data;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>Bytes per row and time per lookup of both table models against a dictionary of records.</summary>
internal sealed class TableComparisons : IComparisonSuite
{
    public string Name => "table";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        (Dictionary<string, OrderRow> dictionary, double dictionaryBytes) = await Measure.RetainedBytesAsync(
            () => Task.FromResult(OrderRow.Generate(options.Rows).ToDictionary(order => order.Id)));
        (CtasEngine standard, double standardBytes) = await LoadAsync(options, "standard");
        (CtasEngine compact, double compactBytes) = await LoadAsync(options, "compact");
        double rows = options.Rows;
        yield return new("bytes per row: compact", "standard", compactBytes / rows, standardBytes / rows, "B/row", new(0.10, IsAtLeast: false));
        yield return new("bytes per row: compact", "Dictionary<string, TRow>", compactBytes / rows, dictionaryBytes / rows, "B/row", new(0.20, IsAtLeast: false));
        yield return new("bytes per row: compact", "DuckDB in memory, primary key", compactBytes / rows, DuckBytes(options.Rows) / rows, "B/row", new(0.35, IsAtLeast: false));
        yield return new("bytes per row: standard", "Dictionary<string, TRow>", standardBytes / rows, dictionaryBytes / rows, "B/row", Target: null);

        string[] keys = RandomKeys([.. dictionary.Keys]);
        ITable standardTable = standard.Tables["orders"];
        ITable compactTable = compact.Tables["orders"];
        double[] seconds = await Measure.SecondsAsync(
            options.Repetitions,
            () => LookUp(standardTable, keys),
            () => LookUp(compactTable, keys),
            () => LookUp(dictionary, keys));
        double[] nanoseconds = [.. seconds.Select(value => value * 1e9 / keys.Length)];
        yield return new("point lookup: compact", "Dictionary<string, TRow>", nanoseconds[1], nanoseconds[2], "ns", new(1.0, IsAtLeast: false));
        yield return new("point lookup: standard", "Dictionary<string, TRow>", nanoseconds[0], nanoseconds[2], "ns", new(1.2, IsAtLeast: false));
        await standard.DisposeAsync();
        await compact.DisposeAsync();
        GC.KeepAlive(dictionary);
    }

    private static async Task<(CtasEngine Engine, double Bytes)> LoadAsync(ComparisonOptions options, string model)
    {
        // The source is there before and after, so that only the table is counted.
        InMemorySource source = OrderSources.Orders(options.Rows);
        (CtasEngine engine, double bytes) = await Measure.RetainedBytesAsync(async () =>
        {
            CtasEngine engine = new CtasEngineBuilder()
                .UseSource("orders_in", source)
                .AddTable($"CREATE TABLE orders (id VARCHAR PRIMARY KEY, {OrderRow.OtherColumns}) WITH (table_model = '{model}') AS SELECT * FROM orders_in")
                .Build();
            (await engine.LoadAsync()).ThrowIfFailed();
            return engine;
        });
        GC.KeepAlive(source);
        return (engine, bytes);
    }

    private static double DuckBytes(int rows)
    {
        using DuckDBConnection duckdb = Duck.Open(threads: 1);
        Duck.CreateOrders(duckdb, rows);
        double before = DuckMemory(duckdb);
        Duck.Execute(duckdb, "CREATE TABLE keyed(id VARCHAR PRIMARY KEY, customer VARCHAR, status VARCHAR, quantity BIGINT, amount DOUBLE, city VARCHAR)");
        Duck.Execute(duckdb, "INSERT INTO keyed SELECT * FROM orders");
        return DuckMemory(duckdb) - before;
    }

    private static double DuckMemory(DuckDBConnection duckdb)
    {
        using DuckDBCommand command = duckdb.CreateCommand();
        command.CommandText = "SELECT CAST(SUM(memory_usage_bytes) AS DOUBLE) FROM duckdb_memory()";
        return (double)command.ExecuteScalar()!;
    }

    private static string[] RandomKeys(string[] keys)
    {
        // Copies, so that no contender profits from comparing references.
        var random = new Random(7);
        return [.. Enumerable.Range(0, 1_000_000).Select(_ => new string(keys[random.Next(keys.Length)].AsSpan()))];
    }

    private static void LookUp(ITable table, string[] keys)
    {
        long sum = 0;
        int quantity = table.Schema.IndexOf("quantity");
        foreach (string key in keys)
        {
            if (table.TryGet(key, out Row row)) { sum += row.Get<long>(quantity); }
        }

        GC.KeepAlive(sum);
    }

    private static void LookUp(Dictionary<string, OrderRow> table, string[] keys)
    {
        long sum = 0;
        foreach (string key in keys)
        {
            if (table.TryGetValue(key, out OrderRow? row)) { sum += row.Quantity; }
        }

        GC.KeepAlive(sum);
    }
}
