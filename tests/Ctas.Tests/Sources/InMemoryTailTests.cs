using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Sources;

public sealed class InMemoryTailTests
{
    private readonly InMemorySource _source = new(
        new SourceDefinition("m", new InMemoryLocation("m")) { Columns = [new SourceColumn("a", DataType.BigInt)], BatchRows = 2 },
        partitionCount: 2);

    [Fact]
    public async Task Tail_FromPositions_GivesWhatFollowsInBoundedBatches()
    {
        for (int value = 0; value < 5; value++) { Add(partition: 0, value); }

        Add(partition: 1, 10);
        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 2), new PartitionOffset(1, 1));

        TailBatch first = await tail.ReadAsync(CancellationToken.None);
        TailBatch second = await tail.ReadAsync(CancellationToken.None);

        ValuesOf(first).Should().Equal(2, 3);
        ValuesOf(second).Should().Equal(4);
        second.Positions.Should().Equal(new PartitionOffset(0, 5), new PartitionOffset(1, 1));
        tail.GetStatus().Ends.Should().Equal(new PartitionOffset(0, 5), new PartitionOffset(1, 1));
    }

    [Fact]
    public async Task Tail_NothingThere_WaitsForWhatIsAdded()
    {
        await using ISourceTail tail = await OpenAsync();

        Task<TailBatch> read = tail.ReadAsync(CancellationToken.None).AsTask();
        read.IsCompleted.Should().BeFalse();
        Add(partition: 1, 7);

        ValuesOf(await read).Should().Equal(7);
    }

    [Fact]
    public async Task Tail_EndMovesWithoutRecord_GivesThePositionAlone()
    {
        await using ISourceTail tail = await OpenAsync();
        _source.AdvanceEnd(0, 3);

        TailBatch batch = await tail.ReadAsync(CancellationToken.None);

        batch.Rows.Should().BeNull();
        batch.Positions[0].Should().Be(new PartitionOffset(0, 3));
    }

    [Fact]
    public async Task Tail_UpToAnOffset_ComesExactlyThereAndReadsNothingOfOtherPartitions()
    {
        for (int value = 0; value < 4; value++) { Add(partition: 0, value); }

        _source.AdvanceEnd(0, 9);
        Add(partition: 1, 10);
        await using ISourceTail tail = await OpenAsync(upTo: [new PartitionOffset(0, 3)], new PartitionOffset(0, 1));
        TailBatch batch = await tail.ReadAsync(CancellationToken.None);

        ValuesOf(batch).Should().Equal(1, 2);
        batch.Positions.Should().Equal(new PartitionOffset(0, 3), new PartitionOffset(1, 0));
        tail.ReadAsync(CancellationToken.None).AsTask().IsCompleted.Should().BeFalse();

        await using ISourceTail further = await OpenAsync(upTo: [new PartitionOffset(0, 7)], new PartitionOffset(0, 4));
        (await further.ReadAsync(CancellationToken.None)).Positions[0].Should().Be(new PartitionOffset(0, 7), "where no record is there is an offset");
    }

    [Fact]
    public async Task Tail_Cancelled_ThrowsAndCanBeReadAgain()
    {
        await using ISourceTail tail = await OpenAsync();
        using var cancelled = new CancellationTokenSource();
        Task<TailBatch> read = tail.ReadAsync(cancelled.Token).AsTask();
        await cancelled.CancelAsync();

        await read.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        Add(partition: 0, 1);
        ValuesOf(await tail.ReadAsync(CancellationToken.None)).Should().Equal(1);
    }

    private static long[] ValuesOf(TailBatch batch) =>
        ((FixedColumn<long>)batch.Rows!.Rows[0]).Values.ToArray();

    private ValueTask<ISourceTail> OpenAsync(params PartitionOffset[] from) => OpenAsync(upTo: null, from);

    private ValueTask<ISourceTail> OpenAsync(PartitionOffset[]? upTo, params PartitionOffset[] from) => _source.OpenTailAsync(
        new TailRequest(_source.Definition with { Mode = ReadMode.Append }, new ScanRequest(_source.Definition.Columns), from) { UpTo = upTo },
        CancellationToken.None);

    private void Add(int partition, int value) =>
        _source.Add(InMemoryRecord.FromText(null, $$"""{"a":{{value}}}""") with { Partition = partition });
}
