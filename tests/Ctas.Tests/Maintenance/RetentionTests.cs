using System.Diagnostics;
using Ctas.Data;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tests.Text;
using Ctas.Text;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Maintenance;

/// <summary>Rows leave a table when they become older than its <c>retention</c>: by the clock, with retractions.</summary>
public sealed class RetentionTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly InMemorySource _clicks = new(new SourceDefinition("clicks", new InMemoryLocation("clicks"))
    {
        Columns = [new SourceColumn("k", DataType.Varchar), new SourceColumn("at", DataType.Timestamp)],
        Mode = ReadMode.Append,
        TimestampColumn = "at",
    });

    private readonly InMemorySource _users = new(new SourceDefinition("users", new InMemoryLocation("users"))
    {
        Columns = [new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key), new SourceColumn("name", DataType.Varchar)],
        Mode = ReadMode.Changelog,
    });

    [Fact]
    public async Task LoadedTable_RowsTooOldAtTheLoad_AreNotInItAndTheOthersStay()
    {
        Click("old", minutesAgo: 61);
        Click("just", minutesAgo: 60);
        Click("new", minutesAgo: 1);
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t WITH (retention = '1 hour') AS SELECT k FROM clicks");

        _time.Advance(TimeSpan.FromHours(2));
        LiveRows.RowsOf(engine.Tables.Snapshot(), "t").Should().BeEquivalentTo("(just)", "(new)");
    }

    [Fact]
    public async Task LiveTable_AsTimeGoesOn_RowsLeaveItAndThoseThatReadIt()
    {
        Click("a", minutesAgo: 61);
        Click("b", minutesAgo: 59);
        Click("b", minutesAgo: 30);
        await using CtasEngine engine = await LoadAsync(
            """
            CREATE TABLE t WITH (retention = '1 hour') AS SELECT k, 1 AS one FROM clicks EMIT CHANGES;
            CREATE TABLE n AS SELECT k, SUM(one) AS n FROM t GROUP BY k EMIT CHANGES
            """);
        await engine.Tables.UntilRowsAsync("n", "(b, 2)");

        // With a tick that a record brings; the row that comes is too old itself.
        _time.Advance(TimeSpan.FromMinutes(2));
        Click("c", minutesAgo: 70);
        RegistrySnapshot moment = await engine.Tables.UntilAsync(tables => tables["t"].RowCount == 1);
        LiveRows.RowsOf(moment, "n").Should().Equal("(b, 1)");

        // Without any.
        await UntilAsync(engine, tables => tables["t"].RowCount == 0 && tables["n"].RowCount == 0);
        (_time.GetUtcNow() - Start).Should().BeGreaterThan(TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task LiveTable_OfAChangelog_ARowThatIsWrittenAgainIsYoungAgain()
    {
        User("u1", "Ada");
        User("u2", "Bob");
        await using CtasEngine engine = await LoadAsync(
            "CREATE TABLE t WITH (retention = '30 minutes', table_model = 'compact') AS SELECT id, name FROM users EMIT CHANGES");
        _time.Advance(TimeSpan.FromMinutes(20));
        User("u2", "Bob again");
        await engine.Tables.UntilRowsAsync("t", "(u1, Ada)", "(u2, Bob again)");

        _time.Advance(TimeSpan.FromMinutes(11));
        User("u3", "Cy");
        await engine.Tables.UntilRowsAsync("t", "(u2, Bob again)", "(u3, Cy)");
        engine.Tables["t"].RowCount.Should().Be(2);
    }

    [Theory]
    [InlineData("SELECT k, COUNT(*) AS n FROM clicks GROUP BY k")]
    [InlineData("SELECT k, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 1 DAY) GROUP BY k HAVING COUNT(*) > 0")]
    [InlineData("SELECT c.k, COUNT(*) AS n FROM clicks c LEFT JOIN users u ON c.k = u.id GROUP BY c.k ORDER BY c.k")]
    public async Task LiveTable_OfGroups_ARowIsAsOldAsItsNewestRecord(string select)
    {
        Click("a", minutesAgo: 50);
        Click("a", minutesAgo: 5);
        Click("b", minutesAgo: 50);
        await using CtasEngine engine = await LoadAsync($"CREATE TABLE t WITH (retention = '1 hour') AS {select} EMIT CHANGES");
        await engine.Tables.UntilAsync(tables => tables["t"].RowCount == 2);
        string[] before = [.. LiveRows.RowsOf(engine.Tables.Snapshot(), "t")];

        // Resume lets a tick run at once.
        _time.Advance(TimeSpan.FromMinutes(20));
        engine.Maintenance.Resume();
        await engine.Tables.UntilAsync(tables => tables["t"].RowCount == 1);

        LiveRows.RowsOf(engine.Tables.Snapshot(), "t").Should().Equal(before.Where(row => row.StartsWith("(a, 2", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task LiveTable_WithARowTimeOfItsOwn_GoesByThat()
    {
        User("u1", "2026-01-01T11:30:00Z");
        User("u2", "2026-01-01T10:30:00Z");
        User("u3", null);
        await using CtasEngine engine = await LoadAsync(
            "CREATE TABLE t (id, rowtime) WITH (retention = '1 hour') AS SELECT DISTINCT id, CAST(name AS TIMESTAMP) AS rowtime FROM users EMIT CHANGES");

        engine.Tables["t"].RowCount.Should().Be(1);
        await UntilAsync(engine, tables => tables["t"].RowCount == 0);
    }

    [Fact]
    public async Task Retention_IsToldByMetadataDescribeAndExplain_AndItsTableIsNotStored()
    {
        string folder = Directory.CreateTempSubdirectory("ctas").FullName;
        try
        {
            Click("a", minutesAgo: 1);
            await using CtasEngine engine = Builder().UseSnapshots(folder)
                .AddScript("CREATE TABLE t WITH (retention = '7 days') AS SELECT k FROM clicks").Build();
            LoadResult result = await engine.LoadAsync();

            result.ThrowIfFailed();
            engine.Tables.TryGetMetadata("t", out TableMetadata? metadata).Should().BeTrue();
            metadata!.Properties["retention"].Should().Be("7.00:00:00");
            (await LinesAsync(engine, "DESCRIBE t")).Should().Contain("(retention, 7.00:00:00, PROPERTY)");
            (await LinesAsync(engine, "EXPLAIN CREATE TABLE u WITH (retention = '7 days') AS SELECT k FROM clicks"))
                .Should().Contain(line => line.Contains("not older than INTERVAL '7 days' by ROWTIME", StringComparison.Ordinal));
            Directory.GetFiles(folder).Should().BeEmpty("what is in it changes with time");
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(100_000)]
    public async Task RetentionDelay_HoweverLong_RowsLeaveWithTheNextTick(int hours)
    {
        Click("a", minutesAgo: 30);
        Click("b", minutesAgo: 70);
        await using CtasEngine engine = Builder()
            .WithOptions(new CtasEngineOptions { Maintenance = new MaintenanceOptions { RetentionDelay = TimeSpan.FromHours(hours) } })
            .AddScript("CREATE TABLE t WITH (retention = '1 hour') AS SELECT k FROM clicks EMIT CHANGES").Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        LiveRows.RowsOf(engine.Tables.Snapshot(), "t").Should().Equal("(a)");

        _time.Advance(TimeSpan.FromMinutes(31));
        Click("c", minutesAgo: 0);

        await engine.Tables.UntilRowsAsync("t", "(c)");
    }

    [Theory]
    [InlineData("CREATE TABLE t WITH ({retention} = '1 hour') AS SELECT DISTINCT k FROM clicks EMIT CHANGES", "CTAS2106")]
    [InlineData("CREATE TABLE t WITH ({retention} = '1 hour') AS SELECT k FROM clicks UNION SELECT id FROM users", "CTAS2106")]
    [InlineData("CREATE TABLE t WITH ({retention} = '1 hour') AS SELECT k FROM (SELECT k FROM clicks) c", "CTAS2106")]
    [InlineData("CREATE STREAM {s} WITH (retention = '1 hour') AS SELECT k FROM clicks", "CTAS3004")]
    public void Retention_WhereNothingTellsTheAge_OrOfAStream_IsRefused(string annotated, string code) =>
        Builder().ShouldRefuse(annotated, code);

    private static async Task<string[]> LinesAsync(CtasEngine engine, string statement) =>
        [.. (await engine.ExecuteAsync(statement)).Rows.Select(row => row.ToString())];

    private void Click(string key, int minutesAgo) => _clicks.Add(InMemoryRecord.FromText(
        null, $$"""{"k":"{{key}}","at":{{_time.GetUtcNow().AddMinutes(-minutesAgo).ToUnixTimeMilliseconds()}}}"""));

    private void User(string id, string? name) => _users.Add(
        InMemoryRecord.FromText(id, name is null ? null : $$"""{"name":"{{name}}"}""") with { TimestampMilliseconds = _time.GetUtcNow().ToUnixTimeMilliseconds() });

    // Lets time go on until it is so: nothing but the clock makes the ticks.
    private async Task UntilAsync(CtasEngine engine, Func<RegistrySnapshot, bool> condition)
    {
        var waiting = Stopwatch.StartNew();
        while (!condition(engine.Tables.Snapshot()))
        {
            waiting.Elapsed.Should().BeLessThan(TimeSpan.FromMinutes(2));
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private CtasEngineBuilder Builder() =>
        new CtasEngineBuilder().UseSource("clicks", _clicks).UseSource("users", _users).UseTimeProvider(_time);

    private async Task<CtasEngine> LoadAsync(string script)
    {
        CtasEngine engine = Builder().AddScript(script).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
