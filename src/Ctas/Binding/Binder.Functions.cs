using System.Diagnostics;
using System.Globalization;
using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;
using Calendar = Ctas.Data.Calendar;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    private BoundExpression BindCall(FunctionCallSyntax call, Context context)
    {
        string name = call.Name.Text.ToUpperInvariant();
        if (call.Over is not null) { return BindWindowCall(call, name, call.Over, context); }

        if (IsUnnest(call) && MisplacedClause(call) is null) { return BindExplode(call, context); }

        if (catalog.Functions.Find(name) is not { } function)
        {
            return Report(BindingDiagnostics.FunctionNotFound(
                call.Name.Span, call.Name.Text, ClosestName.Find(name, catalog.Functions.AllNames)));
        }

        if (function.Name == "GROUPING" && MisplacedClause(call) is null) { return BindGrouping(call, context); }

        if (function.Kind == FunctionKind.Window) { return Report(BindingDiagnostics.OverMissing(call.Span, name)); }

        if (function.Kind == FunctionKind.Aggregate) { return BindAggregate(call, function, context); }

        if (call.Nulls is not null)
        {
            return Report(BindingDiagnostics.NullTreatmentMisplaced(call.Span, name));
        }

        if (MisplacedClause(call) is { } clause)
        {
            return Report(BindingDiagnostics.NotAnAggregate(call.Span, name, clause));
        }

        BoundExpression[] arguments =
            [.. call.Arguments.Select((argument, i) => BindArgument(argument, function, i, context))];
        return name == "DATE_PART" && arguments is [BoundConstant { Value: string field } constant, var operand]
            && DateFields.Find(field) is not null
            ? Extract(field, name, operand, constant.Span, call.Span)
            : Call(function, name, arguments, call.Span);
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

        if (!TryBindLambdas(match, name, arguments)) { return new BoundError(); }

        if (!TryConvert(match, arguments) || !PassesChecks(function, name, arguments)) { return new BoundError(); }

        if (function.IsRewritten) { return Rewrite(function, arguments, span); }

        // Without an argument ksqlDB's clocks mean now.
        if (arguments.Length == 0 && function.Name == "UNIX_TIMESTAMP")
        {
            arguments = [new BoundConstant(Now(), DataType.Timestamp)];
        }

        if (arguments.Length == 0 && function.Name == "UNIX_DATE")
        {
            arguments = [new BoundConstant((int)Calendar.DayOf(Now()), DataType.Date)];
        }

        DataType type = ResultType(function, match, arguments);
        return new BoundFunction(function.Kernel, [.. arguments], type)
        {
            IsDeterministic = function.IsDeterministic,
            Host = function.Host,
        };
    }

    private BoundExpression BindLambda(LambdaSyntax lambda, IReadOnlyList<DataType> types, Context context)
    {
        int first = FirstFreeParameter(context.Scope);
        BoundLambdaParameter[] parameters = [.. lambda.Parameters.Select(
            (parameter, i) => new BoundLambdaParameter(first + i, parameter.Text, types[i]))];
        var names = parameters.Select(parameter => new ScopeName(parameter.Name, parameter));
        Context inside = context with
        {
            Scope = context.Scope with
            {
                Merged = [.. names, .. context.Scope.Merged.Where(outer => !parameters.Any(
                parameter => IsSameName(parameter.Name, outer.Name)))]
            },
            AllowsAggregates = false,
            Clause = "a lambda",
        };
        BoundExpression body = BindExpression(lambda.Body, inside);
        return body is BoundError ? body : new BoundLambda([.. parameters], body) { Span = lambda.Span };
    }

    /// <summary>Binds lambdas now that the other arguments have said the types of their parameters.</summary>
    private bool TryBindLambdas(SignatureMatch match, string name, BoundExpression[] arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is not BoundOpenLambda open) { continue; }

            var pattern = (LambdaOf)match.Signature.Parameters.At(i).Type;
            DataType[] types = [.. pattern.Parameters.Select(match.Fill)];
            if (open.Bind(types) is not BoundLambda lambda) { return false; }

            if (!match.TryFit(pattern.Body, lambda.Body.Type))
            {
                Report(BindingDiagnostics.LambdaType(lambda.Body.Span, name, match.Fill(pattern.Body), lambda.Body.Type));
                return false;
            }

            // A wider body widens what the lambda is given: a BIGINT sum of a state that began as INT.
            DataType[] widened = [.. pattern.Parameters.Select(match.Fill)];
            if (!widened.SequenceEqual(types))
            {
                if (open.Bind(widened) is not BoundLambda again) { return false; }

                lambda = again;
            }

            arguments[i] = lambda with { Body = Coercion.To(lambda.Body, match.Fill(pattern.Body)) };
        }

        return true;
    }

    private static DataType ResultType(FunctionEntry function, SignatureMatch match, BoundExpression[] arguments)
    {
        if (function.ResultOfArguments is { } ofArguments) { return ofArguments(arguments); }

        return function.Result is { } rule && !arguments.Any(argument => TypeRules.IsOpen(argument.Type))
            ? rule([.. arguments.Select(argument => argument.Type)])
            : match.Result;
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

        SignatureMatch best = Best(forms, arguments);
        if (best.Mismatches > 0 && best.Signature.Parameters.At(best.Mismatch).Type is ExactType { Type: var wanted })
        {
            arguments[best.Mismatch] = AsMilliseconds(arguments[best.Mismatch], wanted);
            best = Best(forms, arguments);
        }

        if (best.Mismatches == 0) { return best; }

        ReportMismatch(function, name, best, arguments, span);
        return null;
    }

    private static SignatureMatch Best(Signature[] forms, BoundExpression[] arguments) =>
        forms.Select(form => SignatureMatch.Of(form, arguments))
            .OrderBy(match => match.Mismatches).ThenBy(match => match.Cost).First();

    private void ReportMismatch(
        FunctionEntry function, string name, SignatureMatch match, BoundExpression[] arguments, TextSpan span)
    {
        BoundExpression argument = arguments[match.Mismatch];
        TypePattern wanted = match.Signature.Parameters.At(match.Mismatch).Type;
        if (wanted is TypeVariable { IsNumber: false })
        {
            Report(BindingDiagnostics.TypesDiffer(
                span, name, WrittenOperand.Of(match.Fill(wanted)), Written(argument)));
            return;
        }

        string hint = $"It is {function.Forms(name)}.";
        if (argument is BoundOpenLambda)
        {
            Report(BindingDiagnostics.LambdaArgument(
                argument.Span, name, match.Mismatch + 1, match.Expected(match.Mismatch), hint));
            return;
        }

        if (match.CastFor(match.Mismatch, argument.Type) is { } type) { hint = $"Write CAST({Written(argument).Text} AS {type}). {hint}"; }

        Report(BindingDiagnostics.ArgumentType(
            argument.Span, name, match.Mismatch + 1, match.Expected(match.Mismatch), argument.Type, hint));
    }

    /// <summary>Brings the arguments to the types of the form; false after a mistake, reported here.</summary>
    private bool TryConvert(SignatureMatch match, BoundExpression[] arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is BoundLambda) { continue; }

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
            if (check.Of?.Invoke(arguments) == false) { continue; }

            if (arguments.ElementAtOrDefault(check.Ordinal) is BoundConstant { Value: string text } argument
                && check.Complaint(text) is { } complaint)
            {
                Report(BindingDiagnostics.ArgumentValue(argument.Span, name, check.Ordinal + 1, text, complaint));
                passes = false;
            }
        }

        return passes;
    }

    private long Now()
    {
        _readsClock = true;
        return _now;
    }

    private BoundExpression Rewrite(FunctionEntry function, BoundExpression[] arguments, TextSpan span) =>
        function.Name switch
        {
            "NOW" => new BoundConstant(Now(), DataType.Timestamp),
            "CURRENT_DATE" => new BoundConstant((int)Calendar.DayOf(Now()), DataType.Date),
            "CURRENT_TIME" => new BoundConstant(Calendar.TimeOf(Now()), DataType.Time),
            "YEAR" or "QUARTER" or "MONTH" or "WEEK" or "DAY" or "DAYOFWEEK" or "DAYOFYEAR"
                or "HOUR" or "MINUTE" => Extract(function.Name, function.Name, arguments[0], span, span),

            // SECOND(moment) is whole, where EXTRACT(SECOND FROM moment) has a fraction.
            "SECOND" => Extract(function.Name, function.Name, arguments[0], span, span) switch
            {
                BoundFunction seconds => seconds with { Type = DataType.BigInt },
                var mistake => mistake,
            },
            "AS_VALUE" => arguments[0],
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

    /// <summary>
    /// An argument of a function; lambdas wait until the types of their parameters are known, units are words.
    /// </summary>
    private BoundExpression BindArgument(ExpressionSyntax syntax, FunctionEntry function, int ordinal, Context context) =>
        syntax switch
        {
            LambdaSyntax lambda =>
                new BoundOpenLambda(lambda, types => BindLambda(lambda, types, context)) { Span = lambda.Span },
            NameExpressionSyntax { Parts: [var word] } when function.TakesUnitAt(ordinal)
                && DateFields.FindUnit(word.Text) is not null =>
                new BoundConstant(word.Text, DataType.Varchar) { Span = syntax.Span },
            _ => BindExpression(syntax, context),
        };

    private BoundExpression BindPosition(PositionSyntax syntax, Context context) => Call(
        FunctionCatalog.Find("STRPOS")!,
        "POSITION",
        [BindExpression(syntax.Whole, context), BindExpression(syntax.Part, context)],
        syntax.Span);

    private BoundExpression BindExtract(ExtractSyntax syntax, Context context)
    {
        BoundExpression operand = BindExpression(syntax.Operand, context);
        if (DateFields.Find(syntax.Field.Text) is null)
        {
            return Report(BindingDiagnostics.UnknownField(
                syntax.Field.Span,
                syntax.Field.Text,
                ClosestName.Find(syntax.Field.Text.ToUpperInvariant(), DateFields.FieldNames),
                string.Join(", ", DateFields.FieldNames)));
        }

        return Extract(syntax.Field.Text, "EXTRACT", operand, syntax.Field.Span, syntax.Span);
    }

    /// <summary>A part of a date or time, which the operand's type must have.</summary>
    private BoundExpression Extract(
        string field, string name, BoundExpression operand, TextSpan fieldSpan, TextSpan span)
    {
        DateField? known = DateFields.Find(field);
        bool isMissing = known is { } part && operand.Type.Kind switch
        {
            DataTypeKind.Time => !DateFields.IsOfTime(part),
            DataTypeKind.Interval => !DateFields.IsUnit(part) && part != DateField.Epoch || part == DateField.Week,
            _ => false,
        };
        if (isMissing)
        {
            return Report(BindingDiagnostics.FieldNotInType(fieldSpan, field.ToUpperInvariant(), operand.Type));
        }

        var constant = new BoundConstant(field.ToUpperInvariant(), DataType.Varchar) { Span = fieldSpan };
        return Call(FunctionCatalog.Find("EXTRACT")!, name, [constant, operand], span);
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
