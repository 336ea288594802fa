using System.Globalization;
using Ctas.Benchmarks.Shapes;
using Ctas.Tables;
using DuckDB.NET.Data;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>The questions of the h2o.ai database benchmark as CTAS, against DuckDB's CTAS, same data, same threads.</summary>
/// <remarks>
/// The answers are compared in every run. <c>allocated</c> is what a CTAS allocates beyond the table it makes, per row
/// read: what the hot path costs the collector.
/// </remarks>
internal sealed class H2oComparisons : IComparisonSuite
{
    private static readonly Target AtLeastAsFast = new(1, IsAtLeast: true);
    private static readonly Target AtMostOneByte = new(1, IsAtLeast: false);

    public string Name => "h2o";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        var ratios = new List<double>();
        IEnumerable<(Func<IReadOnlyList<H2oTable>> Tables, IReadOnlyList<H2oQuestion> Questions)> parts =
        [
            (() => [H2oData.GroupBy(options.Rows)], H2oQuestions.GroupBy),
            (() => H2oData.Join(options.Rows), H2oQuestions.Join),
            (() => [OrderTables.Orders(options.Rows), OrderTables.Customers(options.Rows)], H2oQuestions.Enrichment),
        ];
        foreach ((Func<IReadOnlyList<H2oTable>> tables, IReadOnlyList<H2oQuestion> all) in parts)
        {
            H2oQuestion[] questions = [.. all.Where(question => options.Asks(question.Name))];
            if (questions.Length == 0) { continue; }

            await foreach (Comparison comparison in CompareAsync(tables(), questions, options))
            {
                if (comparison.Target == AtLeastAsFast) { ratios.Add(comparison.Ratio); }

                yield return comparison;
            }
        }

        double mean = Math.Exp(ratios.Average(Math.Log));
        yield return new Comparison("geometric mean", Peer(options), mean, 1, "ratio", new Target(3, IsAtLeast: true));
    }

    private static async IAsyncEnumerable<Comparison> CompareAsync(
        IReadOnlyList<H2oTable> tables, IReadOnlyList<H2oQuestion> questions, ComparisonOptions options)
    {
        await using CtasEngine engine = await H2oTables.LoadAsync(tables, options.Threads, options.Model);
        using DuckDBConnection duckdb = Duck.Open(options.Threads);
        H2oTables.Create(duckdb, tables);
        foreach (H2oQuestion question in questions)
        {
            string ours = $"CREATE OR REPLACE TABLE result WITH (table_model = '{options.Model}') AS {question.Sql}";
            string theirs = $"CREATE OR REPLACE TABLE result AS {question.Sql}";
            List<double>[] runs = await Measure.RunsAsync(
                options.Repetitions, () => engine.ExecuteAsync(ours), () => Duck.ExecuteAsync(duckdb, theirs));
            double[] seconds = [.. runs.Select(run => options.TakesBest ? run[0] : Measure.Median(run))];
            await H2oAnswers.CompareAsync(engine, duckdb, question.Name);
            yield return new Comparison(
                question.Name, Peer(options), 1 / seconds[0], 1 / seconds[1], "per s", AtLeastAsFast);

            double beyond = await AllocatedBeyondAsync(engine, ours) / (double)options.Rows;
            yield return new Comparison("  allocated beyond the result", "nothing", beyond, 1, "B/row", AtMostOneByte);
        }
    }

    // The least of some runs: pooled buffers belong to threads, and a statement may run on any of a few.
    private static async Task<long> AllocatedBeyondAsync(CtasEngine engine, string sql)
    {
        const int runs = 4;
        long least = long.MaxValue;
        for (int run = 0; run < runs; run++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await engine.ExecuteAsync(sql);
            long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

            // Strings are shared with the tables read, so they were there before.
            TableMemory result = engine.Tables["result"].Memory;
            least = Math.Min(least, allocated - (result.Total - result.Strings));
        }

        return Math.Max(0, least);
    }

    private static string Peer(ComparisonOptions options) =>
        string.Create(CultureInfo.InvariantCulture, $"DuckDB CTAS, {options.Threads} thread(s)");
}
