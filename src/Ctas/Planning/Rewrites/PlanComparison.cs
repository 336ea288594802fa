namespace Ctas.Planning.Rewrites;

/// <summary>Tells whether two plans give the same rows because they do the same.</summary>
internal static class PlanComparison
{
    /// <summary>True when they do the same to the same; column names are of no importance. When in doubt, false.</summary>
    public static bool AreSame(LogicalPlan left, LogicalPlan right)
    {
        if (ReferenceEquals(left, right)) { return true; }

        if (left.GetType() != right.GetType() || !HaveSameTypes(left, right) || !DoSame(left, right)) { return false; }

        IReadOnlyList<LogicalPlan> lefts = left.Children;
        IReadOnlyList<LogicalPlan> rights = right.Children;
        return lefts.Count == rights.Count && lefts.Zip(rights, AreSame).All(isSame => isSame);
    }

    private static bool DoSame(LogicalPlan left, LogicalPlan right) => (left, right) switch
    {
        (LogicalScan a, LogicalScan b) => a.Relation == b.Relation && a.Part == b.Part && a.IsSource == b.IsSource
            && a.Columns.Equals(b.Columns) && a.IsOpen == b.IsOpen
            && a.Schema.Fields.Select(field => field.Name).SequenceEqual(b.Schema.Fields.Select(field => field.Name)),
        (LogicalSingleRow, _) or (LogicalEmpty, _) or (LogicalDistinct, _) or (LogicalUnionAll, _) => true,
        (LogicalSharedRead a, LogicalSharedRead b) => a.Number == b.Number,
        (LogicalFilter a, LogicalFilter b) => AreSame(a.Predicate, b.Predicate),
        (LogicalProject a, LogicalProject b) => AreSame(a.Expressions, b.Expressions),
        (LogicalJoin a, LogicalJoin b) => a.Join == b.Join && a.IsNullAware == b.IsNullAware && a.Subquery == b.Subquery
            && !LogicalJoins.GoesByTime(a) && !LogicalJoins.GoesByTime(b)
            && AreSame(a.LeftKeys, b.LeftKeys) && AreSame(a.RightKeys, b.RightKeys) && AreSame(a.Residual, b.Residual),
        (LogicalAggregate a, LogicalAggregate b) => AreSame(a.Keys, b.Keys)
            && a.Aggregates.Count == b.Aggregates.Count && a.Aggregates.Zip(b.Aggregates, AreSame).All(isSame => isSame),
        (LogicalSort a, LogicalSort b) => a.RowLimit == b.RowLimit && AreSame(a.Keys, b.Keys),
        (LogicalLimit a, LogicalLimit b) => a.Offset == b.Offset && a.Count == b.Count && AreSame(a.Groups, b.Groups),
        (LogicalUnnest a, LogicalUnnest b) => a.HasOrdinality == b.HasOrdinality && a.KeepsEmpty == b.KeepsEmpty
            && AreSame(a.Collections, b.Collections) && a.SpreadsFields.SequenceEqual(b.SpreadsFields),
        (LogicalSetOperation a, LogicalSetOperation b) => a.Operation == b.Operation && a.IsAll == b.IsAll,
        (LogicalValues a, LogicalValues b) => a.Rows.Count == b.Rows.Count && a.Rows.Zip(b.Rows, AreSame).All(isSame => isSame),
        (LogicalTimeWindow a, LogicalTimeWindow b) => a.Window == b.Window && a.Size == b.Size && a.Advance == b.Advance
            && a.Grace == b.Grace && AreSame(a.Time, b.Time) && AreSame(a.Keys, b.Keys),
        (LogicalWindow a, LogicalWindow b) => a.RowLimit == b.RowLimit && AreSame(a.PartitionBy, b.PartitionBy)
            && AreSame(a.OrderBy, b.OrderBy) && a.Calls.Count == b.Calls.Count && a.Calls.Zip(b.Calls, AreSame).All(isSame => isSame),
        _ => false,
    };

    private static bool AreSame(WindowCall left, WindowCall right) =>
        left.Function == right.Function && left.Type == right.Type && left.IgnoresNulls == right.IgnoresNulls
        && (left.Aggregate is null ? right.Aggregate is null : right.Aggregate is not null && AreSame(left.Aggregate, right.Aggregate))
        && AreSame(left.Arguments, right.Arguments) && AreSame(left.Frame, right.Frame);

    private static bool AreSame(WindowFrame left, WindowFrame right) =>
        left.Unit == right.Unit && left.Exclusion == right.Exclusion && AreSame(left.Start, right.Start)
        && AreSame(left.End, right.End) && AreSame(left.RangeKey, right.RangeKey);

    private static bool AreSame(FrameBound left, FrameBound right) => left.Kind == right.Kind && AreSame(left.Offset, right.Offset);

    private static bool AreSame(AggregateCall left, AggregateCall right) =>
        left.Function == right.Function && left.Type == right.Type && left.IsDistinct == right.IsDistinct
        && AreSame(left.Arguments, right.Arguments) && AreSame(left.Options, right.Options)
        && AreSame(left.Filter, right.Filter) && AreSame(left.OrderBy, right.OrderBy);

    private static bool AreSame(IReadOnlyList<SortKey> left, IReadOnlyList<SortKey> right) =>
        left.Count == right.Count && left.Zip(right).All(keys =>
            AreSame(keys.First.Expression, keys.Second.Expression)
            && keys.First.IsDescending == keys.Second.IsDescending && keys.First.NullsFirst == keys.Second.NullsFirst);

    private static bool AreSame(IReadOnlyList<ScalarExpression> left, IReadOnlyList<ScalarExpression> right) =>
        left.Count == right.Count && left.Zip(right, AreSame).All(isSame => isSame);

    private static bool AreSame(ScalarExpression? left, ScalarExpression? right) =>
        ExpressionTree.Same(left, right) && (left is null || ExpressionRisks.IsDeterministic(left));

    private static bool HaveSameTypes(LogicalPlan left, LogicalPlan right) =>
        left.Schema.Fields.Select(field => field.Type).SequenceEqual(right.Schema.Fields.Select(field => field.Type));
}
