using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

/// <summary>Windows over many rows, where the sizes of buffers and of trees matter.</summary>
public sealed class WindowOperatorTests
{
    private const int Rows = 30_000;

    [Fact]
    public void Window_WithRowLimit_GivesTheFirstRowsOfEachPartition()
    {
        TestTable table = RandomTable(out List<(int Key, int Value, int Row)> model);
        LogicalWindow plan = Window(
            table, Call("ROW_NUMBER", DataType.BigInt), ("key", "value")) with
        { RowLimit = 3 };

        List<object?[]> rows = TestScans.Run(plan, table);

        rows.Select(row => ((int)row[2]!, (long)row[3]!)).Should().BeEquivalentTo(
            from row in model
            group row by row.Key into partition
            from ranked in partition.OrderBy(row => row.Value).Take(3).Select((row, i) => (row.Row, Number: i + 1L))
            select ranked);
    }

    [Fact]
    public void Window_AverageOfDoublesOverLongFrames_IsThatOfTheirRows()
    {
        TestTable table = RandomTable(out List<(int Key, int Value, int Row)> model);
        var argument = new CastExpression(table.Column("value"), DataType.Double, IsTry: false);
        var frame = new WindowFrame(
            FrameUnit.Rows,
            new FrameBound(FrameBoundKind.Preceding, Sql.Value(1000L)),
            new FrameBound(FrameBoundKind.Following, Sql.Value(37L)),
            FrameExclusion.NoOthers,
            RangeKey: null);
        var call = new WindowCall("AVG", new AggregateCall("AVG", [argument], DataType.Double), [], frame, DataType.Double);

        List<object?[]> rows = TestScans.Run(Window(table, call, ("key", "row")), table);

        foreach (IGrouping<int, (int Key, int Value, int Row)> partition in model.GroupBy(row => row.Key))
        {
            (int Key, int Value, int Row)[] sorted = [.. partition.OrderBy(row => row.Row)];
            for (int position = 0; position < sorted.Length; position += 97)
            {
                double expected = sorted[Math.Max(0, position - 1000)..Math.Min(sorted.Length, position + 38)]
                    .Average(row => (double)row.Value);
                ((double)rows[sorted[position].Row][3]!).Should().BeApproximately(expected, 1e-9);
            }
        }
    }

    [Fact]
    public void Window_BeyondTheMemoryLimit_Fails()
    {
        TestTable table = RandomTable(out _);

        Action run = () => TestScans.Run(
            Window(table, Call("RANK", DataType.BigInt), ("key", "value")),
            new Ctas.Execution.ExecutionOptions { Memory = new Ctas.Execution.MemoryLimit(1000, "a test") },
            table);

        run.Should().Throw<Ctas.Execution.ExecutionException>().Which.Code.Should().Be("CTAS5003");
    }

    private static TestTable RandomTable(out List<(int Key, int Value, int Row)> model)
    {
        var random = new Random(7);
        var table = new TestTable(
            "t", ("key", DataType.Int), ("value", DataType.Int), ("row", DataType.Int))
        { BatchRows = 1000 };
        model = [];
        for (int row = 0; row < Rows; row++)
        {
            // Different values, so that there are no ties.
            (int Key, int Value, int Row) next = (random.Next(5), (random.Next(1000) * Rows) + row, row);
            model.Add(next);
            table.Add(next.Key, next.Value, next.Row);
        }

        return table;
    }

    private static WindowCall Call(string function, DataType type) => new(
        function,
        null,
        [],
        new WindowFrame(
            FrameUnit.Range,
            new FrameBound(FrameBoundKind.UnboundedPreceding, null),
            new FrameBound(FrameBoundKind.CurrentRow, null),
            FrameExclusion.NoOthers,
            RangeKey: null),
        type);

    private static LogicalWindow Window(TestTable table, WindowCall call, (string Partition, string Order) keys) => new(
        table.Scan,
        [table.Column(keys.Partition)],
        [new SortKey(table.Column(keys.Order), IsDescending: false, NullsFirst: false)],
        [call],
        new Schema([.. table.Schema.Fields, new Field("result", call.Type)]));
}
