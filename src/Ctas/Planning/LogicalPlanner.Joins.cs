using Ctas.Binding;
using Ctas.Data;

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

    private static Lowered LowerJoin(BoundJoin join, Request request)
    {
        HashSet<ColumnSymbol> leftColumns = OwnColumns(join.Left);
        HashSet<ColumnSymbol> rightColumns = OwnColumns(join.Right);
        JoinConditions conditions = Distribute(join, request.Conditions, leftColumns, rightColumns);

        HashSet<ColumnSymbol> read =
            new Request(request.Columns, [.. conditions.Residual, .. conditions.Above]).AllColumns();
        foreach ((BoundExpression leftKey, BoundExpression rightKey) in conditions.Keys)
        {
            leftKey.AddColumnsTo(read);
            rightKey.AddColumnsTo(read);
        }

        Lowered left = Lower(join.Left, new Request([.. read.Where(leftColumns.Contains)], conditions.Left));
        Lowered right = Lower(join.Right, new Request([.. read.Where(rightColumns.Contains)], conditions.Right));
        int leftWidth = left.Plan.Schema.Fields.Count;
        Dictionary<ColumnSymbol, int> ordinals = new(left.Ordinals);
        foreach ((ColumnSymbol column, int ordinal) in right.Ordinals) { ordinals[column] = leftWidth + ordinal; }

        ScalarExpression[] leftKeys = [.. conditions.Keys.Select(key => Lower(key.Left, left.Ordinals))];
        ScalarExpression[] rightKeys = [.. conditions.Keys.Select(key => Lower(key.Right, right.Ordinals))];
        ScalarExpression? residual = Conjunction(conditions.Residual, ordinals);
        JoinKind kind = Kind(join.Kind, leftKeys.Length > 0 || residual is not null);
        int[] key = JoinKey(kind, left.Plan.Schema, right.Plan.Schema, leftKeys, rightKeys);
        bool isAppendOnly = kind is JoinKind.Inner or JoinKind.Cross
            && left.Plan.Kind == ChangeKind.AppendOnly && right.Plan.Kind == ChangeKind.AppendOnly;
        var plan = new LogicalJoin(
            kind,
            left.Plan,
            right.Plan,
            leftKeys,
            rightKeys,
            residual,
            new Schema(left.Plan.Schema.Fields.Concat(right.Plan.Schema.Fields), key),
            isAppendOnly ? ChangeKind.AppendOnly : ChangeKind.Retract);
        return WithConditions(new Lowered(plan, ordinals), conditions.Above);
    }

    private static JoinConditions Distribute(
        BoundJoin join, IReadOnlyList<BoundExpression> asked, HashSet<ColumnSymbol> left, HashSet<ColumnSymbol> right)
    {
        var conditions = new JoinConditions();
        bool isInner = join.Kind is BoundJoinKind.Inner or BoundJoinKind.Cross;

        // ON decides what matches. Only the side that is not kept whole may lose rows before the match.
        foreach (BoundExpression conjunct in join.Condition?.Conjuncts() ?? [])
        {
            bool isSafe = !CanRaise(conjunct);
            HashSet<ColumnSymbol> columns = conjunct.Columns();
            if (isSafe && columns.Count > 0 && (isInner || join.Kind == BoundJoinKind.Right)
                && columns.IsSubsetOf(left))
            {
                conditions.Left.Add(conjunct);
            }
            else if (isSafe && columns.Count > 0 && (isInner || join.Kind == BoundJoinKind.Left)
                && columns.IsSubsetOf(right))
            {
                conditions.Right.Add(conjunct);
            }
            else if (KeyOf(conjunct, left, right) is { } key) { conditions.Keys.Add(key); }
            else { conditions.Residual.Add(conjunct); }
        }

        // What is asked of the result holds for the rows that come out: it may move into a side kept as it is.
        foreach (BoundExpression condition in asked)
        {
            bool isSafe = !CanRaise(condition);
            HashSet<ColumnSymbol> columns = condition.Columns();
            if (isSafe && columns.Count > 0 && (isInner || join.Kind == BoundJoinKind.Left) && columns.IsSubsetOf(left))
            {
                conditions.Left.Add(condition);
            }
            else if (isSafe && columns.Count > 0 && (isInner || join.Kind == BoundJoinKind.Right)
                && columns.IsSubsetOf(right))
            {
                conditions.Right.Add(condition);
            }
            else if (isInner && isSafe && KeyOf(condition, left, right) is { } key) { conditions.Keys.Add(key); }
            else if (isInner && isSafe && columns.Count > 0) { conditions.Residual.Add(condition); }
            else { conditions.Above.Add(condition); }
        }

        return conditions;
    }

    /// <summary>The two sides of an equality between the inputs; null for any other condition.</summary>
    private static (BoundExpression Left, BoundExpression Right)? KeyOf(
        BoundExpression condition, HashSet<ColumnSymbol> left, HashSet<ColumnSymbol> right)
    {
        if (condition is not BoundBinary { Operator: BoundOperator.Equal } equality) { return null; }

        HashSet<ColumnSymbol> first = equality.Left.Columns();
        HashSet<ColumnSymbol> second = equality.Right.Columns();
        if (first.Count == 0 || second.Count == 0) { return null; }

        if (first.IsSubsetOf(left) && second.IsSubsetOf(right)) { return (equality.Left, equality.Right); }

        return first.IsSubsetOf(right) && second.IsSubsetOf(left) ? (equality.Right, equality.Left) : null;
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
        if (kind is JoinKind.Inner or JoinKind.Left && matchesOneRight && left.HasKey) { return [.. left.Key]; }

        int[] rightKey = [.. right.Key.Select(ordinal => leftWidth + ordinal)];
        if (kind is JoinKind.Inner or JoinKind.Right && matchesOneLeft && right.HasKey) { return rightKey; }

        return left.HasKey && right.HasKey ? [.. left.Key, .. rightKey] : [];
    }

    private static bool CoversKey(Schema schema, ScalarExpression[] keys) =>
        schema.Key.All(ordinal => keys.Any(key => key is ColumnReference column && column.Ordinal == ordinal));

    /// <summary>All columns a relation can give, hidden ones of its sources too.</summary>
    private static HashSet<ColumnSymbol> OwnColumns(BoundRelation relation) => relation switch
    {
        BoundScan scan => [.. scan.Columns, .. scan.PseudoColumns],
        BoundJoin join => [.. OwnColumns(join.Left), .. OwnColumns(join.Right)],
        BoundFilter filter => OwnColumns(filter.Input),
        _ => [.. relation.Columns],
    };

    private static JoinKind Kind(BoundJoinKind kind, bool hasCondition) => kind switch
    {
        BoundJoinKind.Inner => JoinKind.Inner,
        BoundJoinKind.Left => JoinKind.Left,
        BoundJoinKind.Right => JoinKind.Right,
        BoundJoinKind.Full => JoinKind.Full,
        _ => hasCondition ? JoinKind.Inner : JoinKind.Cross,
    };
}
