using System.Globalization;
using System.Text;
using Ctas.Data;
using Ctas.Execution.Analysis;
using Ctas.Loading;
using Ctas.Planning;

namespace Ctas;

/// <summary>EXPLAIN ANALYZE: runs a statement and tells what each operator did.</summary>
internal static class PlanAnalysis
{
    private static readonly Schema Columns = new(
    [
        new("plan", DataType.Varchar), new("rows_in", DataType.BigInt), new("rows_out", DataType.BigInt),
        new("batches", DataType.BigInt), new("loops", DataType.BigInt), new("time_ms", DataType.Double),
        new("memory_bytes", DataType.BigInt), new("scan_bytes", DataType.BigInt),
    ]);

    /// <summary>Runs a SELECT, whose rows are dropped, or loads a table.</summary>
    /// <returns>A row for each operator, from the result down to the scans.</returns>
    public static async Task<QueryResult> RunAsync(
        AnalysedStatement statement,
        LoadServices services,
        ParallelLoader owner,
        ScriptPlan known,
        CancellationToken cancellationToken)
    {
        long started = services.TimeProvider.GetTimestamp();
        var profile = new PlanProfile(services.TimeProvider);
        if (statement.Table is { } table)
        {
            LoadServices analysing = services with { Analysed = new AnalysedTable(table, profile) };
            ScriptPlan script = LoadPlanning.Plan([statement.Sql], analysing, known);
            await StatementRunner.LoadAsync(LoadGraphs.Build(script), analysing, owner, cancellationToken)
                .ConfigureAwait(false);
        }
        else { await TableQueries.RunAsync(statement.Sql, services, cancellationToken, profile).ConfigureAwait(false); }

        return Describe(profile) with { Elapsed = services.TimeProvider.GetElapsedTime(started) };
    }

    /// <summary>The result of an analysis as text, in columns.</summary>
    public static string Render(QueryResult analysis)
    {
        string[][] rows =
        [
            ["plan", "rows in", "rows out", "batches", "loops", "time ms", "memory", "scanned"],
            .. analysis.Rows.Select(row => Columns.Fields.Select((_, ordinal) => Text(row, ordinal)).ToArray()),
        ];
        int[] widths = [.. Columns.Fields.Select((_, ordinal) => rows.Max(row => row[ordinal].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            text.Append(row[0].PadRight(widths[0]));
            for (int column = 1; column < row.Length; column++)
            {
                text.Append("  ").Append(row[column].PadLeft(widths[column]));
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static QueryResult Describe(PlanProfile profile)
    {
        // A table that was there already, IF NOT EXISTS, has run nothing.
        IReadOnlyList<(string Line, LogicalPlan Node)> lines =
            profile.Plan is { } plan ? ExplainText.Lines(plan) : [];
        ColumnBuilder[] builders = [.. Columns.Fields.Select(field => ColumnBuilder.Create(field.Type))];
        foreach ((string line, LogicalPlan node) in lines)
        {
            NodeProfile did = profile[node];
            ((StringColumnBuilder)builders[0]).Append(line);
            long[] counts =
            [
                node.Children.Sum(child => profile[child].Rows), did.Rows, did.Batches, did.Loops,
            ];
            for (int i = 0; i < counts.Length; i++) { ((FixedColumnBuilder<long>)builders[1 + i]).Append(counts[i]); }

            ((FixedColumnBuilder<double>)builders[5]).Append(Math.Round(did.Time.TotalMilliseconds, 3));
            ((FixedColumnBuilder<long>)builders[6]).Append(did.Memory?.PeakBytes ?? 0);
            ((FixedColumnBuilder<long>)builders[7]).Append(did.ScanBytes);
        }

        var batch = new Batch([.. builders.Select(builder => builder.Finish())], lines.Count);
        return new QueryResult(Columns, [batch.Named(Columns)], TimeSpan.Zero);
    }

    private static string Text(Row row, int ordinal) => row[ordinal] switch
    {
        double time => time.ToString("0.000", CultureInfo.InvariantCulture),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
