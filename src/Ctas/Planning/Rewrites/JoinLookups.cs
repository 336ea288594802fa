using Ctas.Data;

namespace Ctas.Planning.Rewrites;

/// <summary>
/// Lets joins look up rows of a large table by the keys of a small other side, where the keys hold the table's key or the
/// first columns of one of its indexes. Expects estimates on the plan.
/// </summary>
/// <remarks>
/// <code>
/// inner, right, semi: the right side is built first, then the rows of the left table that its keys name are read
/// left, semi, anti …: the left side is kept, the rows of the right table that its keys name are built, the left side probes
/// </code>
/// Estimates are rough. Where the side that is read first turns out to be large, the table is scanned.
/// </remarks>
internal sealed class JoinLookups(Func<string, RelationStatistics?> statistics)
{
    // Looking up a row costs about what scanning so many does.
    private const int ScannedForLookup = 16;

    // Smaller tables are scanned in no time.
    private const int LeastRows = 1_000;

    /// <summary>The plan with lookups.</summary>
    public LogicalPlan Apply(LogicalPlan plan) =>
        PlanTree.RewriteUp(plan, node => node is LogicalJoin { LeftKeys.Count: > 0 } join ? WithLookup(join) : node);

    /// <summary>
    /// How the rows of one side are found in their table by all keys of the join together, and by nothing else: then what has a
    /// key of the join is exactly what is found. Null where they cannot be.
    /// </summary>
    /// <param name="join">The join.</param>
    /// <param name="side">The side.</param>
    /// <param name="statistics">Tells the key and the indexes of what a scan reads; null for what cannot be looked up.</param>
    public static (LogicalScan Scan, JoinLookup Lookup)? ExactOf(
        LogicalJoin join, JoinSide side, Func<LogicalScan, RelationStatistics?> statistics)
    {
        (LogicalPlan rows, IReadOnlyList<ScalarExpression> keys) =
            side == JoinSide.Left ? (join.Left, join.LeftKeys) : (join.Right, join.RightKeys);
        if (keys.Any(key => !IsEqualAsStored(key.Type))
            || ColumnsOf(rows, keys) is not var (scan, columns)
            || columns.Count < keys.Count
            || statistics(scan) is not { } table
            || Best(table, columns) is not { } found
            || found.Columns.Count < keys.Count)
        {
            return null;
        }

        return (scan, found with { Side = side, MaxKeys = long.MaxValue });
    }

    // There are several forms of zero, of NaN and of a month.
    private static bool IsEqualAsStored(DataType type) => type.Kind is not (DataTypeKind.Double or DataTypeKind.Interval);

    private LogicalJoin WithLookup(LogicalJoin join)
    {
        JoinLookup? lookup = (NeedsMatchingLeftOnly(join) ? LookupOf(join, JoinSide.Left) : null)
            ?? (NeedsMatchingRightOnly(join) ? LookupOf(join, JoinSide.Right) : null);
        return lookup is null ? join : join with { Lookup = lookup };
    }

    private static bool NeedsMatchingLeftOnly(LogicalJoin join) =>
        join.Join is JoinKind.Inner or JoinKind.Right or JoinKind.Semi;

    // NOT IN asks whether there is any NULL.
    private static bool NeedsMatchingRightOnly(LogicalJoin join) => !join.IsNullAware
        && join.Join is JoinKind.Inner or JoinKind.Left or JoinKind.Semi or JoinKind.Anti or JoinKind.Mark or JoinKind.Single;

    private JoinLookup? LookupOf(LogicalJoin join, JoinSide side)
    {
        (LogicalPlan lookedUp, LogicalPlan first) = side == JoinSide.Left ? (join.Left, join.Right) : (join.Right, join.Left);
        (IReadOnlyList<ScalarExpression> keys, IReadOnlyList<ScalarExpression> firstKeys) =
            side == JoinSide.Left ? (join.LeftKeys, join.RightKeys) : (join.RightKeys, join.LeftKeys);
        if (ColumnsOf(lookedUp, keys) is not ({ IsSource: false } scan, var columns)
            || statistics(scan.Relation) is not { Rows: >= LeastRows } table
            || !IsSmall(first, side, table.Rows)
            || firstKeys.Any(ExpressionRisks.CanRaise))
        {
            return null;
        }

        return Best(table, columns) is { } found ? found with { Side = side, MaxKeys = table.Rows / ScannedForLookup } : null;
    }

    /// <summary>
    /// The right side is built in any case, so that trying costs nothing; rows of a left one must be kept for it.
    /// </summary>
    private static bool IsSmall(LogicalPlan first, JoinSide side, long tableRows) =>
        first.EstimatedRows is { } rows && rows < (side == JoinSide.Left ? tableRows : tableRows / ScannedForLookup);

    /// <summary>The table below filters and projections, and the keys of the join by the columns of it that they are.</summary>
    private static (LogicalScan Scan, Dictionary<int, int> Keys)? ColumnsOf(LogicalPlan plan, IReadOnlyList<ScalarExpression> keys)
    {
        switch (plan)
        {
            case LogicalScan { Lookup: null or { IsKey: false } } scan:
                var columns = new Dictionary<int, int>();
                for (int key = 0; key < keys.Count; key++)
                {
                    if (ColumnOf(keys[key]) is { } column) { columns.TryAdd(scan.IsSource ? column.Ordinal : scan.Columns[column.Ordinal], key); }
                }

                return (scan, columns);
            case LogicalFilter filter when ExpressionRisks.IsSafe(filter.Predicate):
                return ColumnsOf(filter.Input, keys);
            case LogicalProject project when project.Expressions.All(ExpressionRisks.IsSafe):
                return ColumnsOf(project.Input, [.. keys.Select(key => ExpressionTree.Substitute(key, project.Expressions))]);
            default:
                return null;
        }
    }

    /// <summary>The column that a key is, perhaps in a wider type in which different values stay different.</summary>
    private static ColumnReference? ColumnOf(ScalarExpression key) => key switch
    {
        ColumnReference column => column,
        CastExpression cast when IsExact(cast.Operand.Type, cast.Type) => ColumnOf(cast.Operand),
        _ => null,
    };

    private static bool IsExact(DataType from, DataType to) => (from.Kind, to.Kind) switch
    {
        (DataTypeKind.Int, DataTypeKind.BigInt) => true,
        (DataTypeKind.Int or DataTypeKind.BigInt, DataTypeKind.Decimal) => true,
        (DataTypeKind.Decimal, DataTypeKind.Decimal) => to.Scale >= from.Scale,
        _ => false,
    };

    private static JoinLookup? Best(RelationStatistics table, Dictionary<int, int> keys)
    {
        if (table.Key.Count > 0 && table.Key.All(keys.ContainsKey)) { return Lookup(table.Key, keys) with { IsKey = true }; }

        return table.Indexes
            .Select(index => Lookup(new OrdinalList([.. index.Columns.TakeWhile(keys.ContainsKey)]), keys) is { Columns.Count: > 0 } found
                && index.Serves(found.Columns.AsSpan(), isEquality: true) ? found : null)
            .OfType<JoinLookup>()
            .MaxBy(lookup => lookup.Columns.Count);
    }

    private static JoinLookup Lookup(OrdinalList columns, Dictionary<int, int> keys) =>
        new(JoinSide.Left, columns, new OrdinalList([.. columns.Select(column => keys[column])]), 0);
}
