using Ctas.Planning.Rewrites;

namespace Ctas.Planning;

/// <summary>A node that cannot be maintained.</summary>
/// <param name="Node">The node.</param>
/// <param name="Reason">Why, as the end of a sentence that begins with what the node is.</param>
/// <param name="Hint">What to write instead, as a full sentence.</param>
internal sealed record MaintenanceObstacle(LogicalPlan Node, string Reason, string Hint);

/// <summary>Tells which plans can be kept right while their inputs change, so that nothing is ever silently stale.</summary>
/// <remarks>
/// Everything can, but for what a recomputation would not give again: values that differ from call to call, and choices
/// among rows that SQL leaves open. NOW() and its kin are constants of the statement's start.
/// </remarks>
internal static class Maintainability
{
    /// <summary>Every node that cannot be maintained, from the top down; empty when the plan can be.</summary>
    public static IReadOnlyList<MaintenanceObstacle> ObstaclesOf(LogicalPlan plan) =>
        [.. PlanTree.All(plan).Select(ObstacleOf).OfType<MaintenanceObstacle>()];

    /// <summary>
    /// The plan over changelogs whose changes come with the rows they replace: nothing below it has to find those.
    /// </summary>
    public static LogicalPlan OverExactSources(LogicalPlan plan) => PlanTree.RewriteUp(plan, node =>
        node is LogicalScan { IsSource: true, Kind: ChangeKind.Upsert } scan ? scan with { Kind = ChangeKind.Retract } : node);

    private static MaintenanceObstacle? ObstacleOf(LogicalPlan node)
    {
        if (FirstCall(node, expression => expression is FunctionExpression { IsDeterministic: false }) is { } call)
        {
            string function = ((FunctionExpression)call).Function;
            return new(
                node,
                $"{function} gives another value every time, so that a row could not be found again to be retracted",
                "Load the table once, without EMIT CHANGES, or take the value from a column.");
        }

        return node switch
        {
            LogicalScan { IsSource: true, Kind: ChangeKind.Upsert, Schema.HasKey: false } => new(
                node,
                "rows of a changelog replace each other by key, and the key is not known here",
                "Declare the key: CREATE TABLE … (… PRIMARY KEY …)."),
            LogicalLimit limit when !HasOrder(limit) => new(
                node, "which rows LIMIT keeps is open without ORDER BY", "Add ORDER BY to the query with the LIMIT."),
            LogicalAggregate aggregate when OpenPick(aggregate) is { } pick => new(
                node,
                $"{pick.Function} depends on the order in which rows came, and rows that change have none",
                $"Order the rows inside: {pick.Function}(… ORDER BY …)."),
            _ => null,
        };
    }

    private static bool HasOrder(LogicalLimit limit) => limit.Count == 0 || limit.Input is LogicalSort;

    private static AggregateCall? OpenPick(LogicalAggregate aggregate) =>
        aggregate.Input.Kind == ChangeKind.AppendOnly
            ? null
            : aggregate.Aggregates.FirstOrDefault(call => call.OrderBy.Count == 0
                && call.Function is ("FIRST" or "LAST" or "EARLIEST_BY_OFFSET" or "LATEST_BY_OFFSET"));

    private static ScalarExpression? FirstCall(LogicalPlan node, Func<ScalarExpression, bool> isMeant)
    {
        ScalarExpression? found = null;
        node.MapExpressions(expression =>
        {
            found ??= Find(expression, isMeant);
            return expression;
        });
        return found;
    }

    private static ScalarExpression? Find(ScalarExpression expression, Func<ScalarExpression, bool> isMeant) =>
        isMeant(expression)
            ? expression
            : expression.Operands.Select(operand => Find(operand, isMeant)).FirstOrDefault(found => found is not null);
}
