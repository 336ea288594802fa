using System.Globalization;
using Ctas.Benchmarks.Shapes;
using Ctas.Data;
using Ctas.Sources;
using Ctas.Tables;
using DuckDB.NET.Data;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>Bytes per row of three shapes of data: the compact table, whole and by part, against everything else.</summary>
internal sealed class MemoryComparisons : IComparisonSuite
{
    public string Name => "memory";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        foreach (MemoryShape shape in MemoryShape.All)
        {
            // Wide rows are fewer: a dictionary of dictionaries of them would not fit.
            int rows = shape.Schema.Fields.Count > 10 ? options.Rows / 5 : options.Rows;
            await foreach (Comparison comparison in RunAsync(shape, rows)) { yield return comparison; }
        }
    }

    private static async IAsyncEnumerable<Comparison> RunAsync(MemoryShape shape, int rows)
    {
        (double compact, TableMemory parts) = await LoadAsync(shape, rows, TableModel.Compact);
        (double standard, _) = await LoadAsync(shape, rows, TableModel.Standard);
        double typed = await PerRowAsync(rows, shape.TypedDictionary);
        double naive = await PerRowAsync(rows / 5, shape.NaiveDictionary);
        double json = shape.JsonBytes(Math.Min(rows, 20_000));
        double keyed = DuckKeyedBytes(shape, rows);
        double stored = DuckStoredBytes(shape, rows);
        double columns = (parts.Columns + parts.Strings) / (double)rows;

        Comparison Line(string what, string peer, double ours, double theirs, double? most) =>
            new($"{shape.Name}: {what}", peer, ours, theirs, "B/row", most is { } value ? new Target(value, IsAtLeast: false) : null);
        yield return Line("compact", "standard", compact, standard, 0.10);
        yield return Line("compact", "Dictionary<string, TRow>", compact, typed, 0.20);
        yield return Line("compact", "Dictionary<string, Dictionary<…>>", compact, naive, 0.04);
        yield return Line("compact", "DuckDB in memory, primary key", compact, keyed, 0.35);
        yield return Line("columns and strings", "DuckDB compressed file", columns, stored, 1.5);
        yield return Line("compact", "raw JSON", compact, json, null);
        yield return Line("of it columns", "compact", parts.Columns / (double)rows, compact, null);
        yield return Line("of it strings", "compact", parts.Strings / (double)rows, compact, null);
        yield return Line("of it index", "compact", parts.Index / (double)rows, compact, null);
        yield return Line("of it deleted rows", "compact", parts.Rows / (double)rows, compact, null);
        yield return Line("as the table tells", "what letting go of it frees", parts.Total / (double)rows, compact, null);
    }

    private static async Task<double> PerRowAsync(int rows, Func<int, object> make)
    {
        long bytes = await Measure.FreedBytesAsync(() => Task.FromResult(make(rows)), _ => Task.CompletedTask);
        return bytes / (double)rows;
    }

    private static async Task<(double BytesPerRow, TableMemory Parts)> LoadAsync(MemoryShape shape, int rows, TableModel model)
    {
        // The source is there before and after, so that only the table is counted.
        InMemorySource source = InMemorySource.FromRows("given", shape.Schema, shape.Rows(rows));
        TableMemory parts = default;
        long bytes = await Measure.FreedBytesAsync(
            async () =>
            {
                await using CtasEngine engine = new CtasEngineBuilder()
                    .UseSource("given", source)
                    .AddTable(string.Create(
                        CultureInfo.InvariantCulture,
                        $"CREATE TABLE kept ({shape.Declaration(hasKey: true)}) WITH (table_model = '{model.ToString().ToLowerInvariant()}') AS SELECT * FROM given"))
                    .Build();
                (await engine.LoadAsync()).ThrowIfFailed();
                return engine.Tables["kept"];
            },
            table =>
            {
                parts = table.Memory;
                return Task.CompletedTask;
            });
        GC.KeepAlive(source);
        return (bytes / (double)rows, parts);
    }

    private static double DuckKeyedBytes(MemoryShape shape, int rows)
    {
        using DuckDBConnection duckdb = Duck.Open(threads: 1);
        double before = Number(duckdb, "SELECT CAST(SUM(memory_usage_bytes) AS DOUBLE) FROM duckdb_memory()");
        Duck.Execute(duckdb, $"CREATE TABLE kept({shape.Declaration(hasKey: true)})");
        Append(duckdb, shape, rows);
        return (Number(duckdb, "SELECT CAST(SUM(memory_usage_bytes) AS DOUBLE) FROM duckdb_memory()") - before) / rows;
    }

    private static double DuckStoredBytes(MemoryShape shape, int rows)
    {
        string folder = Directory.CreateTempSubdirectory("ctas-memory").FullName;
        try
        {
            using DuckDBConnection duckdb = Duck.Open(threads: 1);
            Duck.Execute(duckdb, $"CREATE TABLE kept({shape.Declaration(hasKey: false)})");
            Append(duckdb, shape, rows);
            Duck.Execute(duckdb, $"ATTACH '{Path.Combine(folder, "stored.db")}' AS stored");
            Duck.Execute(duckdb, "CREATE TABLE stored.kept AS SELECT * FROM kept");
            Duck.Execute(duckdb, "CHECKPOINT stored");
            return Number(
                duckdb,
                "SELECT CAST(used_blocks * block_size AS DOUBLE) FROM pragma_database_size() WHERE database_name = 'stored'") / rows;
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    private static double Number(DuckDBConnection duckdb, string sql)
    {
        using DuckDBCommand command = duckdb.CreateCommand();
        command.CommandText = sql;
        return (double)command.ExecuteScalar()!;
    }

    private static void Append(DuckDBConnection duckdb, MemoryShape shape, int rows)
    {
        using DuckDBAppender appender = duckdb.CreateAppender("kept");
        foreach (object?[] values in shape.Rows(rows))
        {
            IDuckDBAppenderRow row = appender.CreateRow();
            foreach (object? value in values)
            {
                _ = value switch
                {
                    null => row.AppendNullValue(),
                    string text => row.AppendValue(text),
                    bool flag => row.AppendValue(flag),
                    long number => row.AppendValue(number),
                    double number => row.AppendValue(number),
                    DateTime time => row.AppendValue(time),
                    _ => throw new InvalidOperationException($"A row holds a {value.GetType()}."),
                };
            }

            row.EndRow();
        }
    }
}
