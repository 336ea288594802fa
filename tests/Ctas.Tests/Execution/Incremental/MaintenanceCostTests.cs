using Ctas.Data;
using Ctas.Execution.Incremental;
using Ctas.Planning;
using static Ctas.Tests.Execution.Sql;

namespace Ctas.Tests.Execution.Incremental;

/// <summary>What a change costs does not depend on how many rows are kept: counted in work and in bytes, not in time.</summary>
public sealed class MaintenanceCostTests
{
    private const int Few = 1_000;
    private const int Many = 100_000;

    private readonly LogicalScan _orders = new TestTable("o", ("id", DataType.Int), ("c", DataType.Int), ("x", DataType.BigInt)).Scan;
    private readonly LogicalScan _customers = new TestTable("c", ("id", DataType.Int), ("x", DataType.BigInt)).Scan;

    public static TheoryData<string> Queries => ["filter", "group", "extremes", "distinct values", "distinct", "join", "left join", "windows", "union"];

    [Theory]
    [MemberData(nameof(Queries))]
    public void Tick_OfOneUpdate_AllocatesNoMoreOverManyRowsThanOverFew(string query)
    {
        (long few, _) = CostOfUpdate(query, Few);
        (long many, _) = CostOfUpdate(query, Many);

        many.Should().BeLessThanOrEqualTo(few + (few / 4) + 512);
    }

    [Theory]
    [InlineData("join")]
    [InlineData("left join")]
    [InlineData("windows")]
    public void Tick_OfOneUpdate_LooksAtAsManyRowsWhateverTheirNumber(string query)
    {
        (_, long few) = CostOfUpdate(query, Few);
        (_, long many) = CostOfUpdate(query, Many);

        many.Should().Be(few).And.BePositive();
    }

    private (long Bytes, long RowsSeen) CostOfUpdate(string name, int rows)
    {
        var query = new MaintainedQuery(Plan(name));
        int customers = rows / 10;
        Push(query, _orders, Orders([.. Enumerable.Range(0, rows)], customers, 1, null));
        Push(query, _customers, new ChangeBatch(new Batch(
            [TestTable.Build(DataType.Int, Enumerable.Range(0, customers).Cast<object>()), TestTable.Build(DataType.BigInt, Enumerable.Repeat<object>(7L, customers))], customers)));
        query.Complete();
        query.Commit();

        long bytes = long.MaxValue;
        long seen = 0;
        for (int tick = 0; tick < 30; tick++)
        {
            // Rows that no tick has updated before.
            ChangeBatch changes = Orders([500 + tick, 500 + tick], customers, 1, [-1, 1]);
            long seenBefore = RowsSeen(query);
            long tickBytes = Allocations.Of(() =>
            {
                Push(query, _orders, changes);
                query.Complete();
                query.Commit();
            });
            bytes = Math.Min(bytes, tickBytes);
            seen = RowsSeen(query) - seenBefore;
        }

        return (bytes, seen);
    }

    // An order's customer has ten orders; the second row of an update has another x.
    private static ChangeBatch Orders(int[] ids, int customers, long x, int[]? weights) => new(
        new Batch(
            [
                TestTable.Build(DataType.Int, ids.Cast<object>()),
                TestTable.Build(DataType.Int, ids.Select(id => (object)(id % customers))),
                TestTable.Build(DataType.BigInt, ids.Select((_, row) => (object)(weights is null ? x : x + row))),
            ],
            ids.Length),
        Selection: null,
        weights);

    private static void Push(MaintainedQuery query, LogicalScan scan, ChangeBatch changes)
    {
        if (query.Scans.Contains(scan)) { query.Push(scan, changes); }
    }

    private static long RowsSeen(MaintainedQuery query) => query.Nodes.Sum(node => node.State switch
    {
        MaintainedJoin join => join.PairsSeen,
        RecomputedNode recomputed => recomputed.RowsRecomputed,
        _ => 0,
    });

    private LogicalPlan Plan(string name)
    {
        ScalarExpression customer = new ColumnReference(1, DataType.Int);
        var x = new ColumnReference(2, DataType.BigInt);
        ScalarExpression[] id = [new ColumnReference(0, DataType.Int)];
        return name switch
        {
            "filter" => _orders.Where(Greater(x, Value(0L))),
            "group" => _orders.GroupBy([customer], CountAll, Aggregate("SUM", x, DataType.BigInt)),
            "extremes" => _orders.GroupBy([customer], Aggregate("MIN", x, DataType.BigInt), Aggregate("MAX", x, DataType.BigInt)),
            "distinct values" => _orders.GroupBy([customer], Aggregate("COUNT", x, DataType.BigInt, isDistinct: true)),
            "distinct" => new LogicalDistinct(_orders),
            "join" => _orders.Join(JoinKind.Inner, _customers, [customer], id),
            "left join" => _orders.Join(JoinKind.Left, _customers, [customer], id, Greater(new ColumnReference(4, DataType.BigInt), x)),
            "union" => new LogicalUnionAll([_orders, _orders], _orders.Schema, ChangeKind.Retract),
            _ => new LogicalWindow(
                _orders,
                [customer],
                [new SortKey(id[0], IsDescending: false, NullsFirst: false)],
                [new WindowCall("ROW_NUMBER", null, [], new WindowFrame(FrameUnit.Range, new FrameBound(FrameBoundKind.UnboundedPreceding, null), new FrameBound(FrameBoundKind.CurrentRow, null), FrameExclusion.NoOthers, null), DataType.BigInt)],
                new Schema(_orders.Schema.Fields.Append(new Field("n", DataType.BigInt)))),
        };
    }
}
