using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

public sealed class SortOperatorTests
{
    [Theory]
    [InlineData(false, false, new[] { "A", "a", "ab", "ž", "<null>" })]
    [InlineData(true, false, new[] { "ž", "ab", "a", "A", "<null>" })]
    [InlineData(false, true, new[] { "<null>", "A", "a", "ab", "ž" })]
    public void Sort_ByString_OrdersByBytesAndPlacesNulls(bool isDescending, bool nullsFirst, string[] expected)
    {
        TestTable table = new TestTable("t", ("s", DataType.Varchar)).Add("ab").Add([null!]).Add("ž").Add("A").Add("a");

        List<object?[]> rows = TestScans.Run(
            new LogicalSort(table.Scan, [new SortKey(table.Column("s"), isDescending, nullsFirst)]), table);

        rows.Select(row => row[0] ?? "<null>").Should().Equal(expected);
    }

    [Fact]
    public void Sort_ByDouble_PutsNaNLastAndKeepsEqualRowsInOrder()
    {
        TestTable table = new TestTable("t", ("d", DataType.Double), ("n", DataType.Int))
            .Add(double.NaN, 0).Add(1.0, 1).Add(-0.0, 2).Add(0.0, 3).Add(double.NegativeInfinity, 4)
            .Add(double.PositiveInfinity, 5).Add(-1.0, 6).Add(1.0, 7);

        List<object?[]> rows = TestScans.Run(
            new LogicalSort(table.Scan, [new SortKey(table.Column("d"), false, false)]), table);

        rows.Select(row => row[1]).Should().Equal(4, 6, 2, 3, 1, 7, 5, 0);
    }

    [Fact]
    public void Sort_ByManyRandomKeys_EqualsTheModel()
    {
        var random = new Random(4);
        DataType money = DataType.Decimal(30, 3);
        var table = new TestTable("t", ("a", money), ("b", DataType.Int), ("n", DataType.Int)) { BatchRows = 100 };
        for (int row = 0; row < 2000; row++)
        {
            Int128? amount = random.Next(6) == 0 ? null : (Int128)random.Next(-3, 3) << random.Next(0, 90);
            table.Add(amount, random.Next(6) == 0 ? null : random.Next(-3, 3), row);
        }

        List<object?[]> rows = TestScans.Run(
            new LogicalSort(
                table.Scan, [new SortKey(table.Column("a"), true, true), new SortKey(table.Column("b"), false, false)]),
            table);

        IEnumerable<object?> expected = table.Rows
            .OrderBy(row => row[0] is not null).ThenByDescending(row => (Int128?)row[0])
            .ThenBy(row => row[1] is null).ThenBy(row => (int?)row[1])
            .Select(row => row[2]);
        rows.Select(row => row[2]).Should().Equal(expected);
    }

    [Fact]
    public void Sort_OfNothing_GivesNothing()
    {
        var table = new TestTable("t", ("s", DataType.Varchar));

        TestScans.Run(
            new LogicalSort(table.Scan, [new SortKey(table.Column("s"), false, false)]), table).Should().BeEmpty();
    }
}
