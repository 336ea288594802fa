using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

public sealed class SpoolOperatorTests
{
    private static readonly TestTable Numbers =
        new TestTable("t", ("x", DataType.Int), ("s", DataType.Varchar)).Add(1, "a").Add(null, null).Add(3, "c").Add(4, "d");

    [Fact]
    public void Execute_PlanReadTwice_ReadsItsTableOnce()
    {
        var scans = new TestScans(Numbers);

        (List<object?[]> rows, _) = scans.Execute(Twice(), new ExecutionOptions());

        rows.Should().BeEquivalentTo([.. Numbers.Rows, .. Numbers.Rows], options => options.WithStrictOrdering());
        scans.Reads.Should().Equal("t");
    }

    [Fact]
    public void Execute_KeptRowsBeyondTheLimit_FailWithMemory()
    {
        var act = () => new TestScans(Numbers).Execute(Twice(), new ExecutionOptions { Memory = new MemoryLimit(8, "a test") });

        act.Should().Throw<ExecutionException>().WithMessage("*memory*");
    }

    private static LogicalSharing Twice()
    {
        var read = new LogicalSharedRead(1, Numbers.Schema, ChangeKind.AppendOnly);
        return new LogicalSharing(
            [new LogicalShared(1, Numbers.Scan)],
            new LogicalUnionAll([read, read], Numbers.Schema, ChangeKind.AppendOnly));
    }
}
