using CsCheck;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning;
using static Ctas.Tests.Execution.Sql;

namespace Ctas.Tests.Execution;

/// <summary>Several threads give what one gives: rows, their order, errors, and what is left out.</summary>
public sealed class LaneStageTests
{
    private static readonly Gen<object?[]> AnyOrder = Gen.Select(
        Gen.Int[0, 9], Gen.Int[-3, 3], Gen.Long[-20, 20], Gen.Int[0, 100],
        (key, n, big, amount) => new object?[]
        {
            key == 0 ? null : $"k{key}", n == -3 ? null : n, big == 20 ? null : big, (double)amount,
        });

    private static readonly Gen<object?[]> AnyUser = Gen.Select(
        Gen.Int[0, 12], Gen.Int[0, 5], (key, rank) => new object?[] { key == 0 ? null : $"k{key}", rank });

    [Theory]
    [InlineData("filter")]
    [InlineData("inner join")]
    [InlineData("left join with a condition")]
    [InlineData("group by one")]
    [InlineData("group by two")]
    [InlineData("no groups")]
    [InlineData("join and group")]
    [InlineData("right join")]
    [InlineData("limit")]
    [InlineData("limit of different rows")]
    [InlineData("sorted")]
    [InlineData("join of a join")]
    [InlineData("join to a join")]
    public void Execute_OnSeveralThreads_GivesWhatOneThreadGives(string query) =>
        Gen.Select(AnyOrder.Array[0, 120], AnyUser.Array[0, 12], Gen.Int[1, 9], Gen.Int[2, 5]).Sample(
            (orders, users, batchRows, threads) =>
            {
                (TestTable o, TestTable u) = Tables(orders, users, batchRows);
                LogicalPlan plan = PlanOf(query, o, u);
                Text(TestScans.Run(plan, Side(threads), o, u).Rows).Should().Equal(Text(TestScans.Run(plan, o, u)));
            },
            iter: 150);

    [Fact]
    public void Execute_RowFails_ThrowsWhatOneThreadThrows() =>
        Gen.Select(AnyOrder.Array[20, 120], Gen.Int[2, 5]).Sample(
            (orders, threads) =>
            {
                (TestTable o, TestTable u) = Tables(orders, [], batchRows: 4);
                LogicalPlan plan = o.Scan
                    .Where(Greater(o.Column("amount"), Value(50.0)))
                    .Select(Divide(o.Column("big"), Cast(o.Column("n"), DataType.BigInt)));
                Failure(plan, Side(threads), o, u).Should().Be(Failure(plan, new ExecutionOptions(), o, u));
            },
            iter: 100);

    [Fact]
    public void Execute_ConsumerFails_HasTakenWhatItTakesFromOneThread() =>
        Gen.Select(AnyOrder.Array[20, 120], Gen.Int[2, 5], Gen.Int[1, 4]).Sample(
            (orders, threads, batches) =>
            {
                (TestTable o, TestTable u) = Tables(orders, [.. orders.Select(order => order[..2])], batchRows: 4);
                LogicalPlan plan = PlanOf("inner join", o, u);
                Taken(plan, Side(threads), batches, o, u).Should().Equal(Taken(plan, new ExecutionOptions(), batches, o, u));
            },
            iter: 100);

    [Fact]
    public void Execute_IsCancelled_StopsAndIsNotWrapped()
    {
        object?[][] orders = [.. Enumerable.Range(0, 200).Select(n => new object?[] { $"k{n % 9}", n, (long)n, n * 1.0 })];
        (TestTable o, TestTable u) = Tables(orders, [["k1", 1]], batchRows: 4);
        using var cancellation = new CancellationTokenSource();
        var consumer = new FailingConsumer(batches: 3, cancellation.Cancel);

        Action run = () => PlanExecutor
            .ExecuteAsync(PlanOf("filter", o, u), new TestScans(o, u), consumer, Side(2), cancellation.Token).GetAwaiter().GetResult();

        run.Should().ThrowExactly<OperationCanceledException>();
        consumer.Rows.Rows.Count.Should().BeLessThan(orders.Length / 2);
    }

    [Theory]
    [InlineData("rows")]
    [InlineData("groups")]
    [InlineData("limit of different rows")]
    [InlineData("limit of joined rows")]
    public void Execute_FailingRowsAreSkipped_CountsWhatOneThreadCounts(string query) =>
        Gen.Select(AnyOrder.Array[20, 120], Gen.Int[2, 5]).Sample(
            (orders, threads) =>
            {
                (TestTable o, TestTable u) = Tables(orders, [.. orders.Select(order => order[..2])], batchRows: 4);
                ScalarExpression quotient = Divide(o.Column("big"), Cast(o.Column("n"), DataType.BigInt));
                LogicalPlan quotients = o.Scan.Select(o.Column("key"), quotient);
                LogicalPlan plan = query switch
                {
                    "groups" => quotients.GroupBy([o.Column("key")], CountAll),
                    "limit of different rows" => new LogicalLimit(new LogicalDistinct(quotients), 1, 3),
                    "limit of joined rows" => new LogicalLimit(
                        new LogicalDistinct(o.Scan.Join(JoinKind.Inner, u.Scan, [o.Column("key")], [u.Column("key")], Greater(quotient, Value(1L)))), 1, 3),
                    _ => quotients,
                };
                (List<object?[]> rows, ExecutionStatistics statistics) =
                    TestScans.Run(plan, Side(threads) with { OnRowError = RowErrorPolicy.Skip }, o, u);
                (List<object?[]> expected, ExecutionStatistics serial) =
                    TestScans.Run(plan, new ExecutionOptions(RowErrorPolicy.Skip), o, u);
                Text(rows).Should().Equal(Text(expected));
                statistics.RowsSkipped.Should().Be(serial.RowsSkipped);
                statistics.FirstSkipped?.Message.Should().Be(serial.FirstSkipped?.Message);
                statistics.FirstSkipped?.Row.Should().Be(serial.FirstSkipped?.Row);
            },
            iter: 100);

    private static ExecutionOptions Side(int threads) =>
        new() { MaxDegreeOfParallelism = threads, MinRowsPerThread = 1 };

    private static (TestTable Orders, TestTable Users) Tables(object?[][] orders, object?[][] users, int batchRows)
    {
        var o = new TestTable(
            "orders", ("key", DataType.Varchar), ("n", DataType.Int), ("big", DataType.BigInt),
            ("amount", DataType.Double))
        { BatchRows = batchRows };
        foreach (object?[] row in orders) { o.Add(row); }

        var u = new TestTable("users", ("key", DataType.Varchar), ("rank", DataType.Int)) { BatchRows = batchRows };
        foreach (object?[] row in users) { u.Add(row); }

        return (o, u);
    }

    private static LogicalPlan PlanOf(string query, TestTable o, TestTable u)
    {
        LogicalJoin Joined(JoinKind kind, ScalarExpression? residual = null) =>
            o.Scan.Join(kind, u.Scan, [o.Column("key")], [u.Column("key")], residual);
        var rank = new ColumnReference(5, DataType.Int);
        AggregateCall[] calls =
        [
            CountAll,
            Aggregate("SUM", o.Column("big"), DataType.BigInt),
            Aggregate("AVG", o.Column("n"), DataType.Double),
            Aggregate("AVG", o.Column("amount"), DataType.Double),
            Aggregate("MIN", o.Column("key"), DataType.Varchar),
            Aggregate("MAX", o.Column("amount"), DataType.Double),
            Aggregate("COUNT", o.Column("n"), DataType.BigInt, isDistinct: true),
            Aggregate("SUM", o.Column("amount"), DataType.Double, filter: Greater(o.Column("n"), Value(0))),
        ];
        return query switch
        {
            "filter" => o.Scan.Where(Greater(o.Column("n"), Value(0))).Select(o.Column("key"), o.Column("amount")),
            "inner join" => Joined(JoinKind.Inner),
            "left join with a condition" => Joined(JoinKind.Left, Greater(rank, o.Column("n"))),
            "group by one" => o.Scan.GroupBy([o.Column("key")], calls),
            "group by two" => o.Scan.GroupBy([o.Column("n"), o.Column("key")], calls),
            "no groups" => o.Scan.Where(Greater(o.Column("n"), Value(1))).GroupBy([], calls),
            "join and group" => Joined(JoinKind.Inner).GroupBy([rank], calls),
            "right join" => Joined(JoinKind.Right),
            "limit of different rows" => new LogicalLimit(new LogicalDistinct(o.Scan.Select(o.Column("n"))), 1, 3),
            "sorted" => new LogicalSort(Joined(JoinKind.Inner), [new SortKey(o.Column("amount"), IsDescending: true, NullsFirst: false)]),
            "join of a join" => Joined(JoinKind.Left).Join(JoinKind.Inner, u.Scan, [rank], [u.Column("rank")]),
            "join to a join" => u.Scan.Join(JoinKind.Inner, Joined(JoinKind.Inner), [u.Column("key")], [o.Column("key")]),
            "limit" => new LogicalLimit(o.Scan.Where(Greater(o.Column("n"), Value(0))), 2, 5),
            _ => throw new ArgumentException(query),
        };
    }

    private static string Failure(LogicalPlan plan, ExecutionOptions options, params TestTable[] tables)
    {
        try
        {
            return string.Join(";", Text(TestScans.Run(plan, options, tables).Rows));
        }
        catch (ExecutionException e)
        {
            return $"{e.Message} at row {e.Row}";
        }
    }

    private static List<string> Taken(LogicalPlan plan, ExecutionOptions options, int batches, params TestTable[] tables)
    {
        var consumer = new FailingConsumer(batches, () => throw new InvalidOperationException("it is full"));
        try
        {
            PlanExecutor.ExecuteAsync(plan, new TestScans(tables), consumer, options, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (InvalidOperationException e) { consumer.Rows.Rows.Add([e.Message]); }

        return Text(consumer.Rows.Rows);
    }

    /// <summary>Takes some batches, and then does something else.</summary>
    private sealed class FailingConsumer(int batches, Action then) : IChangeConsumer
    {
        private int _left = batches;

        public CollectingConsumer Rows { get; } = new();

        public bool KeepsColumns => false;

        public void Consume(ChangeBatch changes)
        {
            if (_left-- == 0) { then(); }

            Rows.Consume(changes);
        }
    }

    private static List<string> Text(List<object?[]> rows) =>
        [.. rows.Select(row => string.Join("|", row.Select(value => value ?? "NULL")))];
}
