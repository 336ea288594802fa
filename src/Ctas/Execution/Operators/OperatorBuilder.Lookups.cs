using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <content>Joins that look up rows of one side by the keys of the other.</content>
internal sealed partial class OperatorBuilder
{
    // For the next scan that is made.
    private LookupKeys? _keys;
    private bool _takesAtOnce;

    private void AddScan(LogicalScan scan, IOperatorInput output)
    {
        _scans.Add(new PlannedScan(scan, output) { Keys = _keys, IsTakenAtOnce = _takesAtOnce });
        _keys = null;
        _takesAtOnce = false;
    }

    /// <summary>True for a scan of a table of which rows and columns are picked, and nothing kept.</summary>
    private static bool PicksRows(LogicalPlan plan) => plan switch
    {
        LogicalScan scan => !scan.IsSource,
        LogicalFilter filter => PicksRows(filter.Input),
        LogicalProject project => PicksRows(project.Input),
        _ => false,
    };

    /// <summary>Takes note of the side of a join that is read first; null for a join that looks nothing up.</summary>
    private LookupKeys? KeysOf(LogicalJoin join) => join.Lookup switch
    {
        null => null,
        { Side: JoinSide.Left } lookup => new LookupKeys(lookup, join.RightKeys, join.Right.Schema, log),
        var lookup => new LookupKeys(lookup, join.LeftKeys, join.Left.Schema, log),
    };

    /// <summary>The left side is kept until the rows of the right one that its keys name are built.</summary>
    private void BuildLookedUp(LogicalJoin plan, IOperatorInput build, IOperatorInput probe)
    {
        LookupKeys keys = KeysOf(plan)!;
        var kept = new SpoolOperator(plan.Left.Schema, Memory(plan));
        Build(plan.Left, keys.Watch(kept));
        _keys = keys;
        Build(plan.Right, build);
        _scans.Add(new PlannedScan(null, kept.AddReader(probe)));
    }
}
