using Ctas.Text;

namespace Ctas.Planning;

/// <summary>Refuses tables that ask for snapshots where there are none.</summary>
internal static class SnapshotChecks
{
    /// <summary>Reports every table with <c>loading.unified = 'true'</c>.</summary>
    /// <exception cref="CtasCompilationException">There are some.</exception>
    public static void ThrowIfAny(ScriptPlan script)
    {
        DiagnosticBag[] mistakes =
        [
            .. from table in script.Tables
               where table.Properties["loading.unified"] == "true"
               group table by table.Statement.Source into text
               select Report(text.Key, text),
        ];
        if (mistakes.Length > 0) { throw new CtasCompilationException(mistakes); }
    }

    private static DiagnosticBag Report(SourceText text, IEnumerable<TablePlan> tables)
    {
        var bag = new DiagnosticBag(text);
        foreach (TablePlan table in tables)
        {
            bag.Add(PlanningDiagnostics.SnapshotsNeeded(table.Statement.NameSpan, table.Name));
        }

        return bag;
    }
}
