using System.Globalization;
using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Syntax;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    private BoundExpression WithoutAggregates(BoundExpression key, ExpressionSyntax syntax)
    {
        if (key.First<BoundWindowCall>() is { } window)
        {
            return Report(BindingDiagnostics.WindowMisplaced(syntax.Span, window.Function, "GROUP BY"));
        }

        return key.First<BoundAggregate>() is { } aggregate
            ? Report(BindingDiagnostics.AggregateMisplaced(syntax.Span, aggregate.Function.Name, "GROUP BY"))
            : key;
    }

    private BoundExpression BindOrdinal(
        NumberLiteralSyntax syntax, IReadOnlyList<ResultColumn> columns, string clause) =>
        int.TryParse(syntax.Text, out int ordinal) && ordinal >= 1 && ordinal <= columns.Count
            ? columns[ordinal - 1].Expression
            : Report(BindingDiagnostics.OrdinalOutOfRange(syntax.Span, clause, syntax.Text, columns.Count));

    /// <param name="inside">Where its arguments stand; null for the inside of an aggregate.</param>
    private BoundExpression BindAggregate(
        FunctionCallSyntax call, FunctionEntry function, Context context, Context? inside = null)
    {
        if (inside is null && call.Arguments is [.., ArraySyntax { Items.IsEmpty: false } fractions]
            && function.Name is "PERCENTILE_CONT" or "PERCENTILE_DISC")
        {
            return BindPercentiles(call, fractions, function, context);
        }

        string name = call.Name.Text.ToUpperInvariant();
        int parametersBefore = _outer?.Parameters.Count ?? 0;
        bool isMisplaced = context.Aggregate is not null || !context.AllowsAggregates;
        if (isMisplaced && _outer is not null)
        {
            // Perhaps it is one of a query around, where it stands well.
            BoundExpression[] read =
                [.. call.Arguments.Select(argument => BindExpression(argument, context with { Aggregate = name }))];
            if (BindOuterAggregate(call, function, read, parametersBefore) is { } around) { return around; }
        }

        if (context.Aggregate is not null)
        {
            return Report(BindingDiagnostics.AggregateNested(call.Span, name));
        }

        if (!context.AllowsAggregates)
        {
            return Report(BindingDiagnostics.AggregateMisplaced(call.Span, name, context.Clause));
        }

        inside ??= context with { Aggregate = name };
        BoundExpression? filter = call.Filter is null
            ? null
            : AsCondition(BindExpression(call.Filter, inside), "FILTER");
        List<BoundExpression> arguments = [.. call.Arguments.Select(argument => BindExpression(argument, inside))];
        List<BoundSortKey> orderBy =
        [
            .. call.OrderBy.Select(item => new BoundSortKey(
                BindExpression(item.Expression, inside), item.IsDescending, NullsFirst(item))),
        ];
        bool isStar = call.IsStar && function.Name == "COUNT";
        if (call.IsStar && !isStar)
        {
            return Report(BindingDiagnostics.ArgumentCount(
                call.Span, name, Counted(function), 0, $"Write {function.Forms(name)}."));
        }

        if (BindOuterAggregate(call, function, [.. arguments], parametersBefore) is { } outer) { return outer; }

        if (call.IsWithinGroup && function.Aggregate.IsOrderedSet)
        {
            if (orderBy.Count > 1) { return Report(BindingDiagnostics.OneSortKey(call.OrderBy[1].Span, name)); }

            arguments.Insert(0, orderBy[0].Expression);
            if (orderBy[0].IsDescending) { (function, arguments) = Descending(function, arguments); }
        }

        BoundAggregate? aggregate = Aggregate(function, name, [.. arguments], call);
        if (aggregate is not null) { aggregate = WithClauses(aggregate, filter, orderBy, call); }

        return aggregate is null ? new BoundError() : aggregate;
    }

    /// <summary>A list of fractions gives the list of their values; NULL without values, as of one fraction.</summary>
    private BoundExpression BindPercentiles(
        FunctionCallSyntax call, ArraySyntax fractions, FunctionEntry function, Context context)
    {
        List<BoundExpression> values = [];
        foreach (ExpressionSyntax fraction in fractions.Items)
        {
            BoundExpression value =
                BindAggregate(call with { Arguments = [.. call.Arguments.SkipLast(1), fraction] }, function, context);
            if (value is BoundError) { return value; }

            values.Add(value);
        }

        var list = new BoundConstructor(
            DataTypeKind.Array, [.. values], [], Known([values[0].Type], types => DataType.Array(types[0])));
        return new BoundCase(
            [new BoundCaseBranch(new BoundIsNull(values[0], IsNegated: true), list)], Else: null, list.Type);
    }

    /// <summary>The function that counts from the other end of the order.</summary>
    private static (FunctionEntry Function, List<BoundExpression> Arguments) Descending(
        FunctionEntry function, List<BoundExpression> arguments)
    {
        if (function.Name == "PERCENTILE_DISC")
        {
            return (function with { Kernel = "PERCENTILE_DISC_DESC" }, arguments);
        }

        if (function.Name == "PERCENTILE_CONT"
            && arguments is [_, BoundConstant constant] && Coercion.To(constant, DataType.Double) is BoundConstant
            { Value: double fraction })
        {
            arguments[1] = new BoundConstant(1 - fraction, DataType.Double) { Span = constant.Span };
        }

        return (function, arguments);
    }

    /// <summary>A call whose arguments have the types the function wants; null after a mistake, reported here or before.</summary>
    private BoundAggregate? Aggregate(
        FunctionEntry function, string name, BoundExpression[] arguments, FunctionCallSyntax call)
    {
        if (Resolve(function, name, arguments, call.Span) is not { } match) { return null; }

        if (!TryConvert(match, arguments) || !HasConstants(function, name, arguments)) { return null; }

        // A bare NULL has no type of its own.
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Type.Kind == DataTypeKind.Null)
            {
                arguments[i] = Coercion.To(arguments[i], DataType.Varchar);
            }
        }

        bool isOpen = arguments.Any(argument => TypeRules.IsOpen(argument.Type));
        DataType type = function.Result is { } rule && !isOpen
            ? rule([.. arguments.Select(argument => argument.Type)])
            : match.Result;
        return new BoundAggregate(function, [.. arguments], WithoutNull(type)) { Span = call.Span };
    }

    private static DataType WithoutNull(DataType type) => type switch
    {
        { Kind: DataTypeKind.Null } => DataType.Varchar,
        { Kind: DataTypeKind.Array, Element.Kind: DataTypeKind.Null } => DataType.Array(DataType.Varchar),
        _ => type,
    };

    /// <summary>The call with its clauses; null after a mistake, reported here.</summary>
    private BoundAggregate? WithClauses(
        BoundAggregate aggregate, BoundExpression? filter, List<BoundSortKey> orderBy, FunctionCallSyntax call)
    {
        AggregateTraits traits = aggregate.Function.Aggregate;
        bool isDistinct = (call.IsDistinct || traits.IsDistinct) && !traits.IgnoresDistinct;
        for (int key = 0; isDistinct && key < orderBy.Count; key++)
        {
            if (!aggregate.Arguments.Contains(orderBy[key].Expression) && orderBy[key].Expression is not BoundError)
            {
                Report(BindingDiagnostics.SortKeyNotDistinct(call.OrderBy[key].Expression.Span, call.Name.Text));
                return null;
            }
        }

        if (call.Nulls == NullTreatment.Ignore && aggregate.Arguments is [var value, ..])
        {
            var isValue = new BoundIsNull(value, IsNegated: true);
            filter = filter is null
                ? isValue
                : new BoundBinary(BoundOperator.And, filter, isValue, DataType.Boolean);
        }

        return aggregate with
        {
            IsDistinct = isDistinct,
            Filter = filter,
            OrderBy = traits.IsOrderSensitive ? [.. orderBy] : [],
        };
    }

    /// <summary>Checks the arguments that must be constants; false after a mistake, reported here.</summary>
    private bool HasConstants(FunctionEntry function, string name, BoundExpression[] arguments)
    {
        int first = function.Aggregate.FirstConstant.GetOffset(arguments.Length);
        for (int i = first; i < arguments.Length; i++)
        {
            if (arguments[i] is BoundConstant { Value: not null }) { continue; }

            Report(BindingDiagnostics.ConstantNeeded(arguments[i].Span, name, i + 1));
            return false;
        }

        if (first >= arguments.Length) { return true; }

        object?[] values = [.. arguments[first..].Select(argument => ((BoundConstant)argument).Value)];
        if (function.Aggregate.Complaint(values) is not { } complaint) { return true; }

        int ordinal = first + complaint.Ordinal;
        string text = Convert.ToString(values[complaint.Ordinal], CultureInfo.InvariantCulture)!;
        Report(BindingDiagnostics.ArgumentValue(arguments[ordinal].Span, name, ordinal + 1, text, complaint.Text));
        return false;
    }
}
