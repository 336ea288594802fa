using Confluent.Kafka;

using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Loading;

/// <content>Loads that share a topic out among the members of a consumer group.</content>
public sealed partial class ProductionTests
{
    private const int GroupPartitions = 6;
    private const int GroupRecords = 3_000;
    private const int GroupKeys = 900;

    [Fact]
    public async Task Rebalance_DuringGroupLoad_LosesNothing()
    {
        await using var brokers = EmbeddedKafka.Start(brokers: 3);
        brokers.SetGroupDelay(TimeSpan.Zero);
        brokers.CreateTopic("numbers", GroupPartitions, replicationFactor: 3);
        await brokers.ProduceAsync("numbers", GroupTopic());
        // The first has read all partitions but one before it shares them: some it has read go to others, whichever those are.
        var first = new GroupLoader(brokers, heldAt: GroupPartitions);
        var second = new GroupLoader(brokers, heldAt: 2);
        var third = new GroupLoader(brokers, heldAt: 2);

        // Each is held in the middle of its load when the next one joins; the group has moved partitions when that one reads.
        await first.BeginAsync();
        await second.BeginAsync();
        brokers.SetCoordinator("shop", brokers.BrokerIds[2]);
        brokers.FailNext(KafkaApiKey.Heartbeat, ErrorCode.NotCoordinatorForGroup, ErrorCode.GroupCoordinatorNotAvailable);
        await third.BeginAsync();

        // One leaves in the middle of its own.
        await third.DisposeAsync();
        first.Go.Open();
        second.Go.Open();
        await HangGuard.UntilAsync(() => GroupLoader.AreDone(first, second));

        first.Source.Opened.Should().BeGreaterThan(first.Partitions.Length, "partitions were taken from it while it read");
        string[] rows = TableContents.Sorted(first.Rows.Concat(second.Rows));
        rows.Should().Equal(TableContents.Sorted(
            Enumerable.Range(GroupRecords - GroupKeys, GroupKeys).Select(n => TableContents.Line($"k{n % GroupKeys}", n))));
        brokers.Requests.Should().NotContain(request => request.ApiKey == KafkaApiKey.OffsetCommit, "a load commits nothing");
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    /// <summary>Several versions of each key, each key in one partition.</summary>
    private static IEnumerable<EmbeddedRecord> GroupTopic() => Enumerable.Range(0, GroupRecords).Select(n =>
        EmbeddedRecord.Of($"k{n % GroupKeys}", $$"""{"n":{{n}}}""") with { Partition = n % GroupKeys % GroupPartitions });

    /// <summary>An engine that loads its share, held at a partition until it is told to go on; loads again when it has to.</summary>
    private sealed class GroupLoader : IAsyncDisposable
    {
        private readonly CtasEngine _engine;
        private Task<LoadResult>? _loading;

        /// <param name="brokers">The brokers.</param>
        /// <param name="heldAt">The how many-th partition that it opens.</param>
        public GroupLoader(EmbeddedKafka brokers, int heldAt)
        {
            var definition = new SourceDefinition("numbers", new TopicLocation("numbers", null))
            {
                Group = "shop",
                ClientProperties = new Dictionary<string, string> { ["session.timeout.ms"] = "2000", ["heartbeat.interval.ms"] = "50" },
            };
            int opened = 0;
            Source = new ObservedSource(TopicSource.Of(brokers.BootstrapServers, definition))
            {
                BeforeOpen = token => Interlocked.Increment(ref opened) == heldAt ? Go.PassAsync(token) : Task.CompletedTask,
            };
            _engine = new CtasEngineBuilder()
                .UseSource("numbers", Source)
                .AddTable("CREATE TABLE t AS SELECT ROWKEY AS id, n FROM numbers")
                .Build();
        }

        public ObservedSource Source { get; }

        public Gate Go { get; } = new();

        public IEnumerable<string> Rows => _engine.Tables["t"].Contents();

        public string[] Partitions =>
            _engine.Tables.TryGetMetadata("t", out TableMetadata? table) ? [.. table.Positions.Select(position => position.Partition)] : [];

        /// <summary>Starts to load, and returns in the middle of it.</summary>
        public Task BeginAsync()
        {
            _loading = _engine.LoadAsync();
            return Go.ArrivedAsync();
        }

        /// <summary>True when the members hold the whole topic between them; whose share has changed is loading it again.</summary>
        public static bool AreDone(params GroupLoader[] members) =>
            members.All(member => member.IsReady())
            && members.SelectMany(member => member.Partitions).Order(StringComparer.Ordinal)
                .SequenceEqual(Enumerable.Range(0, GroupPartitions).Select(partition => $"numbers[{partition}]"));

        public ValueTask DisposeAsync() => _engine.DisposeAsync();

        private bool IsReady()
        {
            if (!_loading!.IsCompleted) { return false; }

            _loading.GetAwaiter().GetResult();
            TableState state = _engine.Tables.TryGetMetadata("t", out TableMetadata? table) ? table.State : TableState.Dropped;
            if (state == TableState.Failed) { _loading = _engine.LoadAsync(); }

            return state == TableState.Ready;
        }
    }
}
