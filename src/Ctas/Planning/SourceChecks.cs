using Ctas.Data;
using Ctas.Text;

namespace Ctas.Planning;

/// <summary>Asks whoever makes sources whether it can make those that a script's tables read.</summary>
internal static class SourceChecks
{
    /// <summary>Reports every mistake at the table that reads the source.</summary>
    /// <param name="script">The script.</param>
    /// <param name="validate">Given a source and its reader's properties, the mistakes as full sentences.</param>
    /// <exception cref="CtasCompilationException">There are mistakes; all of them at once.</exception>
    public static void ThrowIfAny(ScriptPlan script, Func<PlannedSource, PropertySet, IReadOnlyList<string>> validate)
    {
        (SourceText, Diagnostic)[] mistakes =
        [
            .. from table in script.Tables
               from source in table.Sources
               from mistake in validate(source, table.Properties)
               select (table.Statement.Source, PlanningDiagnostics.SourceNotUsable(table.Statement.NameSpan, table.Name, mistake)),
        ];
        ThrowIfAny(mistakes);
    }

    /// <summary>Reports every mistake of a sink where it is declared.</summary>
    /// <param name="script">The script.</param>
    /// <param name="validate">Given a sink, the mistakes as full sentences.</param>
    /// <exception cref="CtasCompilationException">There are mistakes; all of them at once.</exception>
    public static void ThrowIfAny(ScriptPlan script, Func<PlannedSink, IReadOnlyList<string>> validate)
    {
        IEnumerable<(SourceText Text, TextSpan Span, PlannedSink Sink)> declared = script.Statements.OfType<SinkStatement>()
            .Select(statement => (statement.Text, statement.NameSpan, statement.Sink));
        IEnumerable<(SourceText Text, TextSpan Span, PlannedSink Sink)> local = script.Tables
            .Where(table => table is { Sink: not null, Statement.LocalSink: not null })
            .Select(table => (table.Statement.Source, table.Statement.Sink!.Span, table.Sink!));
        (SourceText, Diagnostic)[] mistakes =
        [
            .. from sink in declared.Concat(local)
               from mistake in validate(sink.Sink)
               select (sink.Text, PlanningDiagnostics.SinkNotUsable(sink.Span, sink.Sink.Name, mistake)),
        ];
        ThrowIfAny(mistakes);
    }

    private static void ThrowIfAny((SourceText Text, Diagnostic Mistake)[] mistakes)
    {
        if (mistakes.Length == 0) { return; }

        DiagnosticBag[] bags = [.. mistakes.Select(mistake => mistake.Text).Distinct().Select(text => new DiagnosticBag(text))];
        foreach ((SourceText text, Diagnostic mistake) in mistakes) { Array.Find(bags, bag => bag.Source == text)!.Add(mistake); }

        throw new CtasCompilationException(bags);
    }
}
