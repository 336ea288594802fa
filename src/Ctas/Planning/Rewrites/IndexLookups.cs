using Ctas.Data;

namespace Ctas.Planning.Rewrites;

/// <summary>
/// Lets scans of tables look rows up where a condition right above compares the columns of the key, or the first ones of an
/// index, with constants. The condition stays.
/// </summary>
internal sealed class IndexLookups(Func<string, RelationStatistics?> statistics)
{
    /// <summary>The plan with lookups.</summary>
    public LogicalPlan Apply(LogicalPlan plan) => PlanTree.RewriteUp(plan, node =>
        node is LogicalFilter { Input: LogicalScan { IsSource: false, Lookup: null } scan } filter
        && LookupOf(scan, filter.Predicate) is { } lookup
            ? filter with { Input = scan with { Lookup = lookup } }
            : node);

    private ScanLookup? LookupOf(LogicalScan scan, ScalarExpression predicate)
    {
        if (statistics(scan.Relation) is not { } relation) { return null; }

        var conditions = new ConstantConditions(scan, predicate);
        if (relation.Key.Count > 0 && relation.Key.All(conditions.HasEqual))
        {
            return new ScanLookup([.. relation.Key], [.. relation.Key.Select(conditions.EqualOf)]) { IsKey = true };
        }

        return relation.Indexes
            .Select(index => LookupOf(index, conditions))
            .OfType<ScanLookup>()
            .MaxBy(lookup => (lookup.Equal.Count * 2) + (lookup.Lower is not null || lookup.Upper is not null ? 1 : 0));
    }

    private static ScanLookup? LookupOf(IndexDefinition definition, ConstantConditions conditions)
    {
        OrdinalList index = definition.Columns;
        int equal = 0;
        while (equal < index.Count && conditions.HasEqual(index[equal])) { equal++; }

        ConstantExpression[] values = [.. index.Take(equal).Select(conditions.EqualOf)];
        if (equal == index.Count) { return new ScanLookup([.. index], values); }

        if (definition.Kind == IndexKind.Hash) { return null; }

        ScanBound? lower = conditions.LowerOf(index[equal]);
        ScanBound? upper = conditions.UpperOf(index[equal]);
        bool hasRange = lower is not null || upper is not null;
        if (equal == 0 && !hasRange) { return null; }

        return new ScanLookup([.. index.Take(hasRange ? equal + 1 : equal)], values) { Lower = lower, Upper = upper };
    }

    /// <summary>The comparisons of a condition between columns of a table and constants of the same type.</summary>
    private sealed class ConstantConditions
    {
        private readonly Dictionary<int, ConstantExpression> _equal = [];
        private readonly Dictionary<int, ScanBound> _lower = [];
        private readonly Dictionary<int, ScanBound> _upper = [];

        public ConstantConditions(LogicalScan scan, ScalarExpression predicate)
        {
            foreach (BinaryExpression comparison in ExpressionTree.Conjuncts(predicate).OfType<BinaryExpression>())
            {
                if (Comparison(comparison) is not var (column, @operator, value) || value.Value is null) { continue; }

                bool isSameType = column.Type.Kind == value.Type.Kind && column.Type.Scale == value.Type.Scale;
                if (isSameType) { Add(scan.Columns[column.Ordinal], @operator, value); }
            }
        }

        public bool HasEqual(int column) => _equal.ContainsKey(column);

        public ConstantExpression EqualOf(int column) => _equal[column];

        public ScanBound? LowerOf(int column) => _lower.GetValueOrDefault(column);

        public ScanBound? UpperOf(int column) => _upper.GetValueOrDefault(column);

        // A second bound of a column is left to the condition.
        private void Add(int column, BinaryOperator @operator, ConstantExpression value)
        {
            switch (@operator)
            {
                case BinaryOperator.Equal: _equal.TryAdd(column, value); break;
                case BinaryOperator.Greater: _lower.TryAdd(column, new ScanBound(value, IsInclusive: false)); break;
                case BinaryOperator.GreaterOrEqual: _lower.TryAdd(column, new ScanBound(value, IsInclusive: true)); break;
                case BinaryOperator.Less: _upper.TryAdd(column, new ScanBound(value, IsInclusive: false)); break;
                case BinaryOperator.LessOrEqual: _upper.TryAdd(column, new ScanBound(value, IsInclusive: true)); break;
            }
        }

        private static (ColumnReference Column, BinaryOperator Operator, ConstantExpression Value)? Comparison(
            BinaryExpression comparison) => (comparison.Left, comparison.Right) switch
            {
                (ColumnReference column, ConstantExpression value) => (column, comparison.Operator, value),
                (ConstantExpression value, ColumnReference column) => (column, Turned(comparison.Operator), value),
                _ => null,
            };

        private static BinaryOperator Turned(BinaryOperator @operator) => @operator switch
        {
            BinaryOperator.Less => BinaryOperator.Greater,
            BinaryOperator.LessOrEqual => BinaryOperator.GreaterOrEqual,
            BinaryOperator.Greater => BinaryOperator.Less,
            BinaryOperator.GreaterOrEqual => BinaryOperator.LessOrEqual,
            _ => @operator,
        };
    }
}
