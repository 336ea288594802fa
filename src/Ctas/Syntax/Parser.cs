using Ctas.Text;

namespace Ctas.Syntax;

/// <summary>
/// Recursive descent over the tokens of one text. Reports every mistake and goes on. Single-threaded, used once.
/// </summary>
/// <remarks>
/// After a mistake nothing more is reported until the parser stands again at a place that it understands: the end of a
/// parenthesis, the next clause, the next statement. Time is linear in the text; depth is bounded.
/// </remarks>
internal sealed partial class Parser
{
    private readonly SourceText _source;
    private readonly DiagnosticBag _diagnostics;
    private readonly List<Token> _tokens;
    private int _index;

    private Parser(SourceText source)
    {
        _source = source;
        _diagnostics = new DiagnosticBag(source);
        _tokens = new Lexer(source, _diagnostics).Lex();
        _lexicalErrors = new Queue<int>(_diagnostics.Select(diagnostic => diagnostic.Span.Start));
    }

    private Token Current => _tokens[_index];

    /// <summary>Parses a whole script: statements, each ended by a semicolon (the last may go without).</summary>
    public static ParseResult<ScriptSyntax> ParseScript(SourceText source)
    {
        var parser = new Parser(source);
        ScriptSyntax script = parser.ParseStatements();
        return new ParseResult<ScriptSyntax>(script, parser._diagnostics);
    }

    /// <summary>Parses a text that is one query. With mistakes, the tree means nothing.</summary>
    public static ParseResult<QuerySyntax> ParseQuery(SourceText source) =>
        ParseWhole(source, parser => parser.ParseQuery());

    /// <summary>Parses a text that is one expression. With mistakes, the tree means nothing.</summary>
    public static ParseResult<ExpressionSyntax> ParseExpression(SourceText source) =>
        ParseWhole(source, parser => parser.ParseExpression());

    /// <summary>Parses a text that is one type. With mistakes, the tree means nothing.</summary>
    public static ParseResult<TypeSyntax> ParseType(SourceText source) =>
        ParseWhole(source, parser => parser.ParseType());

    private static ParseResult<T> ParseWhole<T>(SourceText source, Func<Parser, T> parse)
    {
        var parser = new Parser(source);
        T root = parse(parser);
        if (parser.Current.Kind != TokenKind.EndOfText) { parser.ReportExpected("the end of the text"); }

        return new ParseResult<T>(root, parser._diagnostics);
    }

    private Token Peek(int ahead = 1) => _tokens[Math.Min(_index + ahead, _tokens.Count - 1)];

    private Token Next()
    {
        Token token = Current;
        if (token.Kind != TokenKind.EndOfText) { _index++; }

        return token;
    }

    private bool At(TokenKind kind) => Current.Kind == kind;

    private bool At(Keyword keyword) => Current.Keyword == keyword;

    private bool TryTake(TokenKind kind)
    {
        bool isThere = At(kind);
        if (isThere) { Next(); }

        return isThere;
    }

    private bool TryTake(Keyword keyword)
    {
        bool isThere = At(keyword);
        if (isThere) { Next(); }

        return isThere;
    }

    /// <summary>Takes both words or none.</summary>
    private bool TryTake(Keyword first, Keyword second)
    {
        if (!At(first) || Peek().Keyword != second) { return false; }

        Next();
        Next();
        return true;
    }

    private string TextOf(Token token) => _source[token.Span].ToString();

    /// <summary>From an offset to the end of the last token taken.</summary>
    private TextSpan SpanFrom(int start) =>
        new(start, _index == 0 ? start : Math.Max(start, _tokens[_index - 1].Span.End));

    private T Located<T>(int start, T node)
        where T : SyntaxNode => node with { Span = SpanFrom(start) };
}
