using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <content>Joins that look up rows of one side by the keys of the other.</content>
internal sealed partial class OperatorBuilder
{
    // For the next scan that is made.
    private LookupKeys? _keys;

    private void AddScan(LogicalScan scan, IOperatorInput output)
    {
        _scans.Add(new PlannedScan(scan, output) { Keys = _keys });
        _keys = null;
    }

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
