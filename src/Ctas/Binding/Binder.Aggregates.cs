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
        ? aggregate.Kind.ToString().ToUpperInvariant()
        : expression.Operands().Where(operand => operand.Contains<BoundAggregate>()).Select(FirstAggregate).First();

    private BoundExpression BindOrdinal(
        NumberLiteralSyntax syntax, IReadOnlyList<ResultColumn> columns, string clause) =>
        int.TryParse(syntax.Text, out int ordinal) && ordinal >= 1 && ordinal <= columns.Count
            ? columns[ordinal - 1].Expression
            : Report(BindingDiagnostics.OrdinalOutOfRange(syntax.Span, clause, syntax.Text, columns.Count));

    private BoundExpression BindAggregate(FunctionCallSyntax call, AggregateKind kind, Context context)
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

        if (!call.OrderBy.IsEmpty)
        {
            return NotSupportedYet(call.OrderBy[0], "ORDER BY inside an aggregate function");
        }

        Context inside = context with { Aggregate = name };
        BoundExpression? filter = call.Filter is null
            ? null
            : AsCondition(BindExpression(call.Filter, inside), "FILTER");
        if (call.IsStar)
        {
            return kind == AggregateKind.Count
                ? new BoundAggregate(kind, Argument: null, IsDistinct: false, filter, DataType.BigInt)
                : Report(BindingDiagnostics.ArgumentCount(call.Span, name, "one argument", 0));
        }

        BoundExpression[] arguments = [.. call.Arguments.Select(argument => BindExpression(argument, inside))];
        if (arguments is not [var argument])
        {
            return Report(BindingDiagnostics.ArgumentCount(call.Span, name, "one argument", arguments.Length));
        }

        if (AggregateType(kind, argument.Type) is not { } type)
        {
            string expected = kind is AggregateKind.Sum or AggregateKind.Average ? "a number" : "a value with an order";
            return Report(BindingDiagnostics.ArgumentType(argument.Span, name, 1, expected, argument.Type));
        }

        if (argument.Type.Kind == DataTypeKind.Null) { argument = Coercion.To(argument, NullArgumentType(kind)); }

        // The least of different values is the least of all values.
        bool isDistinct = call.IsDistinct && kind is not (AggregateKind.Min or AggregateKind.Max);
        return new BoundAggregate(kind, argument, isDistinct, filter, type) { Span = call.Span };
    }

    private static DataType NullArgumentType(AggregateKind kind) =>
        kind is AggregateKind.Sum or AggregateKind.Average ? DataType.BigInt : DataType.Varchar;

    private static DataType? AggregateType(AggregateKind kind, DataType argument)
    {
        DataType type = argument.Kind == DataTypeKind.Null ? NullArgumentType(kind) : argument;
        return (kind, type.Kind) switch
        {
            (AggregateKind.Count, _) => DataType.BigInt,
            (AggregateKind.Average, DataTypeKind.Unknown) => DataType.Double,
            (_, DataTypeKind.Unknown) => DataType.Unknown,
            (AggregateKind.Sum, DataTypeKind.Int or DataTypeKind.BigInt) => DataType.BigInt,
            (AggregateKind.Sum, DataTypeKind.Double) => DataType.Double,
            (AggregateKind.Sum, DataTypeKind.Decimal) => DataType.Decimal(DataType.MaxDecimalPrecision, type.Scale),
            (AggregateKind.Average, _) when type.IsNumeric => DataType.Double,
            (AggregateKind.Min or AggregateKind.Max, _) when TypeRules.IsOrdered(type) => type,
            _ => null,
        };
    }
}
