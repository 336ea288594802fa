using Ctas.Text;

namespace Ctas.Tests.Text;

public class DiagnosticRendererTests
{
    [Fact]
    public void Render_ColumnInSecondLine_ShowsLineCaretsAndHint() =>
        Rendered("CREATE TABLE t AS\nSELECT id, {amuont} FROM orders\nWHERE 1 = 1", "Did you mean \"amount\"?")
            .Should().Be("""
            CTAS2003: something is wrong
            LINE 2: SELECT id, amuont FROM orders
                               ^^^^^^
            Hint: Did you mean "amount"?
            """);

    [Fact]
    public void Render_WithTabs_CopiesThemIntoTheCaretLine() =>
        Rendered("\tSELECT\t{x}").Should().Be("CTAS2003: something is wrong\nLINE 1: \tSELECT\tx\n        \t      \t^");

    [Theory]
    [InlineData("SELECT{}", "LINE 1: SELECT\n              ^")]
    [InlineData("SELECT{}\n\n", "LINE 1: SELECT\n              ^")]
    [InlineData("{}", "LINE 1: \n        ^")]
    public void Render_EmptySpan_ShowsOneCaret(string annotated, string lines) =>
        Rendered(annotated).Should().Be("CTAS2003: something is wrong\n" + lines);

    [Fact]
    public void Render_SpanOverLines_UnderlinesTheFirst() =>
        Rendered("SELECT {CASE\nEND} FROM t").Should().EndWith("LINE 1: SELECT CASE\n               ^^^^");

    [Fact]
    public void Render_WindowsLineBreaks_ShowNone() =>
        Rendered("a\r\nb {c}\r\nd").Should().EndWith("LINE 2: b c\n          ^");

    [Fact]
    public void Render_VeryLongLine_ShowsThePartAroundThePlace()
    {
        string[] lines = Rendered(new string('a', 5_000) + "{here}" + new string('b', 5_000)).Split('\n');

        lines[1].Length.Should().BeLessThan(200);
        lines[1].Should().StartWith("LINE 1: ...a").And.EndWith("b...");
        lines[2].Should().HaveLength(lines[1].IndexOf("here", StringComparison.Ordinal) + 4).And.EndWith(" ^^^^");
    }

    [Theory]
    [InlineData("WITH ('kafka.sasl.password' = 'hunter2', {x})", "WITH ('kafka.sasl.password' = '*******', x)")]
    [InlineData("WITH (kafka.sasl.jaas = 'it''s', {x})", "WITH (kafka.sasl.jaas = '*****', x)")]
    [InlineData("WITH (ssl.key.pem = 'abc' {x})", "WITH (ssl.key.pem = '***' x)")]
    [InlineData("SET db.password = hunter2 {x}", "SET db.password = ******* x")]
    [InlineData("WITH (client.SECRET='abc{}", "WITH (client.SECRET='***")]
    [InlineData("WITH (topic = 'abc', {x})", "WITH (topic = 'abc', x)")]
    public void Render_SecretProperty_IsMasked(string annotated, string line) =>
        Rendered(annotated).Split('\n')[1].Should().Be("LINE 1: " + line);

    [Fact]
    public void Render_SecretOnTheNextLine_IsMasked() =>
        Rendered("WITH ('a.password' =\n  'hunter2' {x})").Should().Contain("LINE 2:   '*******' x)");

    [Fact]
    public void CompilationException_OfSeveralTexts_ShowsEveryMistakeByPlace()
    {
        var first = new DiagnosticBag(new SourceText("SELECT b, a"))
        {
            new Diagnostic("CTAS2002", new TextSpan(10, 11), "second"),
            new Diagnostic("CTAS2001", new TextSpan(7, 8), "first"),
        };
        var empty = new DiagnosticBag(new SourceText("SELECT 1"));
        var last = new DiagnosticBag(new SourceText("DROP c"))
        {
            new Diagnostic("CTAS2003", new TextSpan(5, 6), "third"),
        };

        var exception = new CtasCompilationException(first, empty, last);

        exception.Diagnostics.Select(diagnostic => diagnostic.Message).Should().Equal("first", "second", "third");
        exception.Message.Should().Be(
            """
            CTAS2001: first
            LINE 1: SELECT b, a
                           ^

            CTAS2002: second
            LINE 1: SELECT b, a
                              ^

            CTAS2003: third
            LINE 1: DROP c
                         ^
            """);
    }

    [Fact]
    public void ThrowIfAny_ThrowsOnlyWhenThereAreDiagnostics()
    {
        var bag = new DiagnosticBag(new SourceText("x"));
        bag.ThrowIfAny();
        bag.AddRange([new Diagnostic("CTAS2001", new TextSpan(0, 1), "wrong")]);

        bag.Invoking(it => it.ThrowIfAny()).Should().Throw<CtasCompilationException>().WithMessage("CTAS2001: wrong*");
    }

    private static string Rendered(string annotated, string? hint = null)
    {
        (string sql, TextSpan span) = AnnotatedSql.Parse(annotated);
        var diagnostic = new Diagnostic("CTAS2003", span, "something is wrong", hint);
        return DiagnosticRenderer.Render(new SourceText(sql), diagnostic);
    }
}
