using Ctas.Data;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Sources;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Maintenance;

/// <summary>
/// Live tables of streams and with windows go on after a restart from what was stored of them: they are what they would be if the
/// process had never ended, late rows included.
/// </summary>
public sealed class LiveRestoreTests : IDisposable
{
    private const string Graph =
        """
        CREATE TABLE tumbling AS SELECT k, WINDOWSTART AS ws, COUNT(*) AS n, SUM(n) AS s, AVG(x) AS a, MIN(n) AS least
            FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 5 SECONDS) GROUP BY k EMIT CHANGES;
        CREATE TABLE finals WITH (table_model = 'compact') AS SELECT k, WINDOWSTART AS ws, COUNT(*) AS n, COUNT(DISTINCT n) AS d, MAX(x) AS most
            FROM clicks WINDOW HOPPING (SIZE 20 SECONDS, ADVANCE BY 10 SECONDS, GRACE PERIOD 5 SECONDS) GROUP BY k EMIT FINAL;
        CREATE TABLE sessions AS SELECT k, WINDOWSTART AS ws, WINDOWEND AS we, COUNT(*) AS n
            FROM clicks WINDOW SESSION (4 SECONDS, GRACE PERIOD 3 SECONDS) GROUP BY k EMIT CHANGES;
        CREATE TABLE final_sessions AS SELECT k, WINDOWEND AS we, COLLECT_LIST(n) AS all_n
            FROM clicks WINDOW SESSION (4 SECONDS, GRACE PERIOD 3 SECONDS) GROUP BY k EMIT FINAL;
        CREATE TABLE pairs AS SELECT c.k, c.n AS cn, b.n AS bn
            FROM clicks c FULL JOIN buys b WITHIN 8 SECONDS GRACE PERIOD 4 SECONDS ON c.k = b.k EMIT CHANGES;
        CREATE STREAM waited AS SELECT c.k, c.n AS cn, b.n AS bn
            FROM clicks c LEFT JOIN buys b WITHIN 8 SECONDS GRACE PERIOD 4 SECONDS ON c.k = b.k AND c.n <> b.n EMIT CHANGES;
        CREATE STREAM named AS SELECT u.name, c.n FROM clicks c LEFT JOIN users u ON c.k = u.k EMIT CHANGES;
        CREATE TABLE plain AS SELECT k, n, x FROM buys WHERE n > 2 EMIT CHANGES;
        CREATE TABLE by_key AS SELECT k, COUNT(*) AS n, SUM(x) AS s, MAX(n) AS most FROM plain GROUP BY k EMIT CHANGES;
        CREATE TABLE first_three AS SELECT k, n FROM by_key ORDER BY n DESC, k LIMIT 3 EMIT CHANGES;
        CREATE TABLE kinds AS SELECT DISTINCT n FROM clicks EXCEPT SELECT n FROM buys EMIT CHANGES;
        CREATE TABLE numbered AS SELECT k, n, ROW_NUMBER() OVER (PARTITION BY k ORDER BY n) AS r FROM plain EMIT CHANGES;
        CREATE TABLE recent WITH (retention = '1 hour') AS SELECT k, n, ROWTIME AS rowtime FROM buys EMIT CHANGES;
        CREATE TABLE named_totals AS SELECT u.name, t.n FROM by_key t JOIN users u ON t.k = u.k EMIT CHANGES;
        """;

    private static readonly string[] Tables =
    [
        "tumbling", "finals", "sessions", "final_sessions", "pairs", "waited", "named", "plain", "by_key", "first_three", "kinds", "numbered",
        "recent", "named_totals",
    ];

    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("ctas-live-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddMinutes(2));
    private readonly InMemorySource _clicks = Source("clicks", isChangelog: false);
    private readonly InMemorySource _buys = Source("buys", isChangelog: false);
    private readonly InMemorySource _users = Source("users", isChangelog: true);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public Task Restart_AtRandomMoments_IsAsIfTheProcessHadNeverEnded(int seed) => RestartAsync(seed, restarts: 4);

    [Theory]
    [Trait("Category", "Large")]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    [InlineData(104)]
    public Task Restart_ManyTimesAtRandomMoments_IsAsIfTheProcessHadNeverEnded(int seed) => RestartAsync(seed, restarts: 40);

    /// <summary>Follows the same history in an engine that is never ended and in others that come one after the other.</summary>
    private async Task RestartAsync(int seed, int restarts)
    {
        var history = new LateHistory(new Random(seed), _clicks, _buys, _users);
        history.AddAll(20);
        await using CtasEngine always = Builder(Graph).Build();
        (await always.LoadAsync()).ThrowIfFailed();
        CtasEngine engine = Builder(Graph).UseSnapshots(_folder).Build();
        try
        {
            (await engine.LoadAsync().WaitAsync(HangGuard))["pairs"].Kind.Should().Be(LoadKind.Full);

            // The tick that comes first after a load that read everything takes all rows: whether it takes a late one is chance.
            history.AddOnTime();
            await UpToDateAsync(always);
            await UpToDateAsync(engine);
            for (int restart = 0; restart < restarts; restart++)
            {
                await FollowAsync(history, always, engine);
                await engine.SaveSnapshotAsync().WaitAsync(HangGuard);

                // Of one partition only: between them there is no order, so that two engines may see another one.
                InMemorySource next = history.Any();
                int partition = history.Random.Next(2);
                history.Add(next, history.Random.Next(6), partition);
                if (history.Random.Next(2) == 0) { await UpToDateAsync(engine); }

                await engine.DisposeAsync();
                history.Add(next, history.Random.Next(6), partition);
                engine = Builder(Graph).UseSnapshots(_folder).Build();
                LoadResult result = await engine.LoadAsync().WaitAsync(HangGuard);
                result.ThrowIfFailed();
                result.Tables.Should().OnlyContain(table => table.Kind != LoadKind.Full && table.Records == 0, "{0}", result["tumbling"].KindReason);
                await ShouldBeEqualAsync(always, engine, $"seed {seed}, restart {restart}");
            }

            await FollowAsync(history, always, engine);
            await ShouldBeEqualAsync(always, engine, $"seed {seed}, at the end");
            Tables.Sum(table => always.Maintenance.FreshnessOf(table).LateRows).Should().BePositive("late rows make the difference");
        }
        finally { await engine.DisposeAsync(); }
    }

    private async Task FollowAsync(LateHistory history, CtasEngine always, CtasEngine engine)
    {
        for (int step = 0; step < 8; step++)
        {
            history.Add(history.Any(), 1);
            await UpToDateAsync(always);
            await UpToDateAsync(engine);
        }
    }

    /// <summary>Waits until an engine shows all records of all sources; each is read by a table, and all tables move together.</summary>
    private async Task UpToDateAsync(CtasEngine engine)
    {
        foreach ((string table, InMemorySource source) in new[] { ("tumbling", _clicks), ("plain", _buys), ("named", _users) })
        {
            IEnumerable<RecordPosition> last = source.GetEnds().Select((end, partition) => new RecordPosition(source.Definition.Name, partition, end - 1));
            await engine.Maintenance.WaitForRecordsAsync(table, [.. last.Where(record => record.Offset >= 0)]).WaitAsync(HangGuard);
        }
    }

    private async Task ShouldBeEqualAsync(CtasEngine always, CtasEngine engine, string what)
    {
        await UpToDateAsync(always);
        await UpToDateAsync(engine);
        foreach (string table in Tables)
        {
            LiveRows.RowsOf(engine.Tables.Snapshot(), table).Order(StringComparer.Ordinal).Should().Equal(
                LiveRows.RowsOf(always.Tables.Snapshot(), table).Order(StringComparer.Ordinal), "{0}: {1}", table, what);
            engine.Maintenance.FreshnessOf(table).LateRows.Should().Be(always.Maintenance.FreshnessOf(table).LateRows, "{0}: {1}", table, what);
        }
    }

    private CtasEngineBuilder Builder(string script) => new CtasEngineBuilder()
        .UseSource("clicks", _clicks).UseSource("buys", _buys).UseSource("users", _users)
        .UseTimeProvider(_time)
        .WithOptions(new CtasEngineOptions { Maintenance = new MaintenanceOptions { MaxRecordsPerTick = 1 } })
        .AddScript(script);

    private static InMemorySource Source(string name, bool isChangelog) => new(
        new SourceDefinition(name, new InMemoryLocation(name))
        {
            Columns = isChangelog
                ? [new SourceColumn("k", DataType.Varchar, SourceColumnRole.Key), new SourceColumn("name", DataType.Varchar)]
                :
                [
                    new SourceColumn("k", DataType.Varchar), new SourceColumn("n", DataType.BigInt),
                    new SourceColumn("x", DataType.Double), new SourceColumn("at", DataType.Timestamp),
                ],
            KeyFormat = isChangelog ? RecordFormat.Kafka : RecordFormat.None,
            Mode = isChangelog ? ReadMode.Changelog : ReadMode.Append,
            TimestampColumn = isChangelog ? null : "at",
            BatchRows = 1,
        },
        partitionCount: 2);
}
