namespace Ctas.Planning.Rewrites;

/// <summary>
/// Moves conditions towards the scans, through every node that lets them pass, and carries them over equalities of
/// joins: what holds for a key of one side holds for that of the other.
/// </summary>
/// <remarks>
/// Conditions that can fail on a row stay where they are, so that no row fails that something below would have dropped.
/// Nodes that no rule is written for let nothing pass.
/// </remarks>
internal static class PredicatePushDown
{
    /// <summary>Pushes every condition as far down as it goes.</summary>
    public static LogicalPlan Apply(LogicalPlan plan) => Push(plan, []);

    /// <summary>The plan with the conditions applied, which are safe and over its columns.</summary>
    private static LogicalPlan Push(LogicalPlan plan, IReadOnlyList<ScalarExpression> conditions) => plan switch
    {
        LogicalFilter filter => PushFilter(filter, conditions),
        LogicalProject project => PushProject(project, conditions),
        LogicalAggregate aggregate => PushAggregate(aggregate, conditions),
        LogicalDistinct distinct => PushToEqual(distinct, conditions),
        LogicalSort sort => sort with { Input = Push(sort.Input, conditions) },
        LogicalUnionAll union => union with { Inputs = [.. union.Inputs.Select(input => Push(input, conditions))] },
        LogicalJoin { Join: JoinKind.Inner or JoinKind.Left or JoinKind.Right or JoinKind.Full or JoinKind.Cross } join =>
            JoinConditions.Push(join, conditions, Push),
        LogicalJoin join => PushMatch(join, conditions),
        LogicalSetOperation operation => PushToEqual(operation, conditions),
        LogicalUnnest unnest => PushUnnest(unnest, conditions),
        LogicalEmpty => plan,
        _ => PlanTree.Filter(PlanTree.MapChildren(plan, child => Push(child, [])), conditions),
    };

    private static LogicalPlan PushFilter(LogicalFilter filter, IReadOnlyList<ScalarExpression> conditions)
    {
        ILookup<bool, ScalarExpression> own = ExpressionTree.Conjuncts(filter.Predicate).ToLookup(ExpressionRisks.IsSafe);
        LogicalPlan input = Push(filter.Input, [.. own[true], .. conditions]);
        return PlanTree.Filter(input, own[false]);
    }

    private static LogicalPlan PushProject(LogicalProject project, IReadOnlyList<ScalarExpression> conditions)
    {
        // What is computed in the projection is computed for every row anyway, but must not fail twice.
        ILookup<bool, ScalarExpression> passing = conditions.ToLookup(condition =>
            ExpressionTree.Columns(condition).All(ordinal => ExpressionRisks.IsSafe(project.Expressions[ordinal])));
        LogicalPlan input = Push(
            project.Input, [.. passing[true].Select(c => ExpressionTree.Substitute(c, project.Expressions))]);
        return PlanTree.Filter(project with { Input = input }, passing[false]);
    }

    /// <summary>Past a node that makes one row of equal ones go the conditions that keep all of these or none.</summary>
    private static LogicalPlan PushToEqual(LogicalPlan plan, IReadOnlyList<ScalarExpression> conditions)
    {
        ILookup<bool, ScalarExpression> passing = conditions.ToLookup(EqualValues.AreKeptBy);
        LogicalPlan[] children =
            [.. plan.Children.Select((child, i) => Push(child, i == 0 ? [.. passing[true]] : []))];
        return PlanTree.Filter(plan.WithChildren(children), passing[false]);
    }

    private static LogicalPlan PushUnnest(LogicalUnnest unnest, IReadOnlyList<ScalarExpression> conditions)
    {
        int width = unnest.Input.Schema.Fields.Count;
        ILookup<bool, ScalarExpression> passing = conditions.ToLookup(condition =>
            ExpressionTree.Columns(condition) is { Count: > 0 } columns && columns.All(ordinal => ordinal < width));
        return PlanTree.Filter(unnest with { Input = Push(unnest.Input, [.. passing[true]]) }, passing[false]);
    }

    private static LogicalPlan PushAggregate(LogicalAggregate aggregate, IReadOnlyList<ScalarExpression> conditions)
    {
        // Without keys there is a row also of no input, so nothing may move below.
        ILookup<bool, ScalarExpression> passing = conditions.ToLookup(condition =>
            aggregate.Keys.Count > 0 && EqualValues.AreKeptBy(condition) && ExpressionTree.Columns(condition) is { Count: > 0 } columns
            && columns.All(ordinal => ordinal < aggregate.Keys.Count && ExpressionRisks.IsSafe(aggregate.Keys[ordinal])));
        LogicalPlan input = Push(
            aggregate.Input, [.. passing[true].Select(c => ExpressionTree.Substitute(c, aggregate.Keys))]);
        return PlanTree.Filter(aggregate with { Input = input }, passing[false]);
    }

    /// <summary>What is asked of the left columns alone passes a join that only looks for matches.</summary>
    private static LogicalPlan PushMatch(LogicalJoin join, IReadOnlyList<ScalarExpression> conditions)
    {
        int leftWidth = join.Left.Schema.Fields.Count;
        ILookup<bool, ScalarExpression> passing = conditions.ToLookup(condition =>
            ExpressionTree.Columns(condition) is { Count: > 0 } columns && columns.All(ordinal => ordinal < leftWidth));
        LogicalPlan pushed = join.WithChildren([Push(join.Left, [.. passing[true]]), Push(join.Right, [])]);
        return PlanTree.Filter(pushed, passing[false]);
    }
}
