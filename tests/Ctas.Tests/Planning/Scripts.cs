using Ctas.Data;
using Ctas.Planning;
using Ctas.Tests.Text;
using Ctas.Text;

namespace Ctas.Tests.Planning;

/// <summary>
/// Plans scripts against a small world: table users, streams of orders, and one source nobody knows yet.
/// </summary>
internal static class Scripts
{
    public static IReadOnlyList<RelationInfo> World { get; } =
    [
        new("users", IsSource: false, IsStream: false, new Schema(
            [new("id", DataType.BigInt), new("name", DataType.Varchar), new("born", DataType.Date), new("rank", DataType.Int)], 0)),
        new("orders", IsSource: true, IsStream: true, new Schema(
            [
                new("order_id", DataType.BigInt), new("user_id", DataType.BigInt), new("amount", DataType.Decimal(10, 2)),
                new("status", DataType.Varchar), new("weight", DataType.Double), new("at", DataType.Timestamp),
                new("paid", DataType.Boolean), new("name", DataType.Varchar),
            ])),
        new("clicks", IsSource: true, IsStream: false, Schema: null),
    ];

    public static ScriptPlan Plan(params string[] scripts) => PlanIn("/data", _ => null, scripts);

    public static ScriptPlan PlanIn(string folder, Func<string, string?> environment, params string[] scripts) =>
        ScriptPlanner.Plan([.. scripts.Select(script => new SourceText(script))], new PlanningContext(World, folder, environment));

    /// <summary>The plan of a script that holds no mistake.</summary>
    public static ScriptPlan PlanSound(params string[] scripts)
    {
        ScriptPlan plan = Plan(scripts);
        plan.Diagnostics.Should().BeEmpty();
        return plan;
    }

    /// <summary>The one mistake of the script, which must lie at the drawn place.</summary>
    public static Diagnostic OnlyMistake(string annotated)
    {
        (string sql, TextSpan span) = AnnotatedSql.Parse(annotated);
        Diagnostic diagnostic = Plan(sql).Diagnostics.Should().ContainSingle().Subject;
        sql[diagnostic.Span.Start..diagnostic.Span.End].Should().Be(sql[span.Start..span.End]);
        diagnostic.Span.Should().Be(span);
        return diagnostic;
    }

    /// <summary>The type of an expression over the stream of orders.</summary>
    public static DataType TypeOf(string expression) =>
        PlanSound($"CREATE TABLE t AS SELECT {expression} AS x FROM orders").Tables[0].Preview!.Schema.Fields[0].Type;
}
