using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning;
using Ctas.Planning.Rewrites;

namespace Ctas.Tests.Planning.Rewrites;

/// <summary>Plans over tables (id INT key, f INT, g INT) of given sizes; f and g have a tenth as many values as rows.</summary>
internal sealed class SizedTables(params (string Name, long? Rows)[] tables)
{
    /// <summary>The plan after all rewrites, without change kind and key, with estimates.</summary>
    public string Optimised(string sql)
    {
        LogicalPlan plan = QueryPlanner.PlanQuery(
            sql, new QueryContext(Find) { Optimiser = new OptimiserOptions(ConstantEvaluator.Instance) }).Plan;
        return string.Join('\n', ExplainText.Render(plan).TrimEnd('\n').Split('\n').Select(Shortened));
    }

    /// <summary>Names of the tables in the order of the plan's lines: what is probed before what is built.</summary>
    public string[] Order(string sql) =>
        [.. Optimised(sql).Split('\n').Where(line => line.Contains("scan table ")).Select(line => line.Split("scan table ")[1].Split(' ')[0])];

    private static string Shortened(string line)
    {
        int properties = line.LastIndexOf("  [", StringComparison.Ordinal);
        int rows = line.IndexOf('~', properties);
        return rows < 0 ? line[..properties] : $"{line[..properties]}  {line[rows..^1]}";
    }

    private RelationInfo? Find(string name)
    {
        (string Name, long? Rows) table = tables.Single(table => table.Name == name);
        return new(name, IsSource: false, IsStream: false, new Schema(
            [new("id", DataType.Int), new("f", DataType.Int), new("g", DataType.Int)], 0))
        {
            Statistics = table.Rows is { } rows ? new Statistics(rows) : null,
        };
    }

    private sealed class Statistics(long rows) : RelationStatistics
    {
        public override long Rows => rows;

        public override ColumnStatistics Column(int ordinal) =>
            new(ordinal == 0 ? rows : Math.Max(1, rows / 10), Min: 0, Max: rows - 1);
    }
}
