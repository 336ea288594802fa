using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

public sealed class AggregateOperatorTests
{
    [Fact]
    public void Aggregate_ByStringOfManyPools_GroupsEqualStringsInOrderOfFirstAppearance()
    {
        TestTable sales = Sales();
        ColumnReference amount = sales.Column("amount");

        List<object?[]> rows = TestScans.Run(
            sales.Scan.GroupBy(
                [sales.Column("city")],
                Sql.CountAll,
                Sql.Aggregate("COUNT", amount, DataType.BigInt),
                Sql.Aggregate("SUM", amount, DataType.BigInt),
                Sql.Aggregate("AVG", amount, DataType.Double),
                Sql.Aggregate("MIN", sales.Column("item"), DataType.Varchar),
                Sql.Aggregate("MAX", sales.Column("item"), DataType.Varchar)),
            sales);

        rows.Should().BeEquivalentTo(
            new object?[][]
            {
                ["oslo", 3L, 3L, 60L, 20.0, "apple", "pear"],
                [null, 2L, 1L, 5L, 5.0, "fig", "fig"],
                ["rome", 2L, 0L, null, null, "apple", "kiwi"],
            },
            options => options.WithStrictOrdering());
    }

    [Fact]
    public void Aggregate_WithoutKeysOverNothing_GivesOneRow()
    {
        var empty = new TestTable("t", ("a", DataType.Int));

        List<object?[]> rows = TestScans.Run(
            empty.Scan.GroupBy(
                [],
                Sql.CountAll,
                Sql.Aggregate("SUM", empty.Column("a"), DataType.BigInt),
                Sql.Aggregate("MIN", empty.Column("a"), DataType.Int)),
            empty);

        rows.Should().BeEquivalentTo(new object?[][] { [0L, null, null] });
    }

    [Fact]
    public void Aggregate_WithKeysOverNothing_GivesNoRow()
    {
        var empty = new TestTable("t", ("a", DataType.Int));

        TestScans.Run(empty.Scan.GroupBy([empty.Column("a")], Sql.CountAll), empty).Should().BeEmpty();
    }

    [Fact]
    public void Aggregate_Distinct_CountsEachValueOnceAGroup()
    {
        TestTable sales = Sales();

        List<object?[]> rows = TestScans.Run(
            sales.Scan.GroupBy(
                [sales.Column("city")],
                Sql.Aggregate("COUNT", sales.Column("item"), DataType.BigInt, isDistinct: true),
                Sql.Aggregate("SUM", sales.Column("amount"), DataType.BigInt, isDistinct: true)),
            sales);

        rows.Should().BeEquivalentTo(new object?[][] { ["oslo", 2L, 60L], [null, 1L, 5L], ["rome", 2L, null] });
    }

    [Fact]
    public void Aggregate_WithFilter_CountsOnlyRowsForWhichItIsTrueAndEvaluatesTheArgumentOnlyThere()
    {
        var table = new TestTable("t", ("a", DataType.Int)).Add(0).Add(5).Add([null!]).Add(10);
        ColumnReference a = table.Column("a");
        BinaryExpression isPositive = Sql.Greater(a, Sql.Value(0));

        List<object?[]> rows = TestScans.Run(
            table.Scan.GroupBy(
                [],
                Sql.CountAll with { Filter = isPositive },
                Sql.Aggregate(
                    "SUM", Sql.Divide(Sql.Value(100), a), DataType.BigInt, filter: isPositive)),
            table);

        rows.Should().BeEquivalentTo(new object?[][] { [2L, 30L] });
    }

    [Fact]
    public void Aggregate_SumBeyondBigInt_Fails()
    {
        var table = new TestTable("t", ("a", DataType.BigInt)).Add(long.MaxValue).Add(1L);
        LogicalAggregate plan = table.Scan.GroupBy(
            [], Sql.Aggregate("SUM", table.Column("a"), DataType.BigInt));

        Action run = () => TestScans.Run(plan, table);

        run.Should().Throw<ExecutionException>().Which.Code.Should().Be("CTAS5002");
    }

    [Fact]
    public void Aggregate_SumThatLeavesBigIntOnTheWayOnly_IsExact()
    {
        var table = new TestTable("t", ("a", DataType.BigInt))
            .Add(long.MaxValue).Add(long.MaxValue).Add(long.MinValue).Add(-1L);

        TestScans.Run(table.Scan.GroupBy([], Sql.Aggregate("SUM", table.Column("a"), DataType.BigInt)), table)
            .Should().BeEquivalentTo(new object?[][] { [long.MaxValue - 2] });
    }

    [Fact]
    public void Aggregate_SumBeyondBigIntWhereFailuresAreSkipped_LeavesOutThatGroup()
    {
        var table = new TestTable("t", ("k", DataType.Int), ("a", DataType.BigInt))
            .Add(1, long.MaxValue).Add(2, 5L).Add(1, 1L);
        LogicalAggregate plan = table.Scan.GroupBy(
            [table.Column("k")], Sql.Aggregate("SUM", table.Column("a"), DataType.BigInt));

        TestScans.Run(plan, new ExecutionOptions(RowErrorPolicy.Skip), table).Rows
            .Should().BeEquivalentTo(new object?[][] { [2, 5L] });
    }

    [Theory]
    [InlineData(new long[] { 1, 2, 1, 3 })]
    [InlineData(new[] { long.MinValue, long.MaxValue, 0, long.MinValue, long.MaxValue })]
    [InlineData(new[] { long.MaxValue, long.MaxValue, long.MaxValue - 1 })]
    [InlineData(new long[] { 0, 70_000, 5_000_000, 70_000, -1, 9_000_000_000 })]
    public void Aggregate_ByBigInt_GroupsDenseAndSparseRanges(long[] keys)
    {
        var table = new TestTable("t", ("k", DataType.BigInt)) { BatchRows = 2 };
        foreach (long key in keys) { table.Add(key); }

        table.Add([null!]).Add([null!]);

        List<object?[]> rows = TestScans.Run(table.Scan.GroupBy([table.Column("k")], Sql.CountAll), table);

        rows.Should().BeEquivalentTo(
            table.Rows.GroupBy(row => row[0]).Select(group => new object?[] { group.Key, (long)group.Count() }),
            options => options.WithStrictOrdering());
    }

    [Fact]
    public void Aggregate_ByManyRandomKeysOfAllTypes_EqualsTheModel()
    {
        var random = new Random(17);
        var table = new TestTable(
            "t", ("b", DataType.Boolean), ("i", DataType.Int), ("s", DataType.Varchar), ("d", DataType.Double),
            ("m", DataType.Decimal(20, 2)), ("t", DataType.Timestamp))
        { BatchRows = 200 };
        for (int row = 0; row < 3000; row++)
        {
            table.Add(
                Maybe(random, random.Next(2) == 0),
                Maybe(random, random.Next(-2, 2)),
                Maybe(random, "s" + random.Next(3)),
                Maybe(random, new[] { 0.0, -0.0, double.NaN, 1.5 }[random.Next(4)]),
                Maybe(random, (Int128)random.Next(2) << 64),
                Maybe(random, (long)random.Next(2)));
        }

        ScalarExpression[] keys = [.. table.Schema.Fields.Select(field => table.Column(field.Name))];
        List<object?[]> rows = TestScans.Run(table.Scan.GroupBy(keys, Sql.CountAll), table);

        var expected = table.Rows
            .GroupBy(row => (row[0], row[1], row[2], row[3] is -0.0 ? 0.0 : row[3], row[4], row[5]))
            .Select(group => (long)group.Count());
        rows.Select(row => (long)row[^1]!).Should().Equal(expected);
    }

    private static object? Maybe(Random random, object value) => random.Next(5) == 0 ? null : value;

    private static TestTable Sales() =>
        new TestTable("sales", ("city", DataType.Varchar), ("item", DataType.Varchar), ("amount", DataType.Int))
            .Add("oslo", "pear", 10).Add(null, "fig", 5).Add("oslo", "apple", 20).Add("rome", "apple", null)
            .Add("oslo", "pear", 30).Add("rome", "kiwi", null).Add(null, "fig", null);
}
