using Ctas.Binding;
using Ctas.Data;
using Ctas.Planning.Rewrites;
using Ctas.Planning.Unnesting;

namespace Ctas.Planning;

internal static partial class LogicalPlanner
{
    /// <summary>Adds a condition of the match: to the keys where it can be looked up, else to the residual.</summary>
    private static void AddMatch(
        JoinConditions conditions, BoundExpression condition, HashSet<ColumnSymbol> left, HashSet<ColumnSymbol> right)
    {
        if (KeyOf(condition, BoundOperator.Equal, left, right) is { } key)
        {
            conditions.Keys.Add((Guarded(key.Left, conditions, left), Guarded(key.Right, conditions, right)));
        }
        else if (KeyOf(condition, BoundOperator.IsNotDistinctFrom, left, right) is { } nullable
            && Neutral(nullable.Left.Type) is { } neutral)
        {
            // Keys that are NULL equal nothing. Two that never are say the same: whether it is NULL, and what it is else. One that
            // is NULL for its guard meets others that are, and what guards it is asked again of the match.
            BoundExpression first = Guarded(nullable.Left, conditions, left);
            BoundExpression second = Guarded(nullable.Right, conditions, right);
            conditions.Keys.Add((IsNull(first), IsNull(second)));
            conditions.Keys.Add((Otherwise(first, neutral), Otherwise(second, neutral)));
        }
        else { conditions.Residual.Add(condition); }
    }

    /// <summary>The two sides of an equality between the inputs; null for any other condition.</summary>
    private static (BoundExpression Left, BoundExpression Right)? KeyOf(
        BoundExpression condition, BoundOperator operation, HashSet<ColumnSymbol> left, HashSet<ColumnSymbol> right)
    {
        if (condition is not BoundBinary equality || equality.Operator != operation) { return null; }

        HashSet<ColumnSymbol> first = equality.Left.Columns();
        HashSet<ColumnSymbol> second = equality.Right.Columns();
        if (first.Count == 0 || second.Count == 0) { return null; }

        if (first.IsSubsetOf(left) && second.IsSubsetOf(right)) { return (equality.Left, equality.Right); }

        return first.IsSubsetOf(right) && second.IsSubsetOf(left) ? (equality.Right, equality.Left) : null;
    }

    /// <summary>
    /// A key that some row could make fail is computed only where what ON asks before it is TRUE; elsewhere it is NULL, and so
    /// matches nothing. What may be something else when it is asked again guards nothing.
    /// </summary>
    private static BoundExpression Guarded(BoundExpression key, JoinConditions conditions, HashSet<ColumnSymbol> side)
    {
        BoundExpression? guard = !ExpressionRisks.CanRaise(key)
            ? null
            : BoundParts.All(conditions.Residual.Where(
                earlier => earlier.IsDeterministic() && earlier.Columns() is { Count: > 0 } columns && columns.IsSubsetOf(side)));
        return guard is null ? key : new BoundCase([new BoundCaseBranch(guard, key)], Else: null, key.Type) { Span = key.Span };
    }

    private static BoundIsNull IsNull(BoundExpression key) => new(key, IsNegated: false);

    private static BoundFunction Otherwise(BoundExpression key, BoundConstant neutral) =>
        new("COALESCE", [key, neutral], key.Type);

    /// <summary>Some value of the type; null where none can be written down.</summary>
    private static BoundConstant? Neutral(DataType type)
    {
        object? value = type.Kind switch
        {
            DataTypeKind.Boolean => false,
            DataTypeKind.Int or DataTypeKind.Date => 0,
            DataTypeKind.BigInt or DataTypeKind.Time or DataTypeKind.Timestamp => 0L,
            DataTypeKind.Double => 0.0,
            DataTypeKind.Decimal => Int128.Zero,
            DataTypeKind.Varchar => "",
            DataTypeKind.Bytes => Array.Empty<byte>(),
            DataTypeKind.Interval => default(Interval),
            _ => null,
        };
        return value is null ? null : new BoundConstant(value, type);
    }

    private static void AddKeyColumns(JoinConditions conditions, HashSet<ColumnSymbol> columns)
    {
        foreach ((BoundExpression left, BoundExpression right) in conditions.Keys)
        {
            left.AddColumnsTo(columns);
            right.AddColumnsTo(columns);
        }
    }

    /// <summary>Where each column is when the right ones follow the left ones.</summary>
    private static Dictionary<ColumnSymbol, int> SideBySide(Lowered left, Lowered right)
    {
        Dictionary<ColumnSymbol, int> ordinals = new(left.Ordinals);
        int leftWidth = left.Plan.Schema.Fields.Count;
        foreach ((ColumnSymbol column, int ordinal) in right.Ordinals) { ordinals[column] = leftWidth + ordinal; }

        return ordinals;
    }

    private static bool IsAppendOnly(Lowered left, Lowered right) =>
        left.Plan.Kind == ChangeKind.AppendOnly && right.Plan.Kind == ChangeKind.AppendOnly;
}
