using Ctas.Data;
using Ctas.Execution;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Text;

namespace Ctas.Tests.Engine;

/// <summary>Aggregates of the host application in SQL.</summary>
public sealed class HostAggregateTests
{
    private static readonly Schema Columns = new(
        [new("g", DataType.Varchar), new("n", DataType.BigInt), new("s", DataType.Varchar), new("x", DataType.Double)]);

    private static readonly object?[][] Rows =
    [
        ["a", 3L, "p", 1.0], ["a", 4L, null, 2.0], ["b", null, "q", null], ["a", 3L, "r", 4.0], ["b", 10L, "q", 0.5],
    ];

    [Theory]
    [InlineData("sum_of_squares(n)", "34", "100")]
    [InlineData("SUM_OF_SQUARES(n) FILTER (WHERE x > 1)", "25", "0")]
    [InlineData("sum_of_squares(DISTINCT n)", "25", "100")]
    [InlineData("weighted(n, x)", "23", "5")]
    [InlineData("joined(s)", "p-r", "q-q")]
    [InlineData("joined(s ORDER BY n DESC, s DESC)", "r-p", "q-q")]
    [InlineData("nulls(s)", "1", "0")]
    [InlineData("merged_count(n)", "3", "1")]
    [InlineData("sum_of_squares(CAST(n AS INT))", "34", "100")]
    public async Task HostAggregate_ByGroup_GivesWhatItsDelegatesSay(string call, string ofA, string ofB)
    {
        await using CtasEngine engine = await LoadAsync(Builder());

        QueryResult result = await engine.QueryAsync($"SELECT g, CAST({call} AS VARCHAR) AS v FROM t GROUP BY g ORDER BY g");

        result.Rows.Select(row => (row[0], row[1])).Should().Equal(("a", ofA), ("b", ofB));
    }

    [Fact]
    public async Task HostAggregate_OfNoRows_IsTheResultOfTheSeed()
    {
        await using CtasEngine engine = await LoadAsync(Builder());

        QueryResult result = await engine.QueryAsync("SELECT sum_of_squares(n), joined(s) FROM t WHERE FALSE");

        result.Rows.Select(row => (row[0], row[1])).Should().Equal((0L, ""));
    }

    [Fact]
    public async Task HostAggregate_OverAFrame_SeesTheRowsOfTheFrame()
    {
        await using CtasEngine engine = await LoadAsync(Builder());

        QueryResult result = await engine.QueryAsync(
            "SELECT sum_of_squares(n) OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS v FROM t WHERE x IS NOT NULL ORDER BY x");

        result.Rows.Select(row => row[0]).Should().Equal(100L, 109L, 25L, 25L);
    }

    [Fact]
    public async Task HostAggregate_OfManyRowsOnSeveralThreads_EqualsThatOfOne()
    {
        var columns = new Schema([new("n", DataType.BigInt)]);
        IEnumerable<object?[]> rows = Enumerable.Range(0, 200_000).Select(n => new object?[] { (long)n });
        await using CtasEngine engine = Builder()
            .UseSource("many_in", InMemorySource.FromRows("many_in", columns, rows))
            .AddTable("CREATE STREAM many AS SELECT n FROM many_in")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        QueryResult result = await engine.QueryAsync("SELECT merged_count(n), sum_of_squares(n % 7) FROM many");

        long squares = Enumerable.Range(0, 200_000).Sum(n => (long)(n % 7) * (n % 7));
        result.Rows.Select(row => (row[0], row[1])).Should().Equal((200_000L, squares));
    }

    [Theory]
    [InlineData("broken_step(n)", "no step")]
    [InlineData("broken_finish(n)", "no finish")]
    public async Task HostAggregate_ThatThrows_FailsTheQueryWithNameAndCause(string call, string cause)
    {
        await using CtasEngine engine = await LoadAsync(Builder());

        Func<Task> run = () => engine.QueryAsync($"SELECT {call} FROM t");

        ExecutionException error = (await run.Should().ThrowAsync<ExecutionException>()).Which;
        error.Code.Should().Be("CTAS5020");
        error.Message.Should().Contain(call[..call.IndexOf('(', StringComparison.Ordinal)]).And.Contain(cause);
        error.InnerException.Should().BeOfType<InvalidOperationException>();
    }

    [Fact]
    public async Task HostAggregate_ThatThrowsForOneGroupWithSkip_LeavesOutThatGroup()
    {
        await using CtasEngine engine = Builder()
            .UseSource("rows", InMemorySource.FromRows("rows", Columns, Rows))
            .AddTable("CREATE TABLE r WITH (on_error = 'skip') AS SELECT g, below_ten(n) AS v FROM rows GROUP BY g")
            .Build();

        LoadResult result = await engine.LoadAsync();

        result["r"].Rejected.Should().Be(1);
        (await engine.QueryAsync("SELECT g, v FROM r")).Rows.Select(row => (row[0], row[1])).Should().Equal(("a", 10L));
    }

    [Theory]
    [InlineData("SELECT sum_of_squares({s}) FROM t", "CTAS2031")]
    [InlineData("SELECT {sum_of_squares(n, n)} FROM t", "CTAS2006")]
    [InlineData("SELECT n FROM t WHERE {sum_of_squares(n)} > 1", "CTAS2011")]
    [InlineData("SELECT {sum_of_square}(n) FROM t", "CTAS2005")]
    public async Task HostAggregate_WrongUse_IsReportedAtItsPlace(string annotated, string code)
    {
        (string sql, TextSpan span) = Ctas.Tests.Text.AnnotatedSql.Parse(annotated);
        await using CtasEngine engine = await LoadAsync(Builder());

        Func<Task> run = () => engine.QueryAsync(sql);

        Diagnostic diagnostic = (await run.Should().ThrowAsync<CtasCompilationException>()).Which.Diagnostics.Single();
        (diagnostic.Code, diagnostic.Span).Should().Be((code, span));
    }

    [Theory]
    [InlineData("sum")]
    [InlineData("rank")]
    [InlineData("Sum_Of_Squares")]
    public void Build_NameThatIsTaken_IsAMistake(string name)
    {
        CtasEngineBuilder builder = Builder().AddAggregate<long, long, long>(name, () => 0, (sum, n) => sum + n, sum => sum);

        builder.Invoking(b => b.Build()).Should().Throw<CtasCompilationException>().Which.Message.Should().Contain(name);
    }

    [Fact]
    public void AddAggregate_TypeThatIsNoSqlValue_IsRefused() =>
        new CtasEngineBuilder()
            .Invoking(builder => builder.AddAggregate<Version, int, int>("v", () => 0, (n, _) => n, n => n))
            .Should().Throw<ArgumentException>().Which.Message.Should().Contain("Version");

    private static CtasEngineBuilder Builder() => new CtasEngineBuilder()
        .AddAggregate<long, long, long>("sum_of_squares", () => 0, (sum, n) => sum + (n * n), sum => sum, (a, b) => a + b)
        .AddAggregate<long, double, double, double>("weighted", () => 0, (sum, n, x) => sum + (n * x), sum => sum)
        .AddAggregate<string, List<string>, string>(
            "joined", () => [], (list, s) => { list.Add(s); return list; }, list => string.Join('-', list))
        .AddAggregate<string?, int, int>("nulls", () => 0, (count, s) => s is null ? count + 1 : count, count => count)
        .AddAggregate<long, long[], long>(
            "merged_count", () => [0], (count, _) => { count[0]++; return count; }, count => count[0], (a, b) => [a[0] + b[0]])
        .AddAggregate<long, long, long>(
            "below_ten", () => 0, (sum, n) => n < 10 ? sum + n : throw new InvalidOperationException("ten"), sum => sum)
        .AddAggregate<long, long, long>("broken_step", () => 0, (_, _) => throw new InvalidOperationException("no step"), sum => sum)
        .AddAggregate<long, long, long>(
            "broken_finish", () => 0, (sum, _) => sum, _ => throw new InvalidOperationException("no finish"));

    private static async Task<CtasEngine> LoadAsync(CtasEngineBuilder builder)
    {
        CtasEngine engine = builder
            .UseSource("rows", InMemorySource.FromRows("rows", Columns, Rows))
            .AddTable("CREATE TABLE t AS SELECT * FROM rows")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
