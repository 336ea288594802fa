using System.Text;
using Ctas.Cli.Display;

namespace Ctas.Cli.Plans;

/// <summary>A plan as a Mermaid flowchart: sources, tables grouped by wave, an arrow from producer to consumer.</summary>
internal static class PlanMermaid
{
    /// <summary>The chart's text, with a final line break.</summary>
    public static string Render(LoadPlan plan)
    {
        string[] sources = [.. plan.Tables.SelectMany(table => table.Sources).Distinct().Order(StringComparer.Ordinal)];
        Dictionary<string, string> sourceIds = Number("s", sources, StringComparer.Ordinal);
        Dictionary<string, string> tableIds =
            Number("t", plan.Tables.Select(table => table.Name), StringComparer.OrdinalIgnoreCase);
        var chart = new StringBuilder("flowchart LR\n");
        foreach (string source in sources) { chart.Append($"    {sourceIds[source]}[({Quote(source)})]\n"); }

        foreach (PlannedWave wave in plan.Waves) { AppendWave(chart, wave, tableIds); }

        foreach (PlannedTable table in plan.Tables)
        {
            IEnumerable<string> inputs =
                [.. table.Sources.Select(name => sourceIds[name]), .. table.Dependencies.Select(name => tableIds[name])];
            foreach (string input in inputs) { chart.Append($"    {input} --> {tableIds[table.Name]}\n"); }
        }

        return chart.ToString();
    }

    private static void AppendWave(StringBuilder chart, PlannedWave wave, Dictionary<string, string> tableIds)
    {
        chart.Append($"    subgraph wave{wave.Number} [\"wave {wave.Number}\"]\n");
        foreach (PlannedTable table in wave.Tables)
        {
            string label = Quote(table.Name)[..^1] + "<br/>" + Quote(PlanText.Traits(table))[1..];
            chart.Append($"        {tableIds[table.Name]}[{label}]\n");
        }

        chart.Append("    end\n");
    }

    private static Dictionary<string, string> Number(
        string prefix, IEnumerable<string> names, StringComparer comparer) =>
        names.Select((name, number) => (name, id: $"{prefix}{number + 1}"))
            .ToDictionary(entry => entry.name, entry => entry.id, comparer);

    // Mermaid has entity codes instead of escapes.
    private static string Quote(string text) => "\"" + PlainText.OneLine(text)
        .Replace("#", "#35;", StringComparison.Ordinal)
        .Replace("\"", "#quot;", StringComparison.Ordinal)
        .Replace("<", "#lt;", StringComparison.Ordinal)
        .Replace(">", "#gt;", StringComparison.Ordinal) + "\"";
}
