using Ctas.Binding.Functions;

namespace Ctas.Planning.Rewrites;

/// <summary>Tells for which nodes the order of rows shows in the result, so that a join must not change it.</summary>
internal static class RowOrder
{
    /// <summary>True when the order in which the inputs of a node give their rows is of no importance.</summary>
    /// <param name="plan">The node.</param>
    /// <param name="isFree">True when the order of the node's own rows is of none.</param>
    public static bool IsFreeBelow(LogicalPlan plan, bool isFree) => plan switch
    {
        LogicalFilter or LogicalProject or LogicalJoin or LogicalUnionAll or LogicalDistinct => isFree,
        LogicalSort => true,
        LogicalLimit => plan.Children[0] is LogicalSort,
        LogicalAggregate aggregate => aggregate.Aggregates.All(IsInsensitive),
        _ => false,
    };

    private static bool IsInsensitive(AggregateCall call) =>
        call.OrderBy.Count == 0 && FunctionCatalog.Find(call.Function) is { Aggregate.IsOrderSensitive: false };
}
