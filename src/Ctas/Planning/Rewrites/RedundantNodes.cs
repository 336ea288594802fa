namespace Ctas.Planning.Rewrites;

/// <summary>
/// Leaves out work that keys make needless: DISTINCT and GROUP BY of rows that differ already, and left joins that add
/// neither rows nor columns that are read.
/// </summary>
internal static class RedundantNodes
{
    /// <summary>Leaves out what can be left out.</summary>
    public static LogicalPlan Apply(LogicalPlan plan) => PlanTree.RewriteUp(plan, Reduce);

    private static LogicalPlan Reduce(LogicalPlan plan) => plan switch
    {
        LogicalDistinct distinct when distinct.Input.Schema.HasKey && UniqueKeys.AreGivenBy(distinct.Input) => distinct.Input,
        LogicalDistinct { Input: LogicalDistinct inner } => inner,
        LogicalAggregate { Aggregates.Count: 0 } aggregate when IsOfUniqueRows(aggregate) =>
            new LogicalProject(aggregate.Input, aggregate.Keys, aggregate.Schema, aggregate.Kind),
        LogicalProject or LogicalAggregate => WithoutUnreadJoin(plan),
        _ => plan,
    };

    private static bool IsOfUniqueRows(LogicalAggregate aggregate) =>
        LogicalJoins.CoversKey(aggregate.Input.Schema, aggregate.Keys) && UniqueKeys.AreGivenBy(aggregate.Input);

    private static LogicalPlan WithoutUnreadJoin(LogicalPlan plan)
    {
        while (plan.Children[0] is LogicalJoin { Join: JoinKind.Left } join && AddsNothing(join) && ReadsOnly(plan, join.Left))
        {
            plan = plan.WithChildren([join.Left]);
        }

        return plan;
    }

    /// <summary>True when each left row comes out once, with or without a match.</summary>
    private static bool AddsNothing(LogicalJoin join) =>
        LogicalJoins.CoversKey(join.Right.Schema, join.RightKeys) && UniqueKeys.AreGivenBy(join.Right)
        && join.LeftKeys.All(ExpressionRisks.IsSafe)
        && (join.Residual is null || ExpressionRisks.IsSafe(join.Residual));

    private static bool ReadsOnly(LogicalPlan plan, LogicalPlan left)
    {
        bool readsOnly = true;
        plan.MapExpressions(expression =>
        {
            readsOnly &= ExpressionTree.Columns(expression).All(ordinal => ordinal < left.Schema.Fields.Count);
            return expression;
        });
        return readsOnly;
    }
}
