using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>How stretches of a plan are spread over threads.</summary>
/// <param name="MaxLanes">Threads at most.</param>
/// <param name="MinLaneRows">A lane is not worth its start for fewer rows.</param>
/// <param name="Log">Where rows that fail are noted.</param>
/// <param name="CancellationToken">Stops lanes between batches.</param>
internal sealed record LaneSettings(
    int MaxLanes, int MinLaneRows, RowErrorLog Log, CancellationToken CancellationToken);

/// <summary>Makes the operators of one lane.</summary>
/// <param name="log">Where rows of the lane that fail are noted.</param>
/// <param name="isAlone">True when it is the only lane, whose result may go on at once.</param>
/// <returns>What takes the lane's share of the scan, and where its rows end up.</returns>
internal delegate (IOperatorInput Input, ILaneEnd End) LaneMaker(RowErrorLog log, bool isAlone);

/// <summary>Where the rows of one lane end up.</summary>
internal interface ILaneEnd
{
    /// <summary>Gives on what this lane and the following ones have, in their order; the output is not completed.</summary>
    void Finish(IReadOnlyList<ILaneEnd> following);

    /// <summary>True when rows that were pushed may be read later; false when what matters of them has been copied.</summary>
    bool KeepsRows { get; }

    /// <summary>Lets go of what the lane has.</summary>
    void Forget();

    /// <summary>True when, by what the first rows were like, merging lanes would cost as much as one thread alone.</summary>
    /// <param name="rows">Rows taken so far.</param>
    bool IsBetterAlone(long rows);
}

/// <summary>The end of a lane whose rows go on as they are.</summary>
internal sealed class LaneRows(IOperatorInput output, bool isAlone) : IOperatorInput, ILaneEnd
{
    private readonly List<ChangeBatch> _rows = [];

    public bool IsSatisfied => output.IsSatisfied;

    public bool KeepsRows => true;

    public void Push(ChangeBatch changes)
    {
        if (isAlone) { output.Push(changes); }
        else { _rows.Add(changes); }
    }

    public void Complete()
    {
    }

    public void Finish(IReadOnlyList<ILaneEnd> following)
    {
        foreach (LaneRows lane in following.Cast<LaneRows>().Prepend(this))
        {
            foreach (ChangeBatch changes in lane._rows)
            {
                if (!output.IsSatisfied) { output.Push(changes); }
            }

            lane._rows.Clear();
        }
    }

    public void Forget() => _rows.Clear();

    public bool IsBetterAlone(long rows) => false;
}
