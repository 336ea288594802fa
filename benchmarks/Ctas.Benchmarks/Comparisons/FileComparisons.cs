using System.Globalization;
using System.Text.Json;
using Ctas.Benchmarks.Shapes;
using Ctas.Loading;
using DuckDB.NET.Data;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>Files of each shape into compact tables against DuckDB's readers, same threads.</summary>
/// <remarks>
/// A load on one thread still reads and stores on two tasks that overlap where the machine lets them; `taskset -c 0` holds
/// both contenders to one core.
/// </remarks>
internal sealed class FileComparisons : IComparisonSuite
{
    public string Name => "file";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ctas-bench-");
        try
        {
            using DuckDBConnection duckdb = Duck.Open(options.Threads);
            foreach (MemoryShape shape in MemoryShape.All)
            {
                string json = Path.Combine(folder.FullName, $"{shape.Name}.ndjson");
                string csv = Path.Combine(folder.FullName, $"{shape.Name}.csv");
                int rows = shape.Name == "orders" ? options.Rows : options.Rows / 5;
                Write(shape, json, csv, rows);
                yield return await CompareAsync(shape, "NDJSON", json, $"read_json('{json}')", new Measured(duckdb, rows, options));
                yield return await CompareAsync(shape, "CSV", csv, $"read_csv('{csv}')", new Measured(duckdb, rows, options));
                File.Delete(json);
                File.Delete(csv);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Comparison> CompareAsync(
        MemoryShape shape, string format, string path, string reader, Measured measured)
    {
        (DuckDBConnection duckdb, int rows, ComparisonOptions options) = measured;
        double[] seconds = await Measure.SecondsAsync(
            options.Repetitions,
            () => LoadAsync(shape, path, rows, options.Threads),
            () => Duck.ExecuteAsync(duckdb, $"CREATE OR REPLACE TABLE loaded AS SELECT * FROM {reader}"));
        return new Comparison(
            $"{format} file → compact table, {shape.Name}",
            string.Create(CultureInfo.InvariantCulture, $"DuckDB {reader[..reader.IndexOf('(')]} CTAS, {options.Threads} thread(s)"),
            rows / seconds[0],
            rows / seconds[1],
            "records/s",
            new Target(format == "CSV" ? 1.5 : 2.5, IsAtLeast: true));
    }

    private static async Task LoadAsync(MemoryShape shape, string path, int rows, int threads)
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .WithMaxDegreeOfParallelism(threads)
            .AddScript($"""
                CREATE STREAM rows_in ({shape.Declaration(hasKey: false)}) WITH (path = '{path}');
                CREATE TABLE loaded WITH (table_model = 'compact') AS SELECT * FROM rows_in;
                """)
            .Build();
        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();
        if (result["loaded"].Rows != rows) { throw new InvalidOperationException("The file was not read whole."); }
    }

    private static void Write(MemoryShape shape, string json, string csv, int rows)
    {
        using FileStream lines = File.Create(json);
        using var writer = new Utf8JsonWriter(lines, new JsonWriterOptions { SkipValidation = true });
        using StreamWriter fields = File.CreateText(csv);
        fields.WriteLine(string.Join(',', shape.Schema.Fields.Select(field => field.Name)));
        foreach (object?[] row in shape.Rows(rows))
        {
            shape.WriteJson(writer, row);
            lines.WriteByte((byte)'\n');
            fields.WriteLine(string.Join(',', row.Select(Field)));
        }
    }

    private static string Field(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        DateTime time => time.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>The peer, the size, and how to measure.</summary>
    private sealed record Measured(DuckDBConnection DuckDb, int Rows, ComparisonOptions Options);
}
