using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>
/// A stretch of a plan, from a table's scan to where rows are collected, that several threads run side by side.
/// </summary>
/// <remarks>
/// <code>
///         ┌─► filter ─► probe ─► partial aggregate ─┐
/// scan ───┤                                         ├─► merged in order ─► output
///         └─► filter ─► probe ─► partial aggregate ─┘
/// </code>
/// Each lane takes one contiguous share of the rows and lanes are put together in that order, so that the result is
/// what one thread gives (sums of DOUBLE aside, which are rounded in another order). When a row fails, or memory runs
/// out, the lanes are forgotten and one thread runs everything once more: what is then reported is exact. The rows of
/// a table are there already, so holding its batches until the scan has ended costs nothing.
/// </remarks>
internal sealed class LaneStage(
    LaneMaker makeLane, LaneSettings settings, IReadOnlyList<JoinOperator> joins, IOperatorInput output) : IOperatorInput
{
    private readonly List<ChangeBatch> _batches = [];
    private long _rows;

    public bool IsSatisfied => output.IsSatisfied;

    public void Push(ChangeBatch changes)
    {
        _batches.Add(changes);
        _rows += changes.Count;
    }

    public void Complete()
    {
        int lanes = (int)Math.Min(Math.Min(settings.MaxLanes, _batches.Count), _rows / settings.MinLaneRows);
        bool isDone = lanes > 1 && joins.All(join => join.CanShare) && TryRunSideBySide(lanes);
        if (!isDone) { RunAlone(); }

        _batches.Clear();
        foreach (JoinOperator join in joins) { join.Release(); }

        output.Complete();
    }

    private void RunAlone()
    {
        (IOperatorInput input, ILaneEnd end) = makeLane(settings.Log, isAlone: true);
        foreach (ChangeBatch batch in _batches)
        {
            settings.CancellationToken.ThrowIfCancellationRequested();
            if (input.IsSatisfied) { break; }

            input.Push(batch);
            if (!end.KeepsRows) { batch.Rows.GiveBackDecoded(); }
        }

        end.Finish([]);
    }

    private bool TryRunSideBySide(int count)
    {
        var lanes = new Lane[count];
        for (int lane = 0, start = 0; lane < count; lane++)
        {
            int end = EndOfShare(start, (lane + 1) * _rows / count);
            var log = new RowErrorLog(settings.Log.Policy);
            (IOperatorInput input, ILaneEnd laneEnd) = makeLane(log, isAlone: false);
            lanes[lane] = new Lane(start, end, log, input, laneEnd);
            start = end;
        }

        lanes = new LaneRun(lanes, _batches, settings.CancellationToken).Execute();
        if (lanes.Length == 0) { return false; }

        lanes[0].Result.Finish([.. lanes.Skip(1).Select(lane => lane.Result)]);
        settings.Log.Add(lanes[0].Log);
        return true;
    }

    private int EndOfShare(int start, long rowsBefore)
    {
        long rows = 0;
        for (int batch = 0; batch < start; batch++) { rows += _batches[batch].Count; }

        int end = start;
        while (end < _batches.Count && rows < rowsBefore) { rows += _batches[end++].Count; }

        return end;
    }
}
