using System.Globalization;
using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;

namespace Ctas.IntegrationTests.Maintenance;

/// <summary>
/// Processes that keep windows, stream joins and the topic of an exactly-once sink fresh, and are killed: whatever they have
/// stored, the next one goes on from there to what a read of everything gives.
/// </summary>
public sealed class KilledStreamTests : IAsyncLifetime, IDisposable
{
    private const string Graph =
        """
        CREATE STREAM clicks (k VARCHAR, n BIGINT) WITH (kafka_topic = 'clicks', value_format = 'JSON');
        CREATE STREAM buys (k VARCHAR, n BIGINT) WITH (kafka_topic = 'buys', value_format = 'JSON');
        CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR) WITH (kafka_topic = 'users', value_format = 'JSON');
        CREATE TABLE minutes AS SELECT k, WINDOWSTART AS since, COUNT(*) AS c, SUM(n) AS s, MAX(n) AS most FROM clicks
            WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 10 SECONDS) GROUP BY k EMIT CHANGES;
        CREATE TABLE finals WITH (table_model = 'compact') AS SELECT k, WINDOWSTART AS since, COUNT(DISTINCT n) AS d FROM clicks
            WINDOW HOPPING (SIZE 1 MINUTE, ADVANCE BY 20 SECONDS, GRACE PERIOD 10 SECONDS) GROUP BY k EMIT FINAL;
        CREATE TABLE pairs AS SELECT c.k, c.n AS cn, b.n AS bn FROM clicks c LEFT JOIN buys b WITHIN 20 SECONDS GRACE PERIOD 10 SECONDS ON c.k = b.k EMIT CHANGES;
        CREATE TABLE named AS SELECT u.name, c.n FROM clicks c LEFT JOIN users u ON c.k = u.id EMIT CHANGES;
        CREATE TABLE per_key AS SELECT k, COUNT(*) AS c, SUM(n) AS s FROM clicks GROUP BY k{sink} EMIT CHANGES;
        """;

    private const string Sink = " INTO out WITH (out.topic = 'per-key', out.delivery = 'exactly_once')";

    private static readonly string[] Tables = ["minutes", "finals", "pairs", "named", "per_key"];

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(brokers: 1);
    private readonly SnapshotFolder _folder = new();
    private int _seconds;

    public async Task InitializeAsync()
    {
        foreach (string topic in (string[])["clicks", "buys", "users", "per-key"]) { _kafka.CreateTopic(topic, partitions: 1); }

        await _kafka.ProduceAsync("users", Enumerable.Range(0, 5).Select(number => EmbeddedRecord.Of($"k{number}", $$"""{"name":"user {{number}}"}""")));
    }

    public async Task DisposeAsync() => await _kafka.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Category", "Chaos")]
    public Task Restart_ProcessIsKilled_ConvergesToAFullLoad() => KillAndRestartAsync(seed: 1, kills: 2);

    [Theory]
    [Trait("Category", "Large")]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public Task Restart_ProcessIsKilledManyTimes_ConvergesToAFullLoad(int seed) => KillAndRestartAsync(seed, kills: 12);

    private async Task KillAndRestartAsync(int seed, int kills)
    {
        var random = new Random(seed);
        string sql = Graph.Replace("{sink}", Sink, StringComparison.Ordinal);
        await ProduceAsync(random);
        await KilledFollower.KillManyAsync(new Killing(_kafka.BootstrapServers, _folder.Path, sql, kills), random, () => ProduceAsync(random));

        await using CtasEngine engine = Builder(sql).UseSnapshots(_folder.Path).Build();
        LoadResult result = await engine.LoadAsync().Guarded();
        result.ThrowIfFailed();
        result.Tables.Should().OnlyContain(table => table.Kind != LoadKind.Full, result["minutes"].KindReason);
        await ShouldShowEverythingAsync(engine, $"seed {seed}, {result["minutes"].Kind}");

        await ProduceAsync(random);
        await ShouldShowEverythingAsync(engine, $"seed {seed}, after what came last");
    }

    private async Task ShouldShowEverythingAsync(CtasEngine engine, string because)
    {
        await using CtasEngine full = Builder(Graph.Replace("{sink}", "", StringComparison.Ordinal)).Build();
        (await full.LoadAsync().Guarded()).ThrowIfFailed();

        // Windows close, and clicks wait for a buy no longer, with the tick that follows the load.
        await full.Maintenance.WaitForAsync("finals", rows => rows.RowCount > 0).Guarded();
        full.Tables["pairs"].Rows.Should().Contain(row => row["bn"] == null);
        await LiveRestartTests.UntilEqualAsync(Tables, engine, full, because);
        Tables.Sum(table => engine.Maintenance.FreshnessOf(table).LateRows).Should().Be(0);

        await engine.Maintenance.WaitForDeliveryAsync("per_key").Guarded();
        await using CtasEngine reader = Builder(
            """
            CREATE TABLE source (k VARCHAR PRIMARY KEY, c BIGINT, s BIGINT) WITH (topic = 'per-key', value_format = 'JSON');
            CREATE TABLE back AS SELECT * FROM source;
            """).Build();
        (await reader.LoadAsync().Guarded()).ThrowIfFailed();
        reader.Tables["back"].Contents().Should().Equal(full.Tables["per_key"].Contents(), because);
    }

    /// <summary>Clicks and buys of the next few minutes, in the order of their times.</summary>
    private async Task ProduceAsync(Random random)
    {
        int from = _seconds;
        _seconds += 30 + random.Next(200);
        await Task.WhenAll(
            _kafka.ProduceAsync("clicks", Records(new Random(random.Next()), from, _seconds, step: 2)),
            _kafka.ProduceAsync("buys", Records(new Random(random.Next()), from, _seconds, step: 9)));
    }

    private static EmbeddedRecord[] Records(Random random, int from, int to, int step) =>
    [
        .. Enumerable.Range(from, to - from).Where(second => second == to - 1 || random.Next(step) == 0).Select(second =>
        {
            string value = string.Create(CultureInfo.InvariantCulture, $$"""{"k":"k{{random.Next(6)}}","n":{{random.Next(50)}}}""");
            return EmbeddedRecord.Of("r", value) with { Timestamp = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(second) };
        }),
    ];

    private CtasEngineBuilder Builder(string sql) =>
        new CtasEngineBuilder().UseKafka(_kafka.BootstrapServers).AddScript(sql).WithOptions(KilledFollower.Options);
}
