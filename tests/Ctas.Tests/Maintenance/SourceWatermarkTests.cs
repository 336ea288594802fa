using Ctas.Maintenance;
using Ctas.Sources;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Maintenance;

public sealed class SourceWatermarkTests
{
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly SourceWatermark _watermark;

    public SourceWatermarkTests() => _watermark = new SourceWatermark(_time, IdleAfter);

    [Fact]
    public void Advance_SeveralPartitions_IsTheLeastOfThem()
    {
        _watermark.Current.Should().Be(long.MinValue);
        Advance([(0, 1, 100), (1, 1, 70)]);
        _watermark.Current.Should().Be(70);

        Advance([(0, 2, 200), (1, 2, 90)]);
        _watermark.Current.Should().Be(90);
    }

    [Fact]
    public void Advance_OlderTimes_NeverGoBack()
    {
        Advance([(0, 1, 100)]);
        Advance([(0, 2, 50)]);
        _watermark.Current.Should().Be(100);
    }

    [Fact]
    public void Advance_PartitionAtItsEndForAWhile_IsIdleAndHoldsNothingUp()
    {
        Advance([(0, 1, 100), (1, 1, 70)]);
        _time.Advance(IdleAfter);
        Advance([(0, 2, 200), (1, 1, 70)]);
        _watermark.Current.Should().Be(200);
    }

    [Fact]
    public void Advance_PartitionWithRecordsThatAreNotApplied_IsNotIdleHoweverLongTheyWait()
    {
        Advance([(0, 1, 100), (1, 1, 70)]);
        _time.Advance(IdleAfter * 3);
        Advance([(0, 2, 200), (1, 1, 70)], ends: [(0, 2), (1, 5)]);
        _watermark.Current.Should().Be(70, "partition 1 has four records to come, which may be of that time");
    }

    [Fact]
    public void Advance_PartitionWithoutARecord_HoldsUpOnlyWhileSomethingWaitsThere()
    {
        _watermark.Note([new PartitionTime(0, 100)]);
        _watermark.Advance([new PartitionOffset(0, 1), new PartitionOffset(1, 0)], [new PartitionOffset(0, 1), new PartitionOffset(1, 3)]);
        _watermark.Current.Should().Be(long.MinValue, "what waits there may be older than anything");

        _watermark.Advance([new PartitionOffset(0, 1), new PartitionOffset(1, 0)], [new PartitionOffset(0, 1), new PartitionOffset(1, 0)]);
        _watermark.Current.Should().Be(100);
    }

    [Fact]
    public void NoteRest_TimeInWhichNothingWasTaken_MakesNoPartitionIdle()
    {
        Advance([(0, 1, 100), (1, 1, 70)]);
        _time.Advance(IdleAfter);
        _watermark.NoteRest();
        Advance([(0, 2, 200), (1, 1, 70)]);
        _watermark.Current.Should().Be(70);
    }

    private void Advance((int Partition, long Offset, long Time)[] partitions, (int Partition, long Offset)[]? ends = null)
    {
        _watermark.Note([.. partitions.Select(partition => new PartitionTime(partition.Partition, partition.Time))]);
        _watermark.Advance(
            [.. partitions.Select(partition => new PartitionOffset(partition.Partition, partition.Offset))],
            ends is null ? null : [.. ends.Select(end => new PartitionOffset(end.Partition, end.Offset))]);
    }
}
