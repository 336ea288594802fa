namespace Ctas.Planning.Rewrites;

/// <summary>
/// Tells the inputs of a LIMIT how many rows are wanted: a sort keeps no more, a union and the kept side of a left join
/// give no more.
/// </summary>
internal static class LimitPushDown
{
    /// <summary>Applies to every LIMIT of the plan.</summary>
    public static LogicalPlan Apply(LogicalPlan plan) => PlanTree.RewriteUp(plan, Push);

    private static LogicalPlan Push(LogicalPlan plan)
    {
        bool isPlain = plan is LogicalLimit { Count: not null, Groups.Count: 0 };
        return isPlain && plan is LogicalLimit limit && limit.Count <= long.MaxValue - limit.Offset
            ? limit with { Input = Wanted(limit.Input, limit.Offset + limit.Count!.Value) }
            : plan;
    }

    /// <summary>The plan, of which only the first rows are wanted.</summary>
    private static LogicalPlan Wanted(LogicalPlan plan, long rows)
    {
        switch (plan)
        {
            case LogicalProject project:
                return project with { Input = Wanted(project.Input, rows) };
            case LogicalSort sort when sort.RowLimit is null || sort.RowLimit > rows:
                return sort with { RowLimit = rows, Input = WantedSorted(sort, rows) };
            case LogicalUnionAll union:
                return union with { Inputs = [.. union.Inputs.Select(input => Limited(input, rows))] };
            case LogicalJoin { Join: JoinKind.Left } join:
                // Every left row gives at least one row, and the rows come in the order of the left ones.
                return join.WithChildren([Limited(join.Left, rows), join.Right]);
            default:
                return plan;
        }
    }

    /// <summary>The first rows by columns of a left join's left side come of the first rows of that side.</summary>
    private static LogicalPlan WantedSorted(LogicalSort sort, long rows)
    {
        if (sort.Input is not LogicalJoin { Join: JoinKind.Left } join) { return sort.Input; }

        int leftWidth = join.Left.Schema.Fields.Count;
        bool isOfLeft = sort.Keys.All(key => ExpressionRisks.IsSafe(key.Expression)
            && ExpressionTree.Columns(key.Expression).All(ordinal => ordinal < leftWidth));
        return isOfLeft
            ? join.WithChildren([new LogicalLimit(new LogicalSort(join.Left, sort.Keys) { RowLimit = rows }, 0, rows), join.Right])
            : join;
    }

    private static LogicalPlan Limited(LogicalPlan plan, long rows) =>
        plan is LogicalLimit { Groups.Count: 0 } limit && limit.Count <= rows
            ? plan
            : new LogicalLimit(Wanted(plan, rows), 0, rows);
}
