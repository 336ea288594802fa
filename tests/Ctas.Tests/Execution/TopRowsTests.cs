using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

public sealed class TopRowsTests
{
    [Theory]
    [InlineData(1, 40_000)]
    [InlineData(7, 40_000)]
    [InlineData(5_000, 40_000)]
    [InlineData(10, 4)]
    [InlineData(3, 0)]
    public void Execute_SortOfWhichFewRowsAreWanted_GivesTheFirstOfAll(int wanted, int rows)
    {
        var random = new Random(wanted);
        var table = new TestTable("t", ("k", DataType.Int), ("place", DataType.Int)) { BatchRows = 1000 };
        for (int row = 0; row < rows; row++) { table.Add(random.Next(20) == 0 ? null : random.Next(500), row); }

        var sort = new LogicalSort(table.Scan, [new SortKey(table.Column("k"), IsDescending: true, NullsFirst: false)]);

        List<object?[]> all = TestScans.Run(sort, table);
        List<object?[]> first = TestScans.Run(sort with { RowLimit = wanted }, table);

        // Stable: among equal keys those that came first.
        first.Select(row => row[1]).Should().Equal(all.Take(wanted).Select(row => row[1]));
    }

    [Fact]
    public void Execute_SortOfWhichFewRowsAreWanted_HoldsFewRows()
    {
        var table = new TestTable("t", ("k", DataType.Int)) { BatchRows = 1000 };
        for (int row = 0; row < 100_000; row++) { table.Add(row); }

        var sort = new LogicalSort(table.Scan, [new SortKey(table.Column("k"), IsDescending: true, NullsFirst: false)])
        {
            RowLimit = 10,
        };
        var options = new ExecutionOptions { Memory = new MemoryLimit(400_000, "a test") };

        TestScans.Run(sort, options, table).Rows.Should().HaveCount(10);
        FluentActions.Invoking(() => TestScans.Run(sort with { RowLimit = null }, options, table))
            .Should().Throw<ExecutionException>();
    }
}
