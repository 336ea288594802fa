using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

public sealed class JoinOperatorTests
{
    [Theory]
    [InlineData(JoinKind.Inner)]
    [InlineData(JoinKind.Left)]
    [InlineData(JoinKind.Right)]
    [InlineData(JoinKind.Full)]
    internal void Join_OnStringKeysOfDifferentPools_MatchesEveryPairAndExtendsWithNulls(JoinKind kind)
    {
        TestTable orders = Orders();
        TestTable users = Users();

        List<object?[]> rows = TestScans.Run(
            orders.Scan.Join(kind, users.Scan, [orders.Column("user")], [users.Column("name")]), orders, users);

        rows.Should().BeEquivalentTo(Model(kind, orders, users, (left, right) => Equals(left[1], right[0])));
    }

    [Theory]
    [InlineData(JoinKind.Inner)]
    [InlineData(JoinKind.Left)]
    [InlineData(JoinKind.Right)]
    [InlineData(JoinKind.Full)]
    internal void Join_WithResidual_TreatsItAsPartOfTheMatch(JoinKind kind)
    {
        TestTable orders = Orders();
        TestTable users = Users();
        var residual = Sql.Greater(orders.Column("id"), new ColumnReference(3, DataType.Int));

        List<object?[]> rows = TestScans.Run(
            orders.Scan.Join(
                kind, users.Scan, [orders.Column("user")], [users.Column("name")], residual), orders, users);

        rows.Should().BeEquivalentTo(Model(kind, orders, users,
            (left, right) => Equals(left[1], right[0]) && right[1] is int age && (int)left[0]! > age));
    }

    [Theory]
    [InlineData(JoinKind.Inner)]
    [InlineData(JoinKind.Left)]
    [InlineData(JoinKind.Right)]
    [InlineData(JoinKind.Full)]
    [InlineData(JoinKind.Cross)]
    internal void Join_WithEmptyInputs_FollowsTheKind(JoinKind kind)
    {
        TestTable orders = Orders();
        TestTable users = Users();
        var noOrders = new TestTable("orders", ("id", DataType.Int), ("user", DataType.Varchar));
        var noUsers = new TestTable("users", ("name", DataType.Varchar), ("age", DataType.Int));
        ScalarExpression[] leftKeys = kind == JoinKind.Cross ? [] : [orders.Column("user")];
        ScalarExpression[] rightKeys = kind == JoinKind.Cross ? [] : [users.Column("name")];
        LogicalJoin plan = orders.Scan.Join(kind, users.Scan, leftKeys, rightKeys);

        TestScans.Run(plan, orders, noUsers).Should().HaveCount(
            kind is JoinKind.Left or JoinKind.Full ? orders.Rows.Count : 0);
        TestScans.Run(plan, noOrders, users).Should().HaveCount(
            kind is JoinKind.Right or JoinKind.Full ? users.Rows.Count : 0);
        TestScans.Run(plan, noOrders, noUsers).Should().BeEmpty();
    }

    [Fact]
    public void Join_WithoutKeys_PairsEveryRow()
    {
        TestTable orders = Orders();
        TestTable users = Users();

        List<object?[]> rows = TestScans.Run(orders.Scan.Join(JoinKind.Cross, users.Scan, [], []), orders, users);

        rows.Should().BeEquivalentTo(Model(JoinKind.Inner, orders, users, (_, _) => true));
    }

    [Fact]
    public void Join_OnTwoKeys_NeedsBothEqualAndNeitherNull()
    {
        var left = new TestTable("l", ("a", DataType.BigInt), ("b", DataType.Varchar))
            .Add(1L, "x").Add(1L, null).Add(null, "x").Add(2L, "x").Add(long.MinValue, "y");
        var right = new TestTable("r", ("a", DataType.BigInt), ("b", DataType.Varchar))
            .Add(1L, "x").Add(1L, null).Add(null, "x").Add(2L, "z").Add(long.MinValue, "y").Add(1L, "x");

        List<object?[]> rows = TestScans.Run(
            left.Scan.Join(JoinKind.Inner, right.Scan,
                [left.Column("a"), left.Column("b")], [right.Column("a"), right.Column("b")]), left, right);

        rows.Should().BeEquivalentTo(new object?[][]
        {
            [1L, "x", 1L, "x"], [1L, "x", 1L, "x"], [long.MinValue, "y", long.MinValue, "y"],
        });
    }

    [Fact]
    public void Join_WithMoreMatchesThanABatchHolds_GivesThemAll()
    {
        var left = new TestTable("l", ("a", DataType.Int)) { BatchRows = 1000 };
        var right = new TestTable("r", ("a", DataType.Int)) { BatchRows = 1000 };
        for (int row = 0; row < 300; row++)
        {
            left.Add(7);
            right.Add(7);
        }

        List<object?[]> rows = TestScans.Run(
            left.Scan.Join(JoinKind.Full, right.Scan, [left.Column("a")], [right.Column("a")]), left, right);

        rows.Should().HaveCount(90_000).And.OnlyContain(row => Equals(row[0], 7) && Equals(row[1], 7));
    }

    [Theory]
    [InlineData(JoinKind.Inner, false)]
    [InlineData(JoinKind.Left, true)]
    [InlineData(JoinKind.Full, false)]
    internal void Join_WithABuildSideLargerThanTheCaches_GivesTheRowsOfItsColumns(JoinKind kind, bool hasPairs)
    {
        const int rightRows = 140_000;
        var left = new TestTable("l", ("id", DataType.Int)) { BatchRows = 100 };
        (string, DataType)[] columns =
            [("id", DataType.Int), ("a", DataType.Decimal(38, 0)), ("b", DataType.BigInt), ("c", DataType.Decimal(38, 0))];
        var right = new TestTable("r", columns) { BatchRows = 60_000 };
        for (int row = 0; row < rightRows; row++)
        {
            int id = (int)(row * 7919L % rightRows) / (hasPairs ? 2 : 1);
            right.Add(id, (Int128)row, row % 5 == 0 ? null : (long)row, row % 3 == 0 ? null : Int128.MaxValue - row);
        }

        for (int row = 0; row < 500; row++) { left.Add(row % 50 == 0 ? null : (row * 997) - 10_000); }

        List<object?[]> rows = TestScans.Run(
            left.Scan.Join(kind, right.Scan, [left.Column("id")], [right.Column("id")]), left, right);

        rows.Select(Text).Order().Should().Equal(EqualOnFirst(kind, left, right).Select(Text).Order());
        static string Text(object?[] row) => string.Join('|', row);
    }

    [Fact]
    public void Join_BeyondTheMemoryLimit_FailsWithItsCode()
    {
        TestTable orders = Orders();
        TestTable users = Users();
        LogicalJoin plan = orders.Scan.Join(
            JoinKind.Inner, users.Scan, [orders.Column("user")], [users.Column("name")]);

        Action run = () => TestScans.Run(plan, new ExecutionOptions { Memory = new MemoryLimit(100, "a test") }, orders, users);

        run.Should().Throw<ExecutionException>().Which.Message.Should()
            .StartWith("CTAS5003: memory limit of 100 bytes (a test) exceeded: inner join, hash on user = name, builds right holds ");
    }

    private static TestTable Orders() => new TestTable("orders", ("id", DataType.Int), ("user", DataType.Varchar))
        .Add(1, "ann").Add(2, "bob").Add(3, null).Add(4, "ann").Add(5, "zoe").Add(6, "žofie").Add(7, "");

    private static TestTable Users() => new TestTable("users", ("name", DataType.Varchar), ("age", DataType.Int))
        .Add("ann", 3).Add("bob", 40).Add(null, 1).Add("cid", 2).Add("ann", 2).Add("žofie", null).Add("", 0);

    /// <summary>As <see cref="Model"/> of first columns that are equal, for many rows; only the right ones have no NULL there.</summary>
    private static List<object?[]> EqualOnFirst(JoinKind kind, TestTable left, TestTable right)
    {
        ILookup<object?, object?[]> rightOf = right.Rows.ToLookup(row => row[0]);
        List<object?[]> expected = [.. left.Rows.SelectMany(
            leftRow => rightOf[leftRow[0] ?? ""].Select(rightRow => (object?[])[.. leftRow, .. rightRow]))];
        if (kind != JoinKind.Inner)
        {
            object?[] absent = new object?[right.Schema.Fields.Count];
            expected.AddRange(left.Rows.Where(row => !rightOf.Contains(row[0] ?? "")).Select(row => (object?[])[.. row, .. absent]));
        }

        if (kind == JoinKind.Full)
        {
            HashSet<object?> leftIds = [.. left.Rows.Select(row => row[0])];
            expected.AddRange(right.Rows.Where(row => !leftIds.Contains(row[0])).Select(row => (object?[])[null, .. row]));
        }

        return expected;
    }

    private static List<object?[]> Model(
        JoinKind kind, TestTable left, TestTable right, Func<object?[], object?[], bool> matches)
    {
        var rows = new List<object?[]>();
        foreach (object?[] leftRow in left.Rows)
        {
            List<object?[]> found = [.. right.Rows.Where(rightRow => IsMatch(leftRow, rightRow))];
            rows.AddRange(found.Select(rightRow => (object?[])[.. leftRow, .. rightRow]));
            if (found.Count == 0 && kind is JoinKind.Left or JoinKind.Full && found.Count == 0)
            {
                rows.Add([.. leftRow, null, null]);
            }
        }

        if (kind is JoinKind.Right or JoinKind.Full)
        {
            rows.AddRange(right.Rows.Where(rightRow => !left.Rows.Any(leftRow => IsMatch(leftRow, rightRow)))
                .Select(rightRow => (object?[])[null, null, .. rightRow]));
        }

        return rows;

        bool IsMatch(object?[] leftRow, object?[] rightRow) => matches(leftRow, rightRow)
            && !(leftRow[1] is null && rightRow[0] is null && !matches([0, "no"], ["other", 0]));
    }
}
