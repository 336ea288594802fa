using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Operators;
using Ctas.Execution.Windows;
using Ctas.Planning;
using static Ctas.Tests.Execution.Sql;

namespace Ctas.Tests.Execution;

/// <summary>What operators allocate for a row once they run: nothing but what their result is made of.</summary>
/// <remarks>They take memory from the pool of the process: tests beside them would take away what they have given back.</remarks>
[Collection(nameof(AloneWithSharedPool))]
public sealed class HotPathAllocationTests
{
    private const int BatchRows = 16 * 1024;
    private const int Pushes = 50;

    // A batch costs a few objects, whatever its rows.
    private const double ObjectBytesPerRow = 0.1;

    private static readonly Schema Rows = new(
        [new Field("name", DataType.Varchar), new Field("n", DataType.Int), new Field("amount", DataType.Double)]);

    private static readonly ColumnReference Name = new(0, DataType.Varchar);
    private static readonly ColumnReference N = new(1, DataType.Int);
    private static readonly ColumnReference Amount = new(2, DataType.Double);

    private static readonly LogicalScan Scan =
        new("rows", IsSource: false, OrdinalList.Empty, Rows, ChangeKind.AppendOnly);

    [Fact]
    public void Push_Aggregate_AllocatesNothingPerRow()
    {
        LogicalAggregate plan = Scan.GroupBy(
            [Name, N],
            CountAll,
            Aggregate("SUM", N, DataType.BigInt),
            Aggregate("AVG", Amount, DataType.Double),
            Aggregate("AVG", N, DataType.Double),
            Aggregate("MIN", Amount, DataType.Double),
            Aggregate("MAX", N, DataType.Int));
        var groups = new AggregateOperator(plan, new RowErrorLog(RowErrorPolicy.Fail), Meter(), new Sink());

        AllocatedPerRow(groups).Should().BeLessThan(ObjectBytesPerRow);
    }

    [Fact]
    public void Push_AggregateOfComputedArguments_AllocatesNothingPerRow()
    {
        ScalarExpression real = new CastExpression(N, DataType.Double, IsTry: false);
        LogicalAggregate plan = Scan.GroupBy(
            [N], new AggregateCall("CORR", [real, Amount], DataType.Double), Aggregate("AVG", real, DataType.Double));
        var groups = new AggregateOperator(plan, new RowErrorLog(RowErrorPolicy.Fail), Meter(), new Sink());

        AllocatedPerRow(groups).Should().BeLessThan(ObjectBytesPerRow);
    }

    [Fact]
    public void Push_FirstRowsOfPartitions_AllocatesNothingPerRow()
    {
        var plan = new LogicalSort(Scan, [new SortKey(Amount, IsDescending: true, NullsFirst: false)]);
        var top = new TopRows(
            [.. Rows.Fields.Select(field => field.Type)], [DataType.Int], plan.Keys, limit: 2);
        var batch = new Batch([Texts(BatchRows), Numbers(), Doubles(BatchRows)], BatchRows);
        Batch keys = batch.Select([1, 2]);

        // Until there is room for the rows that pass.
        for (int push = 0; push < 3; push++) { top.Add(batch, keys); }

        double allocated = Allocations.Of(() =>
        {
            for (int push = 0; push < Pushes; push++) { top.Add(batch, keys); }
        });
        (allocated / (Pushes * BatchRows)).Should().BeLessThan(ObjectBytesPerRow);
    }

    [Fact]
    public void Push_Filter_AllocatesItsSelectionOnly()
    {
        LogicalFilter plan = Scan.Where(Greater(N, Value(49)));
        var filter = new FilterOperator(plan, new RowErrorLog(RowErrorPolicy.Fail), new Sink());

        // A row number for each row that passes, which is half of them.
        AllocatedPerRow(filter).Should().BeLessThan((sizeof(int) / 2.0) + ObjectBytesPerRow);
    }

    [Fact]
    public void Push_JoinOfWhichOneColumnIsRead_AllocatesThatColumnOnly()
    {
        LogicalJoin plan = Scan.Join(JoinKind.Inner, Scan, [N], [N]);
        bool[] isRead = [false, false, true, false, false, false];
        var join = new JoinOperator(
            plan, new JoinColumns(plan, isRead), new RowErrorLog(RowErrorPolicy.Fail), Meter(), new Sink());
        join.Build.Push(new ChangeBatch(new Batch(
            [Texts(90), new FixedColumn<int>(DataType.Int, [.. Enumerable.Range(0, 90)], 90), Doubles(90)], 90)));
        join.Build.Complete();

        // Nine of ten rows have a match.
        AllocatedPerRow(join.Probe).Should().BeLessThan((0.91 * sizeof(double)) + ObjectBytesPerRow);
    }

    [Fact]
    public void Push_JoinThatFindsMostRows_AllocatesItsResultOnly()
    {
        LogicalJoin plan = Scan.Join(JoinKind.Inner, Scan, [N], [N]);
        var sink = new Sink();
        var join = new JoinOperator(plan, new JoinColumns(plan, isRead: null), new RowErrorLog(RowErrorPolicy.Fail), Meter(), sink);
        join.Build.Push(new ChangeBatch(new Batch(
            [Texts(90), new FixedColumn<int>(DataType.Int, [.. Enumerable.Range(0, 90)], 90), Doubles(90)], 90)));
        join.Build.Complete();

        double allocated = AllocatedPerRow(join.Probe);

        // Two strings, two INT and two DOUBLE for each row with a match.
        double matches = sink.Rows / (double)(BatchRows * (1 + Pushes));
        matches.Should().BeInRange(0.85, 0.95);
        allocated.Should().BeLessThan((matches * ((2 * 4) + (2 * 4) + (2 * 8))) + ObjectBytesPerRow);
    }

    [Theory]
    [InlineData(90)]
    [InlineData(180)]
    public void Push_JoinIntoWhatKeepsNoColumns_AllocatesNothingPerRow(int built)
    {
        // With as many again, each key comes twice.
        LogicalJoin plan = Scan.Join(JoinKind.Inner, Scan, [N], [N]);
        var sink = new Sink(keepsColumns: false);
        var join = new JoinOperator(plan, new JoinColumns(plan, isRead: null), new RowErrorLog(RowErrorPolicy.Fail), Meter(), sink);
        join.Build.Push(new ChangeBatch(new Batch(
            [Texts(built), new FixedColumn<int>(DataType.Int, [.. Enumerable.Range(0, built).Select(row => row % 90)], built), Doubles(built)], built)));
        join.Build.Complete();

        AllocatedPerRow(join.Probe).Should().BeLessThan(ObjectBytesPerRow);

        (sink.Rows / (double)(BatchRows * (1 + Pushes))).Should().BeInRange(built / 100.0 * 0.95, built / 100.0 * 1.05);
    }

    [Fact]
    public void Push_FilterIntoWhatKeepsNoColumns_AllocatesNothingPerRow()
    {
        LogicalFilter plan = Scan.Where(Greater(N, Value(49)));
        var filter = new FilterOperator(plan, new RowErrorLog(RowErrorPolicy.Fail), new Sink(keepsColumns: false));

        AllocatedPerRow(filter).Should().BeLessThan(ObjectBytesPerRow);
    }

    [Theory]
    [InlineData(nameof(JoinKind.Semi))]
    [InlineData(nameof(JoinKind.Anti))]
    [InlineData(nameof(JoinKind.Mark))]
    public void Push_MatchJoinIntoWhatKeepsNoColumns_AllocatesNothingPerRow(string name)
    {
        JoinKind kind = Enum.Parse<JoinKind>(name);
        LogicalJoin plan = Scan.Join(kind, Scan, [N], [N]) with { IsNullAware = kind == JoinKind.Mark };
        var sink = new Sink(keepsColumns: false);
        var join = new MatchJoinOperator(plan, new RowErrorLog(RowErrorPolicy.Fail), Meter(), sink);
        join.Build.Push(HalfOfTheNumbers());
        join.Build.Complete();

        ChangeBatch batch = WithNulls();
        AllocatedPerRow(join.Probe, batch).Should().BeLessThan(ObjectBytesPerRow);

        long before = sink.Rows;
        join.Probe.Push(batch);
        ((sink.Rows - before) / (double)BatchRows).Should().BeInRange(0.4, 1);
    }

    [Fact]
    public void Push_SingleJoinAfterFilterIntoWhatKeepsNoColumns_AllocatesNothingPerRow()
    {
        LogicalJoin plan = Scan.Join(JoinKind.Single, Scan, [N], [N]);
        var sink = new Sink(keepsColumns: false);
        var join = new SingleJoinOperator(plan, new RowErrorLog(RowErrorPolicy.Fail), Meter(), sink);
        join.Build.Push(HalfOfTheNumbers());
        join.Build.Complete();
        var filter = new FilterOperator(Scan.Where(Greater(N, Value(29))), new RowErrorLog(RowErrorPolicy.Fail), join.Probe);

        ChangeBatch batch = WithNulls();
        AllocatedPerRow(filter, batch).Should().BeLessThan(ObjectBytesPerRow);

        // Rows without a match are given too.
        long before = sink.Rows;
        filter.Push(batch);
        ((sink.Rows - before) / (double)BatchRows).Should().BeInRange(0.5, 0.7);
    }

    [Fact]
    public void Push_LeftJoinThatMissesMostRows_AllocatesNothingPerRowForNulls()
    {
        LogicalJoin plan = Scan.Join(JoinKind.Left, Scan, [N], [N]);
        var join = new JoinOperator(
            plan, new JoinColumns(plan, isRead: null), new RowErrorLog(RowErrorPolicy.Fail), Meter(), new Sink(keepsColumns: false));
        join.Build.Push(HalfOfTheNumbers());
        join.Build.Complete();

        AllocatedPerRow(join.Probe, WithNulls()).Should().BeLessThan(ObjectBytesPerRow);
    }

    private static double AllocatedPerRow(IOperatorInput input) => AllocatedPerRow(input, Pushed());

    private static double AllocatedPerRow(IOperatorInput input, ChangeBatch batch)
    {
        input.Push(batch);
        long bytes = Allocations.Of(() =>
        {
            for (int push = 0; push < Pushes; push++) { input.Push(batch); }
        });
        return bytes / (double)(Pushes * BatchRows);
    }

    private static ChangeBatch Pushed() => new(new Batch([Texts(BatchRows), Numbers(), Doubles(BatchRows)], BatchRows));

    private static ChangeBatch HalfOfTheNumbers() => new(new Batch(
        [Texts(50), new FixedColumn<int>(DataType.Int, [.. Enumerable.Range(0, 50)], 50), Doubles(50)], 50));

    // One number in ten is NULL.
    private static ChangeBatch WithNulls()
    {
        var validity = new Bitmap(BatchRows, value: true);
        for (int row = 0; row < BatchRows; row += 10) { validity[row] = false; }

        int[] numbers = [.. Enumerable.Range(0, BatchRows).Select(row => row % 10 == 0 ? 0 : row % 100)];
        return new(new Batch([Texts(BatchRows), new FixedColumn<int>(DataType.Int, numbers, BatchRows, validity), Doubles(BatchRows)], BatchRows));
    }

    private static MemoryMeter Meter() => new(MemoryLimit.None);

    private static Column Texts(int count) =>
        TestTable.Build(DataType.Varchar, Enumerable.Range(0, count).Select(row => (object?)$"name{row % 77}"));

    private static FixedColumn<int> Numbers() =>
        new(DataType.Int, [.. Enumerable.Range(0, BatchRows).Select(row => row % 100)], BatchRows);

    private static FixedColumn<double> Doubles(int count) =>
        new(DataType.Double, [.. Enumerable.Range(0, count).Select(row => row / 8.0)], count);

    private sealed class Sink(bool keepsColumns = true) : IOperatorInput
    {
        public long Rows { get; private set; }

        public bool IsSatisfied => false;

        public bool KeepsColumns => keepsColumns;

        public void Push(ChangeBatch changes) => Rows += changes.Count;

        public void Complete()
        {
        }
    }
}

/// <summary>Nobody else takes memory from the shared pool meanwhile.</summary>
[CollectionDefinition(nameof(AloneWithSharedPool), DisableParallelization = true)]
public sealed class AloneWithSharedPool;
