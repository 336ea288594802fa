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
        Dictionary<SourceText, DiagnosticBag> mistakes = [];
        foreach (TablePlan table in script.Tables)
        {
            foreach (string mistake in table.Sources.SelectMany(source => validate(source, table.Properties)))
            {
                SourceText text = table.Statement.Source;
                if (!mistakes.TryGetValue(text, out DiagnosticBag? bag)) { mistakes[text] = bag = new DiagnosticBag(text); }

                bag.Add(PlanningDiagnostics.SourceNotUsable(table.Statement.NameSpan, table.Name, mistake));
            }
        }

        if (mistakes.Count > 0) { throw new CtasCompilationException([.. mistakes.Values]); }
    }
}
