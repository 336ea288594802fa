using System.Diagnostics;
using Ctas.Binding;

namespace Ctas.Planning;

internal static partial class LogicalPlanner
{
    private static ScalarExpression Lower(BoundExpression expression, IReadOnlyDictionary<ColumnSymbol, int> ordinals)
    {
        ScalarExpression Down(BoundExpression operand) => Lower(operand, ordinals);
        ScalarExpression lowered = expression switch
        {
            BoundColumn e => new ColumnReference(ordinals[e.Column], StoredType(e.Type)),
            BoundConstant e => new ConstantExpression(e.Value, StoredType(e.Type)),
            BoundBinary e => new BinaryExpression(
                Operator(e.Operator), Down(e.Left), Down(e.Right), StoredType(e.Type)),
            BoundNegate e => new NegateExpression(Down(e.Operand)),
            BoundNot e => new NotExpression(Down(e.Operand)),
            BoundIsNull e => new IsNullExpression(Down(e.Operand), e.IsNegated),
            BoundCast e => LowerCast(Down(e.Operand), e),
            BoundCase e => new CaseExpression(
                [.. e.Branches.Select(b => new CaseBranch(Down(b.Condition), Down(b.Result)))],
                e.Else is null ? null : Down(e.Else),
                StoredType(e.Type)),
            BoundInList e => new InListExpression(Down(e.Operand), [.. e.Values.Select(Down)], e.IsNegated),
            BoundLike e => new LikeExpression(Down(e.Operand), Down(e.Pattern), e.Escape, e.IgnoresCase, e.IsNegated),
            BoundFunction e => new FunctionExpression(
                e.Function, [.. e.Arguments.Select(Down)], StoredType(e.Type))
            {
                IsDeterministic = e.IsDeterministic,
                Host = e.Host,
            },
            BoundField e => new FieldExpression(Down(e.Operand), e.Field, e.Ordinal, StoredType(e.Type)),
            BoundElement e => new ElementExpression(Down(e.Operand), Down(e.Index), StoredType(e.Type)),
            BoundConstructor e => new ConstructorExpression(
                e.Kind, [.. e.Items.Select(Down)], [.. e.Fields], StoredType(e.Type)),
            BoundLambdaParameter e => new LambdaParameter(e.Id, e.Name, StoredType(e.Type)),
            BoundLet e => new LetExpression((LambdaParameter)Down(e.Parameter), Down(e.Value), Down(e.Body)),
            BoundLambda e => new LambdaExpression(
                [.. e.Parameters.Select(parameter => (LambdaParameter)Down(parameter))], Down(e.Body)),
            BoundError => throw new UnreachableException("A mistake was reported, and planned all the same."),
            _ => throw new UnreachableException($"No rule for {expression.GetType().Name}."),
        };
        return ConstantFolding.Fold(lowered);
    }

    private static ScalarExpression LowerCast(ScalarExpression operand, BoundCast cast) =>
        operand.Type == StoredType(cast.Type)
            ? operand
            : new CastExpression(operand, StoredType(cast.Type), cast.IsTry);

    private static AggregateCall LowerAggregate(
        BoundAggregate aggregate, IReadOnlyDictionary<ColumnSymbol, int> ordinals)
    {
        int constants = aggregate.Function.Aggregate.FirstConstant.GetOffset(aggregate.Arguments.Count);
        ScalarExpression[] arguments = [.. aggregate.Arguments.Select(argument => Lower(argument, ordinals))];
        return new AggregateCall(aggregate.Function.Kernel, arguments[..constants], StoredType(aggregate.Type))
        {
            Options = [.. arguments[constants..].Cast<ConstantExpression>()],
            Host = aggregate.Function.HostAggregate,
            IsDistinct = aggregate.IsDistinct,
            Filter = aggregate.Filter is null ? null : Lower(aggregate.Filter, ordinals),
            OrderBy =
            [
                .. aggregate.OrderBy.Select(
                    key => new SortKey(Lower(key.Expression, ordinals), key.IsDescending, key.NullsFirst)),
            ],
        };
    }

    private static BinaryOperator Operator(BoundOperator operation) => operation switch
    {
        BoundOperator.Add => BinaryOperator.Add,
        BoundOperator.Subtract => BinaryOperator.Subtract,
        BoundOperator.Multiply => BinaryOperator.Multiply,
        BoundOperator.Divide => BinaryOperator.Divide,
        BoundOperator.Modulo => BinaryOperator.Modulo,
        BoundOperator.Concat => BinaryOperator.Concat,
        BoundOperator.Equal => BinaryOperator.Equal,
        BoundOperator.NotEqual => BinaryOperator.NotEqual,
        BoundOperator.Less => BinaryOperator.Less,
        BoundOperator.LessOrEqual => BinaryOperator.LessOrEqual,
        BoundOperator.Greater => BinaryOperator.Greater,
        BoundOperator.GreaterOrEqual => BinaryOperator.GreaterOrEqual,
        BoundOperator.IsNotDistinctFrom => BinaryOperator.IsNotDistinctFrom,
        BoundOperator.IsDistinctFrom => BinaryOperator.IsDistinctFrom,
        BoundOperator.And => BinaryOperator.And,
        BoundOperator.Or => BinaryOperator.Or,
        _ => throw new UnreachableException($"No rule for {operation}."),
    };
}
