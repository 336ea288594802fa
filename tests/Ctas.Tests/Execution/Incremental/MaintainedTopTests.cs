using Ctas.Data;
using Ctas.Execution.Incremental;
using Ctas.Planning;

namespace Ctas.Tests.Execution.Incremental;

public sealed class MaintainedTopTests
{
    private readonly LogicalScan _rows = new TestTable("t", ("x", DataType.Int)).Scan;

    [Fact]
    public void Limit_RowsComeAndGo_TheFirstOnesAreGiven()
    {
        Maintained top = Start(offset: 1, count: 2);

        top.Change(_rows, "+5", "+3", "+9").Tick().Should().Equal("+5", "+9");
        top.Change(_rows, "+1").Tick().Should().Equal("+3", "-9");
        top.Change(_rows, "-3", "-5").Tick().Should().Equal("+9", "-3", "-5");
    }

    [Fact]
    public void Limit_EqualRows_CountEach()
    {
        Maintained top = Start(offset: 0, count: 3);

        top.Change(_rows, "+1", "+2", "+2", "+2").Tick().Should().Equal("+1", "+2", "+2");
        top.Change(_rows, "-1").Tick().Should().Equal("+2", "-1");
    }

    [Fact]
    public void Limit_AnyHistory_EqualsSortingAllRows()
    {
        var random = new Random(5);
        Maintained top = Start(offset: 2, count: 30);
        var rows = new List<int>();
        var result = new List<int>();
        for (int tick = 0; tick < 400; tick++)
        {
            if (tick % 7 == 3)
            {
                // A tick that is undone: rows in front of all others, and the end of those that were there.
                top.Change(_rows, ["+-1", "+-2", .. rows.Order().Take(25).Select(row => $"-{row}")]).Complete();
                top.Query.Rollback();
                top.Tick().Should().BeEmpty();
            }

            List<string> changes = [];
            for (int change = 0; change < 8; change++)
            {
                // Mostly away from the end that is wanted, now and then in bulk from it.
                bool isInsertion = rows.Count < 50 || random.Next(5) < (tick % 80 < 60 ? 3 : 1);
                int row = isInsertion ? random.Next(1000) : rows.Order().ElementAt(Math.Min(random.Next(40), rows.Count - 1));
                if (isInsertion) { rows.Add(row); }
                else { rows.Remove(row); }

                changes.Add($"{(isInsertion ? '+' : '-')}{row}");
            }

            top.Change(_rows, [.. changes]);
            foreach (string change in top.Tick().OrderByDescending(change => change[0]))
            {
                if (change[0] == '-') { result.Remove(int.Parse(change[1..])).Should().BeTrue(); }
                else { result.Add(int.Parse(change[1..])); }
            }

            result.Order().Should().Equal(rows.Order().Skip(2).Take(30));
        }
    }

    [Fact]
    public void Limit_RowsBehindTheFront_SortNothingAnew()
    {
        Maintained top = Start(offset: 0, count: 10);
        top.Change(_rows, [.. Enumerable.Range(0, 20_000).Select(row => $"+{row}")]).Tick();
        var node = (MaintainedTop)top.Query.Nodes[0].State;
        long before = node.RowsSorted;

        for (int tick = 0; tick < 20; tick++) { top.Change(_rows, $"-{10_000 + tick}", $"+{30_000 + tick}").Tick().Should().BeEmpty(); }

        (node.RowsSorted - before).Should().BeLessThan(20 * 100);
    }

    private Maintained Start(long offset, long count)
    {
        var sort = new LogicalSort(_rows, [new SortKey(new ColumnReference(0, DataType.Int), IsDescending: false, NullsFirst: false)]);
        return new Maintained(new LogicalLimit(sort, offset, count));
    }
}
