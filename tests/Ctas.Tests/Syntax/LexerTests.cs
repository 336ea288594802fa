using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Tests.Syntax;

public class LexerTests
{
    [Theory]
    [InlineData("kafka://orders", "Location:kafka://orders")]
    [InlineData("kafka://h-1:9092/a.b_c-d)", "Location:kafka://h-1:9092/a.b_c-d CloseParen:)")]
    [InlineData("file:///x/*.csv;", "Location:file:///x/*.csv Semicolon:;")]
    [InlineData("kafka://a,kafka://b", "Location:kafka://a Comma:, Location:kafka://b")]
    [InlineData("a:b", "Word:a Error:: Word:b")]
    [InlineData("a::b", "Word:a DoubleColon::: Word:b")]
    [InlineData(
        "1 1.5 .5 1. 1e3 1E-3 1.e+3",
        "Number:1 Number:1.5 Number:.5 Number:1. Number:1e3 Number:1E-3 Number:1.e+3")]
    [InlineData("t.a", "Word:t Dot:. Word:a")]
    [InlineData("1+2", "Number:1 Plus:+ Number:2")]
    [InlineData("a->b=>c<-d", "Word:a Arrow:-> Word:b FatArrow:=> Word:c Less:< Minus:- Word:d")]
    [InlineData(
        "<= >= <> != < > = ||",
        "LessOrEqual:<= GreaterOrEqual:>= NotEqual:<> NotEqual:!= Less:< Greater:> Equal:= DoublePipe:||")]
    [InlineData("MAP<A,ARRAY<B>>", "Word:MAP Less:< Word:A Comma:, Word:ARRAY Less:< Word:B Greater:> Greater:>")]
    [InlineData("'a''b' \"c\"\"d\" `e``f` x'00'", "Text:'a''b' QuotedName:\"c\"\"d\" QuotedName:`e``f` Bytes:x'00'")]
    [InlineData("x 'a'", "Word:x Text:'a'")]
    [InlineData("a--b\nc", "Word:a Word:c")]
    [InlineData("a/* x /* y */ z */b", "Word:a Word:b")]
    [InlineData("\uFEFFa\u00A0b", "Word:a Word:b")]
    [InlineData("naïve_Größe$1", "Word:naïve_Größe$1")]
    [InlineData("'multi\nline'", "Text:'multi\nline'")]
    public void Lex_GivesTokens(string text, string expected)
    {
        var source = new SourceText(text);
        List<Token> tokens = new Lexer(source, new DiagnosticBag(source)).Lex();

        string shown = string.Join(' ', tokens.SkipLast(1).Select(token => $"{token.Kind}:{source[token.Span]}"));
        shown.Should().Be(expected);
        tokens[^1].Kind.Should().Be(TokenKind.EndOfText);
    }

    [Fact]
    public void Lex_Keywords_IgnoreCase()
    {
        var source = new SourceText("select SELECT SeLeCt try_cast selects");
        new Lexer(source, new DiagnosticBag(source)).Lex().Select(token => token.Keyword).Should().Equal(
            Keyword.Select, Keyword.Select, Keyword.Select, Keyword.TryCast, Keyword.None, Keyword.None);
    }

    [Fact]
    public void Lex_AfterAnOpenString_GoesOnInTheNextLine()
    {
        var source = new SourceText("SELECT 'open;\nSELECT \"x\"");
        var diagnostics = new DiagnosticBag(source);

        List<Token> tokens = new Lexer(source, diagnostics).Lex();

        tokens.Select(token => token.Kind).Should().Equal(
            TokenKind.Word,
            TokenKind.Error,
            TokenKind.Semicolon,
            TokenKind.Word,
            TokenKind.QuotedName,
            TokenKind.EndOfText);
        diagnostics.Should().ContainSingle().Which.Span.Should().Be(new TextSpan(7, 12));
    }

    [Fact]
    public void Find_EveryKeyword_KnowsItsOwnText()
    {
        foreach (Keyword keyword in Enum.GetValues<Keyword>().Where(keyword => keyword != Keyword.None))
        {
            Keywords.Find(keyword.TextOf()).Should().Be(keyword);
        }
    }
}
