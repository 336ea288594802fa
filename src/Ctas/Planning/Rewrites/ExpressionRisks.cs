using Ctas.Binding;
using Ctas.Data;

namespace Ctas.Planning.Rewrites;

/// <summary>What can go wrong when an expression is evaluated elsewhere, or more or less often.</summary>
internal static class ExpressionRisks
{
    private static readonly HashSet<string> NeverRaising = new(StringComparer.Ordinal)
    {
        "COALESCE", "NULLIF", "GREATEST", "LEAST", "UPPER", "LOWER", "LENGTH", "TRIM", "LTRIM", "RTRIM",
        "STARTS_WITH", "EXTRACT",
    };

    /// <summary>True when it may move: no row can make it fail, and it gives the same whenever it is asked.</summary>
    public static bool IsSafe(ScalarExpression expression) => !CanRaise(expression) && IsDeterministic(expression);

    /// <summary>True when some row could make the expression fail. When in doubt, true.</summary>
    public static bool CanRaise(ScalarExpression expression)
    {
        bool canRaise = expression switch
        {
            ColumnReference or ConstantExpression or NotExpression or IsNullExpression or CaseExpression
                or InListExpression or FieldExpression or ElementExpression or LetExpression or LambdaParameter => false,
            ConstructorExpression constructor => constructor.Kind == DataTypeKind.Map,
            BinaryExpression binary => binary.Operator is BinaryOperator.Add or BinaryOperator.Subtract
                or BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Modulo,
            CastExpression cast => !cast.IsTry && !TypeRules.IsWidening(cast.Operand.Type, cast.Type),
            LikeExpression like => like.Pattern is not ConstantExpression pattern || EndsInEscape(pattern.Value, like.Escape),
            FunctionExpression function => !NeverRaising.Contains(function.Function),
            _ => true,
        };
        return canRaise || expression.Operands.Any(CanRaise);
    }

    /// <summary>The same of an expression that is not lowered yet.</summary>
    public static bool CanRaise(BoundExpression expression) =>
        CanRaiseItself(expression) || expression.Operands().Any(CanRaise);

    /// <summary>True when the expression may fail on one row and not on another. When in doubt, true.</summary>
    public static bool CanRaiseOnRow(BoundExpression expression) => expression.Columns().Count > 0
        && (CanRaiseItself(expression) || expression.Operands().Any(CanRaiseOnRow));

    private static bool CanRaiseItself(BoundExpression expression) => expression switch
    {
        BoundError or BoundColumn or BoundConstant or BoundNot or BoundIsNull or BoundCase or BoundInList or BoundField
            or BoundElement or BoundLet or BoundLambdaParameter => false,
        BoundConstructor constructor => constructor.Kind == DataTypeKind.Map,
        BoundBinary binary => binary.Operator is BoundOperator.Add or BoundOperator.Subtract
            or BoundOperator.Multiply or BoundOperator.Divide or BoundOperator.Modulo,
        BoundCast cast => !cast.IsTry && !TypeRules.IsWidening(cast.Operand.Type, cast.Type),
        BoundLike like => like.Pattern is not BoundConstant pattern || EndsInEscape(pattern.Value, like.Escape),
        BoundFunction function => !NeverRaising.Contains(function.Function),
        _ => true,
    };

    private static bool EndsInEscape(object? pattern, char? escape) =>
        pattern is string text && escape is { } mark && Binder.EndsInEscape(text, mark);

    /// <summary>True when the same row always gives the same value.</summary>
    public static bool IsDeterministic(ScalarExpression expression) =>
        expression is not FunctionExpression { IsDeterministic: false }
        && expression.Operands.All(IsDeterministic);
}
