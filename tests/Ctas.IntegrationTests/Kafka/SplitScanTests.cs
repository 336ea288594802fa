using Confluent.Kafka;

using Ctas.Kafka;
using Ctas.Kafka.Consuming;
using Ctas.Sources;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>A scan whose partitions are read by several consumers: on a scripted topic, each partition by one of four.</summary>
public sealed class SplitScanTests
{
    private readonly ScriptedTopic _topic = new(new InstantTime());

    [Fact]
    public async Task Read_SeveralReaders_GiveExactlyTheRecordsOfEachPartitionInOrder()
    {
        AddPartitions(6, records: 40);
        _topic.Partitions[1].Marker();
        _topic.Partitions[2].Hole(3).Records(5, from: 1000).Hole(2);

        await using ISourceScan scan = await OpenAsync();
        List<object?[]> rows = await scan.ReadRowsAsync();

        foreach (ScriptedPartition partition in _topic.Partitions.Values)
        {
            rows.Where(row => (int?)row[0] == partition.Id).Select(row => (long?)row[1]).Should().Equal(
                partition.Entries.Where(entry => entry.Kind == EntryKind.Record).Select(entry => (long?)entry.Offset));
        }

        ScanStatistics statistics = scan.GetStatistics();
        statistics.Records.Should().Be(245);
        statistics.Positions.Should().Equal(_topic.Partitions.Values.Select(partition => partition.End));
        _topic.Assignments.Should().HaveCount(4);
        _topic.Assignments.SelectMany(assigned => assigned).Select(p => p.Partition).Order().Should().Equal(0, 1, 2, 3, 4, 5);
    }

    [Fact]
    public async Task Read_OneReaderFails_FailsTheScanAndStopsTheOthers()
    {
        AddPartitions(4, records: 1000);
        _topic.Partitions[2].Errors.Enqueue(ErrorCode.TopicAuthorizationFailed);

        ISourceScan scan = await OpenAsync();
        Func<Task> read = scan.ReadRowsAsync;
        SourceException failure = (await read.Should().ThrowAsync<SourceException>()).Which;
        await scan.DisposeAsync();

        failure.Partition.Should().Be("t[2]");
        failure.Message.Should().Contain("not authorized");
        _topic.OpenConsumers.Should().Be(0);
    }

    [Fact]
    public async Task Read_OneReaderMeetsPassingFaults_GoesOnAndCountsThem()
    {
        AddPartitions(4, records: 100);
        _topic.BeforeFetch(3, () => _topic.Partitions[3].Errors.Enqueue(ErrorCode.NetworkException));

        await using ISourceScan scan = await OpenAsync();

        (await scan.ReadRowsAsync()).Should().HaveCount(400).And.OnlyHaveUniqueItems();
        scan.GetStatistics().Retries.Should().Be(1);
    }

    [Fact]
    public async Task Read_PartitionsAddedMeanwhile_AreReportedOnceAndNotRead()
    {
        AddPartitions(4, records: 100);
        _topic.BeforeFetch(2, () => _topic.AddPartition().Records(5));

        await using ISourceScan scan = await OpenAsync();

        (await scan.ReadRowsAsync()).Should().HaveCount(400);
        scan.GetStatistics().Warnings.Should().ContainSingle().Which.Should().Contain("4");
    }

    [Fact]
    public async Task Read_SlowReader_HoldsEveryConsumerBack()
    {
        AddPartitions(4, records: 200);
        await using ISourceScan scan = await OpenAsync();
        using var guard = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        int read = 0;

        while (await scan.ReadAsync(guard.Token) is { } batch)
        {
            read += batch.Rows.RowCount;

            // Of four readers: five batches wait, four wait for their turn, four are being filled.
            (_topic.Delivered - read).Should().BeLessThanOrEqualTo(13 * 4);
        }

        read.Should().Be(800);
    }

    [Fact]
    public async Task Dispose_Midway_ReleasesEveryConsumer()
    {
        AddPartitions(4, records: 1000);

        ISourceScan scan = await OpenAsync();
        await scan.ReadAsync(CancellationToken.None);
        await scan.DisposeAsync();

        _topic.OpenConsumers.Should().Be(0);
    }

    private void AddPartitions(int count, int records)
    {
        for (int id = 0; id < count; id++) { _topic.AddPartition().Records(records, from: id * records); }
    }

    private async Task<ISourceScan> OpenAsync()
    {
        SourceDefinition definition = ScriptedSource.Definition with { Mode = ReadMode.Append };
        ISource source = ScriptedSource.Over(_topic, definition, minOffsetsPerReader: 1);
        var request = new ScanRequest([ScriptedSource.RowPartition, ScriptedSource.RowOffset]) { MaxDegreeOfParallelism = 8 };
        return await source.OpenAsync(request, CancellationToken.None);
    }
}
