using Confluent.Kafka;

using Ctas.Kafka;
using Ctas.Kafka.Consuming;
using Ctas.Kafka.Testing;
using Ctas.Sources;

using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>Reads without an end: on a scripted consumer for what no test broker shows, and over the real protocol.</summary>
public sealed class KafkaTailTests
{
    private readonly ScriptedTopic _topic = new(new InstantTime());

    [Fact]
    public async Task Tail_FromAPosition_GivesWhatFollowsEachRecordOnce()
    {
        _topic.AddPartition().Records(3);
        _topic.Rewind = 2;
        _topic.BeforeFetch(4, () => _topic.Partitions[0].Records(2, from: 3));

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 1));

        (await ReadKeysAsync(tail, until: 5)).Should().Equal("k1", "k2", "k3", "k4");
    }

    [Fact]
    public async Task Tail_MarkersAndHoles_MoveThePositionWithoutRows()
    {
        _topic.AddPartition().Records(1).Marker().Hole(3).Marker();

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));

        (await ReadKeysAsync(tail, until: 6)).Should().Equal("k0");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public async Task Tail_UpToAnOffset_ComesExactlyThereWhateverFollows(long upTo)
    {
        _topic.AddPartition().Records(4).Marker().Hole(1).Records(4, from: 6);
        _topic.AddPartition().Records(2);
        TailRequest request = RequestOf(new PartitionOffset(0, 1), new PartitionOffset(1, 0)) with { UpTo = [new PartitionOffset(0, upTo)] };

        await using ISourceTail tail = await ((ITailSource)ScriptedSource.Over(_topic)).OpenTailAsync(request, CancellationToken.None);
        var keys = new List<string>();
        TailBatch batch;
        do
        {
            batch = await ReadAsync(tail);
            keys.AddRange(KeysOf(batch));
        }
        while (batch.Positions[0].Offset < upTo);

        batch.Positions.Should().Equal(new PartitionOffset(0, upTo), new PartitionOffset(1, 0));
        keys.Should().Equal(new[] { "k1", "k2", "k3", "k6", "k7" }.Take(upTo == 3 ? 2 : upTo == 5 ? 3 : 5));
    }

    [Fact]
    public async Task Tail_NothingButMarkersAndHoles_GivesThePositionBehindThem()
    {
        _topic.AddPartition().Records(1).Marker().Hole(3).Marker();

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 1));

        (await ReadKeysAsync(tail, until: 6)).Should().BeEmpty("who waits for an offset behind them would wait for ever");
    }

    [Fact]
    public async Task Tail_ManyTransientFaults_AreOutlasted()
    {
        ScriptedPartition partition = _topic.AddPartition().Records(2);
        for (int i = 0; i < 40; i++) { partition.Errors.Enqueue(ErrorCode.Local_Transport); }

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));

        (await ReadKeysAsync(tail, until: 2)).Should().Equal("k0", "k1");
        tail.GetStatus().Statistics.Retries.Should().Be(40);
    }

    [Fact]
    public async Task Tail_BrokersAreAway_SaysSoUntilTheyAnswer()
    {
        var opened = new TaskCompletionSource<ISourceTail>(TaskCreationOptions.RunContinuationsAsynchronously);
        List<string?> faults = [];
        _topic.AddPartition();
        _topic.BeforeFetch(2, () =>
        {
            // Told once: the client says nothing more while it tries to connect.
            _topic.ClientFaults.Enqueue(new KafkaFault(ErrorCode.Local_AllBrokersDown, "all brokers down"));
            _topic.IsAway = true;
        });
        for (int fetch = 4; fetch < 10; fetch++) { _topic.BeforeFetch(fetch, () => faults.Add(opened.Task.Result.GetStatus().Fault)); }

        _topic.BeforeFetch(10, () => _topic.IsAway = false);
        _topic.BeforeFetch(11, () => faults.Add(opened.Task.Result.GetStatus().Fault));
        _topic.BeforeFetch(12, () => _topic.Partitions[0].Records(1));

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));
        opened.SetResult(tail);
        (await ReadKeysAsync(tail, until: 1)).Should().Equal("k0");

        faults.Should().Equal([.. Enumerable.Repeat("all brokers down", 6), null]);
    }

    [Fact]
    public async Task Tail_RecordsAreGone_SaysWhere()
    {
        ScriptedPartition partition = _topic.AddPartition().Records(2);
        partition.Errors.Enqueue(ErrorCode.OffsetOutOfRange);

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 1));
        Func<Task> read = () => ReadKeysAsync(tail, until: 2);

        SourceException error = (await read.Should().ThrowAsync<SourceException>()).Which;
        (error.Partition, error.Offset, error.IsTransient).Should().Be(("t[0]", 1L, false));
    }

    [Theory]
    [InlineData(ErrorCode.UnknownTopicOrPart)]
    [InlineData(ErrorCode.Local_UnknownTopic)]
    [InlineData(ErrorCode.Local_UnknownPartition)]
    public async Task Tail_TopicUnknownForAMoment_GoesOn(ErrorCode error)
    {
        _topic.TopicId = "first";
        ScriptedPartition partition = _topic.AddPartition().Records(2);
        _topic.BeforeFetch(2, () =>
        {
            // Told by the fetch, then by those who are asked.
            partition.Errors.Enqueue(error);
            _topic.FailMetadata([.. Enumerable.Repeat(error, 5)]);
            partition.Records(2, from: 2);
        });

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));

        (await ReadKeysAsync(tail, until: 4)).Should().Equal("k0", "k1", "k2", "k3");
        tail.GetStatus().Fault.Should().BeNull();
    }

    [Theory]
    [InlineData("first", 30)]
    [InlineData(null, 0)]
    public async Task Tail_TopicUnknownForLong_WasDeleted(string? id, int seconds)
    {
        _topic.TopicId = id;
        ScriptedPartition partition = _topic.AddPartition().Records(2);
        TimeSpan unknownAt = default;
        _topic.BeforeFetch(2, () =>
        {
            unknownAt = TimeSpan.FromTicks(_topic.Time.GetTimestamp());
            partition.Errors.Enqueue(ErrorCode.UnknownTopicOrPart);
            _topic.FailMetadata([.. Enumerable.Repeat(ErrorCode.UnknownTopicOrPart, 1000)]);
        });

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));
        Func<Task> read = () => ReadKeysAsync(tail, until: 3);

        SourceException error = (await read.Should().ThrowAsync<SourceException>()).Which;
        (error.IsTransient, error.Message).Should().Be((false, id is null
            ? "cannot read t[0] at offset 2: the topic or partition is gone (Broker: Unknown topic or partition)"
            : "topic \"t\" not found"));
        (TimeSpan.FromTicks(_topic.Time.GetTimestamp()) - unknownAt).Should()
            .BeCloseTo(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Tail_LogCutByAChangeOfLeader_SaysSo()
    {
        ScriptedPartition partition = _topic.AddPartition().Records(2);
        _topic.BeforeFetch(2, () => partition.Errors.Enqueue(ErrorCode.Local_LogTruncation));

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));
        Func<Task> read = () => ReadKeysAsync(tail, until: 3);

        (await read.Should().ThrowAsync<SourceException>()).Which.Message.Should()
            .StartWith("cannot read t[0] at offset 2: its log was cut, records that were read are gone (")
            .And.EndWith("; load it again");
    }

    [Fact]
    public async Task Tail_TopicMadeAnewAndAlreadyLonger_IsNoticedByItsId()
    {
        _topic.TopicId = "first";
        ScriptedPartition partition = _topic.AddPartition().Records(2);
        _topic.BeforeFetch(2, () =>
        {
            (_topic.TopicId, _) = ("second", partition.Records(5, from: 2));
            partition.Errors.Enqueue(ErrorCode.Local_Transport);
        });

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));
        Func<Task> read = () => ReadKeysAsync(tail, until: 7);

        SourceException error = (await read.Should().ThrowAsync<SourceException>()).Which;
        error.Message.Should().Contain("t[0] at offset 2").And.Contain("made anew");
        error.IsTransient.Should().BeFalse();
    }

    [Fact]
    public async Task Tail_TopicMadeAnewAndShorter_IsNoticedByItsEnd()
    {
        ScriptedPartition partition = _topic.AddPartition().Records(4);
        _topic.BeforeFetch(2, () =>
        {
            partition.CutTo(1);
            partition.Errors.Enqueue(ErrorCode.OffsetOutOfRange);
        });

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));
        Func<Task> read = () => ReadKeysAsync(tail, until: 5);

        (await read.Should().ThrowAsync<SourceException>()).Which.Message.Should().Contain("made anew").And.Contain("it has offsets 0 to 1 now");
    }

    [Fact]
    public async Task Tail_AddedPartition_IsReadFromItsFirstRecord()
    {
        _topic.AddPartition().Records(1);
        _topic.BeforeFetch(10, () => _topic.AddPartition().Records(2, from: 7));

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 1));
        List<string> keys = [];
        while (keys.Count < 2) { keys.AddRange(KeysOf(await ReadAsync(tail))); }

        keys.Should().Equal("k7", "k8");
    }

    [Fact]
    public async Task Tail_RealBroker_FollowsWhatIsProducedAcrossABrokerThatIsDown()
    {
        await using EmbeddedKafka kafka = EmbeddedKafka.Start(brokers: 1);
        kafka.CreateTopic("t");
        await kafka.ProduceAsync("t", [EmbeddedRecord.Of("k0", """{"n":0}"""), EmbeddedRecord.Of("k1", """{"n":1}""")]);
        var factory = new KafkaSourceFactory(
            kafka.BootstrapServers,
            new KafkaSourceOptions { RetryDelay = TimeSpan.FromMilliseconds(20), MaxRetryDelay = TimeSpan.FromMilliseconds(100) },
            new Dictionary<string, string> { ["reconnect.backoff.max.ms"] = "200" });
        var source = (ITailSource)factory.Create(
            ScriptedSource.Definition, new SourceServices(TimeProvider.System, NullLoggerFactory.Instance));

        await using ISourceTail tail = await source.OpenTailAsync(RequestOf(new PartitionOffset(0, 1)), CancellationToken.None);
        (await ReadKeysAsync(tail, until: 2)).Should().Equal("k1");

        kafka.SetBrokerDown(1);
        kafka.SetBrokerUp(1);
        await kafka.ProduceAsync("t", [EmbeddedRecord.Of("k2", """{"n":2}""")]);

        (await ReadKeysAsync(tail, until: 3)).Should().Equal("k2");
        tail.GetStatus().Ends.Should().Equal(new PartitionOffset(0, 3));
    }

    private static TailRequest RequestOf(params PartitionOffset[] from) => new(
        ScriptedSource.Definition with { Mode = ReadMode.Changelog },
        new ScanRequest([ScriptedSource.Id, ScriptedSource.N]),
        from);

    private async Task<ISourceTail> OpenAsync(params PartitionOffset[] from) =>
        await ((ITailSource)ScriptedSource.Over(_topic)).OpenTailAsync(RequestOf(from), CancellationToken.None);

    private static async Task<List<string>> ReadKeysAsync(ISourceTail tail, long until)
    {
        var keys = new List<string>();
        while (true)
        {
            TailBatch batch = await ReadAsync(tail);
            keys.AddRange(KeysOf(batch));
            if (batch.Positions[0].Offset >= until) { return keys; }
        }
    }

    private static async Task<TailBatch> ReadAsync(ISourceTail tail)
    {
        using var guard = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        return await tail.ReadAsync(guard.Token);
    }

    private static IEnumerable<string> KeysOf(TailBatch batch) =>
        batch.Rows is null ? [] : ScanRows.RowsOf(batch.Rows).Select(row => (string)row[0]!);
}
