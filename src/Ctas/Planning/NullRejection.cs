using Ctas.Binding;

namespace Ctas.Planning;

/// <summary>Finds conditions that are never TRUE where some columns are NULL together.</summary>
internal static class NullRejection
{
    /// <summary>True when no row in which all the columns are NULL passes the condition. When in doubt, false.</summary>
    public static bool Rejects(this BoundExpression condition, IReadOnlySet<ColumnSymbol> columns) => condition switch
    {
        BoundBinary { Operator: BoundOperator.And } e => e.Left.Rejects(columns) || e.Right.Rejects(columns),
        BoundBinary { Operator: BoundOperator.Or } e => e.Left.Rejects(columns) && e.Right.Rejects(columns),
        BoundIsNull { IsNegated: true } e => e.Operand.IsNullWith(columns),
        _ => condition.IsNullWith(columns),
    };

    /// <summary>True when the expression is NULL wherever all the columns are. When in doubt, false.</summary>
    public static bool IsNullWith(this BoundExpression expression, IReadOnlySet<ColumnSymbol> columns) =>
        expression switch
        {
            BoundConstant e => e.Value is null,
            BoundColumn e => columns.Contains(e.Column),
            BoundBinary { Operator: BoundOperator.IsNotDistinctFrom or BoundOperator.IsDistinctFrom } => false,
            BoundBinary { Operator: BoundOperator.And or BoundOperator.Or } e =>
                e.Left.IsNullWith(columns) && e.Right.IsNullWith(columns),
            BoundBinary e => e.Left.IsNullWith(columns) || e.Right.IsNullWith(columns),
            BoundNegate e => e.Operand.IsNullWith(columns),
            BoundNot e => e.Operand.IsNullWith(columns),
            BoundCast e => e.Operand.IsNullWith(columns),
            BoundInList e => e.Operand.IsNullWith(columns),
            BoundLike e => e.Operand.IsNullWith(columns) || e.Pattern.IsNullWith(columns),
            _ => false,
        };
}
