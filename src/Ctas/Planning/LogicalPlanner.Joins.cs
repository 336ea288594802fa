using Ctas.Binding;
using Ctas.Data;
using Ctas.Planning.Rewrites;

namespace Ctas.Planning;

internal static partial class LogicalPlanner
{
    /// <summary>Where the conditions of a join, and those asked of it, are applied.</summary>
    private sealed class JoinConditions
    {
        public List<BoundExpression> Left { get; } = [];

        public List<BoundExpression> Right { get; } = [];

        public List<(BoundExpression Left, BoundExpression Right)> Keys { get; } = [];

        public List<BoundExpression> Residual { get; } = [];

        public List<BoundExpression> Above { get; } = [];
    }

    private static Lowered LowerJoin(BoundJoin written, Request request)
    {
        BoundJoin join = Simplified(written, request.Conditions);
        HashSet<ColumnSymbol> leftColumns = [.. join.Left.ReadableColumns];
        HashSet<ColumnSymbol> rightColumns = [.. join.Right.ReadableColumns];
        JoinConditions conditions = Distribute(join, request.Conditions, leftColumns, rightColumns);

        HashSet<ColumnSymbol> read =
            new Request(request.Columns, [.. conditions.Residual, .. conditions.Above]).AllColumns();
        AddKeyColumns(conditions, read);
        Lowered left = Lower(join.Left, new Request([.. read.Where(leftColumns.Contains)], conditions.Left));
        Lowered right = Lower(join.Right, new Request([.. read.Where(rightColumns.Contains)], conditions.Right));
        Dictionary<ColumnSymbol, int> ordinals = SideBySide(left, right);
        ScalarExpression[] leftKeys = [.. conditions.Keys.Select(key => Lower(key.Left, left.Ordinals))];
        ScalarExpression[] rightKeys = [.. conditions.Keys.Select(key => Lower(key.Right, right.Ordinals))];
        ScalarExpression? residual = Conjunction(conditions.Residual, ordinals);
        JoinKind kind = Kind(join.Kind, leftKeys.Length > 0 || residual is not null);
        int[] key = JoinKey(kind, left.Plan.Schema, right.Plan.Schema, leftKeys, rightKeys);
        bool isAppendOnly = kind is JoinKind.Inner or JoinKind.Cross && IsAppendOnly(left, right);
        var plan = new LogicalJoin(
            kind,
            left.Plan,
            right.Plan,
            leftKeys,
            rightKeys,
            residual,
            new Schema(left.Plan.Schema.Fields.Concat(right.Plan.Schema.Fields), key),
            isAppendOnly ? ChangeKind.AppendOnly : ChangeKind.Retract)
        {
            Subquery = join.Subquery,
            Within = join.Within is { } within ? Lower(within, left, right) : null,
        };
        return WithConditions(new Lowered(plan, ordinals), conditions.Above);
    }

    private static LogicalWithin Lower(BoundWithin within, Lowered left, Lowered right) => new(
        Lower(within.LeftTime, left.Ordinals),
        Lower(within.RightTime, right.Ordinals),
        within.Before,
        within.After,
        within.Grace);

    /// <summary>Where no row with NULLs for an absent side is wanted, an outer join is an inner one.</summary>
    /// <remarks>
    /// <see cref="OuterJoins"/> finds more of them, later. What is found here decides what the changes of the result can be:
    /// whether the table is a stream.
    /// </remarks>
    private static BoundJoin Simplified(BoundJoin join, IReadOnlyList<BoundExpression> asked)
    {
        BoundRelation? filled = join.Kind switch
        {
            BoundJoinKind.Left => join.Right,
            BoundJoinKind.Right => join.Left,
            _ => null,
        };
        if (filled is null) { return join; }

        HashSet<ColumnSymbol> columns = [.. filled.ReadableColumns];
        return asked.Any(condition => condition.Rejects(columns))
            ? new BoundJoin(BoundJoinKind.Inner, join.Left, join.Right, join.Condition) { Within = join.Within }
            : join;
    }

    private static JoinConditions Distribute(
        BoundJoin join, IReadOnlyList<BoundExpression> asked, HashSet<ColumnSymbol> left, HashSet<ColumnSymbol> right)
    {
        var conditions = new JoinConditions();
        bool isInner = join.Kind is BoundJoinKind.Inner or BoundJoinKind.Cross;
        bool keepsLeft = join.Kind is BoundJoinKind.Left or BoundJoinKind.Single;

        // ON decides what matches. Only the side that is not kept whole may lose rows before the match.
        foreach (BoundExpression conjunct in join.Condition?.Conjuncts() ?? [])
        {
            bool isSafe = !ExpressionRisks.CanRaise(conjunct);
            HashSet<ColumnSymbol> columns = conjunct.Columns();
            if (isSafe && columns.Count > 0 && (isInner || join.Kind == BoundJoinKind.Right)
                && columns.IsSubsetOf(left))
            {
                conditions.Left.Add(conjunct);
            }
            else if (isSafe && columns.Count > 0 && (isInner || keepsLeft)
                && columns.IsSubsetOf(right))
            {
                conditions.Right.Add(conjunct);
            }
            else { AddMatch(conditions, conjunct, left, right); }
        }

        // What is asked of the result holds for the rows that come out: it may move into a side kept as it is.
        foreach (BoundExpression condition in asked)
        {
            bool isSafe = !ExpressionRisks.CanRaise(condition);
            HashSet<ColumnSymbol> columns = condition.Columns();
            if (isSafe && columns.Count > 0 && (isInner || keepsLeft) && columns.IsSubsetOf(left))
            {
                conditions.Left.Add(condition);
            }
            else if (isSafe && columns.Count > 0 && (isInner || join.Kind == BoundJoinKind.Right)
                && columns.IsSubsetOf(right))
            {
                conditions.Right.Add(condition);
            }
            else if (isInner && isSafe && columns.Count > 0) { AddMatch(conditions, condition, left, right); }
            else { conditions.Above.Add(condition); }
        }

        return conditions;
    }

    /// <summary>
    /// Unique columns of the result. Where the other side is matched by its whole key, each row of this side comes at
    /// most once and its key stays; otherwise both keys together, where both sides have one.
    /// </summary>
    private static int[] JoinKey(
        JoinKind kind, Schema left, Schema right, ScalarExpression[] leftKeys, ScalarExpression[] rightKeys)
    {
        int leftWidth = left.Fields.Count;
        bool matchesOneRight = right.HasKey && CoversKey(right, rightKeys);
        bool matchesOneLeft = left.HasKey && CoversKey(left, leftKeys);
        if (kind == JoinKind.Single) { return [.. left.Key]; }

        if (kind is JoinKind.Inner or JoinKind.Left && matchesOneRight && left.HasKey) { return [.. left.Key]; }

        int[] rightKey = [.. right.Key.Select(ordinal => leftWidth + ordinal)];
        if (kind is JoinKind.Inner or JoinKind.Right && matchesOneLeft && right.HasKey) { return rightKey; }

        return left.HasKey && right.HasKey ? [.. left.Key, .. rightKey] : [];
    }

    private static bool CoversKey(Schema schema, ScalarExpression[] keys) =>
        schema.Key.All(ordinal => keys.Any(key => key is ColumnReference column && column.Ordinal == ordinal));

    private static JoinKind Kind(BoundJoinKind kind, bool hasCondition) => kind switch
    {
        BoundJoinKind.Inner => JoinKind.Inner,
        BoundJoinKind.Left => JoinKind.Left,
        BoundJoinKind.Right => JoinKind.Right,
        BoundJoinKind.Full => JoinKind.Full,
        BoundJoinKind.Single => JoinKind.Single,
        _ => hasCondition ? JoinKind.Inner : JoinKind.Cross,
    };
}
