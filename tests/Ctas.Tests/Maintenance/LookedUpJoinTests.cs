using System.Globalization;
using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tests.Loading;

namespace Ctas.Tests.Maintenance;

/// <summary>
/// Joins by the key, or an index, of what they read look rows up there instead of keeping them, and give exactly what the query
/// gives over the tables of the same moment.
/// </summary>
public sealed class LookedUpJoinTests
{
    private const int Rows = 2_000;
    private const string Tables =
        """
        CREATE TABLE a AS SELECT id, other, n FROM left_in EMIT CHANGES;
        CREATE TABLE b AS SELECT id, other, n FROM right_in EMIT CHANGES;
        """;

    private readonly InMemorySource _left = Changelog("left_in");
    private readonly InMemorySource _right = Changelog("right_in");
    private readonly Random _random = new(11);

    [Theory]
    [InlineData("standard", "SELECT a.id, a.n, b.n AS m FROM a JOIN b ON a.id = b.id")]
    [InlineData("compact", "SELECT a.id, a.n, b.n AS m FROM a LEFT JOIN b ON a.id = b.id")]
    [InlineData("standard", "SELECT a.id, a.n, b.n AS m FROM a FULL JOIN b ON a.id = b.id")]
    [InlineData("standard", "SELECT a.id, a.n FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.id = a.id AND b.n > 3)")]
    [InlineData("compact", "SELECT a.id, b.id AS of, b.n FROM a LEFT JOIN b ON a.id = b.other")]
    [InlineData("standard", "SELECT a.id, b.id AS of FROM a JOIN b ON a.other = b.id AND a.n < b.n")]
    [InlineData("standard", "SELECT l.id, l.n, r.n AS m FROM left_in l JOIN right_in r ON l.id = r.id WHERE r.n > 2")]
    [InlineData("standard", "SELECT x.id, x.n, y.n AS m FROM a x JOIN a y ON x.id = y.id")]
    public async Task Join_WhileBothSidesChange_EqualsTheQueryOverTheSameMoment(string model, string query)
    {
        Fill(Rows);
        await using CtasEngine engine = await LoadAsync(model, $"{Tables}\nCREATE TABLE j AS {query} EMIT CHANGES;");

        for (int burst = 0; burst < 25; burst++)
        {
            Change(_left, _random.Next(60));
            Change(_right, _random.Next(60));
            await CaughtUpAsync(engine, "j");
        }

        await AssertEqualAsync(engine, query.Replace("left_in", "a", StringComparison.Ordinal).Replace("right_in", "b", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StateOf_JoinByTheKeysOfItsTables_DoesNotGrowWithTheirRows()
    {
        Fill(Rows);
        await using CtasEngine engine = await LoadAsync(
            "standard",
            $"""
            {Tables}
            CREATE TABLE kept AS SELECT a.id FROM a JOIN b ON a.n = b.n + 1000 EMIT CHANGES;
            CREATE TABLE looked_up AS SELECT a.id FROM a JOIN b ON a.id = b.id EMIT CHANGES;
            """);

        Change(_left, 100);
        Change(_right, 100);
        await CaughtUpAsync(engine, "looked_up");
        await CaughtUpAsync(engine, "kept");

        BytesOf(engine, "kept").Should().BeGreaterThan(2 * Rows * 40);
        BytesOf(engine, "looked_up").Should().BeLessThan(100_000);
    }

    [Fact]
    public async Task Join_LoadedWhileItsTablesChange_StartsFromTheMomentItReadAndTakesEveryTickSince()
    {
        const string query = "SELECT a.id, a.n, b.n AS m FROM a FULL JOIN b ON a.id = b.id";
        var isReading = new TaskCompletionSource();
        var goesOn = new TaskCompletionSource();
        InMemorySource gate = new(_left.Definition with { Name = "gate_in", Location = new InMemoryLocation("gate_in") })
        {
            BeforeRecord = async (_, _, token) =>
            {
                isReading.TrySetResult();
                await goesOn.Task.WaitAsync(token);
            },
        };
        gate.Add(InMemoryRecord.FromText("k", """{"other":"k","n":1}"""));
        Fill(Rows);
        await using CtasEngine engine = await LoadAsync("standard", Tables, gate);

        Task loading = engine.ExecuteAsync($"CREATE TABLE j AS SELECT q.id, q.n, q.m FROM ({query}) q CROSS JOIN gate_in EMIT CHANGES");
        await isReading.Task;
        for (int burst = 0; burst < 20; burst++)
        {
            Change(_left, 100);
            Change(_right, 100);
            await CaughtUpAsync(engine, "a");
            await CaughtUpAsync(engine, "b");
        }

        goesOn.SetResult();
        await loading;
        Change(_left, 20);
        await CaughtUpAsync(engine, "j");
        await CaughtUpAsync(engine, "a");

        await AssertEqualAsync(engine, query);
    }

    [Theory]
    [InlineData("")]
    [InlineData("EMIT CHANGES")]
    public async Task Join_LooksUpInATableThatIsReplaced_GoesOnInTheNewOneAndKeepsNothingOfTheOld(string emit)
    {
        const string query = "SELECT a.id, a.n, b.n AS m FROM a JOIN b ON a.id = b.id";
        Fill(Rows);
        await using CtasEngine engine = await LoadAsync(
            "standard",
            $"""
            CREATE TABLE a AS SELECT id, other, n FROM left_in EMIT CHANGES;
            CREATE TABLE b AS SELECT id, other, n FROM right_in {emit};
            CREATE TABLE j AS {query} EMIT CHANGES;
            """);
        BytesOf(engine, "j").Should().BeLessThan(100_000, "rows are looked up, not kept");
        var old = new WatchedTable(engine, "b");

        await engine.ExecuteAsync($"CREATE OR REPLACE TABLE b AS SELECT id, other, n + 1000 AS n FROM right_in {emit}");
        Change(_left, 60);
        await CaughtUpAsync(engine, "j");

        await AssertEqualAsync(engine, query);
        (await old.IsGoneAsync()).Should().BeTrue("nobody looks anything up in it any more");
        engine.Tables.ReservedBytes.Should().Be(0);
    }

    private static InMemorySource Changelog(string name) => new(new SourceDefinition(name, new InMemoryLocation(name))
    {
        Columns =
        [
            new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key),
            new SourceColumn("other", DataType.Varchar),
            new SourceColumn("n", DataType.Int),
        ],
        Mode = ReadMode.Changelog,
    });

    private async Task<CtasEngine> LoadAsync(string model, string script, InMemorySource? gate = null)
    {
        CtasEngine engine = new CtasEngineBuilder()
            .UseSource("left_in", _left)
            .UseSource("right_in", _right)
            .UseSource("gate_in", gate ?? Changelog("gate_in"))
            .AddScript(script)
            .AddIndex("b", "other")
            .WithProperty("table_model", model)
            .WithOptions(new CtasEngineOptions { Maintenance = new MaintenanceOptions { MaxRecordsPerTick = 30 } })
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }

    private static long BytesOf(CtasEngine engine, string table) =>
        engine.Maintenance.StateOf(table).Where(state => !state.Operator.StartsWith("changelog", StringComparison.Ordinal)).Sum(state => state.Bytes);

    private static async Task CaughtUpAsync(CtasEngine engine, string table)
    {
        using var tooLong = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await engine.Maintenance.WaitForAsync(table, _ => engine.Maintenance.FreshnessOf(table).LagRecords == 0, tooLong.Token);
    }

    private static async Task AssertEqualAsync(CtasEngine engine, string query)
    {
        string[] expected = [.. (await engine.QueryAsync(query)).Rows.Select(row => row.ToString()).Order(StringComparer.Ordinal)];

        expected.Should().NotBeEmpty();
        engine.Tables["j"].Rows.Select(row => row.ToString()).Order(StringComparer.Ordinal).Should().Equal(expected);
    }

    private void Fill(int rows)
    {
        Change(_left, rows);
        Change(_right, rows);
    }

    private void Change(InMemorySource source, int records)
    {
        for (int record = 0; record < records; record++)
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"k{_random.Next(Rows)}");
            string value = string.Create(CultureInfo.InvariantCulture, $$"""{"other":"k{{_random.Next(Rows)}}","n":{{_random.Next(10)}}}""");
            source.Add(InMemoryRecord.FromText(id, _random.Next(5) == 0 ? null : value));
        }
    }
}
