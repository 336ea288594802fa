using Ctas.Sources;

namespace Ctas.Tests.Sources;

public sealed class ScanBoundsTests
{
    private static readonly SourceDefinition Definition = new("t", new TopicLocation("t", null));
    private static readonly SourcePartition[] Partitions = [new("t[0]", 0, new OffsetRange(10, 20)), new("t[1]", 1, new OffsetRange(0, 5))];

    [Fact]
    public void Apply_NoBounds_IsAll() => ScanBounds.Apply(null, Definition, Partitions).Should().Equal(Partitions);

    [Theory]
    [InlineData(10)]
    [InlineData(15)]
    [InlineData(20)]
    public void Apply_BoundThatIsThere_EndsTheReadAndKeepsTheEndOfTheLog(long bound)
    {
        IReadOnlyList<SourcePartition> bounded = Apply(Definition, (0, bound));

        bounded.Select(partition => (partition.Range, partition.LogEnd)).Should().Equal(
            (new OffsetRange(10, bound), 20), (new OffsetRange(0, 0), 5));
    }

    [Theory]
    [InlineData(9, "t[0] starts at offset 10 now, past offset 9, from which it was to be read on")]
    [InlineData(21, "t[0] ends at offset 20, before offset 21, up to which it was read: it was made anew")]
    public void Apply_BoundThatIsNotThere_SaysThatRecordsAreGone(long bound, string message)
    {
        SourceException error = FluentActions.Invoking(() => Apply(Definition, (0, bound))).Should().Throw<SourceException>().Which;

        (error.Message, error.Partition, error.Offset, error.IsTransient).Should().Be((message, "t[0]", bound, false));
    }

    [Fact]
    public void Apply_BoundBeforeAStartThatWasChosen_IsAnEmptyRead() =>
        Apply(Definition with { Start = new StartPosition(StartKind.Latest) }, (0, 4))[0].Range.Should().Be(new OffsetRange(4, 4));

    [Fact]
    public void Apply_PartitionThatIsGone_SaysSo() =>
        FluentActions.Invoking(() => Apply(Definition, (7, 3))).Should().Throw<SourceException>()
            .WithMessage("source \"t\" has no partition 7, which was read up to offset 3: it was made anew");

    [Fact]
    public void Only_SomePartitions_AreThose()
    {
        ScanBounds.Only([1], Definition, Partitions).Should().Equal(Partitions[1]);
        ScanBounds.Only(null, Definition, Partitions).Should().Equal(Partitions);
        FluentActions.Invoking(() => ScanBounds.Only([1, 2], Definition, Partitions)).Should().Throw<SourceException>()
            .WithMessage("source \"t\" has no partition 2");
    }

    private static IReadOnlyList<SourcePartition> Apply(SourceDefinition definition, params (int Partition, long Offset)[] upTo) =>
        ScanBounds.Apply([.. upTo.Select(bound => new PartitionOffset(bound.Partition, bound.Offset))], definition, Partitions);
}
