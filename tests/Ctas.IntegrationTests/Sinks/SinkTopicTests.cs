using Confluent.Kafka;

using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Producing;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Sinks;

/// <summary>Tables written to topics over the real protocol, and read back from there.</summary>
public sealed class SinkTopicTests : IAsyncLifetime
{
    private const string Totals =
        """
        CREATE TABLE users (id VARCHAR PRIMARY KEY, city VARCHAR) WITH (kafka_topic = 'users', value_format = 'JSON');
        CREATE TABLE per_city AS SELECT city, COUNT(*) AS n FROM users WHERE city IS NOT NULL GROUP BY city
            INTO out WITH (out.topic = 'per-city', out.key_format = 'KAFKA') EMIT CHANGES;
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(brokers: 1);

    public Task InitializeAsync()
    {
        _kafka.CreateTopic("users", partitions: 2);
        _kafka.CreateTopic("per-city", partitions: 3);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _kafka.DisposeAsync();

    [Theory]
    [InlineData("at_least_once")]
    [InlineData("exactly_once")]
    public async Task Follow_UpsertsAndTombstones_GiveTheTableBack(string delivery)
    {
        await UserAsync("u1", "Berlin");
        await UserAsync("u2", "Rome");
        await using CtasEngine engine = await LoadAsync(Totals.Replace("out.key_format", $"out.delivery = '{delivery}', out.key_format", StringComparison.Ordinal));
        await UserAsync("u3", "Rome");
        await UserAsync("u1", "Oslo");

        await UntilShownAsync(engine, "Oslo|1", "Rome|2");
        await engine.Maintenance.WaitForDeliveryAsync("per_city").WaitAsync(Patience);

        (await ReadBackAsync()).Should().Equal("Oslo|1", "Rome|2");
        engine.Maintenance.FreshnessOf("per_city").Sink!.QueuedChanges.Should().Be(0);
    }

    [Fact]
    public async Task Load_RowsOfEveryKind_ReadBackAsTheyWere()
    {
        _kafka.CreateTopic("out", partitions: 2);
        await using CtasEngine engine = Builder(
            """
            CREATE TABLE t (id PRIMARY KEY, part PRIMARY KEY, price, at, tags, address) AS
                SELECT * FROM (VALUES
                    (1, 'a', 12.50, TIMESTAMP '2024-01-31 10:20:30.123456', ARRAY['x', NULL], STRUCT(city := 'Bern', zip := 3000)),
                    (1, 'b', NULL, NULL, NULL, NULL)) AS v (id, part, price, at, tags, address)
                INTO out WITH (out.topic = 'out')
            """).Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        await using CtasEngine reader = Builder(
            """
            CREATE TABLE source (id INT PRIMARY KEY, part VARCHAR PRIMARY KEY, price DECIMAL(4, 2), at TIMESTAMP,
                tags ARRAY<VARCHAR>, address STRUCT<city VARCHAR, zip INT>) WITH (topic = 'out', format = 'JSON');
            CREATE TABLE back AS SELECT * FROM source
            """).Build();
        (await reader.LoadAsync()).ThrowIfFailed();

        reader.Tables["back"].Rows.Select(row => row.ToString()).Should()
            .BeEquivalentTo(engine.Tables["t"].Rows.Select(row => row.ToString()));
    }

    [Fact]
    public async Task Write_RowTime_IsTheTimeOfTheRecords()
    {
        _kafka.CreateTopic("out");
        await using CtasEngine engine = Builder(
            "CREATE TABLE t AS SELECT 1 AS id, TIMESTAMP '2020-02-03 04:05:06' AS ROWTIME INTO out WITH (out.topic = 'out')").Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        await using CtasEngine reader = Builder(
            "CREATE STREAM s (id INT) WITH (topic = 'out', format = 'JSON'); CREATE TABLE back AS SELECT id, ROWTIME AS at FROM s").Build();
        (await reader.LoadAsync()).ThrowIfFailed();

        reader.Tables["back"].Contents().Should().Equal("1|2020-02-03T04:05:06.0000000Z");
    }

    [Theory]
    [InlineData("produce", 1)]
    [InlineData("flush", 1)]
    [InlineData("flush", 2)]
    [InlineData("keep-positions", 1)]
    [InlineData("keep-positions", 2)]
    [InlineData("keep-positions", 3)]
    public async Task Kill_AtLeastOnce_RestartConvergesAndForgetsWhatWasDeletedMeanwhile(string step, int occurrence)
    {
        await UserAsync("u1", "Berlin");
        await UserAsync("u2", "Rome");
        int seen = 0;
        await using (CtasEngine killed = Builder(Totals, at => at == step && ++seen == occurrence).Build())
        {
            (await killed.LoadAsync()).ThrowIfFailed();
            await UserAsync("u3", "Oslo");
            await UntilShownAsync(killed, "Berlin|1", "Oslo|1", "Rome|1");
            if (occurrence > 1) { await UserAsync("u4", "Oslo"); }

            await UntilFailedAsync(killed);
        }

        // While nobody is there, a city goes and another comes.
        await _kafka.ProduceAsync("users", [EmbeddedRecord.Tombstone("u1"), EmbeddedRecord.Of("u5", """{"city":"Bern"}""")]);
        await using CtasEngine engine = await LoadAsync(Totals);
        string[] shown = engine.Tables["per_city"].Contents();
        await engine.Maintenance.WaitForDeliveryAsync("per_city").WaitAsync(Patience);

        shown.Should().Contain("Bern|1").And.NotContain(row => row.StartsWith("Berlin"), "what the topics held is shown when the load returns");
        (await ReadBackAsync()).Should().Equal(shown);
    }

    [Fact]
    public async Task Restart_AtLeastOnce_DoesNotWriteAgainWhatTheSinkHas()
    {
        await UserAsync("u1", "Berlin");
        await using (CtasEngine first = await LoadAsync(Totals)) { await first.Maintenance.WaitForDeliveryAsync("per_city").WaitAsync(Patience); }

        long before = Written();
        await using CtasEngine engine = await LoadAsync(Totals);
        await engine.Maintenance.WaitForDeliveryAsync("per_city").WaitAsync(Patience);

        Written().Should().Be(before);
    }

    [Theory]
    [InlineData("")]
    [InlineData("CREATE TABLE named AS SELECT u.city, COUNT(*) AS n FROM clicks c JOIN users u ON c.id = u.id GROUP BY u.city EMIT CHANGES;")]
    public async Task Restart_FromWhatIsStored_WritesOnlyWhatTheSinkHasNot(string beside)
    {
        // With a table of a stream beside it, all that hangs together is stored, and not the changelog alone. These brokers keep
        // no offsets of transactions: what holds for exactly-once sinks is shown with the scripted broker.
        using var folder = new SnapshotFolder();
        _kafka.CreateTopic("clicks", partitions: 1);
        string sql = $"{Totals} CREATE STREAM clicks (id VARCHAR) WITH (kafka_topic = 'clicks', value_format = 'JSON'); {beside}";
        await UserAsync("u1", "Berlin");
        await using (CtasEngine first = Builder(sql).UseSnapshots(folder.Path).Build())
        {
            (await first.LoadAsync()).ThrowIfFailed();
            folder.Files.Should().HaveCount(beside.Length == 0 ? 1 : 2);
            await UserAsync("u2", "Rome");
            await UserAsync("u1", "Oslo");
            await UntilShownAsync(first, "Oslo|1", "Rome|1");
            await first.Maintenance.WaitForDeliveryAsync("per_city").WaitAsync(Patience);
        }

        long before = Written();
        await using CtasEngine engine = Builder(sql).UseSnapshots(folder.Path).Build();
        LoadResult result = await engine.LoadAsync();
        await engine.Maintenance.WaitForDeliveryAsync("per_city").WaitAsync(Patience);

        result["per_city"].Kind.Should().Be(LoadKind.Continued, result["per_city"].KindReason);
        engine.Tables["per_city"].Contents().Should().Equal("Oslo|1", "Rome|1");
        Written().Should().Be(before);
        await UserAsync("u3", "Rome");
        await UntilShownAsync(engine, "Oslo|1", "Rome|2");
        await engine.Maintenance.WaitForDeliveryAsync("per_city").WaitAsync(Patience);
        (await ReadBackAsync()).Should().Equal("Oslo|1", "Rome|2");
        Written().Should().Be(before + 1);
    }

    [Fact]
    public async Task Write_BrokersAreAway_IsWaitedOut()
    {
        await using CtasEngine engine = await LoadAsync(Totals);
        await UserAsync("u1", "Berlin");
        await engine.Maintenance.WaitForDeliveryAsync("per_city").WaitAsync(Patience);
        _kafka.FailNext(KafkaApiKey.Produce, ErrorCode.NotEnoughReplicas, ErrorCode.NotLeaderForPartition);
        await UserAsync("u1", "Rome");

        await UntilShownAsync(engine, "Rome|1");
        await engine.Maintenance.WaitForDeliveryAsync("per_city").WaitAsync(Patience);

        (await ReadBackAsync()).Should().Equal("Rome|1");
    }

    private long Written() => Enumerable.Range(0, 3).Sum(partition => _kafka.GetOffsets("per-city", partition).End);

    private Task UserAsync(string id, string city) =>
        _kafka.ProduceAsync("users", [EmbeddedRecord.Of(id, $$"""{"city":"{{city}}"}""")]);

    private async Task<string[]> ReadBackAsync()
    {
        await using CtasEngine reader = Builder(
            """
            CREATE TABLE source (city VARCHAR PRIMARY KEY, n BIGINT) WITH (topic = 'per-city', value_format = 'JSON');
            CREATE TABLE back AS SELECT * FROM source;
            """).Build();
        (await reader.LoadAsync()).ThrowIfFailed();
        return reader.Tables["back"].Contents();
    }

    private async Task<CtasEngine> LoadAsync(string script)
    {
        CtasEngine engine = Builder(script).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }

    private CtasEngineBuilder Builder(string script, Func<string, bool>? kills = null)
    {
        CtasEngineBuilder builder = new CtasEngineBuilder().UseKafka(_kafka.BootstrapServers).AddScript(script)
            .WithOptions(new CtasEngineOptions { Delivery = new DeliveryOptions { MaxChangesPerCommit = 1 } });
        return kills is null ? builder : builder.UseSinkFactory(
            new KafkaSinkFactory(_kafka.BootstrapServers, new KafkaSourceOptions(), new Dictionary<string, string>())
            {
                Connect = (settings, onError, logger) => new KilledClient(new SinkClient(settings, onError, logger), kills),
            });
    }

    private static async Task UntilShownAsync(CtasEngine engine, params string[] rows) =>
        await engine.Maintenance.WaitForAsync("per_city", table => table.Contents().SequenceEqual(rows)).WaitAsync(Patience);

    private static async Task UntilFailedAsync(CtasEngine engine)
    {
        while (true)
        {
            Task changed = engine.Tables.Changed;
            if (engine.Tables.TryGetMetadata("per_city", out TableMetadata? table) && table.State == TableState.Failed) { return; }

            await changed.WaitAsync(Patience);
        }
    }
}
