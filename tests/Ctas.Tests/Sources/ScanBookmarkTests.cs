using Ctas.Sources;

namespace Ctas.Tests.Sources;

public sealed class ScanBookmarkTests
{
    private static readonly SourcePartition[] Partitions = [Partition(0, 10, 20), Partition(1, 0, 5)];

    [Theory]
    [InlineData(10)]
    [InlineData(13)]
    [InlineData(20)]
    public void Apply_PositionThatIsThere_GoesOnFromIt(long position) =>
        Apply((0, position), (1, 5)).Should().Equal(Partition(0, position, 20), Partition(1, 5, 5));

    [Fact]
    public void Apply_PartitionThatItDoesNotKnow_IsReadWhole() => Apply((1, 2)).Should().Equal(Partition(0, 10, 20), Partition(1, 2, 5));

    [Theory]
    [InlineData(9, "t[0] starts at offset 10 now, past the stored offset 9")]
    [InlineData(21, "t[0] ends at offset 20, before the stored offset 21: it was made anew")]
    public void Apply_PositionThatIsNotThere_IsRefused(long position, string message) =>
        FluentActions.Invoking(() => Apply((0, position))).Should().Throw<BookmarkException>().WithMessage(message);

    [Fact]
    public void Apply_PartitionThatIsGone_IsRefused() =>
        FluentActions.Invoking(() => Apply((0, 10), (2, 0))).Should().Throw<BookmarkException>()
            .WithMessage("partition 2 is gone: the source was made anew");

    [Theory]
    [InlineData("other")]
    [InlineData(null)]
    public void Apply_AnotherSource_IsRefused(string? identity) =>
        FluentActions.Invoking(() => ScanBookmarks.Apply(new ScanBookmark("this", new Dictionary<int, long>()), identity, Partitions))
            .Should().Throw<BookmarkException>().WithMessage($"the source is \"{identity}\", and was \"this\"");

    private static IReadOnlyList<SourcePartition> Apply(params (int Partition, long Position)[] positions) => ScanBookmarks.Apply(
        new ScanBookmark("this", positions.ToDictionary(position => position.Partition, position => position.Position)), "this", Partitions);

    private static SourcePartition Partition(int id, long start, long end) => new($"t[{id}]", id, new OffsetRange(start, end));
}
