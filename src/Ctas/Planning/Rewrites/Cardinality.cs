using Ctas.Data;

namespace Ctas.Planning.Rewrites;

/// <summary>Estimates the rows of plan nodes from what tables and sources tell. Single-threaded.</summary>
/// <param name="statistics">What is known of a relation by its name; null for nothing.</param>
internal sealed class Cardinality(Func<string, RelationStatistics?> statistics)
{
    private readonly Dictionary<int, PlanEstimate?> _shared = [];
    private readonly Dictionary<LogicalPlan, PlanEstimate?> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>The estimate; null where something that counts is unknown.</summary>
    public PlanEstimate? Of(LogicalPlan plan)
    {
        if (!_known.TryGetValue(plan, out PlanEstimate? estimate)) { _known[plan] = estimate = Estimate(plan); }

        return estimate;
    }

    /// <summary>The plan with the estimate of every node written on it.</summary>
    public LogicalPlan Annotate(LogicalPlan plan)
    {
        if (plan is LogicalSharing sharing)
        {
            foreach (LogicalShared shared in sharing.Shared) { _shared[shared.Number] = Of(shared.Input); }
        }

        double? rows = Of(plan)?.Rows;
        LogicalPlan annotated = PlanTree.MapChildren(plan, Annotate);
        return rows is null ? annotated : annotated with { EstimatedRows = (long)Math.Round(rows.Value) };
    }

    private PlanEstimate? Estimate(LogicalPlan plan) => plan switch
    {
        LogicalScan scan => Scan(scan),
        LogicalSingleRow => PlanEstimate.OfRows(1),
        LogicalEmpty => PlanEstimate.OfRows(0),
        LogicalFilter filter => Of(filter.Input) is { } input
            ? input.WithRows(input.Rows * Selectivity.Of(filter.Predicate, input))
            : null,
        LogicalProject project => Project(project),
        LogicalJoin join => Join(join),
        LogicalAggregate aggregate => Aggregate(aggregate),
        LogicalDistinct distinct => Of(distinct.Input) is { } input
            ? input.WithRows(Groups(input, [.. distinct.Schema.Fields.Select((f, i) => new ColumnReference(i, f.Type))]))
            : null,
        LogicalUnionAll union => Union(union),
        LogicalSharing sharing => Of(sharing.Body),
        LogicalShared shared => Of(shared.Input),
        LogicalSharedRead read => _shared.GetValueOrDefault(read.Number),
        LogicalValues values => PlanEstimate.OfRows(values.Rows.Count),
        LogicalSetOperation operation => Of(operation.Left),
        LogicalSort sort => Of(sort.Input) is { } input ? input.WithRows(Math.Min(input.Rows, sort.RowLimit ?? long.MaxValue)) : null,
        LogicalWindow window => Widened(window.Input),
        LogicalTimeWindow { Window: not TimeWindowKind.Hopping } window => Widened(window.Input),
        LogicalLimit { Count: { } count, Groups.Count: 0 } limit => Of(limit.Input) is { } input
            ? input.WithRows(Math.Clamp(input.Rows - limit.Offset, 0, count))
            : null,
        LogicalLimit limit => Of(limit.Input),
        _ => null,
    };

    /// <summary>As many rows, and further columns of which nothing is known.</summary>
    private PlanEstimate? Widened(LogicalPlan input) => Of(input) is { } estimate
        ? estimate with
        {
            Columns = ordinal => ordinal < input.Schema.Fields.Count ? estimate.Columns(ordinal) : null,
        }
        : null;

    private PlanEstimate? Scan(LogicalScan scan)
    {
        if (statistics(scan.Relation) is not { } known) { return null; }

        return scan.IsSource
            ? PlanEstimate.OfRows(known.Rows)
            : new PlanEstimate(known.Rows, ordinal => known.Column(scan.Columns[ordinal]));
    }

    private PlanEstimate? Project(LogicalProject project)
    {
        if (Of(project.Input) is not { } input) { return null; }

        return new PlanEstimate(input.Rows, ordinal => project.Expressions[ordinal] switch
        {
            ColumnReference column => input.Columns(column.Ordinal),
            ConstantExpression => new ColumnStatistics(1),
            _ => null,
        });
    }

    private PlanEstimate? Join(LogicalJoin join)
    {
        if (Of(join.Left) is not { } left || Of(join.Right) is not { } right) { return null; }

        double share = 1;
        for (int key = 0; key < join.LeftKeys.Count; key++)
        {
            share *= KeyShare(left, join.LeftKeys[key], right, join.RightKeys[key]);
        }

        int leftWidth = join.Left.Schema.Fields.Count;
        PlanEstimate pairs = new(
            left.Rows * right.Rows,
            ordinal => ordinal < leftWidth ? left.Columns(ordinal)
                : ordinal - leftWidth < join.Right.Schema.Fields.Count ? right.Columns(ordinal - leftWidth)
                : null);
        double matches = pairs.Rows * share * Selectivity.Of(join.Residual, pairs);
        return join.Join switch
        {
            JoinKind.Inner or JoinKind.Cross => pairs.WithRows(matches),
            JoinKind.Left => pairs.WithRows(Math.Max(matches, left.Rows)),
            JoinKind.Right => pairs.WithRows(Math.Max(matches, right.Rows)),
            JoinKind.Semi => left.WithRows(Math.Min(matches, left.Rows)),
            JoinKind.Anti => left.WithRows(Math.Max(left.Rows - matches, 0)),
            JoinKind.Mark or JoinKind.Single => pairs.WithRows(left.Rows),
            JoinKind.Full => pairs.WithRows(Math.Max(matches, left.Rows + right.Rows)),
            _ => null,
        };
    }

    /// <summary>The share of all pairs whose keys are equal: one in as many as the side with more values has.</summary>
    public static double KeyShare(PlanEstimate left, ScalarExpression leftKey, PlanEstimate right, ScalarExpression rightKey)
    {
        double? ofLeft = left.Distinct(leftKey);
        double? ofRight = right.Distinct(rightKey);
        double distinct = ofLeft is null && ofRight is null
            ? Math.Max(left.Rows, right.Rows)
            : Math.Max(ofLeft ?? 0, ofRight ?? 0);
        return 1 / Math.Max(1, distinct);
    }

    private PlanEstimate? Aggregate(LogicalAggregate aggregate)
    {
        if (Of(aggregate.Input) is not { } input) { return null; }

        double groups = aggregate.Keys.Count == 0 ? 1 : Groups(input, aggregate.Keys);
        return new PlanEstimate(groups, ordinal =>
            ordinal < aggregate.Keys.Count && input.Distinct(aggregate.Keys[ordinal]) is { } distinct
                ? new ColumnStatistics(distinct)
                : null);
    }

    private static double Groups(PlanEstimate input, IReadOnlyList<ScalarExpression> keys)
    {
        double groups = 1;
        foreach (ScalarExpression key in keys) { groups *= input.Distinct(key) ?? Math.Max(1, input.Rows / 10); }

        return Math.Min(groups, input.Rows);
    }

    private PlanEstimate? Union(LogicalUnionAll union)
    {
        double rows = 0;
        foreach (LogicalPlan input in union.Inputs)
        {
            if (Of(input) is not { } estimate) { return null; }

            rows += estimate.Rows;
        }

        return PlanEstimate.OfRows(rows);
    }
}
