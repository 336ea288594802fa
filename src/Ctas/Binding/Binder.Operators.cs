using System.Diagnostics;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    private BoundExpression BindUnary(UnarySyntax syntax, Context context)
    {
        BoundExpression operand = BindExpression(syntax.Operand, context);
        if (operand is BoundError) { return operand; }

        if (syntax.Operator == UnaryOperator.Not) { return new BoundNot(AsCondition(operand, "NOT")); }

        bool isMinus = syntax.Operator == UnaryOperator.Negate;
        if (operand.Type.Kind == DataTypeKind.Null) { return Coercion.To(operand, DataType.Int); }

        bool fits = operand.Type.IsNumeric || TypeRules.IsOpen(operand.Type)
            || operand.Type.Kind == DataTypeKind.Interval;
        if (!fits) { return Report(BindingDiagnostics.OperandType(syntax.Span, isMinus ? "-" : "+", operand.Type)); }

        return isMinus ? Negate(operand) : operand;
    }

    /// <summary>The constant with the other sign where that fits, so that -1 is a constant.</summary>
    private static BoundExpression Negate(BoundExpression operand) => operand switch
    {
        BoundConstant { Value: int value and not int.MinValue } c when c.Type == DataType.Int =>
            c with { Value = -value },
        BoundConstant { Value: 2_147_483_648L } => new BoundConstant(int.MinValue, DataType.Int),
        BoundConstant { Value: long value and not long.MinValue } c when c.Type == DataType.BigInt =>
            c with { Value = -value },
        BoundConstant { Value: double value } c => c with { Value = -value },
        BoundConstant { Value: Int128 value, Type.Scale: 0 } when value == (Int128)long.MaxValue + 1 =>
            new BoundConstant(long.MinValue, DataType.BigInt),
        BoundConstant { Value: Int128 value } c => c with { Value = -value },
        _ => new BoundNegate(operand),
    };

    /// <summary>Binds a chain like a + b + c without going down once for each link.</summary>
    private BoundExpression BindBinary(BinarySyntax syntax, Context context)
    {
        Stack<BinarySyntax> chain = new();
        ExpressionSyntax first = syntax;
        while (first is BinarySyntax link && !IsRowComparison(link))
        {
            chain.Push(link);
            first = link.Left;
        }

        BoundExpression left = BindExpression(first, context);
        while (chain.TryPop(out BinarySyntax? link))
        {
            BoundExpression right = BindExpression(link.Right, context);
            left = Combine(link, left, right) with { Span = link.Span };
        }

        return left;
    }

    private BoundExpression Combine(BinarySyntax syntax, BoundExpression left, BoundExpression right)
    {
        switch (syntax.Operator)
        {
            case BinaryOperator.And or BinaryOperator.Or:
                string clause = syntax.Operator.ToString().ToUpperInvariant();
                return new BoundBinary(
                    Operator(syntax.Operator), AsCondition(left, clause), AsCondition(right, clause), DataType.Boolean);
            case BinaryOperator.Concat:
                return BindConcat(left, right, syntax.Span);
            case BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply
                or BinaryOperator.Divide or BinaryOperator.Modulo:
                return Calculate(Operator(syntax.Operator), left, right, syntax.Span);
            default:
                return Compare(Operator(syntax.Operator), left, right, syntax.Span);
        }
    }

    private BoundExpression BindConcat(BoundExpression left, BoundExpression right, TextSpan span)
    {
        if (left is BoundError || right is BoundError) { return new BoundError(); }

        bool areArrays = left.Type.Kind == DataTypeKind.Array || right.Type.Kind == DataTypeKind.Array;
        if (areArrays && TypeRules.Common(left.Type, right.Type) is { Kind: DataTypeKind.Array } array)
        {
            return new BoundBinary(BoundOperator.Concat, Coercion.To(left, array), Coercion.To(right, array), array);
        }

        bool hasText = IsTextLike(left.Type) || IsTextLike(right.Type);
        return hasText && TypeRules.CanCast(left.Type, DataType.Varchar)
            && TypeRules.CanCast(right.Type, DataType.Varchar)
            ? new BoundBinary(
                BoundOperator.Concat,
                Coercion.To(left, DataType.Varchar),
                Coercion.To(right, DataType.Varchar),
                DataType.Varchar)
            : Report(BindingDiagnostics.TextOperandTypes(span, "||", Written(left), Written(right)));
    }

    private static bool IsTextLike(DataType type) =>
        type.Kind is DataTypeKind.Varchar or DataTypeKind.Null or DataTypeKind.Unknown;

    private BoundExpression Calculate(
        BoundOperator operation, BoundExpression left, BoundExpression right, TextSpan span)
    {
        if (left is BoundError || right is BoundError) { return new BoundError(); }

        (left, right) = (AsMilliseconds(left, right.Type), AsMilliseconds(right, left.Type));
        if (TypeRules.NullOperands(operation, left.Type, right.Type) is var (nullLeft, nullRight))
        {
            (left, right) = (Coercion.To(left, nullLeft), Coercion.To(right, nullRight));
        }

        DataType leftType = Coercion.TypeBeside(left, right.Type);
        DataType rightType = Coercion.TypeBeside(right, left.Type);
        if (TypeRules.Arithmetic(operation, leftType, rightType) is not { } type)
        {
            return Report(BindingDiagnostics.OperandTypes(span, Symbol(operation), Written(left), Written(right)));
        }

        if (TypeRules.IsOpen(type)) { return new BoundBinary(operation, left, right, type); }

        if (type.IsNumeric && left.Type.Kind != DataTypeKind.Date)
        {
            bool keepsScales = type.Kind == DataTypeKind.Decimal
                && operation is BoundOperator.Multiply or BoundOperator.Divide;
            return new BoundBinary(
                operation,
                Coercion.To(left, keepsScales ? TypeRules.AsDecimal(leftType) : type),
                Coercion.To(right, keepsScales ? TypeRules.AsDecimal(rightType) : type),
                type);
        }

        return CalculateWithTime(operation, left, right, type);
    }

    /// <summary>Date and time: the moment first, what is added second; an interval before its factor.</summary>
    private static BoundBinary CalculateWithTime(
        BoundOperator operation, BoundExpression left, BoundExpression right, DataType type)
    {
        bool comesFirst = operation switch
        {
            BoundOperator.Add => right.Type.Kind is DataTypeKind.Date or DataTypeKind.Timestamp
                || (right.Type.Kind == DataTypeKind.Time && left.Type.Kind == DataTypeKind.Interval),
            BoundOperator.Multiply => right.Type.Kind == DataTypeKind.Interval,
            _ => false,
        };
        if (comesFirst) { (left, right) = (right, left); }

        return (operation, type.Kind) switch
        {
            // A moment plus an interval, or a date plus a time.
            (_, DataTypeKind.Timestamp) => new(operation, Coercion.To(left, type), right, type),
            (BoundOperator.Subtract, DataTypeKind.Interval) when left.Type.Kind == DataTypeKind.Timestamp
                || right.Type.Kind == DataTypeKind.Timestamp => new(
                operation, Coercion.To(left, DataType.Timestamp), Coercion.To(right, DataType.Timestamp), type),
            (BoundOperator.Multiply or BoundOperator.Divide, _) =>
                new(operation, left, Coercion.To(right, DataType.Double), type),
            _ => new(operation, left, right, type),
        };
    }

    private BoundExpression Compare(BoundOperator operation, BoundExpression left, BoundExpression right, TextSpan span)
    {
        if (left is BoundError || right is BoundError) { return new BoundError(); }

        (left, right) = (AsMilliseconds(left, right.Type), AsMilliseconds(right, left.Type));
        left = ReadText(left, right.Type);
        right = ReadText(right, left.Type);
        if (left is BoundError || right is BoundError) { return new BoundError(); }

        DataType leftType = Coercion.TypeBeside(left, right.Type);
        DataType rightType = Coercion.TypeBeside(right, left.Type);
        if (TypeRules.Common(leftType, rightType) is not { } common)
        {
            return Report(BindingDiagnostics.OperandTypes(span, Symbol(operation), Written(left), Written(right)));
        }

        if (common.Kind == DataTypeKind.Null) { common = DataType.Varchar; }

        return new BoundBinary(operation, Coercion.To(left, common), Coercion.To(right, common), DataType.Boolean)
        {
            Span = span,
        };
    }

    private BoundExpression BindBetween(BetweenSyntax syntax, Context context)
    {
        return WithOnce(
            BindExpression(syntax.Operand, context), context, (operand, inside) => BindBetween(syntax, operand, inside));
    }

    private BoundExpression BindBetween(BetweenSyntax syntax, BoundExpression operand, Context context)
    {
        BoundExpression from = BindExpression(syntax.Low, context);
        BoundExpression to = BindExpression(syntax.High, context);
        BoundExpression low = Compare(BoundOperator.GreaterOrEqual, operand, from, syntax.Span);
        if (low is BoundError) { return low; }

        BoundExpression high = Compare(BoundOperator.LessOrEqual, operand, to, syntax.Span);
        if (high is BoundError) { return high; }

        var both = new BoundBinary(BoundOperator.And, low, high, DataType.Boolean) { Span = syntax.Span };
        return syntax.IsNegated ? new BoundNot(both) : both;
    }

    private BoundExpression BindLike(LikeSyntax syntax, Context context)
    {
        string name = syntax.IgnoresCase ? "ILIKE" : "LIKE";
        BoundExpression operand = BindExpression(syntax.Operand, context);
        BoundExpression pattern = BindExpression(syntax.Pattern, context);
        char? escape = null;
        if (syntax.Escape is not null)
        {
            if (syntax.Escape is not StringLiteralSyntax { Value: [var character] })
            {
                return Report(BindingDiagnostics.EscapeNotACharacter(syntax.Escape.Span));
            }

            escape = character;
        }

        if (operand is BoundError || pattern is BoundError) { return new BoundError(); }

        if (escape is { } mark && syntax.Pattern is StringLiteralSyntax literal && EndsInEscape(literal.Value, mark))
        {
            return Report(BindingDiagnostics.PatternEndsInEscape(syntax.Pattern.Span, mark));
        }

        return IsTextLike(operand.Type) && IsTextLike(pattern.Type)
            ? new BoundLike(
                Coercion.To(operand, DataType.Varchar),
                Coercion.To(pattern, DataType.Varchar),
                escape,
                syntax.IgnoresCase,
                syntax.IsNegated)
            : Report(BindingDiagnostics.TextOperandTypes(syntax.Span, name, Written(operand), Written(pattern)));
    }

    /// <summary>True when nothing follows the last escape of a LIKE pattern, so that the pattern means nothing.</summary>
    /// <remarks>Two escapes are one literal character: the last of an even number of them escapes nothing.</remarks>
    internal static bool EndsInEscape(string pattern, char escape) =>
        (pattern.Length - pattern.AsSpan().TrimEnd(escape).Length) % 2 == 1;

    private BoundExpression BindIsBoolean(IsBooleanSyntax syntax, Context context)
    {
        BoundExpression operand = AsCondition(BindExpression(syntax.Operand, context), "IS TRUE or IS FALSE");
        return operand is BoundError
            ? operand
            : new BoundBinary(
                syntax.IsNegated ? BoundOperator.IsDistinctFrom : BoundOperator.IsNotDistinctFrom,
                operand,
                new BoundConstant(syntax.Value, DataType.Boolean),
                DataType.Boolean);
    }

    /// <summary>A text beside a date or time is read as one, here and now; everything else stays.</summary>
    private BoundExpression ReadText(BoundExpression expression, DataType type)
    {
        if (!Coercion.IsTextOf(expression, type)) { return expression; }

        var text = (string)((BoundConstant)expression).Value!;
        return TemporalText.Parse(text, type) is { } value
            ? new BoundConstant(value, type) { Span = expression.Span }
            : Report(BindingDiagnostics.LiteralNotUnderstood(expression.Span, text, type, TemporalText.Example(type)));
    }

    private static string Symbol(BoundOperator operation) => operation switch
    {
        BoundOperator.Add => "+",
        BoundOperator.Subtract => "-",
        BoundOperator.Multiply => "*",
        BoundOperator.Divide => "/",
        BoundOperator.Modulo => "%",
        BoundOperator.Equal => "=",
        BoundOperator.NotEqual => "<>",
        BoundOperator.Less => "<",
        BoundOperator.LessOrEqual => "<=",
        BoundOperator.Greater => ">",
        BoundOperator.GreaterOrEqual => ">=",
        BoundOperator.IsNotDistinctFrom => "IS NOT DISTINCT FROM",
        BoundOperator.IsDistinctFrom => "IS DISTINCT FROM",
        BoundOperator.Concat => "||",
        BoundOperator.And => "AND",
        BoundOperator.Or => "OR",
        _ => throw new UnreachableException($"No symbol for {operation}."),
    };

    private static BoundOperator Operator(BinaryOperator operation) => operation switch
    {
        BinaryOperator.Or => BoundOperator.Or,
        BinaryOperator.And => BoundOperator.And,
        BinaryOperator.Equal => BoundOperator.Equal,
        BinaryOperator.NotEqual => BoundOperator.NotEqual,
        BinaryOperator.Less => BoundOperator.Less,
        BinaryOperator.LessOrEqual => BoundOperator.LessOrEqual,
        BinaryOperator.Greater => BoundOperator.Greater,
        BinaryOperator.GreaterOrEqual => BoundOperator.GreaterOrEqual,
        BinaryOperator.Concat => BoundOperator.Concat,
        BinaryOperator.Add => BoundOperator.Add,
        BinaryOperator.Subtract => BoundOperator.Subtract,
        BinaryOperator.Multiply => BoundOperator.Multiply,
        BinaryOperator.Divide => BoundOperator.Divide,
        BinaryOperator.Modulo => BoundOperator.Modulo,
        _ => throw new UnreachableException($"No rule for {operation}."),
    };
}
