using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning;
using Ctas.Planning.Rewrites;

namespace Ctas.Tests.Planning.Rewrites;

/// <summary>Plans of queries over three small tables, as text: before rewrites, and after one or all of them.</summary>
internal static class PlanTexts
{
    private static readonly RelationInfo[] World =
    [
        new("a", IsSource: false, IsStream: false, new Schema(
            [new("id", DataType.Int), new("x", DataType.Int), new("s", DataType.Varchar)], 0)),
        new("b", IsSource: false, IsStream: false, new Schema(
            [new("id", DataType.Int), new("y", DataType.Int), new("t", DataType.Varchar)], 0)),
        new("c", IsSource: false, IsStream: false, new Schema([new("k", DataType.Int), new("z", DataType.Double)])),
    ];

    public static Simplification Simplification { get; } = new(ConstantEvaluator.Instance);

    /// <summary>The plan as the planner lowers it.</summary>
    public static LogicalPlan Lowered(string sql) =>
        QueryPlanner.PlanQuery(sql, new QueryContext(Find) { Optimiser = OptimiserOptions.Off }).Plan;

    /// <summary>The plan after all rewrites.</summary>
    public static string Optimised(string sql) => Render(
        QueryPlanner.PlanQuery(sql, new QueryContext(Find) { Optimiser = new OptimiserOptions(ConstantEvaluator.Instance) }).Plan);

    /// <summary>The plan's text without key and change kind.</summary>
    public static string Render(LogicalPlan plan) => string.Join('\n', ExplainText.Render(plan).TrimEnd('\n').Split('\n')
        .Select(line => line[..line.LastIndexOf("  [", StringComparison.Ordinal)]));

    private static RelationInfo? Find(string name) => World.SingleOrDefault(relation => relation.Name == name);
}
