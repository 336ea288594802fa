using System.Runtime.ExceptionServices;
using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>Takes morsels through lanes that run side by side, once.</summary>
internal sealed class MorselRun(
    RowLaneMaker makeLane, LaneSettings settings, IReadOnlyList<ChangeBatch> morsels, IOperatorInput output)
{
    private readonly MorselTurns _turns = new(morsels.Count);

    /// <summary>Why the first morsel failed that did; null when none did.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    /// <summary>True when it failed for a row, by the policy.</summary>
    public bool HasRowFailed { get; private set; }

    /// <summary>Rows left out.</summary>
    public long Skipped { get; private set; }

    /// <summary>Why the first of them was left out, with a place that only its lane knows; null when none was.</summary>
    public ExecutionException? FirstSkipped { get; private set; }

    /// <summary>Runs to the end, or until a morsel fails or the output is satisfied.</summary>
    public void Execute(int count)
    {
        RowLane[] lanes = [.. Enumerable.Range(0, count).Select(_ => Make())];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = count }, lane => Run(lanes[lane]));
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

            // What one thread would not have come to does not count.
            _turns.Await(morsel);
            if (!_turns.AreOver)
            {
                Skipped += lane.Log.Skipped - skippedBefore;
                FirstSkipped ??= lane.Log.FirstSkipped;
                if (failure is not null) { Fail(failure, lane.Exit); }
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

    private void Fail(ExceptionDispatchInfo failure, LaneExit exit)
    {
        Failure = failure;
        HasRowFailed = failure.SourceException is ExecutionException && !exit.HasOutputFailed;
        _turns.End();
    }

    private sealed record RowLane(RowErrorLog Log, LaneExit Exit, IOperatorInput Input);
}
