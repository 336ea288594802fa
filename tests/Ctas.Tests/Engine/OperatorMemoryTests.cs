using System.Globalization;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Tests.Engine;

/// <summary>Every operator that keeps rows tells what it holds, and stops at the limit.</summary>
public sealed class OperatorMemoryTests
{
    private const int RowCount = 20_000;

    private static readonly Schema Columns = new([new("id", DataType.BigInt), new("text", DataType.Varchar)]);

    /// <summary>SQL, the operator that holds the rows, and the least that it can hold them in.</summary>
    public static TheoryData<string, string, int> Queries() => new()
    {
        { "SELECT id, COUNT(*) FROM big GROUP BY id", "aggregate by id", 16 * RowCount },
        { "SELECT text, COUNT(*) FROM big GROUP BY text", "aggregate by text", 8 * RowCount },
        { "SELECT ARRAY_AGG(id) FROM big", "aggregate: ARRAY_AGG", 8 * RowCount },
        { "SELECT MEDIAN(id) FROM big", "aggregate: MEDIAN", 8 * RowCount },
        { "SELECT COUNT(DISTINCT id) FROM big", "aggregate: COUNT", 8 * RowCount },
        { "SELECT STRING_AGG(text, ',' ORDER BY id) FROM big", "aggregate: STRING_AGG", 12 * RowCount },
        { "SELECT MODE(text) FROM big", "aggregate: MODE", 8 * RowCount },
        { "SELECT HISTOGRAM(text) FROM big", "aggregate: HISTOGRAM", 8 * RowCount },
        { "SELECT id, TOPK(text, 2) FROM big GROUP BY id", "aggregate by id", 8 * RowCount },
        { "SELECT id, APPROX_COUNT_DISTINCT(text) FROM big GROUP BY id", "aggregate by id", 8 * RowCount },
        { "SELECT DISTINCT text FROM big", "distinct", 8 * RowCount },
        { "SELECT id FROM big ORDER BY text", "sort by text", 12 * RowCount },
        { "SELECT a.id, b.text FROM big AS a JOIN big AS b ON a.id = b.id", "inner join, hash", 12 * RowCount },
        { "SELECT id FROM big WHERE id IN (SELECT id + 1 FROM big)", "semi join", 8 * RowCount },
        { "SELECT id, text FROM big EXCEPT SELECT id + 1, text FROM big", "except", 12 * RowCount },
        { "SELECT id, text FROM big INTERSECT SELECT id + 1, text FROM big", "intersect", 12 * RowCount },
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Query_BeyondTheLimit_FailsAndNamesOperatorBytesAndOption(string sql, string node, int least)
    {
        await using CtasEngine engine = await LoadAsync(least);

        Func<Task> run = () => engine.QueryAsync(sql);

        ExecutionException error = (await run.Should().ThrowAsync<ExecutionException>()).Which;
        error.Code.Should().Be("CTAS5003");
        error.Message.Should().Contain(node).And.Contain("QueryMemoryBytes")
            .And.Contain(least.ToString(CultureInfo.InvariantCulture) + " bytes");
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Query_WithoutALimit_ReportsAtLeastWhatItsRowsTake(string sql, string node, int least)
    {
        await using CtasEngine engine = await LoadAsync(limit: null);

        QueryResult analysis = await engine.ExecuteAsync("EXPLAIN ANALYZE " + sql);

        analysis.Rows.Where(row => ((string)row["plan"]!).Contains(node, StringComparison.Ordinal))
            .Max(row => (long)row["memory_bytes"]!).Should().BeGreaterThanOrEqualTo(least);
    }

    [Fact]
    public async Task Query_ThatHoldsLittle_PassesASmallLimit()
    {
        await using CtasEngine engine = await LoadAsync(limit: 10_000);

        QueryResult result = await engine.QueryAsync("SELECT COUNT(*), MAX(id) FROM big WHERE id > 5");

        result.RowCount.Should().Be(1);
    }

    [Fact]
    public async Task Load_BeyondTheTablesBudget_NamesOperatorAndOption()
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("big_in", InMemorySource.FromRows("big_in", Columns, Rows()))
            .AddTable("CREATE STREAM big AS SELECT * FROM big_in")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        await using CtasEngine limited = new CtasEngineBuilder()
            .UseRegistry(engine.Tables)
            .WithOptions(new CtasEngineOptions { Load = new LoadOptions { TableMemoryBytes = 300_000 } })
            .AddTable("CREATE TABLE groups AS SELECT id, text, COUNT(*) AS n FROM big GROUP BY id, text")
            .Build();

        LoadResult result = await limited.LoadAsync();

        result["groups"].Error!.ToString().Should().Contain("CTAS5003").And.Contain("aggregate by id, text")
            .And.Contain("LoadOptions.TableMemoryBytes");
    }

    [Fact]
    public async Task Load_BeyondTheStatementsOwnLimit_NamesOperatorAndProperty()
    {
        await using CtasEngine engine = await LoadAsync(limit: null);

        Func<Task> load = () => engine.ExecuteAsync(
            "CREATE TABLE groups WITH (memory.limit = '300 KB') AS SELECT id, text, COUNT(*) AS n FROM big GROUP BY id, text");

        (await load.Should().ThrowAsync<LoadException>()).Which.ToString()
            .Should().Contain("CTAS5003").And.Contain("aggregate by id, text").And.Contain("property memory.limit");
        engine.Invoking(e => e.Tables["groups"]).Should().Throw<TableNotReadyException>();
    }

    [Fact]
    public async Task Load_WhoseResultIsBeyondTheLimit_NamesTheProperty()
    {
        await using CtasEngine engine = await LoadAsync(limit: null);

        Func<Task> load = () => engine.ExecuteAsync("CREATE TABLE copy WITH (memory.limit = '10 KB') AS SELECT id, text FROM big");

        (await load.Should().ThrowAsync<LoadException>()).Which.Message.Should().Contain("10240 bytes, set by property memory.limit");
    }

    [Fact]
    public async Task Set_OfTheMemoryLimit_HoldsForTheQueriesThatFollow()
    {
        const string Sort = "SELECT id FROM big ORDER BY text";
        await using CtasEngine engine = await LoadAsync(limit: null);

        (await engine.ExecuteAsync(Sort)).RowCount.Should().Be(RowCount);
        Func<Task> inScript = () => engine.ExecuteAsync("SET 'memory.limit' = '10 KB'; " + Sort);
        (await inScript.Should().ThrowAsync<ExecutionException>()).Which.Message.Should().Contain("(property memory.limit)");

        await engine.ExecuteAsync("SET 'memory.limit' = '10 KB'");
        Func<Task> afterwards = () => engine.QueryAsync(Sort);
        (await afterwards.Should().ThrowAsync<ExecutionException>()).Which.Code.Should().Be("CTAS5003");

        await engine.ExecuteAsync("SET 'memory.limit' = '1 GB'");
        (await engine.QueryAsync(Sort)).RowCount.Should().Be(RowCount);
    }

    private static IEnumerable<object?[]> Rows() => Enumerable.Range(0, RowCount).Select(
        row => new object?[] { (long)row * 7919, "text number " + row.ToString(CultureInfo.InvariantCulture) });

    private static async Task<CtasEngine> LoadAsync(long? limit)
    {
        CtasEngine engine = new CtasEngineBuilder()
            .UseSource("big_in", InMemorySource.FromRows("big_in", Columns, Rows()))
            .AddTable("CREATE TABLE big AS SELECT * FROM big_in")
            .WithOptions(new CtasEngineOptions { QueryMemoryBytes = limit })
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
