using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>A stretch of a plan, from a table's scan to where rows are collected or go on, that several threads run side by side.</summary>
/// <remarks>
/// The result, its order and its errors are what one thread gives (sums of DOUBLE aside, which are rounded in another order). The
/// rows of a table are there already, so holding its batches until the scan has ended costs nothing.
/// </remarks>
internal abstract class LaneStage(LaneSettings settings, IReadOnlyList<JoinOperator> joins, IOperatorInput output) : IOperatorInput
{
    private readonly List<ChangeBatch> _batches = [];

    public bool IsSatisfied => output.IsSatisfied;

    /// <summary>The batches of the scan; their columns are the stage's.</summary>
    protected IReadOnlyList<ChangeBatch> Batches => _batches;

    /// <summary>Rows in them.</summary>
    protected long Rows { get; private set; }

    /// <summary>How the work is spread.</summary>
    protected LaneSettings Settings => settings;

    /// <summary>Where the result goes.</summary>
    protected IOperatorInput Output => output;

    public void Push(ChangeBatch changes)
    {
        _batches.Add(changes);
        Rows += changes.Count;
    }

    public void Complete()
    {
        int lanes = (int)Math.Min(Math.Min(settings.MaxLanes, _batches.Count), Rows / settings.MinLaneRows);
        if (lanes > 1 && joins.All(join => join.CanShare)) { RunSideBySide(lanes); }
        else { RunAlone(); }

        _batches.Clear();
        foreach (JoinOperator join in joins) { join.Release(); }

        output.Complete();
    }

    /// <summary>Runs everything on this thread.</summary>
    protected abstract void RunAlone();

    /// <summary>Runs so many lanes.</summary>
    protected abstract void RunSideBySide(int lanes);

    /// <summary>Takes all batches through the operators of one lane.</summary>
    protected void RunThrough(IOperatorInput input)
    {
        foreach (ChangeBatch batch in _batches)
        {
            settings.CancellationToken.ThrowIfCancellationRequested();
            if (input.IsSatisfied) { break; }

            input.Push(batch);
            if (!input.KeepsColumns) { batch.Rows.GiveBackDecoded(); }
        }
    }
}
