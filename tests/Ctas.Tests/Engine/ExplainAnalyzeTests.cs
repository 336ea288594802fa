using System.Text.RegularExpressions;
using Ctas.Data;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Text;

namespace Ctas.Tests.Engine;

/// <summary>EXPLAIN ANALYZE: the plan with what each operator did. Times and bytes are masked.</summary>
public sealed class ExplainAnalyzeTests
{
    private static readonly Schema Sales = new(
        [new("city", DataType.Varchar), new("item", DataType.Varchar), new("amount", DataType.Int)]);

    private static readonly object?[][] Rows =
    [
        ["oslo", "pear", 1], ["oslo", "fig", 2], ["rome", "pear", 3], [null, "fig", 4], ["rome", "fig", null],
    ];

    [Fact]
    public async Task ExplainAnalyze_OfSelect_CountsRowsOfEveryOperator()
    {
        await using CtasEngine engine = await LoadAsync();

        string text = await engine.ExplainAnalyzeAsync(
            "SELECT city, SUM(amount) AS total FROM sales WHERE amount > 1 GROUP BY city ORDER BY total DESC LIMIT 2");

        Masked(text).Should().Be("""
            plan rows in rows out batches loops time ms memory scanned
            limit 2 2 2 1 1 T 0 0
            └─ top 2 by total desc 3 2 1 1 T M 0
               └─ aggregate by city: SUM(amount) AS total 3 3 1 1 T M 0
                  └─ filter amount > 1 5 3 1 1 T 0 0
                     └─ scan table sales (city, amount) 0 5 1 1 T 0 B

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task ExplainAnalyze_OfJoin_CountsBothSides()
    {
        await using CtasEngine engine = await LoadAsync();

        QueryResult result = await engine.ExecuteAsync(
            "EXPLAIN ANALYZE SELECT a.item, b.item FROM sales AS a JOIN sales AS b ON a.city = b.city AND a.amount < b.amount");

        Row join = result.Rows.First(row => ((string)row["plan"]!).Contains("inner join", StringComparison.Ordinal));
        join["rows_in"].Should().Be(10L);
        join["rows_out"].Should().Be(1L);
        ((long)join["memory_bytes"]!).Should().BePositive();
    }

    [Fact]
    public async Task ExplainAnalyze_OfCreateTable_LoadsItAndTellsWhatTheSourceGave()
    {
        await using CtasEngine engine = await LoadAsync();

        QueryResult result = await engine.ExecuteAsync(
            "EXPLAIN ANALYZE CREATE TABLE totals AS SELECT city, COUNT(*) AS n FROM sales_in GROUP BY city");

        engine.Tables["totals"].RowCount.Should().Be(3);
        Row scan = result.Rows.Last();
        ((string)scan["plan"]!).Should().Contain("scan source sales_in");
        scan["rows_out"].Should().Be(5L);
        ((long)scan["scan_bytes"]!).Should().BePositive();
    }

    [Fact]
    public async Task ExplainAnalyze_InputThatNobodyAsksFor_HasNoRows()
    {
        await using CtasEngine engine = await LoadAsync();

        string text = await engine.ExplainAnalyzeAsync("SELECT item FROM sales ORDER BY item LIMIT 0");

        Masked(text).Should().NotContain(" 5 ");
    }

    [Fact]
    public async Task ExplainAnalyze_OfOrdinaryQueriesBefore_ChangesNothing()
    {
        await using CtasEngine engine = await LoadAsync();

        await engine.ExplainAnalyzeAsync("SELECT city FROM sales");
        QueryResult result = await engine.QueryAsync("SELECT COUNT(*) FROM sales");

        result.Rows.Single()[0].Should().Be(5L);
    }

    [Fact]
    public async Task ExplainAnalyze_OfAMistake_PointsIntoTheStatement()
    {
        await using CtasEngine engine = await LoadAsync();

        Func<Task> run = () => engine.ExecuteAsync("EXPLAIN ANALYZE SELECT amuont FROM sales");

        (await run.Should().ThrowAsync<CtasCompilationException>()).Which.Diagnostics.Single().Code.Should().Be("CTAS2003");
    }

    [Fact]
    public async Task ExplainAnalyze_OfAFailingRow_Fails()
    {
        await using CtasEngine engine = await LoadAsync();

        Func<Task> run = () => engine.ExplainAnalyzeAsync("SELECT 1 / (amount - 1) FROM sales");

        await run.Should().ThrowAsync<Ctas.Execution.ExecutionException>();
    }

    private static string Masked(string text)
    {
        string[] lines = text.Split('\n');
        IEnumerable<string> masked = lines.Select((line, i) => i == 0 ? line : MaskedLine(line));
        return string.Join('\n', masked.Select(line => Regex.Replace(line, @"(?<=\S) +", " ")));
    }

    // Time, memory and scanned bytes are the last three columns.
    private static string MaskedLine(string line) =>
        Regex.Replace(
            line, @"\d+\.\d{3}( +)(\d+)( +)(\d+)$",
            match => $"T {(match.Groups[2].Value == "0" ? "0" : "M")} {(match.Groups[4].Value == "0" ? "0" : "B")}");

    private static async Task<CtasEngine> LoadAsync()
    {
        CtasEngine engine = new CtasEngineBuilder()
            .UseSource("sales_in", InMemorySource.FromRows("sales_in", Sales, Rows))
            .AddTable("CREATE TABLE sales AS SELECT * FROM sales_in")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
