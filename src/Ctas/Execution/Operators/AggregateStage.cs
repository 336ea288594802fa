namespace Ctas.Execution.Operators;

/// <summary>A stage whose lanes each aggregate a share of the rows.</summary>
/// <remarks>
/// <code>
///         ┌─► filter ─► probe ─► partial aggregate ─┐
/// scan ───┤                                         ├─► merged in order ─► output
///         └─► filter ─► probe ─► partial aggregate ─┘
/// </code>
/// Each lane takes one contiguous share and lanes are merged in that order. When a row fails, or memory runs out, the lanes are
/// forgotten and one thread runs everything once more: what is then reported is exact.
/// </remarks>
internal sealed class AggregateStage(
    LaneMaker makeLane, LaneSettings settings, IReadOnlyList<JoinOperator> joins, IOperatorInput output)
    : LaneStage(settings, joins, output)
{
    protected override void RunAlone()
    {
        (IOperatorInput input, ILaneEnd end) = makeLane(Settings.Log);
        RunThrough(input);
        end.Finish([]);
    }

    protected override void RunSideBySide(int lanes)
    {
        Lane[] done = new LaneRun(Lanes(lanes), Batches, Settings.CancellationToken).Execute();
        if (done.Length == 0)
        {
            RunAlone();
            return;
        }

        done[0].Result.Finish([.. done.Skip(1).Select(lane => lane.Result)]);
        Settings.Log.Add(done[0].Log);
    }

    private Lane[] Lanes(int count)
    {
        var lanes = new Lane[count];
        for (int lane = 0, start = 0; lane < count; lane++)
        {
            int end = EndOfShare(start, (lane + 1) * Rows / count);
            var log = new RowErrorLog(Settings.Log.Policy);
            (IOperatorInput input, ILaneEnd laneEnd) = makeLane(log);
            lanes[lane] = new Lane(start, end, log, input, laneEnd);
            start = end;
        }

        return lanes;
    }

    private int EndOfShare(int start, long rowsBefore)
    {
        long rows = 0;
        for (int batch = 0; batch < start; batch++) { rows += Batches[batch].Count; }

        int end = start;
        while (end < Batches.Count && rows < rowsBefore) { rows += Batches[end++].Count; }

        return end;
    }
}
