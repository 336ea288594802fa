using System.Runtime.CompilerServices;
using System.Text;
using Ctas.Execution;
using Ctas.Planning;
using Ctas.Planning.Rewrites;
using Ctas.Text;

namespace Ctas.SqlTests;

/// <summary>
/// Every file of plans/ holds scripts and what planning makes of them: <c>script ---- plans or diagnostics</c>, cases
/// parted by <c>====</c>. <c>UPDATE=1</c> rewrites the expectations.
/// </summary>
public sealed class PlanSnapshotTests
{
    private const string CaseBreak = "\n====\n";
    private const string ExpectedBreak = "\n----\n";

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(PlansFolder(), "*.txt").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Plan_OfEveryCase_IsAsWritten(string file)
    {
        string path = Path.Combine(PlansFolder(), file);
        string expected = File.ReadAllText(path);
        string[] scripts = [.. expected.TrimEnd('\n').Split(CaseBreak).Select(c => c.Split("\n----")[0].Trim('\n'))];

        string actual = string.Join(CaseBreak, scripts.Select(script => script + ExpectedBreak + Describe(script))) + "\n";

        if (Environment.GetEnvironmentVariable("UPDATE") == "1") { File.WriteAllText(path, actual); }
        else { actual.Should().Be(expected); }
    }

    private static string Describe(string script)
    {
        var context = new PlanningContext([], "/data", _ => null)
        {
            Optimiser = new OptimiserOptions(ConstantEvaluator.Instance),
        };
        ScriptPlan plan = ScriptPlanner.Plan(new SourceText(script), context);
        if (plan.Diagnostics.Count > 0) { return string.Join("\n\n", plan.Texts.Select(DiagnosticRenderer.Render)); }

        var text = new StringBuilder();
        foreach (PlannedStatement statement in plan.Statements)
        {
            switch (statement)
            {
                case LoadStatement { Table: var table }:
                    text.Append($"wave {plan.Graph.WaveOf(table.Name)}: {table.Name} ({table.Preview!.Schema})\n");
                    text.Append(ExplainText.Render(table.Preview.Plan));
                    break;
                case ExplainStatement explain:
                    text.Append(ExplainText.Render(explain.Plan.Plan));
                    break;
            }
        }

        return text.ToString().TrimEnd('\n');
    }

    private static string PlansFolder([CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "plans");
}
