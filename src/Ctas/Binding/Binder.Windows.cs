using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <content>Functions over windows, the WINDOW clause and QUALIFY.</content>
internal sealed partial class Binder
{
    /// <summary>The windows of the WINDOW clause, each with what it takes from earlier ones written out.</summary>
    private List<NamedWindowSyntax> ResolveWindows(SyntaxList<NamedWindowSyntax> windows)
    {
        List<NamedWindowSyntax> resolved = [];
        foreach (NamedWindowSyntax window in windows)
        {
            if (resolved.Any(known => Scope.IsMeant(known.Name.Text, window.Name)))
            {
                Report(BindingDiagnostics.DuplicateWindow(window.Name.Span, window.Name.Text));
                continue;
            }

            OverSyntax? whole = Resolve(window.Window, resolved);
            resolved.Add(window with { Window = whole ?? new OverSyntax([], [], null) });
        }

        return resolved;
    }

    /// <summary>The window with what it takes from the one it names; null after a mistake.</summary>
    private OverSyntax? Resolve(OverSyntax over, IReadOnlyList<NamedWindowSyntax> windows)
    {
        if (over.Window is not { } name) { return over; }

        if (windows.FirstOrDefault(known => Scope.IsMeant(known.Name.Text, name)) is not { Window: var named })
        {
            string? closest = ClosestName.Find(name.Text, windows.Select(known => known.Name.Text));
            Report(BindingDiagnostics.WindowNotFound(name.Span, name.Text, closest));
            return null;
        }

        string? overridden = over switch
        {
            { PartitionBy.IsEmpty: false } => "PARTITION BY",
            { OrderBy.IsEmpty: false } when !named.OrderBy.IsEmpty => "ORDER BY",
            { IsNameOnly: false } when named.Frame is not null => over.OrderBy.IsEmpty ? "a frame" : "ORDER BY",
            _ => null,
        };
        if (overridden is not null)
        {
            Report(BindingDiagnostics.WindowOverridden(over.Span, name.Text, overridden));
            return null;
        }

        return over with
        {
            PartitionBy = named.PartitionBy,
            OrderBy = over.OrderBy.IsEmpty ? named.OrderBy : over.OrderBy,
            Frame = over.Frame ?? named.Frame,
            Window = null,
        };
    }

    private BoundExpression BindWindowCall(FunctionCallSyntax call, string name, OverSyntax over, Context context)
    {
        if ((context.Window ?? context.Aggregate) is { } outer)
        {
            return Report(BindingDiagnostics.WindowNested(call.Span, name, outer));
        }

        if (context.Clause is not ("SELECT" or "QUALIFY" or "ORDER BY"))
        {
            return Report(BindingDiagnostics.WindowMisplaced(call.Span, name, context.Clause));
        }

        if (catalog.Functions.Find(name) is not { } function)
        {
            return BindCall(call with { Over = null, Nulls = null }, context);
        }

        if (function.Kind is not (FunctionKind.Window or FunctionKind.Aggregate))
        {
            return Report(BindingDiagnostics.NotAnAggregate(call.Span, name, "OVER"));
        }

        if (call.Nulls is not null && function.Kind == FunctionKind.Window && !GivesOtherRow(function))
        {
            return Report(BindingDiagnostics.NullTreatmentMisplaced(call.Span, name));
        }

        // What it is made of may hold aggregates of the groups, but no further window.
        Context inside = context with { Window = name };
        BoundWindow? window = BindWindow(over, inside);
        if (function.Kind == FunctionKind.Aggregate)
        {
            BoundExpression bound = BindAggregate(call with { Over = null }, function, context, inside);
            return bound is BoundAggregate plain && window is not null
                ? new BoundWindowCall(function.Kernel, plain, [], window, IgnoresNulls: false, plain.Type)
                : new BoundError();
        }

        return BindWindowFunction(call, function, window, inside);
    }

    /// <summary>True for window functions that give a value of another row, and so can leave NULLs out.</summary>
    private static bool GivesOtherRow(FunctionEntry function) => function.Signatures[0].Result is TypeVariable;

    private BoundExpression BindWindowFunction(
        FunctionCallSyntax call, FunctionEntry function, BoundWindow? window, Context inside)
    {
        if (MisplacedClause(call) is { } clause)
        {
            return Report(BindingDiagnostics.NotAnAggregate(call.Span, function.Name, clause));
        }

        List<BoundExpression> arguments = [.. call.Arguments.Select(argument => BindExpression(argument, inside))];
        Signature form = function.Signatures[0];
        if (arguments.Count < form.Parameters.MinCount || arguments.Count > form.Parameters.MaxCount)
        {
            string expected = form.Parameters.MaxCount == 0 ? "no arguments" : Counted(function);
            return Report(BindingDiagnostics.ArgumentCount(call.Span, function.Name, expected, arguments.Count));
        }

        bool fits = FitCounts(function, arguments) && FitDefault(function, arguments, call.Span);
        if (!fits || window is null || arguments.Any(argument => argument is BoundError)) { return new BoundError(); }

        // A bare NULL has a type all the same.
        DataType type = (form.Result as ExactType)?.Type ?? (arguments[0].Type.Kind == DataTypeKind.Null
            ? DataType.Varchar
            : arguments[0].Type);
        if (GivesOtherRow(function)) { arguments[0] = Coercion.To(arguments[0], type); }

        bool ignoresNulls = call.Nulls == NullTreatment.Ignore;
        BoundWindow used = function.UsesFrame ? window : window with { Frame = BoundFrame.Default };
        return new BoundWindowCall(function.Name, null, [.. arguments], used, ignoresNulls, type);
    }

    /// <summary>Brings counts, as the offset of LAG, to BIGINT; false after a mistake.</summary>
    private bool FitCounts(FunctionEntry function, List<BoundExpression> arguments)
    {
        int ordinal = function.Name == "NTILE" ? 0 : 1;
        if (ordinal >= arguments.Count) { return true; }

        DataType type = arguments[ordinal].Type;
        if (type.Kind is DataTypeKind.Int or DataTypeKind.BigInt or DataTypeKind.Null or DataTypeKind.Unknown)
        {
            arguments[ordinal] = Coercion.To(arguments[ordinal], DataType.BigInt);
            return true;
        }

        Report(BindingDiagnostics.ArgumentType(arguments[ordinal].Span, function.Name, ordinal + 1, "BIGINT", type));
        return false;
    }

    /// <summary>Brings value and default of LAG and LEAD to one type; false after a mistake.</summary>
    private bool FitDefault(FunctionEntry function, List<BoundExpression> arguments, TextSpan span)
    {
        if (arguments.Count < 3) { return true; }

        List<BoundExpression> values = [arguments[0], arguments[2]];
        if (!Unify(values, function.Name, span, out _)) { return false; }

        (arguments[0], arguments[2]) = (values[0], values[1]);
        return true;
    }

    /// <summary>The rows with their new columns, then the condition on them.</summary>
    private BoundRelation BindQualify(BoundRelation relation, WindowRewriter windows, BoundExpression? qualify)
    {
        BoundExpression? condition = qualify is null ? null : windows.Rewrite(qualify);
        if (windows.Calls.Count > 0) { relation = new BoundWindows(relation, windows.Calls); }
        else if (qualify is not null && !qualify.Contains<BoundError>())
        {
            Report(BindingDiagnostics.QualifyWithoutWindow(qualify.Span));
        }

        return condition is null ? relation : new BoundFilter(relation, condition);
    }
}
