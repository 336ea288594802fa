using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Tests.Execution.Incremental;

/// <summary>DISTINCT, INTERSECT and EXCEPT as their inputs change: after every tick they are what the whole inputs give.</summary>
public sealed class CountedRowsTests
{
    private static readonly Schema Columns = new([new Field("x", DataType.Int)]);

    [Theory]
    [InlineData("SELECT DISTINCT x FROM l")]
    [InlineData("SELECT x FROM l INTERSECT SELECT x FROM r")]
    [InlineData("SELECT x FROM l INTERSECT ALL SELECT x FROM r")]
    [InlineData("SELECT x FROM l EXCEPT SELECT x FROM r")]
    [InlineData("SELECT x FROM l EXCEPT ALL SELECT x FROM r")]
    public void Ticks_SomeOfThemUndone_EqualTheWholeInputs(string sql)
    {
        var random = new Random(7);
        var maintained = new Maintained(QueryPlanner.PlanQuery(
            sql, new QueryContext(name => new RelationInfo(name, IsSource: false, IsStream: false, Columns))).Plan);
        LogicalScan[] scans = [.. maintained.Query.Scans.OrderBy(scan => scan.Relation)];
        List<int>[] inputs = [[], []];
        var result = new List<int>();
        for (int tick = 0; tick < 300; tick++)
        {
            if (tick % 3 == 0)
            {
                Change(random, maintained, scans, [[.. inputs[0]], [.. inputs[1]]]);
                maintained.Complete();
                maintained.Query.Rollback();
            }

            Change(random, maintained, scans, inputs);
            foreach (string change in maintained.Tick().OrderByDescending(change => change[0]))
            {
                if (change[0] == '-') { result.Remove(int.Parse(change[1..])).Should().BeTrue("tick {0} takes back {1}", tick, change); }
                else { result.Add(int.Parse(change[1..])); }
            }

            result.Order().Should().Equal(Expected(sql, inputs[0], inputs[1]).Order(), "of tick {0}", tick);
        }
    }

    private static void Change(Random random, Maintained maintained, LogicalScan[] scans, List<int>[] inputs)
    {
        for (int input = 0; input < scans.Length; input++)
        {
            List<string> changes = [];
            for (int change = random.Next(6); change > 0; change--)
            {
                int row = random.Next(8);
                bool isRetraction = random.Next(2) == 0 && inputs[input].Remove(row);
                if (!isRetraction) { inputs[input].Add(row); }

                changes.Add($"{(isRetraction ? '-' : '+')}{row}");
            }

            if (changes.Count > 0) { maintained.Change(scans[input], [.. changes]); }
        }
    }

    private static IEnumerable<int> Expected(string sql, List<int> left, List<int> right)
    {
        IEnumerable<(int Row, int Left, int Right)> counts = left.Concat(right).Distinct()
            .Select(row => (row, left.Count(other => other == row), right.Count(other => other == row)));
        return counts.SelectMany(count => Enumerable.Repeat(count.Row, (sql.Contains("INTERSECT"), sql.Contains("EXCEPT"), sql.Contains("ALL")) switch
        {
            (true, _, true) => Math.Min(count.Left, count.Right),
            (true, _, false) => Math.Min(1, Math.Min(count.Left, count.Right)),
            (_, true, true) => Math.Max(0, count.Left - count.Right),
            (_, true, false) => count.Right > 0 ? 0 : Math.Min(1, count.Left),
            _ => Math.Min(1, count.Left),
        }));
    }
}
