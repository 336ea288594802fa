using System.Runtime.ExceptionServices;
using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>
/// Takes morsels through lanes that run side by side, and holds what becomes of some of them until one thread pushes it on: for an
/// output whose state is quicker to change from one core.
/// </summary>
internal sealed class HeldRun(RowLaneMaker makeLane, LaneSettings settings, IReadOnlyList<ChangeBatch> morsels, IOperatorInput output)
{
    // So many that the threads seldom wait for each other; few beside what a load holds anyway.
    private const int HeldPerLane = 8;

    private readonly HeldMorsel?[] _held = new HeldMorsel?[morsels.Count];
    private readonly MorselOutcome _outcome = new();
    private int _taken;
    private int _end;
    private volatile bool _hasFailed;

    /// <summary>Runs to the end, or until a morsel fails or the output is satisfied.</summary>
    public MorselOutcome Execute(int count)
    {
        HeldLane[] lanes = [.. Enumerable.Range(0, count).Select(_ => Make())];
        for (int begin = 0; begin < _held.Length && _outcome.Failure is null && !output.IsSatisfied; begin = _end)
        {
            _taken = begin;
            _end = Math.Min(begin + (count * HeldPerLane), _held.Length);
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = count }, lane => Run(lanes[lane]));
            PushHeld(begin);
        }

        return _outcome;
    }

    private void PushHeld(int begin)
    {
        for (int morsel = begin; morsel < _end && _outcome.Failure is null && !output.IsSatisfied; morsel++)
        {
            settings.CancellationToken.ThrowIfCancellationRequested();

            // Those behind one that failed may not have been taken.
            if (_held[morsel] is not { } held) { return; }

            foreach (ChangeBatch rows in held.Rows) { output.Push(rows); }

            if (!output.KeepsColumns) { morsels[morsel].Rows.GiveBackDecoded(); }

            _outcome.Add(held.Skipped, held.FirstSkipped, held.Failure, isRow: held.Failure?.SourceException is ExecutionException);
            _held[morsel] = null;
        }
    }

    private HeldLane Make()
    {
        var log = new RowErrorLog(settings.Log.Policy);
        var exit = new HeldRows();
        return new HeldLane(log, exit, makeLane(log, exit));
    }

    private void Run(HeldLane lane)
    {
        for (int morsel; !_hasFailed && (morsel = Interlocked.Increment(ref _taken) - 1) < _end;)
        {
            long skippedBefore = lane.Log.Skipped;
            ExceptionDispatchInfo? failure = null;
            try
            {
                settings.CancellationToken.ThrowIfCancellationRequested();
                lane.Input.Push(morsels[morsel]);
            }
            catch (Exception e) { failure = ExceptionDispatchInfo.Capture(e); }

            _hasFailed |= failure is not null;
            _held[morsel] = new HeldMorsel(lane.Exit.Take(), lane.Log.Skipped - skippedBefore, lane.Log.FirstSkipped, failure);
        }
    }

    private sealed record HeldLane(RowErrorLog Log, HeldRows Exit, IOperatorInput Input);

    private sealed record HeldMorsel(
        List<ChangeBatch> Rows, long Skipped, ExecutionException? FirstSkipped, ExceptionDispatchInfo? Failure);

    private sealed class HeldRows : IOperatorInput
    {
        private List<ChangeBatch> _rows = [];

        public bool IsSatisfied => false;

        public void Push(ChangeBatch changes) => _rows.Add(changes);

        public void Complete()
        {
        }

        public List<ChangeBatch> Take()
        {
            List<ChangeBatch> rows = _rows;
            _rows = [];
            return rows;
        }
    }
}
