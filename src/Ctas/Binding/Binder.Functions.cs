using System.Diagnostics;
using System.Globalization;
using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    private BoundExpression BindCall(FunctionCallSyntax call, Context context)
    {
        string name = call.Name.Text.ToUpperInvariant();
        if (call.Over is not null) { return NotSupportedYet(call, $"{name}(…) OVER (…)"); }

        if (AggregateCatalog.Find(name) is { } aggregate) { return BindAggregate(call, aggregate, context); }

        bool isModulo = name == "MOD";
        ScalarFunction? function = FunctionCatalog.Find(name);
        if (function is null && !isModulo)
        {
            return LaterFunctions.Contains(name)
                ? NotSupportedYet(call.Name, $"function {name}")
                : Report(BindingDiagnostics.FunctionNotFound(
                    call.Name.Span, call.Name.Text, ClosestName.Find(name, FunctionCatalog.AllNames)));
        }

        if (MisplacedClause(call) is { } clause)
        {
            return Report(BindingDiagnostics.NotAnAggregate(call.Span, name, clause));
        }

        BoundExpression[] arguments = [.. call.Arguments.Select(argument => BindExpression(argument, context))];
        if (!isModulo) { return Call(function!, name, arguments, call.Span); }

        return arguments is [var left, var right]
            ? Calculate(BoundOperator.Modulo, left, right, call.Span)
            : Report(BindingDiagnostics.ArgumentCount(call.Span, name, "2 arguments", arguments.Length));
    }

    private static string? MisplacedClause(FunctionCallSyntax call) => call switch
    {
        { IsStar: true } => "*",
        { IsDistinct: true } => "DISTINCT",
        { Filter: not null } => "FILTER",
        { OrderBy.IsEmpty: false } => "ORDER BY",
        _ => null,
    };

    /// <param name="name">The name as it was called, for messages.</param>
    private BoundExpression Call(ScalarFunction function, string name, BoundExpression[] arguments, TextSpan span)
    {
        if (arguments.Length < function.MinArguments || arguments.Length > function.MaxArguments)
        {
            return Report(BindingDiagnostics.ArgumentCount(span, name, Counted(function.MinArguments, function.MaxArguments), arguments.Length));
        }

        if (arguments.Any(argument => argument is BoundError)) { return new BoundError(); }

        if (function.Parameters is [ParameterKind.Common])
        {
            List<BoundExpression> unified = [.. arguments];
            return Unify(unified, name, span, out DataType common)
                ? new BoundFunction(function.Name, [.. unified], common)
                : new BoundError();
        }

        bool fits = true;
        for (int i = 0; i < arguments.Length; i++)
        {
            ParameterKind parameter = function.ParameterAt(i);
            if (Argument(arguments[i], parameter) is { } argument)
            {
                arguments[i] = argument;
                continue;
            }

            Report(BindingDiagnostics.ArgumentType(
                arguments[i].Span, name, i + 1, Expected(parameter), arguments[i].Type));
            fits = false;
        }

        return fits
            ? new BoundFunction(function.Name, [.. arguments], ResultType(function, arguments))
            : new BoundError();
    }

    /// <summary>The argument in the type the parameter wants; null when it cannot be.</summary>
    private static BoundExpression? Argument(BoundExpression argument, ParameterKind parameter)
    {
        DataType type = argument.Type;
        if (TypeRules.IsOpen(type)) { return argument; }

        bool isNull = type.Kind == DataTypeKind.Null;
        switch (parameter)
        {
            case ParameterKind.Text:
                return IsTextLike(type) ? Coercion.To(argument, DataType.Varchar) : null;
            case ParameterKind.AnyText:
                return TypeRules.CanCast(type, DataType.Varchar) ? Coercion.To(argument, DataType.Varchar) : null;
            case ParameterKind.Int:
                return isNull || type == DataType.Int ? Coercion.To(argument, DataType.Int) : null;
            case ParameterKind.Number when isNull:
                return Coercion.To(argument, DataType.Int);
            case ParameterKind.Number:
                return type.IsNumeric ? argument : null;
            case ParameterKind.Double:
                return isNull || type.IsNumeric ? Coercion.To(argument, DataType.Double) : null;
            case ParameterKind.Moment:
                bool isMoment = isNull || type.Kind is DataTypeKind.Date or DataTypeKind.Timestamp;
                return isMoment ? Coercion.To(argument, DataType.Timestamp) : null;
            default:
                throw new UnreachableException($"No rule for {parameter}.");
        }
    }

    private static DataType ResultType(ScalarFunction function, BoundExpression[] arguments) => function.Result switch
    {
        ResultKind.Varchar => DataType.Varchar,
        ResultKind.Int => DataType.Int,
        ResultKind.BigInt => DataType.BigInt,
        ResultKind.Double => DataType.Double,
        ResultKind.Boolean => DataType.Boolean,
        ResultKind.First => arguments[0].Type,
        ResultKind.Rounded => TypeRules.WithRoomToRound(arguments[0].Type),
        _ => throw new UnreachableException($"No rule for {function.Result}."),
    };

    private static string Expected(ParameterKind parameter) => parameter switch
    {
        ParameterKind.Text or ParameterKind.AnyText => "VARCHAR",
        ParameterKind.Int => "INT",
        ParameterKind.Number or ParameterKind.Double => "a number",
        ParameterKind.Moment => "DATE or TIMESTAMP",
        _ => throw new UnreachableException($"No rule for {parameter}."),
    };

    private static string Counted(int min, int max)
    {
        string count = (min, max) switch
        {
            _ when min == max => Invariant($"{min}"),
            _ when max - min == 1 => Invariant($"{min} or {max}"),
            _ => Invariant($"at least {min}"),
        };
        return count + (max == 1 ? " argument" : " arguments");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private BoundExpression BindExtract(ExtractSyntax syntax, Context context)
    {
        BoundExpression operand = BindExpression(syntax.Operand, context);
        string field = syntax.Field.Text.ToUpperInvariant();
        if (!FunctionCatalog.ExtractFields.Contains(field))
        {
            return Report(BindingDiagnostics.UnknownField(
                syntax.Field.Span, syntax.Field.Text, string.Join(", ", FunctionCatalog.ExtractFields)));
        }

        return Call(
            FunctionCatalog.Find("EXTRACT")!,
            "EXTRACT",
            [new BoundConstant(field, DataType.Varchar), operand],
            syntax.Span);
    }

    private BoundExpression BindTrim(TrimSyntax syntax, Context context)
    {
        string name = syntax.Side switch
        {
            TrimSide.Leading => "LTRIM",
            TrimSide.Trailing => "RTRIM",
            _ => "TRIM",
        };
        BoundExpression operand = BindExpression(syntax.Operand, context);
        BoundExpression[] arguments = syntax.Characters is null
            ? [operand]
            : [operand, BindExpression(syntax.Characters, context)];
        return Call(FunctionCatalog.Find(name)!, name, arguments, syntax.Span);
    }
}
