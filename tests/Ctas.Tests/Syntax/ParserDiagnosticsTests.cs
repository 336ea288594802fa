using Ctas.Syntax;
using Ctas.Tests.Text;
using Ctas.Text;

namespace Ctas.Tests.Syntax;

public class ParserDiagnosticsTests
{
    [Theory]
    [InlineData("SELECT a {?} b FROM t", "CTAS1001", "unexpected character \"?\"", null)]
    [InlineData("SELECT a {==} 1 FROM t", "CTAS1001", "unexpected character \"==\"", "Equality is written =.")]
    [InlineData("SELECT {'abc} ", "CTAS1002", "string is not closed", "Close it with '; a ' inside is written twice.")]
    [InlineData("SELECT {\"abc}", "CTAS1003", "quoted name is not closed", "Close it with \".")]
    [InlineData("SELECT 1 {/*} no end /* */", "CTAS1004", "comment is not closed", "Close it with */; comments nest.")]
    [InlineData(
        "SELECT {12abc} FROM t",
        "CTAS1005",
        "malformed number \"12abc\"",
        "Put a space after the number, or quote a name.")]
    [InlineData(
        "SELECT {x'0'} FROM t",
        "CTAS1006",
        "malformed bytes literal",
        "Write two hexadecimal digits for each byte, as in x'0aff'.")]
    [InlineData("SELECT {\"\"} FROM t", "CTAS1007", "quoted name is empty", "A text is written in single quotes: ''.")]
    [InlineData("SELECT a FROM t WHERE {GROUP} BY a", "CTAS1010", "expected an expression, found GROUP", null)]
    [InlineData("SELECT CASE WHEN a {ELSE} 1 END FROM t", "CTAS1010", "expected THEN, found ELSE", null)]
    [InlineData("CREATE TABLE {AS} SELECT 1", "CTAS1010", "expected a table name, found AS", null)]
    [InlineData(
        "CREATE INDEX {x} ON t (a)",
        "CTAS1010",
        "expected ON, found \"x\"",
        "An index has no name of its own: CREATE INDEX ON table (column, …).")]
    [InlineData("SHOW {STREAMS}", "CTAS1010", "expected TABLES, SOURCES, SINKS or PROPERTIES, found \"STREAMS\"", null)]
    [InlineData(
        "SELECT * FROM t {)}",
        "CTAS1030",
        "unexpected \")\"",
        "It closes nothing: remove it, or add what it closes.")]
    [InlineData("SELECT * FROM{} ", "CTAS1011", "unexpected end of the text, expected a table", null)]
    [InlineData("SELECT a +{}  -- nothing", "CTAS1011", "unexpected end of the text, expected an expression", null)]
    [InlineData("{SELCT} a FROM t", "CTAS1012", "unexpected \"SELCT\"", "Did you mean SELECT?")]
    [InlineData("{CRAETE} TABLE t AS SELECT 1", "CTAS1012", "unexpected \"CRAETE\"", "Did you mean CREATE?")]
    [InlineData("CREATE {TABEL} t AS SELECT 1", "CTAS1012", "unexpected \"TABEL\"", "Did you mean TABLE?")]
    [InlineData("SELECT a, b {FORM} t", "CTAS1012", "unexpected \"FORM\"", "Did you mean FROM?")]
    [InlineData("SELECT a FROM t {WEHRE} a > 1", "CTAS1012", "unexpected \"WEHRE\"", "Did you mean WHERE?")]
    [InlineData("SELECT a FROM t {GRUOP} BY a", "CTAS1012", "unexpected \"GRUOP\"", "Did you mean GROUP?")]
    [InlineData("SELECT a FROM t u {JION} v ON t.a = v.a", "CTAS1012", "unexpected \"JION\"", "Did you mean JOIN?")]
    [InlineData("SELECT a FROM t LEFT {JION} v ON t.a = v.a", "CTAS1012", "unexpected \"JION\"", "Did you mean JOIN?")]
    [InlineData("SELECT a FROM t {LIMTI} 10", "CTAS1012", "unexpected \"LIMTI\"", "Did you mean LIMIT?")]
    [InlineData(
        "CREATE TABLE t AS SELECT a FROM s EMIT {CHNAGES}",
        "CTAS1012",
        "unexpected \"CHNAGES\"",
        "Did you mean CHANGES?")]
    [InlineData("SELECT a FROM t GROUP BY a {HAVIGN} b", "CTAS1012", "unexpected \"HAVIGN\"", "Did you mean HAVING?")]
    [InlineData("SELECT a FROM t ORDER BY a {DSEC} LIMIT 1", "CTAS1012", "unexpected \"DSEC\"", "Did you mean DESC?")]
    [InlineData("SELECT a FROM t WHERE a > 1 {ORDRE} BY a", "CTAS1012", "unexpected \"ORDRE\"", "Did you mean ORDER?")]
    [InlineData(
        "SELECT {order}, a FROM t",
        "CTAS1013",
        "\"order\" is a reserved word",
        "To use it as a name, write it in quotes: \"order\".")]
    [InlineData(
        "CREATE TABLE {group} AS SELECT 1",
        "CTAS1013",
        "\"group\" is a reserved word",
        "To use it as a name, write it in quotes: \"group\".")]
    [InlineData(
        "{merge} INTO t",
        "CTAS1014",
        "expected a statement, found \"merge\"",
        "A table holds what its query gives: CREATE OR REPLACE TABLE … AS SELECT … gives it others.")]
    [InlineData(
        "{grant} ALL",
        "CTAS1014",
        "expected a statement, found \"grant\"",
        "A statement starts with CREATE, SELECT, WITH, DROP, SHOW, DESCRIBE, EXPLAIN or SET.")]
    [InlineData(
        "SELECT a < b {<} c FROM t",
        "CTAS1016",
        "comparisons cannot be chained",
        "Join them with AND, or use parentheses.")]
    [InlineData("SELECT a::{BIGNIT} FROM t", "CTAS1017", "type \"BIGNIT\" is not known", "Did you mean BIGINT?")]
    [InlineData(
        "SELECT * FROM t WINDOW TUMBLING (SIZE 5 {MINUTSE}) GROUP BY a",
        "CTAS1018",
        "expected a unit of time, found \"MINUTSE\"",
        "Did you mean MINUTES?")]
    [InlineData(
        "SELECT * FROM a NATURAL JOIN b {USING} (id)",
        "CTAS1010",
        "expected no condition of a NATURAL JOIN, found USING",
        "It joins on the columns both sides have.")]
    [InlineData(
        "SELECT * FROM a {NATURAL} CROSS JOIN b",
        "CTAS1034",
        "a CROSS JOIN cannot be NATURAL",
        "Write NATURAL JOIN, or CROSS JOIN alone.")]
    [InlineData(
        "CREATE TABLE t WITH ('a' = 1 {'b'} = 2) AS SELECT 1",
        "CTAS1021",
        "expected \",\" before a string",
        "Is a comma missing?")]
    [InlineData(
        "CREATE TABLE t (a INT {b} INT) WITH (topic = 'x')",
        "CTAS1021",
        "expected \",\" before \"b\"",
        "Is a comma missing?")]
    [InlineData("SELECT F(a {b}) FROM t", "CTAS1021", "expected \",\" before \"b\"", "Is a comma missing?")]
    [InlineData("SELECT a b {c} FROM t", "CTAS1021", "expected \",\" before \"c\"", "Is a comma missing?")]
    [InlineData(
        "SELECT * FROM a JOIN b {WHERE} a.x = 1",
        "CTAS1022",
        "expected ON or USING after the joined table, found WHERE",
        "Only CROSS JOIN goes without a condition.")]
    [InlineData(
        "CREATE TABLE t AS SELECT 1 INTO a {INTO} b",
        "CTAS1023",
        "clause INTO is written twice",
        "Keep one INTO.")]
    [InlineData("SELECT a FROM t WHERE a {WHERE} b", "CTAS1023", "clause WHERE is written twice", "Keep one WHERE.")]
    [InlineData(
        "SELECT a FROM t GROUP BY a {WHERE} b",
        "CTAS1024",
        "clause WHERE cannot follow GROUP BY",
        "Move WHERE before GROUP BY.")]
    [InlineData(
        "SELECT a FROM t ORDER BY a {WHERE} b",
        "CTAS1024",
        "clause WHERE cannot follow ORDER BY",
        "Move WHERE before ORDER BY.")]
    [InlineData("SELECT a{,} FROM t", "CTAS1025", "nothing stands between \",\" and FROM", "Remove the comma.")]
    [InlineData("SELECT F(a{,}) FROM t", "CTAS1025", "nothing stands between \",\" and \")\"", "Remove the comma.")]
    [InlineData(
        "SELECT a::DECIMAL({99999999999}) FROM t",
        "CTAS1026",
        "a precision must be a whole number from 0 to 2147483647",
        null)]
    [InlineData(
        "SET 'a' = {JSON}",
        "CTAS1027",
        "expected a property value, found a word without quotes",
        "A value is a string in single quotes, a number, TRUE, FALSE or NULL.")]
    [InlineData(
        "SELECT {INTERVAL 'x' MINUTES} FROM t",
        "CTAS1028",
        "malformed interval",
        "Write INTERVAL 5 MINUTES, INTERVAL '5' MINUTE or INTERVAL '5 minutes'.")]
    [InlineData(
        "SELECT (a + b {FROM} t",
        "CTAS1029",
        "expected \")\", found FROM",
        "It closes what is opened at line 1, column 8.")]
    [InlineData(
        "SELECT a[1{;}",
        "CTAS1029",
        "expected \"]\", found \";\"",
        "It closes what is opened at line 1, column 9.")]
    [InlineData(
        "SELECT a FROM t\n{CREATE} TABLE u AS SELECT 1",
        "CTAS1031",
        "expected \";\" before CREATE",
        "Statements end with a semicolon.")]
    [InlineData(
        "SELECT * FROM t WINDOW {HOPPING (SIZE 5 MINUTES)} GROUP BY a",
        "CTAS1032",
        "hopping window has no ADVANCE BY",
        "Write HOPPING (SIZE 10 MINUTES, ADVANCE BY 5 MINUTES).")]
    [InlineData(
        "CREATE TABLE t (a INT, {b}) WITH (topic = 'x')",
        "CTAS1033",
        "column \"b\" of a source has no type",
        "Give each column a type, or leave the list away to infer them.")]
    public void ParseScript_OneMistake_IsReportedOnceWithPlaceAndHint(
        string annotated, string code, string message, string? hint)
    {
        (string sql, TextSpan span) = AnnotatedSql.Parse(annotated);

        Diagnostics(sql).Select(Shown).Should().Equal(Shown(new Diagnostic(code, span, message, hint)));
    }

    [Theory]
    [InlineData("CREATE TABLE t AS {id} FROM s WHERE a")]
    [InlineData("CREATE TABLE t WITH (a = 1 {AS} SELECT id FROM s")]
    [InlineData("SELECT * {orders}")]
    public void ParseScript_WordLeftOut_IsReportedOnce(string annotated)
    {
        (string sql, TextSpan span) = AnnotatedSql.Parse(annotated);

        Diagnostics(sql).Should().ContainSingle().Which.Span.Should().Be(span);
    }

    [Fact]
    public void ParseScript_SeveralMistakes_AreAllReported()
    {
        (string sql, IReadOnlyList<TextSpan> spans) = AnnotatedSql.ParseAll(
            """
            CREATE {TABEL} a AS SELECT 1;
            SELECT id, 1 +{,} x b {c} FROM orders WHERE {GROUP} BY a, F(1, {*}) HAVING{};
            CREATE TABLE ok AS SELECT 1;
            SELECT (a + {FROM} t {LIMTI} 10;
            {nonsense};
            SELECT {'open}
            """);

        Diagnostics(sql).Select(diagnostic => diagnostic.Span.Start).Order().Should()
            .Equal(spans.Select(span => span.Start).Order());
    }

    [Fact]
    public void ParseScript_BrokenStatement_KeepsItsNameAndItsNeighbours()
    {
        const string sql = "CREATE TABLE a AS SELECT FROM x; CREATE TABLE b AS SELECT 1; DROP t; SELECT ' ;";
        ScriptSyntax script = Parse(sql).Root;

        script.Statements.Count.Should().Be(4);
        script.Statements[0].Should().Be(new BrokenStatementSyntax(new NameSyntax("a")));
        script.Statements[1].Should().BeOfType<CreateAsSyntax>().Which.Name.Text.Should().Be("b");
        script.Statements[2].Should().Be(new BrokenStatementSyntax(null));
        script.Statements[3].Should().Be(new BrokenStatementSyntax(null));
    }

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("- ", "1", "")]
    [InlineData("NOT ", "a", "")]
    [InlineData("F(", "1", ")")]
    [InlineData("(SELECT ", "1", ")")]
    [InlineData("CASE WHEN ", "1", " THEN 1 END")]
    [InlineData("CAST(1 AS ARRAY<", "INT", ">)")]
    [InlineData("x => ", "1", "")]
    [InlineData("ARRAY[", "1", "]")]
    [InlineData("EXISTS (SELECT * FROM (SELECT ", "1", ") x)")]
    [InlineData("", "a", " + 1")]
    [InlineData("", "a", "[1]")]
    [InlineData("", "a", "::INT")]
    [InlineData("", "a", " IS NULL")]
    [InlineData("", "a::INT", "[]")]
    public void ParseScript_TooDeep_IsOneDiagnostic(string open, string middle, string close)
    {
        string Nested(int depth) => open == "CAST(1 AS ARRAY<"
            ? $"SELECT CAST(1 AS {Repeat("ARRAY<", depth)}INT{Repeat(">", depth)})"
            : $"SELECT {Repeat(open, depth)}{middle}{Repeat(close, depth)}";

        Diagnostics(Nested(10)).Should().BeEmpty();
        Diagnostics(Nested(20_000)).Should().ContainSingle().Which.Code.Should().Be("CTAS1015");
        Diagnostics(Nested(20_000) + "; SELECT FROM t").Should().HaveCount(2);
    }

    [Fact]
    public void ParseScript_LongChainsAndLists_AreNoNesting()
    {
        Diagnostics("SELECT " + string.Join(" + ", Enumerable.Repeat("a", 900))).Should().BeEmpty();
        Diagnostics("SELECT a IN (" + string.Join(", ", Enumerable.Range(0, 20_000)) + ")").Should().BeEmpty();
        Diagnostics("VALUES " + string.Join(", ", Enumerable.Repeat("(1, 2)", 20_000))).Should().BeEmpty();
    }

    [Fact]
    public void ParseScript_DeepestTreeAllowed_FitsASmallStack()
    {
        string chain = string.Join(" OR ", Enumerable.Repeat("a", 990));
        string sql = $"SELECT {Repeat("(1 + ", 190)}1{Repeat(")", 190)}, {chain}";
        string failure = "it did not end";
        var thread = new Thread(
            () =>
            {
                ParseResult<ScriptSyntax> result = Parse(sql);
                failure = DiagnosticRenderer.Render(result.Diagnostics);
                if (failure.Length == 0 && !Parse(SyntaxPrinter.Print(result.Root)).Root.Equals(result.Root))
                {
                    failure = "the printed tree differs";
                }
            },
            maxStackSize: 1024 * 1024);
        thread.Start();
        thread.Join();

        failure.Should().BeEmpty();
    }

    [Theory]
    [InlineData("1 +")]
    [InlineData("")]
    [InlineData("a b")]
    public void ParseExpression_NotOneExpression_IsReported(string text) =>
        Parser.ParseExpression(new SourceText(text)).Diagnostics.Should().ContainSingle();

    [Fact]
    public void ParseQueryAndType_OfWholeText_GiveTheirTrees()
    {
        Parser.ParseQuery(new SourceText("SELECT 1")).Diagnostics.Should().BeEmpty();
        Parser.ParseType(new SourceText("ARRAY<INT>")).Root.Should().Be(
            new ArrayTypeSyntax(new ScalarTypeSyntax(ScalarType.Int)));
    }

    private static string Shown(Diagnostic diagnostic) =>
        $"{diagnostic.Code} {diagnostic.Span}: {diagnostic.Message}. {diagnostic.Hint}";

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static ParseResult<ScriptSyntax> Parse(string sql) => Parser.ParseScript(new SourceText(sql));

    private static IReadOnlyList<Diagnostic> Diagnostics(string sql) => Parse(sql).Diagnostics.Sorted();
}
