using Ctas.Data;

namespace Ctas.Planning;

/// <summary>
/// Computes what is known while planning, where that cannot fail: an error of a row stays one of the row.
/// </summary>
internal static class ConstantFolding
{
    /// <summary>The expression itself or a simpler equal one. Its operands are folded already.</summary>
    public static ScalarExpression Fold(ScalarExpression expression) => expression switch
    {
        BinaryExpression { Operator: BinaryOperator.And } e => FoldLogic(e, neutral: true),
        BinaryExpression { Operator: BinaryOperator.Or } e => FoldLogic(e, neutral: false),
        BinaryExpression { Left: ConstantExpression left, Right: ConstantExpression right } e =>
            FoldNumbers(e, left.Value, right.Value),
        NotExpression { Operand: ConstantExpression { Value: bool value } } =>
            new ConstantExpression(!value, DataType.Boolean),
        IsNullExpression { Operand: ConstantExpression constant } e =>
            new ConstantExpression(constant.Value is null != e.IsNegated, DataType.Boolean),
        _ => expression,
    };

    /// <summary>TRUE AND x is x, FALSE OR x is x; the other constant decides alone.</summary>
    private static ScalarExpression FoldLogic(BinaryExpression expression, bool neutral)
    {
        if (expression.Left is ConstantExpression { Value: bool left })
        {
            return left == neutral ? expression.Right : expression.Left;
        }

        return expression.Right is ConstantExpression { Value: bool right } && right == neutral
            ? expression.Left
            : expression;
    }

    private static ScalarExpression FoldNumbers(BinaryExpression expression, object? left, object? right)
    {
        if (expression.Left.Type != expression.Right.Type) { return expression; }

        switch (left, right)
        {
            case (int a, int b) when expression.Type.Kind == DataTypeKind.Int:
                return Whole(expression.Operator, a, b) is { } small && small >= int.MinValue && small <= int.MaxValue
                    ? new ConstantExpression((int)small, expression.Type)
                    : expression;
            case (long a, long b) when expression.Type.Kind == DataTypeKind.BigInt:
                return Whole(expression.Operator, a, b) is { } large && large >= long.MinValue && large <= long.MaxValue
                    ? new ConstantExpression((long)large, expression.Type)
                    : expression;
            case (int a, int b) when expression.Type.Kind == DataTypeKind.Boolean:
                return Compared(expression, a.CompareTo(b));
            case (long a, long b) when expression.Type.Kind == DataTypeKind.Boolean:
                return Compared(expression, a.CompareTo(b));
            case (string a, string b) when expression.Type.Kind == DataTypeKind.Boolean:
                return expression.Operator is BinaryOperator.Equal or BinaryOperator.NotEqual
                    ? Compared(expression, string.CompareOrdinal(a, b))
                    : expression;
            default:
                return expression;
        }
    }

    private static Int128? Whole(BinaryOperator operation, Int128 left, Int128 right) => operation switch
    {
        BinaryOperator.Add => left + right,
        BinaryOperator.Subtract => left - right,
        BinaryOperator.Multiply => left * right,
        BinaryOperator.Divide when right != 0 => left / right,
        BinaryOperator.Modulo when right != 0 => left % right,
        _ => null,
    };

    private static ScalarExpression Compared(BinaryExpression expression, int order)
    {
        bool? result = expression.Operator switch
        {
            BinaryOperator.Equal or BinaryOperator.IsNotDistinctFrom => order == 0,
            BinaryOperator.NotEqual or BinaryOperator.IsDistinctFrom => order != 0,
            BinaryOperator.Less => order < 0,
            BinaryOperator.LessOrEqual => order <= 0,
            BinaryOperator.Greater => order > 0,
            BinaryOperator.GreaterOrEqual => order >= 0,
            _ => null,
        };
        return result is { } known ? new ConstantExpression(known, DataType.Boolean) : expression;
    }
}
