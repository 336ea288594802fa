using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

public sealed class StreamingOperatorTests
{
    [Fact]
    public void Filter_ByThreeValuedPredicate_KeepsOnlyTrueInOrder()
    {
        TestTable table = Numbers();

        List<object?[]> rows = TestScans.Run(table.Scan.Where(Sql.Greater(table.Column("a"), Sql.Value(1))), table);

        rows.Select(row => row[0]).Should().Equal(3, 2, 5);
    }

    [Fact]
    public void Project_AfterFilter_DoesNotEvaluateDroppedRows()
    {
        TestTable table = Numbers();
        ColumnReference a = table.Column("a");
        BinaryExpression isNotZero = Sql.Binary(BinaryOperator.NotEqual, a, Sql.Value(0));

        List<object?[]> rows = TestScans.Run(
            table.Scan.Where(isNotZero).Select(Sql.Divide(Sql.Value(30), a), a), table);

        rows.Should().BeEquivalentTo(
            new object?[][] { [10, 3], [15, 2], [30, 1], [6, 5] }, options => options.WithStrictOrdering());
    }

    [Fact]
    public void Project_OverFailingRow_NamesExpressionValueAndRow()
    {
        TestTable table = Numbers();

        Action run = () => TestScans.Run(table.Scan.Select(Sql.Divide(Sql.Value(30), table.Column("a"))), table);

        ExecutionException error = run.Should().Throw<ExecutionException>().Which;
        error.Code.Should().Be("CTAS5001");
        error.Expression.Should().Be("30 / a");
        error.Value.Should().Be("30, 0");
        error.Row.Should().Be(4);
        error.IsTransient.Should().BeFalse();
        error.Message.Should().Contain("division by zero");
    }

    [Fact]
    public void Project_SkippingErrors_DropsExactlyTheFailingRowsAndCountsThem()
    {
        TestTable table = Numbers().Add(0);
        ColumnReference a = table.Column("a");
        LogicalProject plan = table.Scan.Select(a, Sql.Divide(Sql.Value(30), a));

        (List<object?[]> rows, ExecutionStatistics statistics) =
            TestScans.Run(plan, new ExecutionOptions(RowErrorPolicy.Skip), table);

        rows.Select(row => row[0]).Should().Equal(3, null, 2, 1, 5);
        statistics.RowsSkipped.Should().Be(2);
        statistics.RowsRead.Should().Be(7);
        statistics.RowsEmitted.Should().Be(5);
        statistics.FirstSkipped!.Row.Should().Be(4);
    }

    [Fact]
    public void Filter_SkippingErrors_DropsTheFailingRows()
    {
        TestTable table = Numbers();
        ColumnReference a = table.Column("a");
        LogicalFilter plan = table.Scan.Where(Sql.Greater(Sql.Divide(Sql.Value(30), a), Sql.Value(9)));

        (List<object?[]> rows, ExecutionStatistics statistics) =
            TestScans.Run(plan, new ExecutionOptions(RowErrorPolicy.Skip), table);

        rows.Select(row => row[0]).Should().Equal(3, 2, 1);
        statistics.RowsSkipped.Should().Be(1);
    }

    [Fact]
    public void Limit_WithOffset_KeepsTheRangeAndStopsReading()
    {
        TestTable table = Numbers();
        for (int row = 0; row < 100; row++) { table.Add(row); }

        var scans = new TestScans(table);

        (List<object?[]> rows, _) = scans.Execute(
            new LogicalLimit(table.Scan, Offset: 2, Count: 3), new ExecutionOptions());

        rows.Select(row => row[0]).Should().Equal(2, 1, 0);
        scans.BatchesRead.Should().Be(2);
    }

    [Fact]
    public void Limit_OfZero_ReadsNothing()
    {
        TestTable table = Numbers();
        var scans = new TestScans(table);

        (List<object?[]> rows, _) = scans.Execute(
            new LogicalLimit(table.Scan, Offset: 5, Count: 0), new ExecutionOptions());

        rows.Should().BeEmpty();
        scans.Reads.Should().BeEmpty();
    }

    [Fact]
    public void UnionAll_OfInputs_GivesAllRowsInOrder()
    {
        TestTable table = Numbers();
        var other = new TestTable("u", ("a", DataType.Int)).Add(9).Add([null!]);

        List<object?[]> rows = TestScans.Run(
            new LogicalUnionAll([table.Scan, other.Scan], table.Schema, ChangeKind.AppendOnly), table, other);

        rows.Select(row => row[0]).Should().Equal(3, null, 2, 1, 0, 5, 9, null);
    }

    [Fact]
    public void Distinct_OfRows_KeepsTheFirstOfEqualOnes()
    {
        var table = new TestTable("t", ("a", DataType.Varchar), ("b", DataType.Double))
            .Add("x", 0.0).Add("x", -0.0).Add(null, double.NaN).Add("x", null)
            .Add(null, double.NaN).Add("x", null).Add("y", 0.0);

        List<object?[]> rows = TestScans.Run(new LogicalDistinct(table.Scan), table);

        rows.Should().BeEquivalentTo(
            new object?[][] { ["x", 0.0], [null, double.NaN], ["x", null], ["y", 0.0] },
            options => options.WithStrictOrdering());
    }

    [Fact]
    public void SingleRow_Projected_GivesOneRow()
    {
        TestScans.Run(new LogicalSingleRow().Select(Sql.Value(1), Sql.Value("x")))
            .Should().BeEquivalentTo(new object?[][] { [1, "x"] });
    }

    [Fact]
    public void StatelessOperators_OverWeightedChanges_KeepTheWeightOfEveryRow()
    {
        var consumer = new WeightConsumer();
        TestTable table = Numbers();
        ColumnReference a = table.Column("a");
        var builder = new OperatorBuilder(
            new RowErrorLog(RowErrorPolicy.Fail), new MemoryMeter(MemoryLimit.None));
        builder.Build(
            table.Scan.Where(Sql.Greater(a, Sql.Value(0))).Select(a), new ConsumerOperator(consumer));

        ChangeBatch batch = table.Batches().First();
        builder.Scans[0].Input.Push(batch with { Weights = [1, 1, -1] });

        consumer.Seen.Should().Equal((3, 1), (2, -1));
    }

    private static TestTable Numbers() =>
        new TestTable("t", ("a", DataType.Int)).Add(3).Add([null!]).Add(2).Add(1).Add(0).Add(5);

    private sealed class WeightConsumer : IChangeConsumer
    {
        public List<(int Value, int Weight)> Seen { get; } = [];

        public void Consume(ChangeBatch changes)
        {
            ChangeBatch dense = changes.Densify();
            for (int row = 0; row < dense.Count; row++)
            {
                Seen.Add((((FixedColumn<int>)dense.Rows[0]).Values[row], dense.Weights![row]));
            }
        }
    }
}
