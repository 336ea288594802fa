namespace Ctas.Planning.Rewrites;

/// <summary>Leaves out projections that only pick and order columns for another one, or for a grouping.</summary>
internal static class MergedProjects
{
    /// <summary>Merges what can be merged.</summary>
    public static LogicalPlan Apply(LogicalPlan plan) => PlanTree.RewriteUp(plan, Merge);

    private static LogicalPlan Merge(LogicalPlan plan)
    {
        if (plan is not (LogicalProject or LogicalAggregate) || plan.Children[0] is not LogicalProject inner) { return plan; }

        return inner.Expressions.All(expression => expression is ColumnReference)
            ? plan.MapExpressions(e => ExpressionTree.Substitute(e, inner.Expressions)).WithChildren([inner.Input])
            : plan;
    }
}
