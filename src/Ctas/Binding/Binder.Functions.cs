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
        if (call.Over is not null) { return BindWindowCall(call, name, call.Over, context); }

        if (WindowFunctionCatalog.Find(name) is not null)
        {
            return Report(BindingDiagnostics.OverMissing(call.Span, name));
        }

        if (IsUnnest(call) && MisplacedClause(call) is null) { return BindExplode(call, context); }

        if (FunctionCatalog.Find(name) is not { } function)
        {
            return LaterFunctions.Contains(name)
                ? NotSupportedYet(call.Name, $"function {name}")
                : Report(BindingDiagnostics.FunctionNotFound(
                    call.Name.Span, call.Name.Text, ClosestName.Find(name, FunctionCatalog.AllNames)));
        }

        if (function.Kind == FunctionKind.Aggregate) { return BindAggregate(call, function, context); }

        if (call.Nulls is not null)
        {
            return Report(BindingDiagnostics.NullTreatmentMisplaced(call.Span, name));
        }

        if (MisplacedClause(call) is { } clause)
        {
            return Report(BindingDiagnostics.NotAnAggregate(call.Span, name, clause));
        }

        return Call(
            function, name, [.. call.Arguments.Select(argument => BindArgument(argument, context))], call.Span);
    }

    private static string? MisplacedClause(FunctionCallSyntax call) => call switch
    {
        { IsStar: true } => "*",
        { IsDistinct: true } => "DISTINCT",
        { Filter: not null } => "FILTER",
        { IsWithinGroup: true } => "WITHIN GROUP",
        { OrderBy.IsEmpty: false } => "ORDER BY",
        _ => null,
    };

    /// <param name="name">The name as it was called, for messages.</param>
    private BoundExpression Call(FunctionEntry function, string name, BoundExpression[] arguments, TextSpan span)
    {
        if (Resolve(function, name, arguments, span) is not { } match) { return new BoundError(); }

        if (!TryConvert(match, arguments) || !PassesChecks(function, name, arguments)) { return new BoundError(); }

        if (function.IsRewritten) { return Rewrite(function, arguments, span); }

        DataType type = function.Result is { } rule && !arguments.Any(argument => TypeRules.IsOpen(argument.Type))
            ? rule([.. arguments.Select(argument => argument.Type)])
            : match.Result;
        return new BoundFunction(function.Kernel, [.. arguments], type) { IsDeterministic = function.IsDeterministic };
    }

    /// <summary>The form of a function that the arguments fit best; null after a mistake, reported here or before.</summary>
    private SignatureMatch? Resolve(FunctionEntry function, string name, BoundExpression[] arguments, TextSpan span)
    {
        Signature[] forms = [.. function.Signatures.Where(form => form.Parameters.MinCount <= arguments.Length
            && arguments.Length <= form.Parameters.MaxCount)];
        if (forms.Length == 0)
        {
            Report(BindingDiagnostics.ArgumentCount(
                span, name, Counted(function), arguments.Length, $"Write {function.Forms(name)}."));
            return null;
        }

        if (arguments.Any(argument => argument is BoundError)) { return null; }

        SignatureMatch best = forms.Select(form => SignatureMatch.Of(form, arguments))
            .OrderBy(match => match.Mismatches).ThenBy(match => match.Cost).First();
        if (best.Mismatches == 0) { return best; }

        ReportMismatch(function, name, best, arguments, span);
        return null;
    }

    private void ReportMismatch(
        FunctionEntry function, string name, SignatureMatch match, BoundExpression[] arguments, TextSpan span)
    {
        BoundExpression argument = arguments[match.Mismatch];
        TypePattern wanted = match.Signature.Parameters.At(match.Mismatch).Type;
        if (wanted is TypeVariable { IsNumber: false })
        {
            Report(BindingDiagnostics.TypesDiffer(span, name, match.Fill(wanted), argument.Type));
            return;
        }

        string hint = $"It is {function.Forms(name)}.";
        if (match.CastFor(match.Mismatch, argument.Type) is { } type) { hint = $"Write CAST(… AS {type}). {hint}"; }

        Report(BindingDiagnostics.ArgumentType(
            argument.Span, name, match.Mismatch + 1, match.Expected(match.Mismatch), argument.Type, hint));
    }

    /// <summary>Brings the arguments to the types of the form; false after a mistake, reported here.</summary>
    private bool TryConvert(SignatureMatch match, BoundExpression[] arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            DataType target = match.TargetOf(i, arguments[i].Type);
            arguments[i] = Coercion.To(ReadText(arguments[i], target), target);
        }

        return !arguments.Any(argument => argument is BoundError);
    }

    private bool PassesChecks(FunctionEntry function, string name, BoundExpression[] arguments)
    {
        bool passes = true;
        foreach (ConstantCheck check in function.Checks)
        {
            if (arguments.ElementAtOrDefault(check.Ordinal) is BoundConstant { Value: string text } argument
                && check.Complaint(text) is { } complaint)
            {
                Report(BindingDiagnostics.ArgumentValue(argument.Span, name, check.Ordinal + 1, text, complaint));
                passes = false;
            }
        }

        return passes;
    }

    private BoundExpression Rewrite(FunctionEntry function, BoundExpression[] arguments, TextSpan span) =>
        function.Name switch
        {
            "PI" => new BoundConstant(Math.PI, DataType.Double),
            "E" => new BoundConstant(Math.E, DataType.Double),
            "MOD" => Calculate(BoundOperator.Modulo, arguments[0], arguments[1], span),
            _ => throw new UnreachableException($"No rule to rewrite {function.Name}."),
        };

    private static string Counted(FunctionEntry function) => Counted(
        function.Signatures.Min(form => form.Parameters.MinCount),
        function.Signatures.Max(form => form.Parameters.MaxCount));

    private static string Counted(int min, int max)
    {
        string count = (min, max) switch
        {
            _ when min == max => Invariant($"{min}"),
            _ when max == int.MaxValue => Invariant($"at least {min}"),
            _ when max - min == 1 => Invariant($"{min} or {max}"),
            _ => Invariant($"{min} to {max}"),
        };
        return count + (max == 1 ? " argument" : " arguments");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>An argument of a function; lambdas wait until the types of their parameters are known.</summary>
    private BoundExpression BindArgument(ExpressionSyntax syntax, Context context) => syntax is LambdaSyntax lambda
        ? new BoundOpenLambda(lambda) { Span = lambda.Span }
        : BindExpression(syntax, context);

    private BoundExpression BindPosition(PositionSyntax syntax, Context context) => Call(
        FunctionCatalog.Find("STRPOS")!,
        "POSITION",
        [BindExpression(syntax.Whole, context), BindExpression(syntax.Part, context)],
        syntax.Span);

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
