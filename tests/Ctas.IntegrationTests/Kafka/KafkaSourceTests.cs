using System.Text;

using Confluent.Kafka;

using Ctas.Data;
using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Consuming;
using Ctas.Kafka.Native;
using Ctas.Kafka.Testing;
using Ctas.Sources;

using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>Kafka sources over the real client and protocol, with faults injected at the embedded brokers.</summary>
public sealed class KafkaSourceTests : IDisposable
{
    private static readonly SourceColumn Id = ScriptedSource.Id;
    private static readonly SourceColumn N = ScriptedSource.N;

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(brokers: 3);

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task Read_SeveralPartitions_GivesExactlyTheRecords()
    {
        _kafka.CreateTopic("t", partitions: 4, replicationFactor: 3);
        await _kafka.ProduceAsync("t", Records(5000), CompressionType.Lz4);

        await using ISourceScan scan = await Source().OpenGuardedAsync();
        List<object?[]> rows = await scan.ReadRowsAsync();

        rows.Select(r => ((string)r[0]!, (long)r[1]!)).OrderBy(r => r.Item2).Should().Equal(
            Enumerable.Range(0, 5000).Select(i => ($"k{i}", (long)i)));
        ScanStatistics statistics = scan.GetStatistics();
        statistics.Records.Should().Be(5000);
        statistics.Positions.Should().Equal(scan.Partitions.Select(p => p.Range.End));
        statistics.Positions.Sum().Should().Be(5000);
        statistics.Warnings.Should().BeEmpty();
    }

    [Fact]
    public async Task Read_RecordsOfOnePartition_ComeInOffsetOrder()
    {
        _kafka.CreateTopic("t", partitions: 3);
        await _kafka.ProduceAsync("t", Records(3000));

        List<object?[]> rows =
            await Source().ReadAllAsync(ScriptedSource.RowPartition, ScriptedSource.RowOffset);

        foreach (IGrouping<int, object?[]> partition in rows.GroupBy(r => (int)r[0]!))
        {
            partition.Select(r => (long)r[1]!).Should().Equal(
                Enumerable.Range(0, partition.Count()).Select(i => (long)i));
        }
    }

    /// <summary>What the client has fetched and nobody has taken tells that it goes on, as it does over records that nobody gets.</summary>
    [Theory]
    [InlineData("t")]
    [InlineData("next_offset")]
    public async Task GetFetched_BeforeAnythingIsTaken_TellsHowFarTheClientIs(string topic)
    {
        _kafka.CreateTopic(topic, partitions: 2);
        await _kafka.ProduceAsync(topic, [.. Records(300).Select((record, i) => record with { Partition = i % 2 })]);
        var configuration = new ClientConfiguration(
            _kafka.BootstrapServers, new Dictionary<string, string> { ["statistics.interval.ms"] = "20" });
        using var consumer = new NativeConsumer(
            topic, configuration, HangGuard.Limit, new ConsumerSession(_ => { }, CancellationToken.None), NullLogger.Instance);

        consumer.Assign([new PartitionPosition(0, 10), new PartitionPosition(1, 20)]);

        await HangGuard.UntilAsync(() => consumer.GetFetched() == 300);
        consumer.GetPosition(0).Offset.Should().Be(-1, "nothing was taken");
    }

    /// <summary>The brokers say that leadership 0 has ended at offset 5: who has come further under it has read what is gone.</summary>
    [Theory]
    [InlineData(5, 0, "k5")]
    [InlineData(8, 1, "k8")]
    [InlineData(8, null, "k8")]
    [InlineData(8, 0, null)]
    public async Task Assign_PositionOfALeadership_IsCheckedByTheBrokers(long offset, int? leaderEpoch, string? first)
    {
        _kafka.CreateTopic("t", partitions: 1, replicationFactor: 3);
        await _kafka.ProduceAsync("t", Records(5));
        _kafka.MoveLeader("t", 0, 2);
        await _kafka.ProduceAsync("t", Records(5, from: 5));
        _kafka.MoveLeader("t", 0, 3);
        using var consumer = new NativeConsumer(
            "t",
            new ClientConfiguration(_kafka.BootstrapServers, new Dictionary<string, string>()),
            HangGuard.Limit,
            new ConsumerSession(_ => { }, CancellationToken.None),
            NullLogger.Instance);
        int before = LeaderEpochOf(consumer, 4);

        consumer.Assign([new PartitionPosition(0, offset) { LeaderEpoch = leaderEpoch + before }]);

        Fetched(consumer).Should().Be(first ?? nameof(ErrorCode.Local_AutoOffsetReset));
        static string Fetched(NativeConsumer consumer)
        {
            ReadOnlySpan<ConsumedMessage> messages;
            do { messages = consumer.Fetch(1, TimeSpan.FromSeconds(1)); }
            while (messages.IsEmpty);

            return messages[0].Error == ErrorCode.NoError ? Encoding.UTF8.GetString(messages[0].Key) : messages[0].Error.ToString();
        }

        static int LeaderEpochOf(NativeConsumer consumer, long offset)
        {
            consumer.Assign([new PartitionPosition(0, offset)]);
            Fetched(consumer).Should().Be($"k{offset}");
            return consumer.GetPosition(0).LeaderEpoch!.Value;
        }
    }

    [Fact]
    public async Task Read_TombstonesTimesAndHeaders_ArriveUnchanged()
    {
        _kafka.CreateTopic("t");
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        await _kafka.ProduceAsync("t",
        [
            EmbeddedRecord.Of("a", """{"n":1}""") with
            {
                Timestamp = time,
                Headers = [new("source", "web"u8.ToArray()), new("empty", null)],
            },
            EmbeddedRecord.Tombstone("a") with { Timestamp = time.AddSeconds(1) },
        ]);

        var origin = new SourceColumn("origin", DataType.Varchar, SourceColumnRole.Header, "source");
        await using ISourceScan scan =
            await Source(Definition() with { Columns = [Id, N, origin] })
                .OpenGuardedAsync(Id, N, origin, ScriptedSource.RowTime);
        SourceBatch batch = (await scan.ReadAsync(CancellationToken.None))!;

        object?[][] rows = [.. ScanRows.RowsOf(batch)];
        rows[0].Should().Equal("a", 1L, "web", time.UtcDateTime);
        rows[1][0].Should().Be("a");
        batch.Tombstones![0].Should().BeFalse();
        batch.Tombstones[1].Should().BeTrue();
    }

    [Fact]
    public async Task Open_EmptyTopic_EndsAtOnce()
    {
        _kafka.CreateTopic("t", partitions: 2);

        (await Source().ReadAllAsync()).Should().BeEmpty();

        _kafka.Requests.Should().NotContain(r => r.ApiKey == KafkaApiKey.Fetch);
    }

    [Fact]
    public async Task Read_LogThatStartsAboveZero_ReadsFromThere()
    {
        _kafka.CreateTopic("t");
        await _kafka.ProduceAsync("t", Records(10));
        await _kafka.ProduceAsync("t", Records(10));
        _kafka.DeleteRecords("t", 0, beforeOffset: 13);

        await using ISourceScan scan = await Source().OpenGuardedAsync();

        scan.Partitions.Single().Range.Should().Be(new OffsetRange(13, 20));
        (await scan.ReadRowsAsync()).Select(r => r[0]).Should().Equal("k3", "k4", "k5", "k6", "k7", "k8", "k9");
    }

    [Fact]
    public async Task Read_RecordsArrivingAfterOpen_AreNotRead()
    {
        _kafka.CreateTopic("t");
        await _kafka.ProduceAsync("t", Records(100));
        await using ISourceScan scan = await Source().OpenGuardedAsync();

        await _kafka.ProduceAsync("t", Records(100));

        (await scan.ReadRowsAsync()).Should().HaveCount(100);
    }

    [Fact]
    public async Task Read_CommittedTransaction_EndsAtItsMarker()
    {
        _kafka.CreateTopic("t");
        using IProducer<string, string> producer = new ProducerBuilder<string, string>(
            new ProducerConfig { BootstrapServers = _kafka.BootstrapServers, TransactionalId = "x" }).Build();
        producer.InitTransactions(TimeSpan.FromSeconds(30));
        producer.BeginTransaction();
        producer.Produce("t", new Message<string, string> { Key = "a", Value = """{"n":1}""" });
        producer.CommitTransaction();

        (await Source().ReadAllAsync()).Select(r => r[0]).Should().Equal("a");
    }

    [Fact]
    public async Task Read_LeaderMovesMidway_LosesNothing()
    {
        _kafka.CreateTopic("t", replicationFactor: 3);
        _kafka.MoveLeader("t", 0, 1);
        for (int i = 0; i < 20; i++) { await _kafka.ProduceAsync("t", Records(50, from: 50 * i)); }

        await using ISourceScan scan = await Source(Definition() with { BatchRows = 10 }).OpenGuardedAsync();
        SourceBatch first = (await scan.ReadAsync(CancellationToken.None))!;
        _kafka.MoveLeader("t", 0, 2);
        List<object?[]> rest = await scan.ReadRowsAsync();

        ScanRows.RowsOf(first).Concat(rest).Select(r => r[0]).Should().Equal(
            Enumerable.Range(0, 1000).Select(i => $"k{i}"));
    }

    [Fact]
    public async Task Read_AllBrokersGoAndComeMidway_LosesNothing()
    {
        _kafka.CreateTopic("t");
        for (int i = 0; i < 20; i++) { await _kafka.ProduceAsync("t", Records(50, from: 50 * i)); }

        await using ISourceScan scan = await Source(
            Definition(("queued.min.messages", "1"), ("queued.max.messages.kbytes", "1")) with { BatchRows = 10 })
            .OpenGuardedAsync();
        SourceBatch first = (await scan.ReadAsync(CancellationToken.None))!;
        _kafka.SetBrokerDown(EmbeddedKafka.AllBrokers);
        Task<List<object?[]>> reading = scan.ReadRowsAsync();
        await HangGuard.UntilAsync(() => scan.GetStatistics().Retries > 0 || reading.IsCompleted);
        _kafka.SetBrokerUp(EmbeddedKafka.AllBrokers);
        List<object?[]> rest = await reading;

        ScanRows.RowsOf(first).Concat(rest).Select(r => r[0]).Should().Equal(
            Enumerable.Range(0, 1000).Select(i => $"k{i}"));
        scan.GetStatistics().Retries.Should().BeGreaterThan(0);
    }

    [Theory]
    [InlineData(ErrorCode.NotLeaderForPartition)]
    [InlineData(ErrorCode.RequestTimedOut)]
    [InlineData(ErrorCode.KafkaStorageError)]
    [InlineData(ErrorCode.Local_Transport)]
    public async Task Read_TransientFetchErrors_LoseNothing(ErrorCode error)
    {
        _kafka.CreateTopic("t", partitions: 2);
        await _kafka.ProduceAsync("t", Records(100));
        _kafka.FailNext(KafkaApiKey.Fetch, error, error);

        (await Source().ReadAllAsync()).Select(r => r[0]).Should().BeEquivalentTo(
            Enumerable.Range(0, 100).Select(i => $"k{i}"));
    }

    [Fact]
    public async Task Read_NotAuthorized_FailsAtOnceWithPosition()
    {
        _kafka.CreateTopic("t");
        await _kafka.ProduceAsync("t", Records(10));
        _kafka.FailNext(KafkaApiKey.Fetch, [.. Enumerable.Repeat(ErrorCode.TopicAuthorizationFailed, 50)]);

        await using ISourceScan scan = await Source().OpenGuardedAsync();
        SourceException failure = await FailureOfAsync(() => scan.ReadRowsAsync());

        failure.Message.Should().StartWith("cannot read t[0] at offset 0: not authorized");
        failure.IsTransient.Should().BeFalse();
        (failure.Partition, failure.Offset).Should().Be(("t[0]", 0L));
        scan.GetStatistics().Retries.Should().Be(0);
    }

    [Fact]
    public async Task Read_RetentionOvertakesTheLoad_FailsAndNeverSkips()
    {
        _kafka.CreateTopic("t");
        for (int i = 0; i < 40; i++) { await _kafka.ProduceAsync("t", Records(50, from: 50 * i)); }

        await using ISourceScan scan = await Source(
            Definition(("queued.min.messages", "1"), ("queued.max.messages.kbytes", "1")) with { BatchRows = 10 })
            .OpenGuardedAsync();
        await scan.ReadAsync(CancellationToken.None);
        _kafka.DeleteRecords("t", 0, beforeOffset: 1990);

        SourceException failure = await FailureOfAsync(() => scan.ReadRowsAsync());
        failure.Message.Should().StartWith("cannot read t[0] at offset ")
            .And.Contain("retention has overtaken the load");
        failure.IsTransient.Should().BeFalse();
        failure.Offset.Should().BeInRange(10, 1989);
    }

    [Fact]
    public async Task Open_MissingTopic_FailsAtOnce()
    {
        SourceException failure = await FailureOfAsync(() => Source().OpenGuardedAsync());

        failure.Message.Should().Be("topic \"t\" not found");
        failure.IsTransient.Should().BeFalse();
        failure.SourceName.Should().Be("source");
    }

    [Fact]
    public async Task Open_MissingTopicThatIsWaitedFor_OpensWhenItComes()
    {
        Task<List<object?[]>> reading =
            Source(Definition() with { WaitsForMissingTopic = true }).ReadAllAsync();
        await HangGuard.UntilAsync(() => _kafka.Requests.Count(r => r.ApiKey == KafkaApiKey.Metadata) > 2);
        reading.IsCompleted.Should().BeFalse();

        _kafka.CreateTopic("t");

        (await reading).Should().BeEmpty();
    }

    [Fact]
    public async Task Open_NotAuthorized_FailsAtOnce()
    {
        _kafka.CreateTopic("t");
        _kafka.SetTopicError("t", ErrorCode.TopicAuthorizationFailed);

        SourceException failure = await FailureOfAsync(() => Source().OpenGuardedAsync());

        failure.Message.Should().Be("not authorized to read topic \"t\"");
        failure.IsTransient.Should().BeFalse();
    }

    [Fact]
    public async Task Open_NoBrokerAnswers_FailsAfterRetriesAndSaysWhy()
    {
        var options = new KafkaSourceOptions
        {
            MaxRetries = 2,
            RetryDelay = TimeSpan.FromMilliseconds(10),
            RequestTimeout = TimeSpan.FromMilliseconds(500),
        };
        var definition = new SourceDefinition("source", new TopicLocation("t", "127.0.0.1:1"));

        SourceException failure = await FailureOfAsync(() => Source(definition, options).OpenGuardedAsync());

        failure.Message.Should().StartWith("could not reach topic \"t\" at 127.0.0.1:1 after 2 retries: ")
            .And.Contain("Connection refused").And.Contain("\"bootstrap.servers\"");
        failure.IsTransient.Should().BeTrue();
    }

    [Fact]
    public async Task Open_Cancelled_DoesNotWaitForTheBroker()
    {
        _kafka.CreateTopic("t");
        _kafka.SetLatency(EmbeddedKafka.AllBrokers, 10 * HangGuard.Limit);
        using var cancellation = new CancellationTokenSource();
        Task<ISourceScan> opening = Source(options: new KafkaSourceOptions { RequestTimeout = 10 * HangGuard.Limit })
            .OpenAsync(new ScanRequest(), cancellation.Token).AsTask();
        await HangGuard.UntilAsync(() => _kafka.Requests.Count > 0);

        await cancellation.CancelAsync();
        Func<Task> act = () => opening.Guarded();

        await act.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Open_TransientFaultWhileCapturing_IsRetried()
    {
        _kafka.CreateTopic("t");
        await _kafka.ProduceAsync("t", Records(3));
        _kafka.FailNext(KafkaApiKey.ListOffsets, ErrorCode.OffsetNotAvailable);

        (await Source().ReadAllAsync()).Should().HaveCount(3);
    }

    [Fact]
    public async Task Open_LeaderHasNotHeardOfItsPartitionYet_IsRetried()
    {
        _kafka.CreateTopic("t");
        await _kafka.ProduceAsync("t", Records(3));
        _kafka.FailNext(KafkaApiKey.ListOffsets, ErrorCode.UnknownTopicOrPart);

        (await Source().ReadAllAsync()).Should().HaveCount(3, "the topic was described with that partition");
    }

    [Fact]
    public async Task Read_JoinsNoGroupAndCommitsNothing()
    {
        _kafka.CreateTopic("t", partitions: 2);
        await _kafka.ProduceAsync("t", Records(100));

        await Source().ReadAllAsync();

        _kafka.Requests.Should().NotContain(r => r.ApiKey == KafkaApiKey.JoinGroup
            || r.ApiKey == KafkaApiKey.OffsetCommit || r.ApiKey == KafkaApiKey.OffsetFetch);
    }

    [Fact]
    public async Task Read_MalformedRecords_GoToTheDeadLetterTopic()
    {
        _kafka.CreateTopic("t");
        _kafka.CreateTopic("dead");
        await _kafka.ProduceAsync("t",
        [
            EmbeddedRecord.Of("a", """{"n":1}"""),
            EmbeddedRecord.Of("b", "{broken") with { Headers = [new("h", "1"u8.ToArray())] },
            EmbeddedRecord.Of("c", """{"n":3}"""),
        ]);

        await using ISourceScan scan = await Source(ToDeadLetters).OpenGuardedAsync();
        List<object?[]> rows = await scan.ReadRowsAsync();

        rows.Select(r => r[0]).Should().Equal("a", "c");
        scan.GetStatistics().Rejected.Should().Be(1);
        ConsumeResult<string, string> dead = ReadOne("dead");
        (dead.Message.Key, dead.Message.Value).Should().Be(("b", "{broken"));
        dead.Message.Headers.ToDictionary(h => h.Key, h => Encoding.UTF8.GetString(h.GetValueBytes()))
            .Should().Contain("h", "1").And.Contain("ctas.partition", "t[0]").And.Contain("ctas.offset", "1")
            .And.ContainKey("ctas.reason");
    }

    [Fact]
    public async Task Read_MoreMalformedRecordsThanTheClientQueues_AllGoToTheDeadLetterTopic()
    {
        _kafka.CreateTopic("t");
        _kafka.CreateTopic("dead");
        await _kafka.ProduceAsync("t", Enumerable.Range(0, 200).Select(i => EmbeddedRecord.Of($"k{i}", "{broken")));

        List<object?[]> rows = await Source(Definition(("queue.buffering.max.messages", "10")) with
        {
            OnError = RecordErrorPolicy.DeadLetter,
            DeadLetterTopic = "dead",
        }).ReadAllAsync();

        rows.Should().BeEmpty();
        _kafka.GetOffsets("dead", 0).End.Should().Be(200);
    }

    [Fact]
    public async Task Read_DeadLetterTopicRefusesARecord_FailsInsteadOfLosingIt()
    {
        _kafka.CreateTopic("t");
        _kafka.CreateTopic("dead");
        await _kafka.ProduceAsync("t", [EmbeddedRecord.Of("a", """{"n":1}"""), EmbeddedRecord.Of("b", "{broken")]);
        _kafka.FailNextProduceTo("dead", 0, ErrorCode.TopicAuthorizationFailed);

        SourceException failure = await FailureOfAsync(() => Source(ToDeadLetters).ReadAllAsync());

        failure.Message.Should().StartWith("could not write to dead-letter topic \"dead\": ");
        failure.IsTransient.Should().BeFalse("rights do not come by themselves");
    }

    [Fact]
    public async Task Read_DeadLetterTopicDoesNotAnswer_FailsInsteadOfLosingARecord()
    {
        _kafka.CreateTopic("t");
        _kafka.CreateTopic("dead");
        await _kafka.ProduceAsync("t", [EmbeddedRecord.Of("a", """{"n":1}"""), EmbeddedRecord.Of("b", "{broken")]);
        _kafka.FailNextOnBroker(1, KafkaApiKey.Produce, new InjectedFault(ErrorCode.NoError, TimeSpan.FromMinutes(10)));

        SourceException failure = await FailureOfAsync(
            () => Source(ToDeadLetters, new KafkaSourceOptions { RequestTimeout = TimeSpan.FromMilliseconds(500) }).ReadAllAsync());

        failure.Message.Should().StartWith("could not write to dead-letter topic \"dead\": ").And.Contain("Timed out");
        failure.IsTransient.Should().BeTrue();
    }

    [Fact]
    public async Task Open_NameLongerThanTheClientTakes_Fails()
    {
        ISource source = Source(Definition() with { Location = new TopicLocation(new string('t', 600), null) });
        Func<Task> open = () => source.OpenGuardedAsync();

        (await open.Should().ThrowAsync<SourceException>()).Which.IsTransient.Should().BeFalse();
    }

    private static SourceDefinition Definition(params (string Name, string Value)[] properties) =>
        new("source", new TopicLocation("t", null))
        {
            Columns = [Id, N],
            ClientProperties = properties.ToDictionary(p => p.Name, p => p.Value),
        };

    private static SourceDefinition ToDeadLetters => Definition() with { OnError = RecordErrorPolicy.DeadLetter, DeadLetterTopic = "dead" };

    private static EmbeddedRecord[] Records(int count, int from = 0) =>
        [.. Enumerable.Range(from, count).Select(i => EmbeddedRecord.Of($"k{i}", $$"""{"n":{{i}}}"""))];

    private static async Task<SourceException> FailureOfAsync<T>(Func<Task<T>> act) =>
        (await act.Should().ThrowAsync<SourceException>()).Which;

    private ISource Source(SourceDefinition? definition = null, KafkaSourceOptions? options = null) =>
        new KafkaSourceFactory(
            _kafka.BootstrapServers, options ?? new KafkaSourceOptions(), new Dictionary<string, string>())
            .Create(definition ?? Definition(), new SourceServices(TimeProvider.System, NullLoggerFactory.Instance));

    private ConsumeResult<string, string> ReadOne(string topic)
    {
        var configuration = new ConsumerConfig { BootstrapServers = _kafka.BootstrapServers, GroupId = "tests" };
        using IConsumer<string, string> consumer = new ConsumerBuilder<string, string>(configuration).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        using var guard = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        return consumer.Consume(guard.Token);
    }
}
