using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Tests.Syntax;

public class SyntaxPrinterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Print_OfRandomTree_ParsesToEqualTree(int seed)
    {
        var random = new Random(seed);
        var generator = new SyntaxGenerator(random);
        for (int round = 0; round < 2_000; round++)
        {
            StatementSyntax statement = generator.Statement();
            string printed = SyntaxPrinter.Print(statement);
            ParseResult<ScriptSyntax> parsed = Parser.ParseScript(new SourceText(printed));

            string failure = DiagnosticRenderer.Render(parsed.Diagnostics);
            failure.Should().BeEmpty("round {0} gave {1}", round, printed);
            if (!parsed.Root.Statements[0].Equals(statement))
            {
                SyntaxPrinter.Print(parsed.Root).Should().Be(printed, "round {0}", round);
                parsed.Root.Statements[0].Should().Be(statement, "round {0}", round);
            }
        }
    }

    [Theory]
    [InlineData("select a from t", "SELECT a FROM t")]
    [InlineData("SELECT (((a + b))) * c x FROM t y", "SELECT (a + b) * c AS x FROM t AS y")]
    [InlineData("SELECT a + (b * c), a - (b - c), (a - b) - c", "SELECT a + b * c, a - (b - c), a - b - c")]
    [InlineData("SELECT (a OR b) AND NOT (c AND d)", "SELECT (a OR b) AND NOT (c AND d)")]
    [InlineData("SELECT a::int, -(-1), `x``y`", "SELECT CAST(a AS INT), - -1, \"x`y\"")]
    [InlineData("SELECT * FROM kafka://h:9092/a.b-c k", "SELECT * FROM 'kafka://h:9092/a.b-c' AS k")]
    [InlineData("SELECT * FROM a, b JOIN c USING (id)", "SELECT * FROM a CROSS JOIN (b JOIN c USING (id))")]
    [InlineData("SELECT 1 FETCH FIRST ROW ONLY", "SELECT 1 LIMIT 1")]
    [InlineData("SELECT SUBSTRING(a FROM 2 FOR 3)", "SELECT SUBSTRING(a, 2, 3)")]
    [InlineData("SELECT 1 UNION (SELECT 2 INTERSECT SELECT 3)", "SELECT 1 UNION SELECT 2 INTERSECT SELECT 3")]
    [InlineData(
        "CREATE TABLE t WITH (a.b = 1) AS SELECT 1 WITH (\"c\" = 'x') EMIT CHANGES",
        "CREATE TABLE t WITH ('a.b' = 1, 'c' = 'x') AS SELECT 1 EMIT CHANGES")]
    [InlineData(
        "SELECT 1 FROM a JOIN b WITHIN 5 minutes ON x",
        "SELECT 1 FROM a JOIN b WITHIN (INTERVAL 5 MINUTES, INTERVAL 5 MINUTES) ON x")]
    public void Print_OfParsedText_IsCanonical(string sql, string canonical) =>
        SyntaxPrinter.Print(Parser.ParseScript(new SourceText(sql)).Root).Should().Be(canonical + ";\n");

    [Fact]
    public void Equals_OfNodesInOtherPlaces_IgnoresSpans()
    {
        ExpressionSyntax left = Parser.ParseExpression(new SourceText("a+F(1,2)")).Root;
        ExpressionSyntax right = Parser.ParseExpression(new SourceText("  a + F( 1, 2 )")).Root;

        left.Should().Be(right);
        left.GetHashCode().Should().Be(right.GetHashCode());
        left.Span.Should().NotBe(right.Span);
        left.Should().NotBe(Parser.ParseExpression(new SourceText("a+F(1,3)")).Root);
        left.Should().NotBe(Parser.ParseExpression(new SourceText("a+F(1)")).Root);
    }
}
