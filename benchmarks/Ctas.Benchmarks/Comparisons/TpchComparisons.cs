using System.Globalization;
using Ctas.Benchmarks.Shapes;
using Ctas.Benchmarks.Tpch;
using Ctas.Data;
using DuckDB.NET.Data;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>The 22 queries of TPC-H as ad-hoc SELECTs, against DuckDB, same tables, same threads.</summary>
/// <remarks>
/// One million rows, the default, are scale factor 0.1 rounded up: <c>--rows 600000</c> gives it exactly. The answers
/// are compared in every run.
/// </remarks>
internal sealed class TpchComparisons : IComparisonSuite
{
    private const double ItemsPerScale = 6_000_000;

    public string Name => "tpch";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        IReadOnlyList<TpchTable> tables = TpchData.Generate(options.Rows / ItemsPerScale);
        await using CtasEngine engine = await H2oTables.LoadAsync(
            [.. tables.Select(table => new H2oTable(table.Name, table.Schema, table.Rows))], options.Threads);
        using DuckDBConnection duckdb = Duck.Open(options.Threads);
        foreach (TpchTable table in tables) { TpchDuckDb.Create(duckdb, table); }

        var ratios = new List<double>();
        for (int query = 0; query < TpchQueries.All.Count; query++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"TPC-H Q{query + 1}");
            if (!options.Asks(name)) { continue; }

            string sql = TpchQueries.All[query];
            List<object?[]> ours = [];
            List<object?[]> theirs = [];
            List<double>[] runs = await Measure.RunsAsync(
                options.Repetitions,
                async () => ours = await AnswerAsync(engine, sql),
                () =>
                {
                    theirs = Answer(duckdb, sql);
                    return Task.CompletedTask;
                });
            if (TpchAnswer.Difference(ours, theirs) is { } difference)
            {
                throw new InvalidOperationException($"{name}: {difference}.");
            }

            double[] seconds = [.. runs.Select(run => options.TakesBest ? run[0] : Measure.Median(run))];
            var comparison = new Comparison(name, Peer(options), 1 / seconds[0], 1 / seconds[1], "per s", Target: null);
            ratios.Add(comparison.Ratio);
            yield return comparison;
        }

        yield return new Comparison(
            "TPC-H, geometric mean", Peer(options), Math.Exp(ratios.Average(Math.Log)), 1, "ratio", Target: null);
    }

    private static async Task<List<object?[]>> AnswerAsync(CtasEngine engine, string sql)
    {
        QueryResult result = await engine.QueryAsync(sql);
        List<object?[]> rows = [];
        foreach (Batch batch in result.Batches)
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                int current = row;
                rows.Add([.. batch.Columns.ToArray().Select(column => column.GetValue(current))]);
            }
        }

        return rows;
    }

    private static List<object?[]> Answer(DuckDBConnection duckdb, string sql)
    {
        using DuckDBCommand command = duckdb.CreateCommand();
        command.CommandText = sql;
        using DuckDBDataReader reader = command.ExecuteReader();
        List<object?[]> rows = [];
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        }

        return rows;
    }

    private static string Peer(ComparisonOptions options) =>
        string.Create(CultureInfo.InvariantCulture, $"DuckDB, {options.Threads} thread(s)");
}
