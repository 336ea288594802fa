using Confluent.Kafka;

using Ctas.IntegrationTests.Kafka;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;

namespace Ctas.IntegrationTests.Loading;

/// <content>
/// Offsets without records, logs that start late or grow. What a test broker cannot show is shown with a scripted one.
/// </content>
public sealed partial class EdgeCaseTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TransactionMarkers_AtTheEnd_DoNotHang(bool tellsEnds)
    {
        var topic = new ScriptedTopic(new InstantTime()) { TellsEnds = tellsEnds };
        topic.AddPartition().Records(3).Marker();
        topic.AddPartition().Records(2, from: 3).Marker().Records(2, from: 5).Marker().Marker();
        topic.AddPartition().Marker();

        TableLoadResult result = await LoadScriptedAsync(topic, NumberTopics.Rows(7));

        result.Partitions.Should().Equal(
            new PartitionProgress("t[0]", 4, 4),
            new PartitionProgress("t[1]", 7, 7),
            new PartitionProgress("t[2]", 1, 1));
        (result.Records, result.Retries).Should().Be((7L, 0));
    }

    [Fact]
    public async Task CompactedHoles_AndNonZeroStart_DoNotHang()
    {
        var topic = new ScriptedTopic(new InstantTime());
        topic.AddPartition(start: 1000).Hole(2).Records(2).Hole(5).Records(1, from: 2).Hole(3);
        topic.AddPartition(start: 77).Hole(4);
        topic.AddPartition(start: 9);

        TableLoadResult result = await LoadScriptedAsync(topic, NumberTopics.Rows(3));

        result.Partitions.Should().Equal(
            new PartitionProgress("t[0]", 1013, 1013), new PartitionProgress("t[1]", 81, 81),
            new PartitionProgress("t[2]", 9, 9));

        // The start above zero, over Kafka's own protocol.
        await using var embedded = EmbeddedKafka.Start();
        embedded.CreateTopic("retained", partitions: 2);
        await embedded.ProduceAsync(
            "retained", NumberTopics.Records(40).Select((r, i) => r with { Partition = i / 20 }));
        await embedded.ProduceAsync(
            "retained", NumberTopics.Records(10, from: 40).Select(r => r with { Partition = 0 }));
        embedded.DeleteRecords("retained", 0, beforeOffset: 20);
        embedded.DeleteRecords("retained", 1, beforeOffset: 20);
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(embedded.BootstrapServers)
            .AddTable("CREATE TABLE retained AS SELECT ROWKEY AS id, n FROM kafka://retained")
            .Build();
        LoadResult loaded = await engine.LoadAsync().Guarded();

        loaded.ThrowIfFailed();
        engine.Tables["retained"].Contents().Should().Equal(NumberTopics.Rows(10, from: 40));
        loaded["retained"].Partitions.Should().Equal(
            new PartitionProgress("retained[0]", 30, 30), new PartitionProgress("retained[1]", 20, 20));
    }

    [Fact]
    public async Task AbortedRecords_AreInvisible()
    {
        // What an aborted transaction wrote is left out by the client: only the fetch passes its offsets.
        var topic = new ScriptedTopic(new InstantTime());
        topic.AddPartition().Records(2).Hole(3).Marker().Records(1, from: 2).Hole(2).Marker();

        TableLoadResult result = await LoadScriptedAsync(topic, NumberTopics.Rows(3));

        result.Partitions.Should().Equal(new PartitionProgress("t[0]", 10, 10));
        await AssertAbortedAreInvisibleOnBrokerAsync();
    }

    [Fact]
    public async Task RecordsArrivingDuringLoad_DoNotExtendIt()
    {
        string topic = await kafka.CreateNumbersAsync("growing", 60, partitions: 2);
        int arrived = 0;
        var source = new ObservedSource(Source(topic, d => d with { BatchRows = 10 }))
        {
            AfterOpen = (_, _) => AddAsync(),
            BeforeRead = (_, _, _) => AddAsync(),
        };
        await using CtasEngine engine = Builder()
            .UseSource("growing", source)
            .AddTable("CREATE TABLE captured AS SELECT ROWKEY AS id, n FROM growing")
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        arrived.Should().BeGreaterThan(5);
        engine.Tables["captured"].Contents().Should().Equal(NumberTopics.Rows(60));
        result["captured"].Records.Should().Be(60);
        result["captured"].Partitions.Sum(partition => partition.End).Should().Be(60);
        result["captured"].Partitions.Should().OnlyContain(partition => partition.Lag == 0);

        // New keys, new versions of captured ones, and the end of some.
        Task AddAsync()
        {
            arrived++;
            return kafka.ProduceAsync(topic,
            [
                EmbeddedRecord.Of($"new{arrived}", """{"n":-1}"""), EmbeddedRecord.Of("k1", """{"n":-1}"""),
                EmbeddedRecord.Of($"k{arrived}", """{"n":-1}"""), EmbeddedRecord.Tombstone("k2"),
            ]);
        }
    }

    [Fact]
    public async Task PartitionsAddedDuringLoad_AreReported()
    {
        var topic = new ScriptedTopic(new InstantTime());
        topic.AddPartition().Records(6);
        topic.BeforeFetch(1, () => topic.AddPartition().Records(5, from: 100));

        TableLoadResult result = await LoadScriptedAsync(topic, NumberTopics.Rows(6));

        result.Partitions.Should().Equal(new PartitionProgress("t[0]", 6, 6));
        result.Warnings.Should().ContainSingle()
            .Which.Should().Be("partitions were added to topic \"t\" during the load and not read: 1");
    }

    private static async Task<TableLoadResult> LoadScriptedAsync(ScriptedTopic topic, string[] expected)
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("t", ScriptedSource.Over(topic))
            .AddTable("CREATE TABLE loaded AS SELECT id, n FROM t")
            .AddTable("CREATE TABLE counted AS SELECT COUNT(*) AS c FROM loaded")
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        engine.Tables["loaded"].Contents().Should().Equal(expected);
        engine.Tables["counted"].Contents().Should().Equal($"{expected.Length}");
        engine.Tables.Tables.Single(table => table.Name == "loaded").Warnings.Should().Equal(result["loaded"].Warnings);
        topic.OpenConsumers.Should().Be(0);
        return result["loaded"];
    }

    // The test broker takes transactions but forgets to mark the aborted ones, so it is asked first what it can do.
    private async Task AssertAbortedAreInvisibleOnBrokerAsync()
    {
        string topic = await kafka.CreateTopicAsync("aborting");
        var configuration = new ProducerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            TransactionalId = topic,
        };
        using IProducer<string, string> producer = new ProducerBuilder<string, string>(configuration).Build();
        producer.InitTransactions(HangGuard.Limit);
        foreach ((string key, bool isCommitted) in new[] { ("k0", true), ("lost", false), ("k1", true) })
        {
            producer.BeginTransaction();
            producer.Produce(topic, new Message<string, string> { Key = key, Value = $$"""{"n":{{key[^1] - '0'}}}""" });
            if (isCommitted) { producer.CommitTransaction(HangGuard.Limit); }
            else { producer.AbortTransaction(HangGuard.Limit); }
        }

        using var logs = new ClientLogs();
        await using CtasEngine engine = Builder()
            .UseLogging(logs)
            .AddTable(
                $"CREATE TABLE committed WITH ('kafka.debug' = 'conf') AS SELECT ROWKEY AS id, n FROM kafka://{topic}")
            .Build();
        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        logs.Lines.Should().Contain(line => line.Contains("isolation.level = read_committed", StringComparison.Ordinal));
        string[] contents = engine.Tables["committed"].Contents();
        contents.Should().Contain(NumberTopics.Rows(2));
        bool marksTransactions = result["committed"].Partitions.Sum(partition => partition.End) > 3;
        if (marksTransactions) { contents.Should().HaveCount(2); }
    }
}
