using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>A stage whose rows go on as they are, in the order of the scan.</summary>
/// <remarks>
/// <code>
/// morsel 0 ─► filter ─► probe ─┐ first
///                              ├──────► output
/// morsel 1 ─► filter ─► probe ─┘ then
/// </code>
/// A morsel is a batch of the scan; a lane takes the next one that none has taken. What becomes of it goes on when all morsels
/// before are through, so rows keep their order and none are held: but for an output that is quicker on one thread.
/// </remarks>
internal sealed class RowStage(
    RowLaneMaker makeLane, LaneSettings settings, IReadOnlyList<JoinOperator> joins, IOperatorInput output)
    : LaneStage(settings, joins, output)
{
    protected override void RunAlone() => RunThrough(makeLane(Settings.Log, Output));

    protected override void RunSideBySide(int lanes)
    {
        MorselOutcome run = Output.IsQuickerOnOneThread
            ? new HeldRun(makeLane, Settings, Batches, Output).Execute(lanes)
            : new MorselRun(makeLane, Settings, Batches, Output).Execute(lanes);

        // Lanes do not know how many rows came before theirs: one thread looks once more for the first one that fails.
        if (run.Skipped > 0) { Settings.Log.Skip(run.Skipped, FirstFailingRow() ?? run.FirstSkipped!); }

        if (run.HasRowFailed) { FirstFailingRow(); }

        run.Failure?.Throw();
    }

    /// <summary>Why the first row is left out that is.</summary>
    /// <exception cref="ExecutionException">By the policy, it fails the query.</exception>
    private ExecutionException? FirstFailingRow()
    {
        var log = new RowErrorLog(Settings.Log.Policy);
        RunThrough(makeLane(log, new RowsUntilOneFails(log)));
        return log.FirstSkipped;
    }

    /// <summary>Lets rows go, until one has been left out.</summary>
    private sealed class RowsUntilOneFails(RowErrorLog log) : IOperatorInput
    {
        public bool IsSatisfied => log.Skipped > 0;

        public bool KeepsColumns => false;

        public void Push(ChangeBatch changes)
        {
        }

        public void Complete()
        {
        }
    }
}
