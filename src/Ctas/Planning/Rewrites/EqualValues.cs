using Ctas.Binding;
using Ctas.Data;

namespace Ctas.Planning.Rewrites;

/// <summary>
/// Values that are equal and can be told apart all the same: 0 and −0, a month and 30 days. What holds for one of them need
/// not hold for the other, so a condition that tells them apart must see the very value it is about, and not one that is
/// equal to it: the key of another side of a join, another row of a group.
/// </summary>
internal static class EqualValues
{
    // Their result is one of the arguments, or follows from comparing them.
    private static readonly HashSet<string> Choosing = new(StringComparer.Ordinal) { "COALESCE", "NULLIF", "GREATEST", "LEAST" };

    /// <summary>True when equal values of the type can be told apart.</summary>
    public static bool CanLookDifferent(DataType type) => type.Kind switch
    {
        DataTypeKind.Double or DataTypeKind.Interval or DataTypeKind.Unknown => true,
        DataTypeKind.Array => CanLookDifferent(type.Element!),
        DataTypeKind.Map => CanLookDifferent(type.Key!) || CanLookDifferent(type.Element!),
        DataTypeKind.Struct => type.Fields.Any(field => CanLookDifferent(field.Type)),
        _ => false,
    };

    /// <summary>True when the expression gives equal values wherever its columns have equal ones. When in doubt, false.</summary>
    public static bool AreKeptBy(ScalarExpression expression)
    {
        bool isKept = expression switch
        {
            ColumnReference or ConstantExpression or NegateExpression or NotExpression or IsNullExpression or CaseExpression
                or InListExpression or FieldExpression => true,
            BinaryExpression binary => IsKept(
                binary.Operator is BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply
                    or BinaryOperator.Divide or BinaryOperator.Modulo or BinaryOperator.Concat,
                [binary.Left.Type, binary.Right.Type]),
            CastExpression cast => IsKept(cast.Operand.Type, cast.Type),
            FunctionExpression function => IsKept(
                !Choosing.Contains(function.Function), function.Arguments.Select(argument => argument.Type)),
            _ => IsKept(isComputed: true, expression.Operands.Select(operand => operand.Type)),
        };
        return isKept && expression.Operands.All(AreKeptBy);
    }

    /// <summary>The same of an expression that is not lowered yet.</summary>
    public static bool AreKeptBy(BoundExpression expression)
    {
        bool isKept = expression switch
        {
            BoundColumn or BoundConstant or BoundNegate or BoundNot or BoundIsNull or BoundCase or BoundInList or BoundField => true,
            BoundBinary binary => IsKept(
                binary.Operator is BoundOperator.Add or BoundOperator.Subtract or BoundOperator.Multiply
                    or BoundOperator.Divide or BoundOperator.Modulo or BoundOperator.Concat,
                [binary.Left.Type, binary.Right.Type]),
            BoundCast cast => IsKept(cast.Operand.Type, cast.Type),
            BoundFunction function => IsKept(
                !Choosing.Contains(function.Function), function.Arguments.Select(argument => argument.Type)),
            _ => IsKept(isComputed: true, expression.Operands().Select(operand => operand.Type)),
        };
        return isKept && expression.Operands().All(AreKeptBy);
    }

    private static bool IsKept(bool isComputed, IEnumerable<DataType> operands) =>
        !isComputed || !operands.Any(CanLookDifferent);

    private static bool IsKept(DataType from, DataType to) => !CanLookDifferent(from) || to.IsNumeric;
}
