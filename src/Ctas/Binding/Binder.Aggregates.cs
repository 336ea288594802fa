using System.Diagnostics;
using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Syntax;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    /// <summary>Ordinals and aliases of the SELECT list, or expressions over FROM.</summary>
    private List<BoundExpression> BindGroupBy(
        SyntaxList<ExpressionSyntax> groupBy, IReadOnlyList<ResultColumn> columns, Scope scope)
    {
        List<BoundExpression> keys = [];
        foreach (ExpressionSyntax syntax in groupBy)
        {
            BoundExpression key = syntax is NumberLiteralSyntax ordinal
                ? BindOrdinal(ordinal, columns, "GROUP BY")
                : BindExpression(syntax, scope, "GROUP BY");
            keys.Add(WithoutAggregates(key, syntax));
        }

        return keys;
    }

    private BoundExpression WithoutAggregates(BoundExpression key, ExpressionSyntax syntax) =>
        key.Contains<BoundAggregate>()
            ? Report(BindingDiagnostics.AggregateMisplaced(syntax.Span, FirstAggregate(key), "GROUP BY"))
            : key;

    private static string FirstAggregate(BoundExpression expression) => expression is BoundAggregate aggregate
        ? aggregate.Function.Name
        : expression.Operands().Where(operand => operand.Contains<BoundAggregate>()).Select(FirstAggregate).First();

    private BoundExpression BindOrdinal(
        NumberLiteralSyntax syntax, IReadOnlyList<ResultColumn> columns, string clause) =>
        int.TryParse(syntax.Text, out int ordinal) && ordinal >= 1 && ordinal <= columns.Count
            ? columns[ordinal - 1].Expression
            : Report(BindingDiagnostics.OrdinalOutOfRange(syntax.Span, clause, syntax.Text, columns.Count));

    private BoundExpression BindAggregate(FunctionCallSyntax call, AggregateDefinition function, Context context)
    {
        string name = call.Name.Text.ToUpperInvariant();
        if (context.Aggregate is not null)
        {
            return Report(BindingDiagnostics.AggregateNested(call.Span, name));
        }

        if (!context.AllowsAggregates)
        {
            return Report(BindingDiagnostics.AggregateMisplaced(call.Span, name, context.Clause));
        }

        int parametersBefore = _outer?.Parameters.Count ?? 0;
        Context inside = context with { Aggregate = name };
        BoundExpression? filter = call.Filter is null
            ? null
            : AsCondition(BindExpression(call.Filter, inside), "FILTER");
        BoundExpression[] arguments = [.. call.Arguments.Select(argument => BindExpression(argument, inside))];
        BoundSortKey[] orderBy =
        [
            .. call.OrderBy.Select(item => new BoundSortKey(
                BindExpression(item.Expression, inside), item.IsDescending, NullsFirst(item))),
        ];
        bool isStar = call.IsStar && function.TakesStar;
        if (!isStar && (arguments.Length < function.MinArguments || arguments.Length > function.MaxArguments))
        {
            return Report(BindingDiagnostics.ArgumentCount(
                call.Span, name, Counted(function.MinArguments, function.MaxArguments), arguments.Length));
        }

        if (BindOuterAggregate(call, function, arguments, parametersBefore) is { } outer) { return outer; }

        if (!FitArguments(function, name, arguments)) { return new BoundError(); }

        DataType[] types = [.. arguments.Select(argument => argument.Type)];
        return new BoundAggregate(function, [.. arguments], isStar ? DataType.BigInt : ResultType(function, types))
        {
            IsDistinct = call.IsDistinct && !function.IgnoresDistinct,
            Filter = filter,
            OrderBy = function.IsOrderSensitive ? [.. orderBy] : [],
            Span = call.Span,
        };
    }

    /// <summary>Brings the arguments to the types of the parameters; false after a mistake.</summary>
    private bool FitArguments(AggregateDefinition function, string name, BoundExpression[] arguments)
    {
        bool fits = true;
        for (int i = 0; i < arguments.Length; i++)
        {
            AggregateParameter parameter = function.Parameters[i];
            if (Fitted(arguments[i], parameter.Kind) is { } fitted)
            {
                arguments[i] = fitted;
                continue;
            }

            Report(BindingDiagnostics.ArgumentType(
                arguments[i].Span, name, i + 1, Expected(parameter.Kind), arguments[i].Type));
            fits = false;
        }

        return fits;
    }

    private static BoundExpression? Fitted(BoundExpression argument, AggregateParameterKind parameter)
    {
        DataType type = argument.Type;
        if (TypeRules.IsOpen(type)) { return argument; }

        bool isNull = type.Kind == DataTypeKind.Null;
        return parameter switch
        {
            AggregateParameterKind.Any => isNull ? Coercion.To(argument, DataType.Varchar) : argument,
            AggregateParameterKind.Ordered when isNull => Coercion.To(argument, DataType.Varchar),
            AggregateParameterKind.Ordered => TypeRules.IsOrdered(type) ? argument : null,
            AggregateParameterKind.Number when isNull => Coercion.To(argument, DataType.BigInt),
            AggregateParameterKind.Number => type.IsNumeric ? argument : null,
            _ => throw new UnreachableException($"No rule for {parameter}."),
        };
    }

    private static string Expected(AggregateParameterKind parameter) => parameter switch
    {
        AggregateParameterKind.Number => "a number",
        AggregateParameterKind.Ordered => "a value with an order",
        _ => throw new UnreachableException($"No rule for {parameter}."),
    };

    private static DataType ResultType(AggregateDefinition function, DataType[] types) =>
        types.Any(TypeRules.IsOpen) && function.Result([.. types.Select(_ => DataType.Unknown)]) is var open
            ? open
            : function.Result(types);
}
