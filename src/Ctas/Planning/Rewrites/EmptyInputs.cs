namespace Ctas.Planning.Rewrites;

/// <summary>Leaves out what cannot give a row: filters that are never TRUE, and what depends on them.</summary>
internal static class EmptyInputs
{
    /// <summary>The plan without filters that keep everything, and without inputs that give nothing.</summary>
    public static LogicalPlan Apply(LogicalPlan plan) => PlanTree.RewriteUp(plan, Reduce);

    private static LogicalPlan Reduce(LogicalPlan plan) => plan switch
    {
        LogicalFilter filter => Filter(filter),
        LogicalProject { Input: LogicalEmpty } => new LogicalEmpty(plan.Schema),
        LogicalDistinct { Input: LogicalEmpty } => new LogicalEmpty(plan.Schema),
        LogicalSort { Input: LogicalEmpty } => new LogicalEmpty(plan.Schema),
        LogicalWindow { Input: LogicalEmpty } or LogicalTimeWindow { Input: LogicalEmpty } => new LogicalEmpty(plan.Schema),
        LogicalLimit { Input: LogicalEmpty } or LogicalLimit { Count: 0 } => new LogicalEmpty(plan.Schema),
        LogicalAggregate { Input: LogicalEmpty, Keys.Count: > 0 } => new LogicalEmpty(plan.Schema),
        LogicalUnionAll union => Union(union),
        LogicalJoin join => Join(join),
        _ => plan,
    };

    private static LogicalPlan Filter(LogicalFilter filter)
    {
        if (filter.Input is LogicalEmpty) { return filter.Input; }

        ScalarExpression[] conjuncts = [.. ExpressionTree.Conjuncts(filter.Predicate)];
        if (conjuncts.Length == 0) { return filter.Input; }

        // A condition that fails on a row must be asked, so it keeps the others from deciding alone.
        bool isNever = Contradictions.Any(conjuncts) && !Array.Exists(conjuncts, ExpressionRisks.CanRaise);
        return isNever ? new LogicalEmpty(filter.Schema) : filter;
    }

    private static LogicalPlan Union(LogicalUnionAll union)
    {
        LogicalPlan[] inputs = [.. union.Inputs.Where(input => input is not LogicalEmpty)];
        if (inputs.Length == union.Inputs.Count) { return union; }

        return inputs.Length == 0 ? new LogicalEmpty(union.Schema) : union with { Inputs = inputs };
    }

    private static LogicalPlan Join(LogicalJoin join)
    {
        bool isNever = (join.Left, join.Right, join.Join) switch
        {
            (LogicalEmpty, _, JoinKind.Inner or JoinKind.Cross or JoinKind.Left) => true,
            (_, LogicalEmpty, JoinKind.Inner or JoinKind.Cross or JoinKind.Right) => true,
            (LogicalEmpty, LogicalEmpty, JoinKind.Full) => true,
            (_, _, JoinKind.Inner) => join.Residual is not null && !ExpressionRisks.CanRaise(join.Residual)
                && Contradictions.Any([.. ExpressionTree.Conjuncts(join.Residual)]),
            _ => false,
        };
        return isNever ? new LogicalEmpty(join.Schema) : join;
    }
}
