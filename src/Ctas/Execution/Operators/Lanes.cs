namespace Ctas.Execution.Operators;

/// <summary>How stretches of a plan are spread over threads.</summary>
/// <param name="MaxLanes">Threads at most.</param>
/// <param name="MinLaneRows">A lane is not worth its start for fewer rows.</param>
/// <param name="Log">Where rows that fail are noted.</param>
/// <param name="CancellationToken">Stops lanes between batches.</param>
internal sealed record LaneSettings(
    int MaxLanes, int MinLaneRows, RowErrorLog Log, CancellationToken CancellationToken);

/// <summary>Makes the operators of one lane that aggregates.</summary>
/// <param name="log">Where rows of the lane that fail are noted.</param>
/// <returns>What takes the lane's share of the scan, and where its rows end up.</returns>
internal delegate (IOperatorInput Input, ILaneEnd End) LaneMaker(RowErrorLog log);

/// <summary>Makes the operators of one lane whose rows go on.</summary>
/// <param name="log">Where rows of the lane that fail are noted.</param>
/// <param name="output">Where they go.</param>
/// <returns>What takes morsels of the scan.</returns>
internal delegate IOperatorInput RowLaneMaker(RowErrorLog log, IOperatorInput output);

/// <summary>Where the rows of one lane end up.</summary>
internal interface ILaneEnd
{
    /// <summary>Gives on what this lane and the following ones have, in their order; the output is not completed.</summary>
    void Finish(IReadOnlyList<ILaneEnd> following);

    /// <summary>Lets go of what the lane has.</summary>
    void Forget();

    /// <summary>True when, by what the first rows were like, merging lanes would cost as much as one thread alone.</summary>
    /// <param name="rows">Rows taken so far.</param>
    bool IsBetterAlone(long rows);
}
