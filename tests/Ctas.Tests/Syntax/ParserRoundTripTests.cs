using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Tests.Syntax;

public class ParserRoundTripTests
{
    public static TheoryData<string> Corpus => [.. SqlCorpus.All];

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Print_OfParsedStatement_ParsesToEqualTree(string sql)
    {
        ScriptSyntax first = ParseWithoutMistakes(sql);
        string printed = SyntaxPrinter.Print(first);
        ScriptSyntax second = ParseWithoutMistakes(printed);

        second.Should().Be(first, "it was printed as {0}", printed);
        SyntaxPrinter.Print(second).Should().Be(printed);
        first.Statements.Should().ContainSingle().Which.Should().NotBeOfType<BrokenStatementSyntax>();
    }

    [Fact]
    public void Print_OfWholeCorpusAsOneScript_ParsesToEqualTree()
    {
        string script = string.Join("\n;\n", SqlCorpus.All.Select(sql => sql.TrimEnd(';')));
        ScriptSyntax first = ParseWithoutMistakes(script);

        first.Statements.Count.Should().Be(SqlCorpus.All.Count());
        ParseWithoutMistakes(SyntaxPrinter.Print(first)).Should().Be(first);
    }

    private static ScriptSyntax ParseWithoutMistakes(string sql)
    {
        ParseResult<ScriptSyntax> result = Parser.ParseScript(new SourceText(sql));
        DiagnosticRenderer.Render(result.Diagnostics).Should().BeEmpty();
        return result.Root;
    }
}
