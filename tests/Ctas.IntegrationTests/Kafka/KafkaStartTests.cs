using Confluent.Kafka;

using Ctas.Kafka;
using Ctas.Sources;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>Where a load starts, and what a load without a topic does.</summary>
public sealed class KafkaStartTests
{
    private readonly ScriptedTopic _topic = new(new InstantTime());

    public KafkaStartTests()
    {
        ScriptedPartition first = _topic.AddPartition(start: 10);
        for (int i = 0; i < 5; i++) { first.Record($"a{i}", """{"n":1}""", timestamp: 1000 * i); }

        _topic.AddPartition().Record("b0", """{"n":1}""", timestamp: 500);
        _topic.AddPartition();
    }

    [Fact]
    public async Task Open_Earliest_StartsAtTheFirstRecords()
    {
        await using ISourceScan scan = await OpenAsync(StartPosition.Earliest);

        Ranges(scan).Should().Equal(new OffsetRange(10, 15), new OffsetRange(0, 1), new OffsetRange(0, 0));
        (await scan.ReadRowsAsync()).Should().HaveCount(6);
    }

    [Fact]
    public async Task Open_Latest_IsAnEmptySnapshot()
    {
        await using ISourceScan scan = await OpenAsync(new StartPosition(StartKind.Latest));

        Ranges(scan).Should().Equal(new OffsetRange(15, 15), new OffsetRange(1, 1), new OffsetRange(0, 0));
        (await scan.ReadRowsAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Open_Timestamp_StartsAtTheFirstRecordNotBefore()
    {
        await using ISourceScan scan = await OpenAsync(
            new StartPosition(StartKind.Timestamp, DateTimeOffset.FromUnixTimeMilliseconds(1500)));

        Ranges(scan).Should().Equal(new OffsetRange(12, 15), new OffsetRange(1, 1), new OffsetRange(0, 0));
        (await scan.ReadRowsAsync()).Select(r => r[0]).Should().Equal("a2", "a3", "a4");
    }

    [Fact]
    public async Task Open_Offsets_StartsThere_OthersAtTheEarliest()
    {
        await using ISourceScan scan = await OpenAsync(OffsetsOf(13));

        Ranges(scan).Should().Equal(new OffsetRange(13, 15), new OffsetRange(0, 1), new OffsetRange(0, 0));
    }

    [Theory]
    [InlineData(9, "cannot read t[0] at offset 9: its first offset is 10 now")]
    [InlineData(16, "cannot read t[0] at offset 16: its end is 15")]
    public async Task Open_OffsetsThatDoNotExist_IsRefused(long offset, string message)
    {
        Func<Task> act = () => OpenAsync(OffsetsOf(offset));

        SourceException failure = (await act.Should().ThrowAsync<SourceException>()).Which;
        failure.Message.Should().Be(message);
        (failure.Partition, failure.Offset, failure.IsTransient).Should().Be(("t[0]", offset, false));
        _topic.OpenConsumers.Should().Be(0);
    }

    [Fact]
    public async Task Open_OffsetAtTheEnd_IsAnEmptyRange()
    {
        await using ISourceScan scan = await OpenAsync(OffsetsOf(15));

        Ranges(scan).First().Should().Be(new OffsetRange(15, 15));
    }

    [Fact]
    public async Task Open_OffsetsOfAPartitionThatIsNotThere_IsRefused()
    {
        Func<Task> act = () => OpenAsync(
            new StartPosition(StartKind.Offsets, Offsets: new Dictionary<int, long> { [7] = 1 }));

        (await act.Should().ThrowAsync<SourceException>()).WithMessage("topic \"t\" has no partition 7");
    }

    [Fact]
    public async Task Open_TransientFault_IsRetriedAndCounted()
    {
        _topic.FailMetadata(ErrorCode.LeaderNotAvailable, ErrorCode.Local_Transport);

        await using ISourceScan scan = await OpenAsync(StartPosition.Earliest);

        scan.GetStatistics().Retries.Should().Be(2);
        await scan.ReadRowsAsync();
        await scan.DisposeAsync();
        _topic.OpenConsumers.Should().Be(0);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("a", "a", null)]
    [InlineData("a", "b", "topic \"t\" was made anew: it has another id")]
    [InlineData("a", null, "topic \"t\" may have been made anew: the brokers did not tell its id")]
    [InlineData(null, "a", "topic \"t\" may have been made anew: its id was not stored")]
    public async Task Open_Bookmark_IsContinuedOnlyInTheSameTopicAndSaysWhyNot(string? before, string? now, string? reason)
    {
        _topic.TopicId = before;
        string identity;
        await using (ISourceScan first = await OpenAsync(StartPosition.Earliest)) { identity = first.Identity!; }

        _topic.TopicId = now;
        var request = new ScanRequest { Bookmark = new ScanBookmark(identity, new Dictionary<int, long> { [0] = 12 }) };
        Func<Task<ISourceScan>> open = () => ScriptedSource.Over(_topic).OpenAsync(request, CancellationToken.None).AsTask();

        if (reason is not null)
        {
            (await open.Should().ThrowAsync<BookmarkException>()).WithMessage(reason);
            return;
        }

        await using ISourceScan scan = await open();
        scan.Partitions[0].Range.Start.Should().Be(12);
    }

    [Theory]
    [InlineData(StartKind.Earliest, null)]
    [InlineData(StartKind.Latest, "t[3] was added, and the read does not start at the earliest record")]
    public async Task Open_BookmarkWithoutAPartition_IsContinuedOnlyWhereThatBeginsAtItsFirstRecord(StartKind start, string? reason)
    {
        _topic.AddPartition(start: 3).Records(2, from: 3);
        string identity;
        await using (ISourceScan first = await OpenAsync(StartPosition.Earliest)) { identity = first.Identity!; }

        var positions = new Dictionary<int, long> { [0] = 12, [1] = 1, [2] = 0 };
        var request = new ScanRequest { Bookmark = new ScanBookmark(identity, positions) };
        ISource source = ScriptedSource.Over(_topic, ScriptedSource.Definition with { Start = new StartPosition(start) });
        Func<Task<ISourceScan>> open = () => source.OpenAsync(request, CancellationToken.None).AsTask();

        if (reason is not null)
        {
            (await open.Should().ThrowAsync<BookmarkException>()).WithMessage(reason);
            return;
        }

        await using ISourceScan scan = await open();
        scan.Partitions.Select(partition => partition.Range.Start).Should().Equal(12, 1, 0, 3);
    }

    [Fact]
    public async Task Open_FaultThatStays_FailsAfterTheRetries()
    {
        _topic.FailMetadata([.. Enumerable.Repeat(ErrorCode.Local_Transport, 10)]);

        Func<Task> act = () => OpenAsync(StartPosition.Earliest, new KafkaSourceOptions { MaxRetries = 3 });

        SourceException failure = (await act.Should().ThrowAsync<SourceException>()).Which;
        failure.Message.Should().Be(
            "could not reach topic \"t\" after 3 retries: Local_Transport (Local_Transport); "
            + "check that \"bootstrap.servers\" names brokers that run and can be reached from here");
        failure.IsTransient.Should().BeTrue();
        _topic.Time.Waits.Should().HaveCount(3);
        _topic.OpenConsumers.Should().Be(0);
    }

    [Fact]
    public async Task Open_MissingTopic_IsWaitedForWhenAskedTo()
    {
        _topic.FailMetadata([.. Enumerable.Repeat(ErrorCode.UnknownTopicOrPart, 5)]);
        SourceDefinition definition = ScriptedSource.Definition with { WaitsForMissingTopic = true };

        List<object?[]> rows = await ScriptedSource.Over(_topic, definition).ReadAllAsync();

        rows.Should().HaveCount(6);
        _topic.Time.Waits.Should().HaveCount(5);
    }

    [Fact]
    public async Task Open_MissingTopic_FailsWithoutWaitingOtherwise()
    {
        _topic.FailMetadata(ErrorCode.UnknownTopicOrPart);

        Func<Task> act = () => OpenAsync(StartPosition.Earliest);

        (await act.Should().ThrowAsync<SourceException>()).WithMessage("topic \"t\" not found");
        _topic.Time.Waits.Should().BeEmpty();
    }

    [Fact]
    public async Task Open_Cancelled_IsNotWrapped()
    {
        Func<Task> act = async () =>
            await ScriptedSource.Over(_topic).OpenAsync(new ScanRequest(), new CancellationToken(canceled: true));

        await act.Should().ThrowAsync<OperationCanceledException>();
    }

    private static StartPosition OffsetsOf(long offset) =>
        new(StartKind.Offsets, Offsets: new Dictionary<int, long> { [0] = offset });

    private static IEnumerable<OffsetRange> Ranges(ISourceScan scan) => scan.Partitions.Select(p => p.Range);

    private Task<ISourceScan> OpenAsync(StartPosition start, KafkaSourceOptions? options = null) =>
        ScriptedSource.Over(_topic, ScriptedSource.Definition with { Start = start }, options).OpenGuardedAsync();
}
