using System.Text;

using Confluent.Kafka;

using Ctas.Kafka.Testing;

namespace Ctas.IntegrationTests.Kafka;

public sealed class EmbeddedKafkaTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Produce_WithEachCodec_IsReadBackWhole(CompressionType codec)
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("codec", partitions: 2);
        EmbeddedRecord[] records =
            [.. Enumerable.Range(0, 500).Select(i => EmbeddedRecord.Of($"k{i}", new string('x', 50) + i))];

        await kafka.ProduceAsync("codec", records, codec);

        List<ConsumeResult<byte[], byte[]>> read = ReadAll(kafka, "codec", partitions: 2);
        read.Select(r => (Encoding.UTF8.GetString(r.Message.Key), Encoding.UTF8.GetString(r.Message.Value))).Order()
            .Should().Equal(
                records.Select(r => (Encoding.UTF8.GetString(r.Key!), Encoding.UTF8.GetString(r.Value!))).Order());
    }

    [Fact]
    public async Task Produce_EveryPartOfARecord_ArrivesUnchanged()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("parts", partitions: 3);
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        var record = new EmbeddedRecord("k"u8.ToArray(), null)
        {
            Partition = 2,
            Timestamp = time,
            Headers = [new("h", "1"u8.ToArray()), new("h", "2"u8.ToArray()), new("n", null)],
        };

        await kafka.ProduceAsync("parts", [record]);

        ConsumeResult<byte[], byte[]> read = ReadAll(kafka, "parts", partitions: 3).Should().ContainSingle().Which;
        read.Partition.Value.Should().Be(2);
        read.Message.Key.Should().Equal("k"u8.ToArray());
        read.Message.Value.Should().BeNull("it is a tombstone");
        read.Message.Timestamp.UnixTimestampMs.Should().Be(time.ToUnixTimeMilliseconds());
        read.Message.Headers.Select(h => (h.Key, h.GetValueBytes() is { } v ? Encoding.UTF8.GetString(v) : null))
            .Should().Equal(("h", "1"), ("h", "2"), ("n", null));
    }

    [Fact]
    public async Task Produce_MoreThanAPartitionKeeps_IsReported()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("t", partitions: 2);
        EmbeddedRecord[] megabytes =
            [.. Enumerable.Range(0, 7).Select(i => new EmbeddedRecord(null, new byte[900_000]) { Partition = 1 })];

        Func<Task> act = () => kafka.ProduceAsync("t", megabytes);
        (await act.Should().ThrowAsync<InvalidOperationException>()).WithMessage("Partition 1 of the topic \"t\"*");

        await kafka.ProduceAsync("other", megabytes, CompressionType.Lz4);
    }

    [Fact]
    public async Task Produce_AfterRecordsWereDeletedOnPurpose_IsFine()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("t");
        EmbeddedRecord[] megabytes =
            [.. Enumerable.Range(0, 5).Select(i => new EmbeddedRecord(null, new byte[900_000]))];
        await kafka.ProduceAsync("t", megabytes);
        kafka.DeleteRecords("t", 0, beforeOffset: 4);

        Func<Task> act = () => kafka.ProduceAsync("t", megabytes[..1]);

        await act.Should().NotThrowAsync();
    }

    [Fact]
    public async Task DeleteRecords_BeforeAnOffset_MovesTheStart()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("retention");
        await kafka.ProduceAsync("retention", Records(10));
        await kafka.ProduceAsync("retention", Records(10));

        kafka.DeleteRecords("retention", 0, beforeOffset: 13);

        kafka.GetOffsets("retention", 0).Should().Be((13, 20));
        ReadAll(kafka, "retention", partitions: 1).Select(r => r.Offset.Value)
            .Should().Equal(Enumerable.Range(13, 7).Select(i => (long)i));
    }

    [Fact]
    public async Task DeleteRecords_BeyondTheEnd_IsRefused()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("retention");

        Action act = () => kafka.DeleteRecords("retention", 0, beforeOffset: 1);

        act.Should().Throw<KafkaException>().WithMessage("*partition 0*\"retention\"*offset 1*");
    }

    [Fact]
    public async Task DeleteTopic_IsGoneForClients()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("gone");
        TopicError(kafka, "gone").Should().Be(ErrorCode.NoError);

        kafka.DeleteTopic("gone");

        TopicError(kafka, "gone").Should().Be(ErrorCode.UnknownTopicOrPart);
    }

    [Fact]
    public async Task SetTopicError_ShowsInMetadata_UntilTakenBack()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("secret");

        kafka.SetTopicError("secret", ErrorCode.TopicAuthorizationFailed);
        TopicError(kafka, "secret").Should().Be(ErrorCode.TopicAuthorizationFailed);

        kafka.SetTopicError("secret", ErrorCode.NoError);
        TopicError(kafka, "secret").Should().Be(ErrorCode.NoError);
    }

    [Fact]
    public async Task SetBrokerDown_RefusesConnections_UntilUpAgain()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("t");
        await kafka.ProduceAsync("t", Records(5));

        kafka.SetBrokerDown(1);
        Action whileDown = () => EndOffset(kafka, "t", TimeSpan.FromSeconds(1));
        whileDown.Should().Throw<KafkaException>();

        kafka.SetBrokerUp(1);
        EndOffset(kafka, "t", HangGuard).Should().Be(5);
    }

    [Fact]
    public async Task SetBrokerDown_OfAnUnknownBroker_IsRefused()
    {
        await using var kafka = EmbeddedKafka.Start();

        Action act = () => kafka.SetBrokerDown(7);

        act.Should().Throw<KafkaException>().WithMessage("*broker 7*");
    }

    [Fact]
    public async Task MoveLeader_IsSeenByClients_AndKeepsTheRecords()
    {
        await using var kafka = EmbeddedKafka.Start(brokers: 3);
        kafka.CreateTopic("t", partitions: 1, replicationFactor: 3);
        await kafka.ProduceAsync("t", Records(5));
        int leader = LeaderOf(kafka, "t");
        int other = leader % 3 + 1;

        kafka.MoveLeader("t", 0, other);

        LeaderOf(kafka, "t").Should().Be(other);
        ReadAll(kafka, "t", partitions: 1).Should().HaveCount(5);
    }

    [Fact]
    public async Task FailNext_AffectsExactlyThatManyRequests()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("t");
        kafka.FailNext(KafkaApiKey.ListOffsets, ErrorCode.TopicAuthorizationFailed);

        Action first = () => EndOffset(kafka, "t", HangGuard);

        first.Should().Throw<KafkaException>().Which.Error.Code.Should().Be(ErrorCode.TopicAuthorizationFailed);
        EndOffset(kafka, "t", HangGuard).Should().Be(0);
    }

    [Fact]
    public async Task FailNextOnBroker_AffectsThatBrokerOnly()
    {
        await using var kafka = EmbeddedKafka.Start(brokers: 2);
        kafka.CreateTopic("t");
        kafka.MoveLeader("t", 0, 2);

        kafka.FailNextOnBroker(1, KafkaApiKey.ListOffsets, new InjectedFault(ErrorCode.TopicAuthorizationFailed));
        EndOffset(kafka, "t", HangGuard).Should().Be(0);

        kafka.FailNextOnBroker(2, KafkaApiKey.ListOffsets, new InjectedFault(ErrorCode.TopicAuthorizationFailed));
        Action act = () => EndOffset(kafka, "t", HangGuard);
        act.Should().Throw<KafkaException>().Which.Error.Code.Should().Be(ErrorCode.TopicAuthorizationFailed);
    }

    [Fact]
    public async Task FailNextProduceTo_LeavesOtherPartitionsAlone()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("t", partitions: 2);
        kafka.FailNextProduceTo("t", 1, ErrorCode.TopicAuthorizationFailed);

        await kafka.ProduceAsync("t", [EmbeddedRecord.Of("k", "v") with { Partition = 0 }]);

        Func<Task> act = () => kafka.ProduceAsync("t", [EmbeddedRecord.Of("k", "v") with { Partition = 1 }]);
        (await act.Should().ThrowAsync<KafkaException>())
            .Which.Error.Code.Should().Be(ErrorCode.TopicAuthorizationFailed);
    }

    [Fact]
    public async Task ClearFaults_TakesErrorsBack()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("t");
        kafka.FailNext(KafkaApiKey.ListOffsets, ErrorCode.TopicAuthorizationFailed);

        kafka.ClearFaults(KafkaApiKey.ListOffsets);

        EndOffset(kafka, "t", HangGuard).Should().Be(0);
    }

    [Fact]
    public async Task SetLatency_HoldsAnswersBack()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("t");
        using IConsumer<Ignore, Ignore> consumer = new ConsumerBuilder<Ignore, Ignore>(Configuration(kafka)).Build();
        EndOffset(consumer, "t", HangGuard);
        var latency = TimeSpan.FromMilliseconds(200);
        kafka.SetLatency(EmbeddedKafka.AllBrokers, latency);

        long start = TimeProvider.System.GetTimestamp();
        EndOffset(consumer, "t", HangGuard);

        TimeProvider.System.GetElapsedTime(start).Should().BeGreaterThanOrEqualTo(latency);
    }

    [Fact]
    public async Task SetCoordinator_SendsTheGroupToThatBroker()
    {
        await using var kafka = EmbeddedKafka.Start(brokers: 3);
        kafka.CreateTopic("t");
        kafka.SetCoordinator("g", 3);

        ConsumerConfig configuration = Configuration(kafka);
        configuration.GroupId = "g";
        using (IConsumer<Ignore, Ignore> consumer = new ConsumerBuilder<Ignore, Ignore>(configuration).Build())
        {
            consumer.Commit([new TopicPartitionOffset("t", 0, 0)]);
        }

        kafka.Requests.Where(r => r.ApiKey == KafkaApiKey.OffsetCommit)
            .Should().NotBeEmpty().And.OnlyContain(r => r.BrokerId == 3);
    }

    [Fact]
    public async Task Requests_ShowWhatWasAsked_UntilCleared()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("t");
        kafka.Requests.Should().NotContain(r => r.ApiKey == KafkaApiKey.ListOffsets);

        EndOffset(kafka, "t", HangGuard);
        kafka.Requests.Should().Contain(new KafkaRequest(KafkaApiKey.ListOffsets, 1));

        kafka.ClearRequests();
        kafka.Requests.Should().NotContain(r => r.ApiKey == KafkaApiKey.ListOffsets);
    }

    [Fact]
    public async Task Start_SeveralClusters_AreSeparate()
    {
        await using var first = EmbeddedKafka.Start();
        await using var second = EmbeddedKafka.Start(brokers: 3);
        first.CreateTopic("t");
        second.CreateTopic("t");

        await first.ProduceAsync("t", Records(3));

        first.BootstrapServers.Should().NotBe(second.BootstrapServers);
        first.GetOffsets("t", 0).Should().Be((0, 3));
        second.GetOffsets("t", 0).Should().Be((0, 0));
        second.BootstrapServers.Split(',').Should().HaveCount(3);
        second.BrokerIds.Should().Equal(1, 2, 3);
    }

    [Fact]
    public async Task Dispose_Again_DoesNothing_AndUseIsRefused()
    {
        var kafka = EmbeddedKafka.Start();
        await kafka.ProduceAsync("t", Records(1));

        await kafka.DisposeAsync();
        await kafka.DisposeAsync();
        kafka.Dispose();

        Action[] uses =
        [
            () => _ = kafka.BootstrapServers,
            () => _ = kafka.Requests,
            () => kafka.CreateTopic("t"),
            () => kafka.SetBrokerDown(1),
            () => kafka.FailNext(KafkaApiKey.Fetch, ErrorCode.Unknown),
            () => kafka.Produce("t", Records(1)),
            () => kafka.GetOffsets("t", 0),
        ];
        foreach (Action use in uses) { use.Should().Throw<ObjectDisposedException>(); }
    }

    [Fact]
    public void Dispose_ManyClusters_LeavesNoSocketsBehind()
    {
        if (!OperatingSystem.IsLinux()) { return; }

        var listeners = new List<string>();
        for (int i = 0; i < 20; i++)
        {
            using var kafka = EmbeddedKafka.Start(brokers: 3);
            kafka.CreateTopic("t");
            listeners.AddRange(ListenersAt([.. kafka.BootstrapServers.Split(',').Select(server => int.Parse(server.Split(':')[1], null))]));
        }

        listeners.Should().HaveCount(60);
        OpenSockets().Should().NotIntersectWith(listeners);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void Start_WithAnImpossibleNumberOfBrokers_IsRefused(int brokers)
    {
        Action act = () => EmbeddedKafka.Start(brokers).Dispose();

        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public async Task CreateTopic_Twice_IsRefused()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("t");

        Action act = () => kafka.CreateTopic("t");

        act.Should().Throw<KafkaException>().WithMessage("*\"t\"*");
    }

    private static EmbeddedRecord[] Records(int count) =>
        [.. Enumerable.Range(0, count).Select(i => EmbeddedRecord.Of($"k{i}", $"v{i}"))];

    private static ConsumerConfig Configuration(EmbeddedKafka kafka) => new()
    {
        BootstrapServers = kafka.BootstrapServers,
        GroupId = "tests",
        EnablePartitionEof = true,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnableAutoCommit = false,
        // The embedded brokers let an empty fetch wait its full time.
        FetchWaitMaxMs = 10,
    };

    private static List<ConsumeResult<byte[], byte[]>> ReadAll(EmbeddedKafka kafka, string topic, int partitions)
    {
        using IConsumer<byte[], byte[]> consumer =
            new ConsumerBuilder<byte[], byte[]>(Configuration(kafka)).Build();
        consumer.Assign(Enumerable.Range(0, partitions)
            .Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        using var guard = new CancellationTokenSource(HangGuard);
        var records = new List<ConsumeResult<byte[], byte[]>>();
        int open = partitions;
        while (open > 0)
        {
            ConsumeResult<byte[], byte[]> result = consumer.Consume(guard.Token);
            if (result.IsPartitionEOF) { open--; } else { records.Add(result); }
        }

        return records;
    }

    private static long EndOffset(EmbeddedKafka kafka, string topic, TimeSpan timeout)
    {
        using IConsumer<Ignore, Ignore> consumer =
            new ConsumerBuilder<Ignore, Ignore>(Configuration(kafka)).SetLogHandler((_, _) => { }).Build();
        return EndOffset(consumer, topic, timeout);
    }

    private static long EndOffset(IConsumer<Ignore, Ignore> consumer, string topic, TimeSpan timeout)
    {
        var end = new Timestamp(Offset.End.Value, TimestampType.CreateTime);
        return consumer.OffsetsForTimes([new TopicPartitionTimestamp(topic, 0, end)], timeout)[0].Offset.Value;
    }

    private static TopicMetadata MetadataOf(EmbeddedKafka kafka, string topic)
    {
        using IAdminClient admin =
            new AdminClientBuilder(new AdminClientConfig
            {
                BootstrapServers = kafka.BootstrapServers,
                AllowAutoCreateTopics = false,
            }).Build();
        return admin.GetMetadata(HangGuard).Topics.SingleOrDefault(t => t.Topic == topic)
            ?? admin.GetMetadata(topic, HangGuard).Topics.Single();
    }

    private static ErrorCode TopicError(EmbeddedKafka kafka, string topic) => MetadataOf(kafka, topic).Error.Code;

    private static int LeaderOf(EmbeddedKafka kafka, string topic) =>
        MetadataOf(kafka, topic).Partitions.Single().Leader;

    /// <summary>The sockets of this machine that listen at some ports, by their numbers, which none gets again.</summary>
    private static IEnumerable<string> ListenersAt(int[] ports) =>
        from line in File.ReadLines("/proc/self/net/tcp").Skip(1)
        let columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        let isListening = columns[3] == "0A"
        where isListening && ports.Contains(Convert.ToInt32(columns[1].Split(':')[1], 16))
        select columns[9];

    /// <summary>The sockets that this process has open.</summary>
    private static IEnumerable<string> OpenSockets() =>
        from file in new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos()
        let target = file.LinkTarget
        where target?.StartsWith("socket:[", StringComparison.Ordinal) == true
        select target["socket:[".Length..^1];
}
