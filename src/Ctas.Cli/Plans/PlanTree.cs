using Ctas.Cli.Display;
using Spectre.Console;

namespace Ctas.Cli.Plans;

/// <summary>A plan as a tree: waves, their tables, what each reads.</summary>
internal static class PlanTree
{
    /// <summary>Prints the tree.</summary>
    public static void Write(IAnsiConsole console, LoadPlan plan)
    {
        int tables = plan.Tables.Count();
        var tree = new Tree(Label.Of(
            $"{tables} {(tables == 1 ? "table" : "tables")} in {plan.Waves.Count} {(plan.Waves.Count == 1 ? "wave" : "waves")}"));
        foreach (PlannedWave wave in plan.Waves)
        {
            TreeNode branch = tree.AddNode(Label.Of($"wave {wave.Number}", DisplayStyle.Header));
            foreach (PlannedTable table in wave.Tables) { branch.AddNode(Describe(table)); }
        }

        console.Write(tree);
    }

    private static Paragraph Describe(PlannedTable table)
    {
        var line = new Paragraph();
        line.Append(PlainText.OneLine(table.Name), DisplayStyle.Header);
        line.Append($"  {PlainText.OneLine(PlanText.Traits(table))}", DisplayStyle.Faint);
        string[] inputs = [.. table.Dependencies, .. table.Sources];
        if (inputs.Length > 0) { line.Append($"  reads {PlainText.OneLine(string.Join(", ", inputs))}"); }

        return line;
    }
}
