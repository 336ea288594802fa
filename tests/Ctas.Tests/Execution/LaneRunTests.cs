using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Operators;

namespace Ctas.Tests.Execution;

/// <summary>Lanes that read the same rows give none of them back under each other's eyes.</summary>
public sealed class LaneRunTests
{
    // As many as settle whether the first lane is better off alone.
    private const int Rows = 65_536;

    [Fact]
    public void Execute_FirstLaneGoesOnAlone_ReadsWhatAnotherLaneIsStillAt()
    {
        ChangeBatch[] batches = [Numbers(1), Numbers(2)];
        using var otherHasBatch = new ManualResetEventSlim();
        using var firstHasBatch = new ManualResetEventSlim();
        LaneRun run = null!;
        int[] read = [];
        var first = new TestLane(rows =>
        {
            ReadOnlySpan<int> values = ((FixedColumn<int>)rows[0]).Values;
            otherHasBatch.Wait();
            if (values[0] == 1) { return; }

            // Its own share is done: these are the rows of the other lane, which ends while they are read.
            firstHasBatch.Set();
            SpinWait.SpinUntil(() => run.AreOthersGone);
            read = values.ToArray();
        });
        var other = new TestLane(rows =>
        {
            _ = ((FixedColumn<int>)rows[0]).Values[0];
            otherHasBatch.Set();
            firstHasBatch.Wait();
        });

        run = new LaneRun([first.Of(0, 1), other.Of(1, 2)], batches, CancellationToken.None);
        Lane[] done = run.Execute();

        done.Should().ContainSingle().Which.Result.Should().BeSameAs(first);
        read.Should().HaveCount(Rows).And.OnlyContain(value => value == 2);
        other.IsForgotten.Should().BeTrue();
    }

    private static ChangeBatch Numbers(int value)
    {
        int[] values = new int[Rows];
        values.AsSpan().Fill(value);
        return LentColumns.Of(new ChangeBatch(new Batch([new FixedColumn<int>(DataType.Int, values, Rows)], Rows)));
    }

    private sealed class TestLane(Action<Batch> take) : IOperatorInput, ILaneEnd
    {
        public bool IsForgotten { get; private set; }

        public bool IsSatisfied => false;

        public bool KeepsColumns => false;

        public Lane Of(int start, int end) => new(start, end, new RowErrorLog(RowErrorPolicy.Fail), this, this);

        public void Push(ChangeBatch changes) => take(changes.Rows);

        public void Complete()
        {
        }

        public void Finish(IReadOnlyList<ILaneEnd> following)
        {
        }

        public void Forget() => IsForgotten = true;

        public bool IsBetterAlone(long rows) => true;
    }
}
