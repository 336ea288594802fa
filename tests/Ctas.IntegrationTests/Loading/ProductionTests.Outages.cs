using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;

using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.IntegrationTests.Loading;

/// <content>Brokers that go in the middle of a load, and what is left when loads have failed.</content>
public sealed partial class ProductionTests
{
    private const int OutageRecords = 4_000;

    [Fact]
    public async Task NetworkPartition_MidLoad_ResumesFromPosition()
    {
        await using EmbeddedKafka brokers = await SlowBrokerAsync();
        string? fault = null;
        ISource topic = SlowTopic(brokers, new KafkaSourceOptions { RetryDelay = TimeSpan.FromMilliseconds(20), MaxRetryDelay = TimeSpan.FromMilliseconds(50), MaxRetries = 1_000 });
        bool hasGone = false;
        var source = new ObservedSource(topic)
        {
            BeforeRead = async (_, delivered, _) =>
            {
                if (delivered == 0 || hasGone) { return; }

                // Away until the load has noticed it.
                hasGone = true;
                brokers.SetBrokerDown(1);
                await HangGuard.UntilAsync(() => (fault = topic.Fault) is not null);
                brokers.SetBrokerUp(1);
            },
        };
        await using CtasEngine engine = Loading(source);

        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        fault.Should().NotBeNull("the brokers were away while it read");
        engine.Tables["t"].Contents().Should().Equal(NumberTopics.Rows(OutageRecords));
        result["t"].Records.Should().Be(OutageRecords, "no record is lost or counted twice");
    }

    [Fact]
    public async Task AllBrokersDown_FailsAfterRetriesWithPosition()
    {
        await using EmbeddedKafka brokers = await SlowBrokerAsync();
        var options = new KafkaSourceOptions
        {
            MaxRetries = 2,
            RetryDelay = TimeSpan.FromMilliseconds(10),
            StallTimeout = TimeSpan.FromSeconds(2),
        };
        long read = 0;
        var source = new ObservedSource(SlowTopic(brokers, options))
        {
            BeforeRead = (_, delivered, _) =>
            {
                if (delivered > 0 && read == 0) { brokers.SetBrokerDown(1); }

                read = delivered;
                return Task.CompletedTask;
            },
        };
        await using CtasEngine engine = Loading(source);

        LoadResult result = await engine.LoadAsync().Guarded();

        TableLoadResult table = result["t"];
        table.State.Should().Be(TableState.Failed);
        (table.Error!.Partition, table.Error.IsTransient, table.Retries).Should().Be(("numbers[0]", true, 2));
        table.Error.Offset.Should().Be(read, "that much was read before").And.BeInRange(1, OutageRecords - 1);
        engine.Tables.Invoking(tables => tables["t"]).Should().Throw<TableNotReadyException>("nothing half-read is seen");
    }

    [Fact]
    [Trait("Category", "Large")]
    public async Task Resources_OfAProcessWhoseLoadsFail_StayTheSame()
    {
        // The process looks into /proc, and at the allocator of glibc.
        if (!OperatingSystem.IsLinux()) { return; }

        (HeldResources before, HeldResources after) = await FailingLoads.RunAsync();

        const int roundsBetween = 9;
        before.ScanThreads.Should().Be(0, "a load that has ended has no threads");
        (after.ScanThreads, after.ClientThreads).Should().Be((before.ScanThreads, before.ClientThreads));
        (after.Files - before.Files).Should().BeLessThan(roundsBetween, "a client that is not closed keeps several");
        (after.NativeBytes - before.NativeBytes).Should().BeLessThan(
            roundsBetween * 500_000, "that is what the messages of one load of each round take");
    }

    /// <summary>A broker that answers late, with little at a time.</summary>
    private static async Task<EmbeddedKafka> SlowBrokerAsync()
    {
        var brokers = EmbeddedKafka.Start(brokers: 1);
        brokers.CreateTopic("numbers");
        for (int from = 0; from < OutageRecords; from += 200)
        {
            await brokers.ProduceAsync("numbers", NumberTopics.Records(200, from));
        }

        brokers.SetLatency(EmbeddedKafka.AllBrokers, TimeSpan.FromMilliseconds(20));
        return brokers;
    }

    /// <summary>What is read ahead is not the whole topic, however slow the reader is.</summary>
    private static ISource SlowTopic(EmbeddedKafka brokers, KafkaSourceOptions options) =>
        new KafkaSourceFactory(brokers.BootstrapServers, options, new Dictionary<string, string>()).Create(
            new SourceDefinition("numbers", new TopicLocation("numbers", null))
            {
                Columns = [new SourceColumn("id", Ctas.Data.DataType.Varchar, SourceColumnRole.Key), new SourceColumn("n", Ctas.Data.DataType.BigInt)],
                Mode = ReadMode.Changelog,
                BatchRows = 100,
                ClientProperties = new Dictionary<string, string>
                {
                    ["max.partition.fetch.bytes"] = "4096",
                    ["queued.min.messages"] = "200",
                    ["reconnect.backoff.max.ms"] = "100",
                },
            },
            new SourceServices(TimeProvider.System, NullLoggerFactory.Instance));

    private static CtasEngine Loading(ISource source) =>
        new CtasEngineBuilder().UseSource("numbers", source).AddTable("CREATE TABLE t AS SELECT id, n FROM numbers").Build();
}
