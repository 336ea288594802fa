using Ctas.Data;

namespace Ctas.Tests.Data;

public sealed class RowSelectionTests
{
    // The array is longer than the selection, as a rented one is.
    private static readonly RowSelection Selection = new([2, 3, 5, 7, 99, 99], 4);

    [Theory]
    [InlineData(0, 4, new[] { 2, 3, 5, 7 })]
    [InlineData(1, 2, new[] { 3, 5 })]
    [InlineData(4, 0, new int[0])]
    public void Slice_WithinIt_IsThoseRows(int start, int length, int[] rows) =>
        Selection.Slice(start, length).Span.ToArray().Should().Equal(rows);

    [Fact]
    public void Slice_OfASlice_CountsFromItsStart() => Selection[1..][1..2].Span.ToArray().Should().Equal(5);

    [Theory]
    [InlineData(0, 5)]
    [InlineData(3, 2)]
    [InlineData(5, 0)]
    [InlineData(-1, 2)]
    [InlineData(1, -1)]
    public void Slice_BeyondIt_IsRefused(int start, int length)
    {
        Action slice = () => Selection.Slice(start, length);

        slice.Should().Throw<ArgumentOutOfRangeException>();
    }
}
