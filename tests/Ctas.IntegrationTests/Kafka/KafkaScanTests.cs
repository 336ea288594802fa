using Confluent.Kafka;

using Ctas.Kafka;
using Ctas.Kafka.Consuming;
using Ctas.Sources;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>What a scan makes of offsets without records, of growth and of faults, on a scripted consumer.</summary>
public sealed class KafkaScanTests
{
    private readonly ScriptedTopic _topic = new(new InstantTime());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_TransactionMarkerAtTheEnd_Ends(bool tellsEnds)
    {
        _topic.TellsEnds = tellsEnds;
        _topic.AddPartition().Records(3).Marker();

        await using ISourceScan scan = await OpenAsync();

        Keys(await scan.ReadRowsAsync()).Should().Equal("k0", "k1", "k2");
        scan.GetStatistics().Positions.Should().Equal(4);
    }

    [Fact]
    public async Task Read_OnlyMarkers_GivesNoRows()
    {
        _topic.AddPartition().Marker().Marker();

        Keys(await ReadAllAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Read_CompactedHolesInTheMiddleAndAtTheEnd_Ends()
    {
        _topic.AddPartition().Hole(2).Records(1).Hole(5).Records(1, from: 1).Hole(3);

        await using ISourceScan scan = await OpenAsync();

        Keys(await scan.ReadRowsAsync()).Should().Equal("k0", "k1");
        scan.GetStatistics().Positions.Should().Equal(12);
    }

    [Fact]
    public async Task Read_AbortedRecordsAndTheirMarkerAtTheEnd_AreInvisible()
    {
        _topic.AddPartition().Records(2).Hole(3).Marker();

        Keys(await ReadAllAsync()).Should().Equal("k0", "k1");
    }

    [Fact]
    public async Task Read_LogThatStartsAboveZero_ReadsFromThere()
    {
        _topic.AddPartition(start: 1000).Records(3);

        await using ISourceScan scan = await OpenAsync();

        scan.Partitions.Should().Equal(new SourcePartition("t[0]", 0, new OffsetRange(1000, 1003)));
        Keys(await scan.ReadRowsAsync()).Should().Equal("k0", "k1", "k2");
    }

    [Fact]
    public async Task Read_EmptyRange_IsDoneWithoutReading()
    {
        _topic.AddPartition(start: 7);
        _topic.AddPartition();

        Keys(await ReadAllAsync()).Should().BeEmpty();

        _topic.Fetches.Should().Be(0);
        _topic.Assignments.Should().BeEmpty();
    }

    [Fact]
    public async Task Read_EmptyBesideFullPartition_AssignsTheFullOneOnly()
    {
        _topic.AddPartition();
        _topic.AddPartition().Records(2);

        Keys(await ReadAllAsync()).Should().Equal("k0", "k1");

        _topic.Assignments.Should().ContainSingle().Which.Should().Equal(new PartitionPosition(1, 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_RecordsArrivingMeanwhile_DoNotExtendIt(bool endHoldsRecord)
    {
        ScriptedPartition partition = _topic.AddPartition().Records(6);
        if (!endHoldsRecord) { partition.Hole(); }

        for (int fetch = 1; fetch <= 20; fetch++)
        {
            int from = 100 * fetch;
            _topic.BeforeFetch(fetch, () => partition.Records(10, from));
        }

        Keys(await ReadAllAsync()).Should().Equal("k0", "k1", "k2", "k3", "k4", "k5");
    }

    [Fact]
    public async Task Read_FaultBehindTheLastRecord_ComesTooLateToMatter()
    {
        _topic.TellsEnds = false;
        _topic.AddPartition().Records(3);
        _topic.ClientFaults.Enqueue(new KafkaFault(ErrorCode.Local_Authentication, "refused"));

        Keys(await ReadAllAsync()).Should().Equal("k0", "k1", "k2");
    }

    [Fact]
    public async Task Read_PartitionThatIsDone_IsPausedWhileOthersGoOn()
    {
        _topic.AddPartition().Records(1);
        _topic.AddPartition().Records(30);

        (await ReadAllAsync()).Should().HaveCount(31);

        _topic.Paused.Should().Equal(0);
    }

    [Theory]
    [InlineData(ErrorCode.NotLeaderForPartition)]
    [InlineData(ErrorCode.RequestTimedOut)]
    [InlineData(ErrorCode.Local_Transport)]
    [InlineData(ErrorCode.KafkaStorageError)]
    public async Task Read_TransientFaultMidway_ResumesFromThePosition(ErrorCode error)
    {
        ScriptedPartition partition = _topic.AddPartition(start: 10).Records(10);
        _topic.BeforeFetch(2, () => partition.Errors.Enqueue(error));

        await using ISourceScan scan = await OpenAsync();

        Keys(await scan.ReadRowsAsync()).Should().Equal(Enumerable.Range(0, 10).Select(i => $"k{i}"));
        _topic.Assignments.Select(a => a.Single().Offset).Should().Equal(10, 14);
        scan.GetStatistics().Retries.Should().Be(1);
    }

    [Fact]
    public async Task Read_RecordsHandedOverAgain_AreAppliedOnce()
    {
        ScriptedPartition partition = _topic.AddPartition().Records(12);
        _topic.Rewind = 3;
        _topic.BeforeFetch(2, () => partition.Errors.Enqueue(ErrorCode.NetworkException));

        List<object?[]> rows = await ReadAllAsync();

        Keys(rows).Should().Equal(Enumerable.Range(0, 12).Select(i => $"k{i}"));
        _topic.Delivered.Should().BeGreaterThan(12);
    }

    [Fact]
    public async Task Read_AllBrokersDownForAWhile_GoesOn()
    {
        ScriptedPartition partition = _topic.AddPartition().Records(4).Hole();
        _topic.TellsEnds = false;
        _topic.ClientFaults.Enqueue(new KafkaFault(ErrorCode.Local_Resolve, "ignored while records come"));
        var allDown = new KafkaFault(ErrorCode.Local_AllBrokersDown, "down");
        _topic.BeforeFetch(2, () => _topic.ClientFaults.Enqueue(allDown));
        _topic.BeforeFetch(3, () => _topic.TellsEnds = true);

        await using ISourceScan scan = await OpenAsync();

        Keys(await scan.ReadRowsAsync()).Should().HaveCount(4);
        scan.GetStatistics().Retries.Should().Be(1);
        partition.End.Should().Be(5);
    }

    [Fact]
    public async Task Read_FaultThatStays_FailsAfterTheRetriesWithPosition()
    {
        ScriptedPartition partition = _topic.AddPartition().Records(10);
        for (int fetch = 2; fetch <= 7; fetch++)
        {
            _topic.BeforeFetch(fetch, () => partition.Errors.Enqueue(ErrorCode.NetworkException));
        }

        await using ISourceScan scan = await OpenAsync(options: new KafkaSourceOptions { MaxRetries = 5 });

        SourceException failure = await FailureOfAsync(scan);
        failure.Message.Should().Be(
            "could not read t[0] at offset 4 after 5 retries: " + new Error(ErrorCode.NetworkException).Reason);
        failure.IsTransient.Should().BeTrue();
        failure.SourceName.Should().Be("t");
        failure.Partition.Should().Be("t[0]");
        failure.Offset.Should().Be(4);
        scan.GetStatistics().Retries.Should().Be(5);
    }

    [Fact]
    public async Task Read_Retries_WaitLongerEachTimeUpToTheCap()
    {
        ScriptedPartition partition = _topic.AddPartition().Records(1);
        for (int i = 0; i < 20; i++) { partition.Errors.Enqueue(ErrorCode.NetworkException); }

        var options = new KafkaSourceOptions
        {
            MaxRetries = 12,
            RetryDelay = TimeSpan.FromSeconds(1),
            MaxRetryDelay = TimeSpan.FromSeconds(30),
        };
        await using ISourceScan scan = await OpenAsync(options: options);
        await FailureOfAsync(scan);

        IReadOnlyList<TimeSpan> waits = _topic.Time.Waits;
        waits.Should().HaveCount(12);
        waits.Should().OnlyContain(w => w > TimeSpan.Zero && w <= options.MaxRetryDelay);

        // Whatever the dice say of each, the first four together are below 2⁴ times the first, and of the last four one is at the cap.
        waits[0].Should().BeLessThan(TimeSpan.FromSeconds(2));
        waits.Take(4).Sum(w => w.TotalSeconds).Should().BeLessThan(16);
        waits.Skip(8).Max().Should().Be(options.MaxRetryDelay, "the wait has doubled by then");
        waits.Take(5).Distinct().Should().HaveCountGreaterThan(2, "there is jitter, told in whole milliseconds");
    }

    [Theory]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "not authorized")]
    [InlineData(ErrorCode.UnknownTopicOrPart, "is gone")]
    [InlineData(ErrorCode.Local_AutoOffsetReset, "retention has overtaken the load")]
    [InlineData(ErrorCode.InvalidMsg, "cannot read t[0] at offset 4")]
    public async Task Read_FinalFault_FailsAtOnce(ErrorCode error, string words)
    {
        ScriptedPartition partition = _topic.AddPartition().Records(10);
        _topic.BeforeFetch(2, () =>
        {
            partition.Errors.Enqueue(error);
            partition.Start = 8;
        });

        await using ISourceScan scan = await OpenAsync();

        SourceException failure = await FailureOfAsync(scan);
        failure.Message.Should().Contain(words).And.Contain("t[0] at offset 4");
        failure.IsTransient.Should().BeFalse();
        (failure.Partition, failure.Offset).Should().Be(("t[0]", 4L));
        scan.GetStatistics().Retries.Should().Be(0);
        _topic.Assignments.Should().ContainSingle();
    }

    [Fact]
    public async Task Read_GroupErrors_AreNoConcernOfIt()
    {
        ScriptedPartition partition = _topic.AddPartition().Records(3);
        partition.Errors.Enqueue(ErrorCode.GroupAuthorizationFailed);

        await using ISourceScan scan = await OpenAsync();

        (await scan.ReadRowsAsync()).Should().HaveCount(3);
        scan.GetStatistics().Retries.Should().Be(0);
    }

    [Fact]
    public async Task Read_LogCutBelowTheCapturedEnd_FailsAndSaysSo()
    {
        ScriptedPartition partition = _topic.AddPartition().Records(10);
        _topic.BeforeFetch(2, () => partition.CutTo(6));

        await using ISourceScan scan = await OpenAsync();

        SourceException failure = await FailureOfAsync(scan);
        failure.Message.Should().Be(
            "cannot read t[0] at offset 6 up to its end at 10: records were lost, its log ends at offset 6 now");
        failure.IsTransient.Should().BeFalse();
    }

    [Fact]
    public async Task Read_NothingComes_IsAFaultAfterTheStallTimeout()
    {
        _topic.TellsEnds = false;
        _topic.AddPartition().Records(1).Hole();

        await using ISourceScan scan = await OpenAsync(
            options: new KafkaSourceOptions { MaxRetries = 2, StallTimeout = TimeSpan.FromSeconds(5) });

        SourceException failure = await FailureOfAsync(scan);
        failure.Message.Should().Be("could not read t[0] at offset 1 after 2 retries: nothing came for 5 s");
        failure.IsTransient.Should().BeTrue();
    }

    /// <summary>An aborted transaction, or a stretch that compaction has emptied, which takes longer to pass than a stall lasts.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_NothingButHolesForLong_IsNoStall(bool tellsEnds)
    {
        _topic.TellsEnds = tellsEnds;
        _topic.HolesPerFetch = 10;
        _topic.AddPartition().Records(1).Hole(2000).Records(1, from: 1).Hole(2000).Marker();

        await using ISourceScan scan = await OpenAsync(
            options: new KafkaSourceOptions { MaxRetries = 0, StallTimeout = TimeSpan.FromSeconds(5) });

        Keys(await scan.ReadRowsAsync()).Should().Equal("k0", "k1");
        _topic.Time.GetTimestamp().Should().BeGreaterThan(TimeSpan.FromSeconds(20).Ticks);
    }

    [Fact]
    public async Task Read_PartitionsAddedMeanwhile_AreReportedNotRead()
    {
        _topic.AddPartition().Records(6);
        _topic.BeforeFetch(1, () => _topic.AddPartition().Records(5));

        await using ISourceScan scan = await OpenAsync();

        (await scan.ReadRowsAsync()).Should().HaveCount(6);
        scan.GetStatistics().Warnings.Should().ContainSingle()
            .Which.Should().Be("partitions were added to topic \"t\" during the load and not read: 1");
    }

    [Fact]
    public async Task Read_SlowReader_HoldsTheConsumerBack()
    {
        _topic.AddPartition().Records(400);
        await using ISourceScan scan = await OpenAsync();
        using var guard = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        int read = 0;

        while (await scan.ReadAsync(guard.Token) is { } batch)
        {
            read += batch.Rows.RowCount;

            // Two batches wait, one waits for its turn, one is being filled.
            (_topic.Delivered - read).Should().BeLessThanOrEqualTo(4 * 4);
        }

        read.Should().Be(400);
    }

    [Fact]
    public async Task Dispose_Midway_ReleasesTheConsumer()
    {
        _topic.AddPartition().Records(400);
        ISourceScan scan = await OpenAsync();
        await scan.ReadAsync(CancellationToken.None);

        await scan.DisposeAsync();
        await scan.DisposeAsync();

        _topic.OpenConsumers.Should().Be(0);
        Func<Task> act = async () => await scan.ReadAsync(CancellationToken.None);
        await act.Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task Read_AfterEndOrFailure_ReleasesTheConsumers()
    {
        ScriptedPartition partition = _topic.AddPartition().Records(10);
        partition.Errors.Enqueue(ErrorCode.NetworkException);
        _topic.BeforeFetch(3, () => partition.Errors.Enqueue(ErrorCode.TopicAuthorizationFailed));
        await using (ISourceScan scan = await OpenAsync()) { await FailureOfAsync(scan); }

        await ReadAllAsync();

        _topic.OpenConsumers.Should().Be(0);
    }

    [Fact]
    public async Task Read_Cancelled_LeavesTheScanUsable()
    {
        _topic.AddPartition().Records(5);
        await using ISourceScan scan = await OpenAsync();

        Func<Task> act = async () => await scan.ReadAsync(new CancellationToken(canceled: true));

        await act.Should().ThrowAsync<OperationCanceledException>();
        (await scan.ReadRowsAsync()).Should().HaveCount(5);
    }

    private Task<ISourceScan> OpenAsync(SourceDefinition? definition = null, KafkaSourceOptions? options = null) =>
        ScriptedSource.Over(_topic, definition, options).OpenGuardedAsync();

    private Task<List<object?[]>> ReadAllAsync() => ScriptedSource.Over(_topic).ReadAllAsync();

    private static IEnumerable<string?> Keys(IEnumerable<object?[]> rows) => rows.Select(row => (string?)row[0]);

    private static async Task<SourceException> FailureOfAsync(ISourceScan scan)
    {
        Func<Task> act = () => scan.ReadRowsAsync();
        return (await act.Should().ThrowAsync<SourceException>()).Which;
    }
}
