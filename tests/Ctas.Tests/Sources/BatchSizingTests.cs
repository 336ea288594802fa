using Ctas.Sources;

namespace Ctas.Tests.Sources;

public sealed class BatchSizingTests
{
    [Fact]
    public void Adapt_ReaderBehindAndThenNot_DoublesToALimitAndShrinksToWhereItBegan()
    {
        BatchSizing sizing = Of(BatchStrategy.Adaptive, rows: 10_000);

        Sizes(sizing, true, true, true, true).Should().Equal(20_000, 40_000, 65_536, 65_536);
        Sizes(sizing, false, false, false, false).Should().Equal(32_768, 16_384, 10_000, 10_000);
    }

    [Fact]
    public void Adapt_BeginsAboveTheLimit_StaysThere() =>
        Sizes(Of(BatchStrategy.Adaptive, rows: 100_000), true, false).Should().Equal(100_000, 100_000);

    [Theory]
    [InlineData(BatchStrategy.Auto)]
    [InlineData(BatchStrategy.Fixed)]
    public void Adapt_OtherStrategies_KeepTheirSize(BatchStrategy strategy) =>
        Sizes(Of(strategy, rows: 10), true, false).Should().Equal(10, 10);

    [Theory]
    [InlineData(BatchStrategy.Auto, ValueColumn.StringsToJudge, 65_536 - 60_000)]
    [InlineData(BatchStrategy.Fixed, 60_000, 60_000)]
    public void HandOn_ToATableThatEncodesSegments_OnlyAFixedSizeCrossesTheirEnd(BatchStrategy strategy, int first, int second)
    {
        var sizing = new BatchSizing(DefinitionOf(strategy, rows: 60_000), isLending: true);

        sizing.Rows.Should().Be(first);
        sizing.HandOn(60_000);
        sizing.Rows.Should().Be(second);
    }

    /// <summary>Behind the first batch, which is small.</summary>
    private static BatchSizing Of(BatchStrategy strategy, int rows)
    {
        var sizing = new BatchSizing(DefinitionOf(strategy, rows), isLending: false);
        sizing.HandOn(1);
        return sizing;
    }

    private static SourceDefinition DefinitionOf(BatchStrategy strategy, int rows) =>
        RecordFeed.Define() with { BatchStrategy = strategy, BatchRows = rows };

    private static int[] Sizes(BatchSizing sizing, params bool[] isReaderBehind) =>
    [
        .. isReaderBehind.Select(isBehind =>
        {
            sizing.Adapt(isBehind);
            return sizing.Rows;
        }),
    ];
}
