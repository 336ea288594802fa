using System.Globalization;
using Ctas.Data;
using Ctas.Planning;
using Ctas.Tests.Syntax;
using Ctas.Text;

namespace Ctas.Tests.Planning;

/// <summary>Whatever is written, planning answers with plans or diagnostics inside the text, and never throws.</summary>
public sealed class ScriptPlannerFuzzTests
{
    private static readonly string[] Columns = ["id", "name", "rank", "born", "order_id", "amount", "status", "at", "paid"];

    [Fact]
    public void Plan_OfEveryFormOfTheDialect_AnswersInsideTheText()
    {
        foreach (string sql in SqlCorpus.All) { AssertAnswers(sql); }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Plan_OfRandomQueriesOverKnownTables_AnswersInsideTheText(int seed)
    {
        var random = new Random(seed);
        string[] expressions = SqlCorpus.Expressions;
        string Pick() => random.Next(3) switch
        {
            0 => expressions[random.Next(expressions.Length)],
            1 => Columns[random.Next(Columns.Length)],
            _ => string.Create(CultureInfo.InvariantCulture, $"{Columns[random.Next(Columns.Length)]} + {random.Next(9)}"),
        };
        for (int i = 0; i < 2_000; i++)
        {
            string from = random.Next(5) switch
            {
                0 => "users",
                1 => "orders",
                2 => "clicks",
                3 => "users u LEFT JOIN orders o ON u.id = o.user_id",
                _ => "clicks c JOIN users u ON c.id = u.id AND c.x > u.rank FULL JOIN orders USING (name)",
            };
            AssertAnswers(
                $"CREATE TABLE t AS SELECT {(random.Next(4) == 0 ? "DISTINCT " : "")}{Pick()} AS a, {Pick()}, MAX({Pick()}) "
                + $"FROM {from} WHERE {Pick()} > {Pick()} GROUP BY {Pick()}, 1 HAVING COUNT(*) > {Pick()} "
                + $"ORDER BY {Pick()} LIMIT 5; CREATE TABLE s AS SELECT * FROM t UNION SELECT {Pick()} FROM t");
        }
    }

    [Fact]
    public void Plan_OfALongConditionAndALongUnion_Answers()
    {
        string terms = string.Join(" AND ", Enumerable.Range(0, 900).Select(i => $"id <> {i}"));
        string union = string.Join(" UNION ALL ", Enumerable.Repeat("SELECT id FROM users", 900));

        AssertAnswers($"CREATE TABLE t AS SELECT id FROM users WHERE {terms}");
        AssertAnswers($"CREATE TABLE t AS {union}");
    }

    /// <summary>Once schemas are known there are plans without open types, or mistakes that were open before.</summary>
    private static void AssertAnswersWhenLoading(TablePlan table, ScriptPlan script)
    {
        RelationInfo? Find(string name) =>
            Scripts.World.SingleOrDefault(relation => relation.Name == name)
            ?? (script.Tables.FirstOrDefault(known => known.Name == name)?.Preview is { } preview
                && preview.Schema.Fields.All(field => field.Type.Kind != DataTypeKind.Unknown)
                    ? new RelationInfo(name, IsSource: false, IsStream: false, preview.Schema)
                    : null);
        try
        {
            PlannedQuery planned = QueryPlanner.Plan(table, new QueryContext(Find));
            bool isKnown = planned.Schema.Fields.All(field => field.Type.Kind is not (DataTypeKind.Unknown or DataTypeKind.Null));
            isKnown.Should().BeTrue($"{table.Sql} gives {planned.Schema}");
        }
        catch (CtasCompilationException e)
        {
            e.Diagnostics.Should().NotBeEmpty();
        }
    }

    private static void AssertAnswers(string sql)
    {
        ScriptPlan plan = Scripts.Plan(sql);
        foreach (TablePlan table in plan.Tables.Where(table => table.Preview is not null))
        {
            ExplainText.Render(table.Preview!.Plan).Should().NotBeEmpty();
            AssertAnswersWhenLoading(table, plan);
        }

        var text = new TextSpan(0, sql.Length);
        plan.Diagnostics.All(
            diagnostic => diagnostic.Span.Start >= text.Start && diagnostic.Span.End <= text.End).Should().BeTrue(sql);
    }
}
