using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Scanning;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Sources;

using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>How many rows the batches of a topic have, by <c>batch.strategy</c> and <c>loading.batch_size</c>.</summary>
public sealed class BatchStrategyTests
{
    [Theory]
    [InlineData(BatchStrategy.Fixed)]
    [InlineData(BatchStrategy.Auto)]
    public async Task Read_RecordsThatComeSlowly_OnlyFixedBatchesWaitUntilTheyAreFull(BatchStrategy strategy)
    {
        const int batchRows = 70;
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("t");
        for (int i = 0; i < 6; i++)
        {
            await kafka.ProduceAsync("t", Enumerable.Range(50 * i, 50).Select(n => EmbeddedRecord.Of($"k{n}", $$"""{"n":{{n}}}""")));
        }

        // One answer brings one of the batches produced; the next takes longer than a read waits.
        kafka.SetLatency(EmbeddedKafka.AllBrokers, TimeSpan.FromMilliseconds(150));
        SourceDefinition definition = ScriptedSource.Definition with
        {
            BatchRows = batchRows,
            BatchStrategy = strategy,
            ClientProperties = new Dictionary<string, string> { ["fetch.message.max.bytes"] = "1000", ["queued.min.messages"] = "1" },
        };
        ISource source = new KafkaSourceFactory(kafka.BootstrapServers, new KafkaSourceOptions(), new Dictionary<string, string>())
            .Create(definition, new SourceServices(TimeProvider.System, NullLoggerFactory.Instance));

        await using ISourceScan scan = await source.OpenGuardedAsync();
        List<int> sizes = await SizesAsync(scan);

        sizes.Sum().Should().Be(300);
        if (strategy == BatchStrategy.Fixed) { sizes.Should().Equal(70, 70, 70, 70, 20); }
        else
        {
            sizes.Should().OnlyContain(size => size <= batchRows);
            sizes[..^1].Should().Contain(size => size < batchRows, "it does not wait");
        }
    }

    [Fact]
    public async Task Read_AdaptiveBatchesWhoseReaderIsBehind_Double()
    {
        var topic = new ScriptedTopic(new InstantTime());
        topic.AddPartition().Records(1000);
        await using var scan = (KafkaScan)await ScriptedSource.Over(
            topic, ScriptedSource.Definition with { BatchStrategy = BatchStrategy.Adaptive }).OpenGuardedAsync();

        // Two batches are handed on without a wait. Every later one waits for the reader.
        int[] expected = [4, 4, 4, 8, 16, 32, 64, 128];
        var sizes = new List<int>();
        for (int batch = 0; batch < expected.Length; batch++)
        {
            int filled = expected.Take(batch + 3).Sum();
            await HangGuard.UntilAsync(() => scan.GetStatistics().Records >= filled && scan.IsHeldBack);
            sizes.Add((await scan.ReadAsync(CancellationToken.None))!.Rows.RowCount);
        }

        sizes.Should().Equal(expected);
    }

    [Theory]
    [InlineData("fixed", "100", 100, BatchStrategy.Fixed)]
    [InlineData("adaptive", "10", 10, BatchStrategy.Adaptive)]
    [InlineData("auto", "300", 300, BatchStrategy.Auto)]
    public async Task Load_AnyStrategy_ReachesTheSourceAndGivesTheSameTable(string strategy, string size, int batchRows, BatchStrategy expected)
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("numbers", partitions: 3);
        await kafka.ProduceAsync("numbers", Enumerable.Range(0, 2500).Select(n => EmbeddedRecord.Of($"k{n % 2000}", $$"""{"n":{{n}}}""")));
        SourceDefinition? seen = null;
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .UseSourceFactory(new SeenFactory(kafka.BootstrapServers, definition => seen = definition))
            .AddScript(
                $"""
                CREATE TABLE numbers (id VARCHAR PRIMARY KEY, n BIGINT) WITH (kafka_topic = 'numbers', value_format = 'JSON',
                    'batch.strategy' = '{strategy}', 'loading.batch_size' = '{size}');
                CREATE TABLE t WITH (table_model = 'compact') AS SELECT id, n FROM numbers;
                """)
            .Build();

        (await engine.LoadAsync().Guarded()).ThrowIfFailed();

        (seen!.BatchRows, seen.BatchStrategy).Should().Be((batchRows, expected));
        engine.Tables["t"].Contents().Order(StringComparer.Ordinal).Should().Equal(
            Enumerable.Range(0, 2000).Select(key => $"k{key}|{(key < 500 ? key + 2000 : key)}").Order(StringComparer.Ordinal));
    }

    private static async Task<List<int>> SizesAsync(ISourceScan scan)
    {
        var sizes = new List<int>();
        while (await scan.ReadAsync(CancellationToken.None).AsTask().Guarded() is { } batch) { sizes.Add(batch.Rows.RowCount); }

        return sizes;
    }

    /// <summary>Kafka's own factory, which tells the definitions that it is given.</summary>
    private sealed class SeenFactory(string brokers, Action<SourceDefinition> see) : ISourceFactory
    {
        private readonly KafkaSourceFactory _kafka = new(brokers, new KafkaSourceOptions(), new Dictionary<string, string>());

        public bool CanCreate(SourceLocation location) => _kafka.CanCreate(location);

        public IReadOnlyList<string> Validate(SourceDefinition definition) => _kafka.Validate(definition);

        public ISource Create(SourceDefinition definition, SourceServices services)
        {
            see(definition);
            return _kafka.Create(definition, services);
        }
    }
}
