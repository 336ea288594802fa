using Confluent.Kafka;

using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Consuming;
using Ctas.Kafka.Testing;
using Ctas.Sources;

using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>Reads without an end: on a scripted consumer for what no test broker shows, and over the real protocol.</summary>
public sealed partial class KafkaTailTests
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
    public async Task Tail_ConnectedAgainAndNothingHeardYet_DoesNotClaimToBeWell()
    {
        var opened = new TaskCompletionSource<ISourceTail>(TaskCreationOptions.RunContinuationsAsynchronously);
        List<TailStatus> told = [];
        ScriptedPartition partition = _topic.AddPartition().Records(3);
        _topic.SilentUntil = 8;
        _topic.BeforeFetch(2, () => _topic.ClientFaults.Enqueue(new KafkaFault(ErrorCode.Local_AllBrokersDown, "all brokers down")));
        for (int fetch = 4; fetch <= 9; fetch++) { _topic.BeforeFetch(fetch, () => told.Add(opened.Task.Result.GetStatus())); }

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 1));
        opened.SetResult(tail);
        (await ReadKeysAsync(tail, until: 3)).Should().Equal("k1", "k2");

        told.Should().OnlyContain(status => status.Fault == "all brokers down", "its end is not known, so neither is its lag");
        (tail.GetStatus().Fault, tail.GetStatus().Ends[0].Offset).Should().Be((null, partition.End));
    }

    [Fact]
    public async Task Tail_ConnectedAgain_KeepsTheEndsThatItKnew()
    {
        var opened = new TaskCompletionSource<ISourceTail>(TaskCreationOptions.RunContinuationsAsynchronously);
        List<long> told = [];
        ScriptedPartition partition = _topic.AddPartition().Records(40);
        _topic.BeforeFetch(3, () =>
        {
            partition.Errors.Enqueue(ErrorCode.Local_Transport);
            _topic.SilentUntil = 8;
        });
        for (int fetch = 5; fetch <= 8; fetch++) { _topic.BeforeFetch(fetch, () => told.Add(opened.Task.Result.GetStatus().Ends[0].Offset)); }

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));
        opened.SetResult(tail);
        await ReadKeysAsync(tail, until: 40);

        told.Should().OnlyContain(end => end == 40);
    }

    [Fact]
    public async Task Tail_FaultBehindRecordsOfTheSameFetch_HandsThemOnBeforeItPasses()
    {
        _topic.AddPartition().Records(2);
        ScriptedPartition faulty = _topic.AddPartition();
        for (int error = 0; error < 10_000; error++) { faulty.Errors.Enqueue(ErrorCode.Local_Transport); }

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0), new PartitionOffset(1, 0));

        (await ReadKeysAsync(tail, until: 2)).Should().Equal("k0", "k1");
        lock (_topic.Gate) { faulty.Errors.Count.Should().BePositive("it has not passed yet"); }
    }

    [Fact]
    public async Task Tail_LoginRefusedWhileItReadsOn_StillFindsAddedPartitions()
    {
        _topic.AddPartition().Records(1);
        _topic.BeforeFetch(5, () => _topic.RefusedConsumers = _topic.Consumers);
        _topic.BeforeFetch(10, () => _topic.AddPartition().Records(2, from: 7));

        await ShouldReadAddedPartitionAsync();
    }

    private async Task ShouldReadAddedPartitionAsync()
    {
        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 1));
        List<string> keys = [];
        while (keys.Count < 2) { keys.AddRange(KeysOf(await ReadAsync(tail))); }

        keys.Should().Equal("k7", "k8");
    }

    /// <summary>A broker that is restarting, or a token that has run out: what the brokers let in before they may let in again.</summary>
    [Fact]
    public async Task Tail_LoginRefused_IsToldAndTriedAgain()
    {
        await using var broker = RefusingBroker.OfLogins();
        var factory = new KafkaSourceFactory(
            broker.BootstrapServers,
            new KafkaSourceOptions { RetryDelay = TimeSpan.FromMilliseconds(1), MaxRetryDelay = TimeSpan.FromMilliseconds(5), RequestTimeout = TimeSpan.FromMinutes(2) },
            new Dictionary<string, string>
            {
                ["security.protocol"] = "SASL_PLAINTEXT",
                ["sasl.mechanism"] = "PLAIN",
                ["sasl.username"] = "u",
                ["sasl.password"] = "p",
            });
        var source = (ITailSource)factory.Create(ScriptedSource.Definition, new SourceServices(TimeProvider.System, NullLoggerFactory.Instance));

        await using ISourceTail tail = await source.OpenTailAsync(RequestOf(new PartitionOffset(0, 0)), CancellationToken.None);
        Task<TailBatch> read = tail.ReadAsync(CancellationToken.None).AsTask();

        await HangGuard.UntilAsync(() => broker.Connections >= 5
            && tail.GetStatus().Fault?.Contains("Authentication failed", StringComparison.Ordinal) == true);
        read.IsCompleted.Should().BeFalse("a login that is refused for a while does not end what was let in before");
        await tail.DisposeAsync();
        await read.Awaiting(it => it).Should().ThrowAsync<OperationCanceledException>();
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

    [Fact]
    public async Task Tail_TopicUnknownBehindRecordsOfTheSameFetch_DecodesThemOnce()
    {
        _topic.TopicId = "first";
        _topic.AddPartition().Records(2);
        _topic.AddPartition().Errors.Enqueue(ErrorCode.UnknownTopicOrPart);

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0), new PartitionOffset(1, 0));

        (await ReadKeysAsync(tail, until: 2)).Should().Equal("k0", "k1");
        lock (_topic.Gate) { _topic.Partitions[0].Records(1, from: 2); }

        (await ReadKeysAsync(tail, until: 3)).Should().Equal("k2");
        _topic.Delivered.Should().Be(3, "a malformed one would else go to the dead letters twice");
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

    /// <summary>An unclean election: a leader that had less has taken over, and has written on.</summary>
    [Fact]
    public async Task Tail_LogCutWhileAwayAndGrownBeyondIt_SaysSo()
    {
        ScriptedPartition partition = _topic.AddPartition();
        partition.LeaderEpoch = 1;
        partition.Records(4);
        _topic.BeforeFetch(2, () =>
        {
            partition.Errors.Enqueue(ErrorCode.Local_Transport);
            partition.CutTo(2);
            partition.LeaderEpoch = 2;
            partition.Records(8, from: 100);
        });

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));
        Func<Task> read = () => ReadKeysAsync(tail, until: 10);

        (await read.Should().ThrowAsync<SourceException>()).Which.Message.Should()
            .StartWith("cannot read t[0] at offset 4: its log was cut, records that were read are gone (").And.EndWith("; load it again");
    }

    /// <summary>Elections that lose nothing, also where the last offsets before them held no record.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tail_LeadersChangeWhileAway_GoesOn(bool endsWithMarker)
    {
        ScriptedPartition partition = _topic.AddPartition();
        partition.LeaderEpoch = 1;
        partition.Records(2);
        partition.LeaderEpoch = 2;
        if (endsWithMarker) { partition.Marker(); }
        else { partition.Hole(2); }

        for (int fetch = 4; fetch <= 16; fetch += 4)
        {
            int from = fetch;
            _topic.BeforeFetch(fetch, () =>
            {
                partition.Errors.Enqueue(ErrorCode.Local_Transport);
                partition.LeaderEpoch++;
                partition.Records(1, from);
            });
        }

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));

        (await ReadKeysAsync(tail, until: endsWithMarker ? 7 : 8)).Should().Equal("k0", "k1", "k4", "k8", "k12", "k16");
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

        await ShouldReadAddedPartitionAsync();
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
