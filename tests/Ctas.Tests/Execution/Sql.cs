using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

/// <summary>Short names for hand-built expressions and plans.</summary>
internal static class Sql
{
    public static ConstantExpression Value(int value) => new(value, DataType.Int);

    public static ConstantExpression Value(long value) => new(value, DataType.BigInt);

    public static ConstantExpression Value(double value) => new(value, DataType.Double);

    public static ConstantExpression Value(string value) => new(value, DataType.Varchar);

    public static ConstantExpression Null(DataType type) => new(null, type);

    public static BinaryExpression Binary(BinaryOperator operation, ScalarExpression left, ScalarExpression right) =>
        new(
        operation, left, right, operation >= BinaryOperator.Equal ? DataType.Boolean : left.Type);

    public static BinaryExpression Equal(ScalarExpression left, ScalarExpression right) =>
        Binary(BinaryOperator.Equal, left, right);

    public static BinaryExpression Greater(ScalarExpression left, ScalarExpression right) =>
        Binary(BinaryOperator.Greater, left, right);

    public static BinaryExpression Divide(ScalarExpression left, ScalarExpression right) =>
        Binary(BinaryOperator.Divide, left, right);

    public static CastExpression Cast(ScalarExpression operand, DataType type, bool isTry = false) =>
        new(operand, type, isTry);

    public static FunctionExpression Call(string function, DataType type, params ScalarExpression[] arguments) =>
        new(function, arguments, type);

    public static LogicalFilter Where(this LogicalPlan input, ScalarExpression predicate) =>
        new(input, predicate, input.Kind);

    public static LogicalProject Select(this LogicalPlan input, params ScalarExpression[] expressions) => new(
        input, expressions, SchemaOf(expressions.Select(expression => expression.Type)), input.Kind);

    public static LogicalJoin Join(
        this LogicalPlan left,
        JoinKind kind,
        LogicalPlan right,
        ScalarExpression[] leftKeys,
        ScalarExpression[] rightKeys,
        ScalarExpression? residual = null) => new(
            kind, left, right, leftKeys, rightKeys, residual,
            SchemaOf(left.Schema.Fields.Concat(right.Schema.Fields).Select(field => field.Type)), ChangeKind.Retract);

    public static LogicalAggregate GroupBy(
        this LogicalPlan input, ScalarExpression[] keys, params AggregateCall[] calls) =>
        new(input, keys, calls, SchemaOf(keys.Select(key => key.Type).Concat(calls.Select(call => call.Type))));

    public static AggregateCall CountAll { get; } = new("COUNT", [], DataType.BigInt);

    public static AggregateCall Aggregate(
        string function, ScalarExpression argument, DataType type, bool isDistinct = false,
        ScalarExpression? filter = null) =>
        new(function, [argument], type) { IsDistinct = isDistinct, Filter = filter };

    private static Schema SchemaOf(IEnumerable<DataType> types) =>
        new(types.Select((type, ordinal) => new Field($"c{ordinal}", type)));
}
