using Ctas.Data;
using Ctas.Planning;
using Ctas.Text;

namespace Ctas.Tests.Planning;

public sealed class ScriptPlannerTests
{
    [Fact]
    public void CreateIndex_OnATableWhoseColumnsAreNotKnownBeforeItIsRead_IsPlanned() =>
        Scripts.Plan("CREATE TABLE t AS SELECT * FROM kafka://clicks; CREATE INDEX ON t (url)").Diagnostics.Should().BeEmpty();

    [Fact]
    public void Stream_ThatCarriesItsTime_IsAnotherStatementThanOneThatDoesNot()
    {
        const string Stream = "CREATE STREAM d AS SELECT url FROM kafka://clicks";
        static string Form(params string[] script) => Scripts.PlanSound(script).Tables.Single(table => table.Name == "d").Statement.NormalForm;

        Form(Stream, "CREATE TABLE t AS SELECT ROWTIME AS at FROM d").Should().NotBe(
            Form(Stream, "CREATE TABLE t AS SELECT url FROM d"), "a stored one has other columns");
    }

    [Fact]
    public void Dependencies_AreExtractedFromSql()
    {
        IReadOnlyList<string> names = QueryPlanner.ReferencedRelations(
            """
            WITH cte AS (SELECT * FROM a), nested AS (WITH inner_cte AS (SELECT * FROM b) SELECT * FROM inner_cte JOIN cte ON TRUE)
            SELECT alias.x, (SELECT MAX(y) FROM c) FROM nested AS alias
              JOIN (SELECT * FROM d UNION ALL SELECT * FROM e UNION SELECT * FROM A) sub ON sub.id = alias.id
              LEFT JOIN f AS g ON EXISTS (SELECT 1 FROM h WHERE h.id = g.id)
            WHERE alias.id IN (SELECT id FROM i) AND CASE WHEN NOT EXISTS (SELECT * FROM cte) THEN TRUE END
            GROUP BY alias.x HAVING COUNT(*) FILTER (WHERE alias.x > (SELECT 1 FROM j)) > 0
            ORDER BY (SELECT k FROM k)
            """);

        names.Should().Equal("a", "b", "c", "d", "e", "f", "h", "i", "j", "k");
    }

    [Fact]
    public void CommonTable_ThatHidesATable_IsSeenOnlyInside() =>
        QueryPlanner.ReferencedRelations("SELECT * FROM (WITH a AS (SELECT 1 AS x FROM b) SELECT * FROM a) s JOIN a ON TRUE")
            .Should().Equal("a", "b");

    [Fact]
    public void Tables_ReadBeforeTheyAreMade_AreOrderedAndTyped()
    {
        ScriptPlan plan = Scripts.PlanSound(
            "CREATE TABLE b AS SELECT id + 1 AS next FROM a",
            "CREATE TABLE c AS SELECT b.next, users.name FROM b JOIN users ON b.next = users.id; CREATE TABLE a AS SELECT order_id AS id FROM orders");

        plan.Graph.Waves.Should().BeEquivalentTo([["a"], ["b"], new[] { "c" }], options => options.WithStrictOrdering());
        plan.Tables.Select(table => table.Name).Should().Equal("b", "c", "a");
        plan.Tables[1].Dependencies.Should().Equal("b", "users");
        plan.Tables[2].SourceNames.Should().Equal("orders");
        plan.Tables[1].Preview!.Schema.ToString().Should().Be("next BIGINT, name VARCHAR");
    }

    [Fact]
    public void Cycle_IsReportedOnceWithItsNames()
    {
        (string sql, TextSpan span) = Ctas.Tests.Text.AnnotatedSql.Parse(
            "CREATE TABLE a AS SELECT x FROM {b}; CREATE TABLE b AS SELECT x FROM c; CREATE TABLE c AS SELECT x FROM a");

        Diagnostic diagnostic = Scripts.Plan(sql).Diagnostics.Should().ContainSingle().Subject;

        diagnostic.Code.Should().Be("CTAS3001");
        diagnostic.Message.Should().EndWith("a → b → c → a");
        diagnostic.Span.Should().Be(span);
    }

    [Theory]
    [InlineData("CREATE TABLE a AS SELECT id FROM users; CREATE TABLE {A} AS SELECT id FROM users", "CTAS3003")]
    [InlineData("CREATE STREAM a WITH (topic = 'a'); CREATE TABLE {a} AS SELECT id FROM users", "CTAS3003")]
    [InlineData("CREATE STREAM {s} AS SELECT status, COUNT(*) AS n FROM orders GROUP BY status", "CTAS3004")]
    [InlineData("CREATE STREAM {s} AS SELECT id FROM users", "CTAS3004")]
    public void Script_Mistake_IsReportedInPlace(string annotated, string code) =>
        Scripts.OnlyMistake(annotated).Code.Should().Be(code);

    [Fact]
    public void IfNotExists_OfANameMadeBefore_IsLeftOut() => Scripts.PlanSound(
            "CREATE TABLE a AS SELECT id FROM users; CREATE TABLE IF NOT EXISTS a AS SELECT name FROM users")
        .Tables.Should().ContainSingle().Which.Sql.Should().Contain("SELECT id");

    [Fact]
    public void OrReplace_OfARegisteredTable_IsPlanned() =>
        Scripts.PlanSound("CREATE OR REPLACE TABLE users AS SELECT order_id FROM orders").Tables[0].OrReplace.Should().BeTrue();

    [Fact]
    public void StreamOverTopic_ReadsItAsStream() =>
        Scripts.PlanSound("CREATE STREAM s AS SELECT a FROM kafka://t").Tables[0].Sources[0].IsStream.Should().BeTrue();

    [Fact]
    public void Statements_ComeInOrder() => Scripts.PlanSound(
            """
            SET 'table_model' = 'compact'; CREATE STREAM s WITH (topic = 's'); CREATE TABLE t AS SELECT a FROM s;
            SHOW TABLES; DESCRIBE t; EXPLAIN SELECT a FROM t; SELECT a FROM t; DROP TABLE IF EXISTS t CASCADE;
            """)
        .Statements.Select(statement => statement.GetType().Name).Should().Equal(
            "SetStatement", "SourceStatement", "LoadStatement", "ShowStatement", "DescribeStatement", "ExplainStatement",
            "SelectStatement", "DropStatement");

    [Fact]
    public void Plan_OnceColumnsAreKnown_ReportsWhatWasOpen()
    {
        TablePlan table = Scripts.PlanSound("CREATE TABLE t AS SELECT page, hits + 1 AS h FROM clicks").Tables[0];
        RelationInfo clicks = new("clicks", true, false, new Schema([new("ROWKEY", DataType.Varchar), new("pge", DataType.Int), new("hits", DataType.Varchar)], 0));

        var act = () => QueryPlanner.Plan(table, new QueryContext(_ => clicks));

        act.Should().Throw<CtasCompilationException>().Which.Diagnostics.Select(d => d.Code).Should().Equal("CTAS2003", "CTAS2007");
    }

    [Fact]
    public void Plan_InferredChangelog_KeepsItsKey()
    {
        TablePlan table = Scripts.PlanSound("CREATE TABLE t AS SELECT * FROM clicks").Tables[0];
        RelationInfo clicks = new("clicks", true, false, new Schema([new("ROWKEY", DataType.Varchar), new("page", DataType.Int)], 0));

        PlannedQuery planned = QueryPlanner.Plan(table, new QueryContext(_ => clicks));

        planned.Schema.ToString().Should().Be("ROWKEY VARCHAR KEY, page INT");
        planned.Plan.Kind.Should().Be(ChangeKind.Upsert);
    }

    [Fact]
    public void Plan_RelationThatShowedNoColumns_CountsAsEmpty()
    {
        TablePlan table = Scripts.PlanSound(
            "CREATE TABLE t AS SELECT id, SUM(hits) + 1 AS h, MAX(COALESCE(page, 'none')) AS p FROM users LEFT JOIN clicks ON id = hits GROUP BY id").Tables[0];

        PlannedQuery planned = QueryPlanner.Plan(
            table, new QueryContext(name => Scripts.World.Single(relation => relation.Name == name)));

        planned.Schema.ToString().Should().Be("id BIGINT KEY, h BIGINT, p VARCHAR");
    }

    [Fact]
    public void PlanQuery_OverTables_ReadsOnlyTheColumnsItNeeds()
    {
        PlannedQuery planned = QueryPlanner.PlanQuery(
            "SELECT name FROM users WHERE rank > 3;", new QueryContext(_ => Scripts.World[0]));

        LogicalScan scan = ((LogicalFilter)((LogicalProject)planned.Plan).Input).Input.Should().BeOfType<LogicalScan>().Subject;
        scan.Columns.Should().Equal(1, 3);
        planned.Schema.ToString().Should().Be("name VARCHAR");
    }

    [Theory]
    [InlineData("DROP TABLE users")]
    [InlineData("SELECT id FROM users; SELECT id FROM users")]
    [InlineData("")]
    public void PlanQuery_AnythingButOneSelect_IsRefused(string sql)
    {
        var act = () => QueryPlanner.PlanQuery(sql, new QueryContext(_ => Scripts.World[0]));

        act.Should().Throw<CtasCompilationException>();
    }

    [Fact]
    public void PlanQuery_UnknownTable_ListsTheClosest()
    {
        var act = () => QueryPlanner.PlanQuery(
            "SELECT id FROM usres", new QueryContext(_ => null) { Names = () => ["users", "orders"] });

        act.Should().Throw<CtasCompilationException>().Which.Diagnostics[0].Hint.Should().Be("Did you mean \"users\"?");
    }

    [Fact]
    public void JsonFilesAndTopics_AreNeverTakenSilently() =>
        Scripts.Plan("CREATE TABLE t AS SELECT a FROM payments").Diagnostics.Should().ContainSingle().Which.Code.Should().Be("CTAS2001");
}
