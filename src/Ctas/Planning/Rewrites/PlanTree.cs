namespace Ctas.Planning.Rewrites;

/// <summary>What rewrites do with plan nodes of any kind.</summary>
internal static class PlanTree
{
    /// <summary>The node over rewritten inputs, which keep their columns; itself when none changed.</summary>
    public static LogicalPlan MapChildren(LogicalPlan plan, Func<LogicalPlan, LogicalPlan> map)
    {
        IReadOnlyList<LogicalPlan> children = plan.Children;
        if (children.Count == 0) { return plan; }

        LogicalPlan[] mapped = [.. children.Select(map)];
        return mapped.Zip(children, ReferenceEquals).All(isSame => isSame) ? plan : plan.WithChildren(mapped);
    }

    /// <summary>Rewrites from the leaves up: <paramref name="map"/> sees a node whose inputs are done.</summary>
    public static LogicalPlan RewriteUp(LogicalPlan plan, Func<LogicalPlan, LogicalPlan> map) =>
        map(MapChildren(plan, child => RewriteUp(child, map)));

    /// <summary>The node and everything below it.</summary>
    public static IEnumerable<LogicalPlan> All(LogicalPlan plan) => plan.Children.SelectMany(All).Prepend(plan);

    /// <summary>
    /// Keeps the rows that meet all conditions: those that cannot fail first, so that the others see fewer rows.
    /// </summary>
    public static LogicalPlan Filter(LogicalPlan input, IEnumerable<ScalarExpression> conditions)
    {
        List<ScalarExpression> distinct = ExpressionTree.Distinct(conditions);
        LogicalPlan plan = FilterAll(input, distinct.Where(condition => !ExpressionRisks.CanRaise(condition)));
        return FilterAll(plan, distinct.Where(ExpressionRisks.CanRaise));
    }

    private static LogicalPlan FilterAll(LogicalPlan input, IEnumerable<ScalarExpression> conditions) =>
        ExpressionTree.Conjunction(conditions) is { } predicate
            ? new LogicalFilter(input, predicate, input.Kind)
            : input;
}
