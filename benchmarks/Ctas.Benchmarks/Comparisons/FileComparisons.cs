using System.Globalization;
using Ctas.Benchmarks.Shapes;
using Ctas.Loading;
using DuckDB.NET.Data;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>Files into compact tables against DuckDB's readers, same threads.</summary>
internal sealed class FileComparisons : IComparisonSuite
{
    public string Name => "file";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ctas-bench-");
        try
        {
            string json = Path.Combine(folder.FullName, "orders.ndjson");
            string csv = Path.Combine(folder.FullName, "orders.csv");
            Write(json, csv, options.Rows);
            using DuckDBConnection duckdb = Duck.Open(options.Threads);
            yield return await CompareAsync("NDJSON file → compact table", json, $"read_json('{json}')", 2.5, duckdb, options);
            yield return await CompareAsync("CSV file → compact table", csv, $"read_csv('{csv}')", 1.5, duckdb, options);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Comparison> CompareAsync(
        string name, string path, string reader, double target, DuckDBConnection duckdb, ComparisonOptions options)
    {
        double[] seconds = await Measure.SecondsAsync(
            options.Repetitions,
            () => LoadAsync(path, options.Rows),
            () => Duck.ExecuteAsync(duckdb, $"CREATE OR REPLACE TABLE orders AS SELECT * FROM {reader}"));
        return new Comparison(
            name,
            string.Create(CultureInfo.InvariantCulture, $"DuckDB {reader[..reader.IndexOf('(')]} CTAS, {options.Threads} thread(s)"),
            options.Rows / seconds[0],
            options.Rows / seconds[1],
            "records/s",
            new Target(target, IsAtLeast: true));
    }

    private static async Task LoadAsync(string path, int rows)
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .AddScript($"""
                CREATE STREAM orders_in (id VARCHAR, customer VARCHAR, status VARCHAR, quantity BIGINT, amount DOUBLE, city VARCHAR)
                    WITH (path = '{path}');
                CREATE TABLE orders WITH (table_model = 'compact') AS SELECT * FROM orders_in;
                """)
            .Build();
        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();
        if (result["orders"].Rows != rows) { throw new InvalidOperationException("The file was not read whole."); }
    }

    private static void Write(string json, string csv, int rows)
    {
        using FileStream lines = File.Create(json);
        using StreamWriter fields = File.CreateText(csv);
        fields.WriteLine("id,customer,status,quantity,amount,city");
        foreach (OrderRow order in OrderRow.Generate(rows))
        {
            lines.Write(order.ToJson());
            lines.WriteByte((byte)'\n');
            fields.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{order.Id},{order.Customer},{order.Status},{order.Quantity},{order.Amount},{order.City}"));
        }
    }
}
