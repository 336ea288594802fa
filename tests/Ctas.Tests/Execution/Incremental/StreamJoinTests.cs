using CsCheck;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Incremental;
using Ctas.Planning;

namespace Ctas.Tests.Execution.Incremental;

/// <summary>
/// A stream joined with a table: each row meets the table as it is when the tick it comes in ends, once and for all, whatever
/// becomes of the table. Held to a model that does the same row by row.
/// </summary>
public sealed class StreamJoinTests
{
    private sealed record Row(int? Key, int Value);

    private sealed record Step(Row[] Stream, (Row Row, int Chosen)[] Table, bool IsTriedTwice)
    {
        public override string ToString() => $"[{string.Join(", ", (object[])Stream)} | {string.Join(", ", Table)} {IsTriedTwice}]";
    }

    private static Schema Columns { get; } = new([new Field("k", DataType.Int), new Field("v", DataType.Int)]);

    private static Gen<Row> Rows { get; } = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 5]).Select((key, value) => new Row(key == 4 ? null : key, value));

    private static Gen<Step[]> Histories { get; } = Gen
        .Select(Rows.Array[0, 6], Gen.Select(Rows, Gen.Int[0, 99]).Array[0, 5], Gen.Int[0, 4])
        .Select((stream, table, tried) => new Step(stream, table, tried == 0))
        .Array[1, 25];

    [Theory]
    [InlineData("SELECT s.v AS a, t.v AS b FROM s JOIN t ON s.k = t.k", false)]
    [InlineData("SELECT s.v AS a, t.v AS b FROM s LEFT JOIN t ON s.k = t.k", true)]
    [InlineData("SELECT s.v AS a, t.v AS b FROM t JOIN s ON s.k = t.k", false)]
    [InlineData("SELECT s.v AS a, t.v AS b FROM t RIGHT JOIN s ON s.k = t.k", true)]
    [InlineData("SELECT s.v AS a, t.v AS b FROM s JOIN t ON s.k = t.k AND t.v > s.v", false, true)]
    [InlineData("SELECT s.v AS a, t.v AS b FROM s LEFT JOIN t ON s.k = t.k AND t.v > s.v", true, true)]
    public void StreamJoin_RandomHistories_GivesEachRowOnceAsTheTableIsThen(string sql, bool isOuter, bool isGreater = false) =>
        Histories.Sample(history => Check(sql, history, (row, table) =>
        {
            Row[] found = [.. table.Where(other => row.Key is not null && other.Key == row.Key && (!isGreater || other.Value > row.Value))];
            return found.Length == 0 && isOuter ? [$"{row.Value}|null"] : found.Select(other => $"{row.Value}|{other.Value}");
        }), iter: 200);

    [Theory]
    [InlineData("SELECT v AS a, k AS b FROM s WHERE EXISTS (SELECT 1 FROM t WHERE t.k = s.k)", true)]
    [InlineData("SELECT v AS a, k AS b FROM s WHERE NOT EXISTS (SELECT 1 FROM t WHERE t.k = s.k)", false)]
    public void StreamExists_RandomHistories_GivesEachRowOnceAsTheTableIsThen(string sql, bool isFound) =>
        Histories.Sample(history => Check(sql, history, (row, table) =>
            table.Any(other => row.Key is not null && other.Key == row.Key) == isFound ? [$"{row.Value}|{row.Key?.ToString() ?? "null"}"] : []), iter: 200);

    [Fact]
    public void StreamJoin_KeepsTheTableOnly()
    {
        MaintainedQuery query = Plan("SELECT s.v AS a, t.v AS b FROM s LEFT JOIN t ON s.k = t.k");
        Tick(query, [], [(new Row(1, 1), 1)]);
        Row[] rows = [.. Enumerable.Range(0, 100).Select(number => new Row(number, number))];
        Tick(query, rows, []);
        long bytes = query.StateBytes;
        for (int tick = 0; tick < 100; tick++) { Tick(query, [.. rows.Select(row => new Row((tick * 100) + row.Key, row.Value))], []); }

        query.StateBytes.Should().BeLessThan(bytes * 2);
        MaintainedJoin join = query.Nodes.Select(node => node.State).OfType<MaintainedJoin>().Single();
        (join.Left.Rows.TotalNow, join.Right.Rows.TotalNow).Should().Be((0, 1));
    }

    private static void Check(string sql, Step[] history, Func<Row, IReadOnlyList<Row>, IEnumerable<string>> model)
    {
        MaintainedQuery query = Plan(sql);
        var table = new List<Row>();
        foreach (Step step in history)
        {
            var changes = new List<(Row Row, int Weight)>();
            foreach ((Row row, int chosen) in step.Table)
            {
                if (chosen % 3 == 0 && table.Count > 0)
                {
                    Row gone = table[chosen % table.Count];
                    table.Remove(gone);
                    changes.Add((gone, -1));
                }
                else
                {
                    table.Add(row);
                    changes.Add((row, 1));
                }
            }

            if (step.IsTriedTwice)
            {
                Push(query, step.Stream, changes);
                query.Complete();
                query.Rollback();
            }

            Tick(query, step.Stream, changes).Order(StringComparer.Ordinal).Should().Equal(
                step.Stream.SelectMany(row => model(row, table)).Select(row => "+" + row).Order(StringComparer.Ordinal));
        }
    }

    private static MaintainedQuery Plan(string sql)
    {
        LogicalPlan plan = StreamJoins.Apply(QueryPlanner.PlanQuery(sql, new QueryContext(name => name switch
        {
            "s" => new RelationInfo(name, IsSource: false, IsStream: true, Columns),
            "t" => new RelationInfo(name, IsSource: false, IsStream: false, Columns),
            _ => null,
        })).Plan);
        plan.Kind.Should().Be(ChangeKind.AppendOnly);
        return new MaintainedQuery(plan);
    }

    private static string[] Tick(MaintainedQuery query, IReadOnlyList<Row> stream, IReadOnlyList<(Row Row, int Weight)> table)
    {
        Push(query, stream, table);
        string[] result = Maintained.Json(query.Complete());
        query.Commit();
        return result;
    }

    private static void Push(MaintainedQuery query, IReadOnlyList<Row> stream, IReadOnlyList<(Row Row, int Weight)> table)
    {
        foreach (LogicalScan scan in query.Scans)
        {
            (Row Row, int Weight)[] all = scan.Relation == "s" ? [.. stream.Select(row => (row, 1))] : [.. table];
            Column[] columns =
            [
                TestTable.Build(DataType.Int, all.Select(change => (object?)change.Row.Key)),
                TestTable.Build(DataType.Int, all.Select(change => (object?)change.Row.Value)),
            ];
            query.Push(scan, new ChangeBatch(
                new Batch(columns, all.Length).Select([.. scan.Columns]), Selection: null, [.. all.Select(change => change.Weight)]));
        }
    }
}
