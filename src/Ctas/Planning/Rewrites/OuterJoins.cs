namespace Ctas.Planning.Rewrites;

/// <summary>
/// Makes outer joins inner ones, or full ones left or right ones, where a condition above drops the rows that NULLs
/// were filled in for.
/// </summary>
/// <param name="simplification">Tells what a condition comes to when columns are NULL.</param>
internal sealed class OuterJoins(Simplification simplification)
{
    /// <summary>Applies to every filter over a join.</summary>
    public LogicalPlan Apply(LogicalPlan plan) => Reduce(plan, []);

    /// <param name="plan">A plan.</param>
    /// <param name="conditions">What its rows must meet to matter, over its columns.</param>
    private LogicalPlan Reduce(LogicalPlan plan, IReadOnlyList<ScalarExpression> conditions) => plan switch
    {
        LogicalFilter filter => PlanTree.MapChildren(
            filter, input => Reduce(input, [.. ExpressionTree.Conjuncts(filter.Predicate), .. conditions])),
        LogicalProject project => PlanTree.MapChildren(
            project,
            input => Reduce(input, [.. conditions.Select(c => ExpressionTree.Substitute(c, project.Expressions))])),
        LogicalSort sort => PlanTree.MapChildren(sort, input => Reduce(input, conditions)),
        LogicalDistinct distinct => PlanTree.MapChildren(distinct, input => Reduce(input, conditions)),
        LogicalJoin { Join: JoinKind.Inner or JoinKind.Left or JoinKind.Right or JoinKind.Full or JoinKind.Cross } join =>
            Join(join, conditions),
        _ => PlanTree.MapChildren(plan, input => Reduce(input, [])),
    };

    private LogicalJoin Join(LogicalJoin join, IReadOnlyList<ScalarExpression> conditions)
    {
        int leftWidth = join.Left.Schema.Fields.Count;
        bool hasToHaveLeft = conditions.Any(c => RejectsNull(c, ordinal => ordinal < leftWidth));
        bool hasToHaveRight = conditions.Any(c => RejectsNull(c, ordinal => ordinal >= leftWidth));
        JoinKind kind = (join.Join, hasToHaveLeft, hasToHaveRight) switch
        {
            (JoinKind.Left, _, true) or (JoinKind.Right, true, _) or (JoinKind.Full, true, true) => JoinKind.Inner,
            (JoinKind.Full, true, false) => JoinKind.Left,
            (JoinKind.Full, false, true) => JoinKind.Right,
            _ => join.Join,
        };
        LogicalJoin reduced = kind == join.Join
            ? join
            : LogicalJoins.Like(join, kind, (join.Left, join.Right), (join.LeftKeys, join.RightKeys), join.Residual);

        // What matches decides only over the sides that come in by matching; what is asked above, over those kept whole.
        ScalarExpression[] match = [.. ExpressionTree.Conjuncts(join.Residual)];
        ScalarExpression[] ofLeft =
        [
            .. kind is JoinKind.Inner or JoinKind.Cross or JoinKind.Left ? conditions : [],
            .. kind is JoinKind.Inner or JoinKind.Cross or JoinKind.Right ? match : [],
        ];
        ScalarExpression[] ofRight =
        [
            .. kind is JoinKind.Inner or JoinKind.Cross or JoinKind.Right ? conditions : [],
            .. kind is JoinKind.Inner or JoinKind.Cross or JoinKind.Left ? match : [],
        ];
        LogicalPlan left = Reduce(
            join.Left,
            [
                .. Within(ofLeft, 0, leftWidth),
                .. kind is JoinKind.Inner or JoinKind.Right ? join.LeftKeys.Select(NotNull) : [],
            ]);
        LogicalPlan right = Reduce(
            join.Right,
            [
                .. Within(ofRight, leftWidth, int.MaxValue),
                .. kind is JoinKind.Inner or JoinKind.Left ? join.RightKeys.Select(NotNull) : [],
            ]);
        return ReferenceEquals(left, join.Left) && ReferenceEquals(right, join.Right)
            ? reduced
            : (LogicalJoin)reduced.WithChildren([left, right]);
    }

    private static IsNullExpression NotNull(ScalarExpression key) => new(key, IsNegated: true);

    /// <summary>The conditions of one side alone, over its own columns.</summary>
    private static IEnumerable<ScalarExpression> Within(IEnumerable<ScalarExpression> conditions, int start, int end) =>
        from condition in conditions
        let columns = ExpressionTree.Columns(condition)
        where columns.Count > 0 && columns.All(ordinal => ordinal >= start && ordinal < end)
        select ExpressionTree.Renumber(condition, ordinal => ordinal - start);

    /// <summary>True when the condition cannot be TRUE where all these columns are NULL.</summary>
    private bool RejectsNull(ScalarExpression condition, Func<int, bool> isNull) =>
        ExpressionTree.Columns(condition).Any(isNull) && ExpressionRisks.IsSafe(condition)
        && Contradictions.IsNeverTrue(simplification.Simplify(ExpressionTree.Rewrite(
            condition,
            part => part is ColumnReference column && isNull(column.Ordinal)
                ? new ConstantExpression(null, column.Type)
                : part)));
}
