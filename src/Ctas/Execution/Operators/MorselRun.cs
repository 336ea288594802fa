using System.Runtime.ExceptionServices;
using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>Takes morsels through lanes that run side by side, once.</summary>
internal sealed class MorselRun(
    RowLaneMaker makeLane, LaneSettings settings, IReadOnlyList<ChangeBatch> morsels, IOperatorInput output)
{
    private readonly MorselTurns _turns = new(morsels.Count);
    private readonly MorselOutcome _outcome = new();

    /// <summary>Runs to the end, or until a morsel fails or the output is satisfied.</summary>
    public MorselOutcome Execute(int count)
    {
        RowLane[] lanes = [.. Enumerable.Range(0, count).Select(_ => Make())];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = count }, lane => Run(lanes[lane]));
        return _outcome;
    }

    private RowLane Make()
    {
        var log = new RowErrorLog(settings.Log.Policy);
        var exit = new LaneExit(_turns, output);
        return new RowLane(log, exit, makeLane(log, exit));
    }

    private void Run(RowLane lane)
    {
        while (_turns.TryTake(out int morsel))
        {
            long skippedBefore = lane.Log.Skipped;
            lane.Exit.Morsel = morsel;
            ExceptionDispatchInfo? failure = Run(lane.Input, morsels[morsel]);

            // What one thread would not have come to does not count; a morsel that ends the run itself does.
            _turns.Await(morsel);
            if (_turns.Counts(morsel))
            {
                bool isRow = failure?.SourceException is ExecutionException && !lane.Exit.HasOutputFailed;
                _outcome.Add(lane.Log.Skipped - skippedBefore, lane.Log.FirstSkipped, failure, isRow);
                if (failure is not null) { _turns.EndAfter(morsel); }
            }

            _turns.Pass(morsel);
        }
    }

    /// <summary>Takes a morsel through a lane, whose failure is told when its turn comes.</summary>
    private ExceptionDispatchInfo? Run(IOperatorInput input, ChangeBatch morsel)
    {
        try
        {
            settings.CancellationToken.ThrowIfCancellationRequested();
            input.Push(morsel);
            if (!input.KeepsColumns) { morsel.Rows.GiveBackDecoded(); }

            return null;
        }
        catch (Exception e) { return ExceptionDispatchInfo.Capture(e); }
    }

    private sealed record RowLane(RowErrorLog Log, LaneExit Exit, IOperatorInput Input);
}
