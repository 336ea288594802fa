using System.Diagnostics;
using Ctas.Planning;

namespace Ctas.Loading;

/// <summary>Finds what a plan reads.</summary>
internal static class LogicalScans
{
    /// <summary>Every scan of the plan, as often as it stands there.</summary>
    public static IEnumerable<LogicalScan> Of(LogicalPlan plan) => plan switch
    {
        LogicalScan scan => [scan],
        LogicalSingleRow => [],
        LogicalFilter filter => Of(filter.Input),
        LogicalProject project => Of(project.Input),
        LogicalJoin join => Of(join.Left).Concat(Of(join.Right)),
        LogicalAggregate aggregate => Of(aggregate.Input),
        LogicalDistinct distinct => Of(distinct.Input),
        LogicalUnionAll union => union.Inputs.SelectMany(Of),
        LogicalSort sort => Of(sort.Input),
        LogicalLimit limit => Of(limit.Input),
        _ => throw new UnreachableException($"No rule for {plan.GetType().Name}."),
    };
}
