using System.Globalization;
using System.Text;
using Ctas.Data;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Text;

namespace Ctas.Tests.Engine;

/// <summary>What a load refuses, and what it says of it.</summary>
public sealed class LoadLimitTests
{
    private static readonly Schema Numbers = new([new Field("id", DataType.Varchar), new Field("n", DataType.BigInt)]);

    [Fact]
    public async Task LoadAsync_NullInDeclaredPrimaryKey_FailsThatTable()
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("s", InMemorySource.FromRows("s", Numbers, ["a", 1L], [null, 2L]))
            .AddTable("CREATE TABLE keyed (id VARCHAR PRIMARY KEY, n BIGINT) AS SELECT id, n FROM s")
            .AddTable("CREATE TABLE grouped AS SELECT id, SUM(n) AS n FROM s GROUP BY id")
            .Build();

        LoadResult result = await engine.LoadAsync();

        result["keyed"].Error!.Message.Should().Contain("id").And.Contain("NULL");
        engine.Tables["grouped"].TryGet(new TableKey(KeyValue.Null), out Row row).Should().BeTrue();
        row["n"].Should().Be(2L);
    }

    [Fact]
    public async Task LoadAsync_MemoryBudgetExceeded_FailsCleanlyAndOthersContinue()
    {
        IEnumerable<object?[]> rows = Enumerable.Range(0, 20_000)
            .Select(row => new object?[] { row.ToString(CultureInfo.InvariantCulture).PadLeft(40, 'x'), (long)row });
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("large_in", InMemorySource.FromRows("large_in", Numbers, rows))
            .UseSource("small_in", InMemorySource.FromRows("small_in", Numbers, ["a", 1L]))
            .AddScript("CREATE TABLE large AS SELECT * FROM large_in; CREATE TABLE small AS SELECT * FROM small_in;")
            .WithOptions(new CtasEngineOptions { Load = new LoadOptions { TableMemoryBytes = 500_000 } })
            .Build();

        LoadResult result = await engine.LoadAsync();

        result["large"].Error!.Message.Should().Contain("memory budget");
        result["small"].State.Should().Be(TableState.Ready);
        engine.Invoking(e => e.Tables["large"]).Should().Throw<TableNotReadyException>();
    }

    [Fact]
    public async Task LoadAsync_ProgressThrows_LoadsAllTheSameAndThrowsItAtTheEnd()
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("s", InMemorySource.FromRows("s", Numbers, ["a", 1L]))
            .AddTable("CREATE TABLE t AS SELECT * FROM s")
            .Build();

        Func<Task> load = () => engine.LoadAsync(new ThrowingProgress());

        (await load.Should().ThrowAsync<FormatException>()).WithMessage("the host's own mistake");
        engine.Tables["t"].RowCount.Should().Be(1);
    }

    [Fact]
    public async Task LoadAsync_RowsSkippedByPolicy_AreCountedAndExplained()
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("s", InMemorySource.FromRows("s", Numbers, ["a", 1L], ["b", 0L], ["c", 2L]))
            .AddTable("CREATE TABLE t WITH (on_error = 'skip') AS SELECT id, 10 / n AS share FROM s")
            .Build();

        LoadResult result = await engine.LoadAsync();

        result["t"].Rejected.Should().Be(1);
        result["t"].Warnings.Should().ContainSingle().Which.Should().Contain("division by zero");
        engine.Tables["t"].RowCount.Should().Be(2);
    }

    [Fact]
    public void Build_CommonTablesThatDoubleEachTime_AreRefusedAtOnce()
    {
        var sql = new StringBuilder("CREATE TABLE t AS WITH c0 AS (SELECT id FROM s)");
        for (int level = 1; level <= 40; level++)
        {
            sql.Append(CultureInfo.InvariantCulture, $", c{level} AS (SELECT a.id FROM c{level - 1} a JOIN c{level - 1} b ON a.id = b.id)");
        }

        CtasEngineBuilder builder = new CtasEngineBuilder()
            .UseSource("s", InMemorySource.FromRows("s", Numbers))
            .AddTable(sql.Append(" SELECT id FROM c40").ToString());

        builder.Invoking(b => b.Build()).Should().Throw<CtasCompilationException>()
            .Which.Diagnostics.Should().Contain(diagnostic => diagnostic.Code == "CTAS2055");
    }

    [Fact]
    public async Task Metadata_SecretInTheSql_IsMasked()
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("s", InMemorySource.FromRows("s", Numbers, ["a", 1L]))
            .Build();
        var table = new TableRegistration(await TableOfAsync(engine)) { Sql = "… WITH ('kafka.sasl.password' = 'hunter2')" };
        var registry = new TableRegistry();

        registry.Register(table);

        registry.TryGetMetadata("t", out TableMetadata? metadata).Should().BeTrue();
        metadata!.Sql.Should().NotContain("hunter2").And.Contain("kafka.sasl.password");
    }

    [Theory]
    [InlineData("SELECT id FROM 'u.csv'")]
    [InlineData("SELECT 1 AS id")]
    public void Build_CommonTablesThatDoubleThirtyTimes_AreRefused(string first)
    {
        IEnumerable<string> doubling = Enumerable.Range(1, 30).Select(number =>
            $"c{number} AS (SELECT id FROM c{number - 1} UNION ALL SELECT id FROM c{number - 1})");
        CtasEngineBuilder builder = new CtasEngineBuilder()
            .AddTable($"CREATE TABLE t AS WITH c0 AS ({first}), {string.Join(", ", doubling)} SELECT id FROM c30");

        builder.Invoking(b => b.Build()).Should().Throw<CtasCompilationException>()
            .Which.Diagnostics.Should().OnlyContain(diagnostic => diagnostic.Code == "CTAS2055");
    }

    private static async Task<ITable> TableOfAsync(CtasEngine engine)
    {
        await engine.ExecuteAsync("CREATE TABLE t AS SELECT * FROM s");
        return engine.Tables["t"];
    }

    private sealed class ThrowingProgress : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => throw new FormatException("the host's own mistake");
    }
}
