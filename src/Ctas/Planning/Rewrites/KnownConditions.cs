namespace Ctas.Planning.Rewrites;

/// <summary>Finds the conditions that all rows of a plan meet because something below has asked for them.</summary>
internal static class KnownConditions
{
    /// <summary>Safe conditions over the plan's columns.</summary>
    public static IReadOnlyList<ScalarExpression> Of(LogicalPlan plan) => plan switch
    {
        LogicalFilter filter =>
            [.. ExpressionTree.Conjuncts(filter.Predicate).Where(ExpressionRisks.IsSafe), .. Of(filter.Input)],
        LogicalSort or LogicalDistinct => Of(plan.Children[0]),
        LogicalProject project => OfProject(project),
        LogicalJoin { Join: JoinKind.Inner or JoinKind.Cross } join => [.. Of(join.Left), .. OfRight(join)],
        LogicalJoin { Join: JoinKind.Left } join => Of(join.Left),
        LogicalJoin { Join: JoinKind.Right } join => OfRight(join),
        _ => [],
    };

    private static ScalarExpression[] OfRight(LogicalJoin join)
    {
        int leftWidth = join.Left.Schema.Fields.Count;
        return [.. Of(join.Right).Select(condition => ExpressionTree.Renumber(condition, ordinal => ordinal + leftWidth))];
    }

    private static ScalarExpression[] OfProject(LogicalProject project)
    {
        Dictionary<int, int> handedOn = [];
        for (int output = 0; output < project.Expressions.Count; output++)
        {
            if (project.Expressions[output] is ColumnReference column) { handedOn.TryAdd(column.Ordinal, output); }
        }

        return
        [
            .. Of(project.Input)
                .Where(condition => ExpressionTree.Columns(condition).All(handedOn.ContainsKey))
                .Select(condition => ExpressionTree.Renumber(condition, ordinal => handedOn[ordinal])),
        ];
    }
}
