using System.Buffers;
using System.Globalization;
using Ctas.Text;

namespace Ctas.Syntax;

/// <summary>Cuts a text into tokens in one pass; spaces and comments are dropped. Single-threaded, used once.</summary>
/// <remarks>
/// <c>--</c> comments end with the line; <c>/* */</c> comments nest, as in PostgreSQL. A word followed by <c>://</c>
/// is a location up to the next space, comma, semicolon, quote or parenthesis, so globs in it start no comment.
/// </remarks>
internal sealed class Lexer(SourceText source, DiagnosticBag diagnostics)
{
    private const char End = '\0';
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private readonly string _text = source.Text;
    private readonly List<Token> _tokens = [];
    private int _offset;

    /// <summary>The tokens of the text, the last one being <see cref="TokenKind.EndOfText"/>.</summary>
    public List<Token> Lex()
    {
        while (SkipSpacesAndComments())
        {
            int start = _offset;
            (TokenKind kind, Keyword keyword) = LexToken();
            _tokens.Add(new Token(kind, new TextSpan(start, _offset), keyword));
        }

        // What is missing at the end is missing after the last token, not after the comments that follow it.
        int end = _tokens.Count == 0 ? 0 : _tokens[^1].Span.End;
        _tokens.Add(new Token(TokenKind.EndOfText, new TextSpan(end, end)));
        return _tokens;
    }

    private static bool IsWordStart(char c) => char.IsLetter(c) || c == '_' || char.IsSurrogate(c);

    private static bool IsWordPart(char c) =>
        char.IsLetterOrDigit(c) || c is '_' or '$' || char.IsSurrogate(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark;

    private static bool EndsLocation(char c) =>
        char.IsWhiteSpace(c) || c is ',' or ';' or '(' or ')' or '\'' or '"' or '`';

    private char Peek(int ahead = 0) => _offset + ahead < _text.Length ? _text[_offset + ahead] : End;

    private bool AtEnd => _offset >= _text.Length;

    private TextSpan SpanFrom(int start) => new(start, _offset);

    /// <returns>False at the end of the text.</returns>
    private bool SkipSpacesAndComments()
    {
        while (!AtEnd)
        {
            char c = Peek();
            if (char.IsWhiteSpace(c) || c == '\uFEFF') { _offset++; }
            else if (c == '-' && Peek(1) == '-') { SkipToLineEnd(); }
            else if (c == '/' && Peek(1) == '*') { SkipBlockComment(); }
            else { return true; }
        }

        return false;
    }

    private void SkipToLineEnd()
    {
        while (!AtEnd && Peek() is not ('\n' or '\r')) { _offset++; }
    }

    private void SkipBlockComment()
    {
        int start = _offset;
        int depth = 0;
        do
        {
            if (AtEnd)
            {
                diagnostics.Add(SyntaxDiagnostics.UnterminatedComment(new TextSpan(start, start + 2)));
                return;
            }

            int step = (Peek(), Peek(1)) switch
            {
                ('/', '*') => 1,
                ('*', '/') => -1,
                _ => 0,
            };
            depth += step;
            _offset += step == 0 ? 1 : 2;
        }
        while (depth > 0);
    }

    private (TokenKind Kind, Keyword Keyword) LexToken()
    {
        char c = Peek();
        if (c is 'x' or 'X' && Peek(1) == '\'') { return (LexBytes(), Keyword.None); }

        if (IsWordStart(c)) { return LexWord(); }

        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1)))) { return (LexNumber(), Keyword.None); }

        TokenKind kind = c switch
        {
            '\'' => LexQuoted(TokenKind.Text),
            '"' or '`' => LexQuoted(TokenKind.QuotedName),
            _ => LexSymbol(),
        };
        return (kind, Keyword.None);
    }

    private (TokenKind Kind, Keyword Keyword) LexWord()
    {
        int start = _offset;
        while (!AtEnd && IsWordPart(Peek())) { _offset++; }

        if (Peek() == ':' && Peek(1) == '/' && Peek(2) == '/')
        {
            while (!AtEnd && !EndsLocation(Peek())) { _offset++; }

            return (TokenKind.Location, Keyword.None);
        }

        return (TokenKind.Word, Keywords.Find(_text.AsSpan(start, _offset - start)));
    }

    private TokenKind LexQuoted(TokenKind kind)
    {
        int start = _offset;
        char quote = _text[_offset++];
        while (true)
        {
            int next = _text.AsSpan(_offset).IndexOf(quote);
            if (next < 0) { return LexUnterminated(start, quote); }

            _offset += next + 1;
            if (Peek() != quote) { break; }

            _offset++;
        }

        if (kind == TokenKind.QuotedName && _offset - start == 2)
        {
            diagnostics.Add(SyntaxDiagnostics.EmptyQuotedName(SpanFrom(start)));
            return TokenKind.Error;
        }

        return kind;
    }

    /// <summary>Goes on after the line, so that what follows can still be checked.</summary>
    private TokenKind LexUnterminated(int start, char quote)
    {
        _offset = start;
        SkipToLineEnd();
        while (_offset > start + 1 && _text[_offset - 1] is ';' or ' ' or '\t') { _offset--; }

        diagnostics.Add(SyntaxDiagnostics.Unterminated(SpanFrom(start), quote));
        return TokenKind.Error;
    }

    private TokenKind LexBytes()
    {
        int start = _offset++;
        if (LexQuoted(TokenKind.Bytes) == TokenKind.Error) { return TokenKind.Error; }

        ReadOnlySpan<char> digits = _text.AsSpan((start + 2)..(_offset - 1));
        if (digits.Length % 2 == 0 && !digits.ContainsAnyExcept(HexDigits)) { return TokenKind.Bytes; }

        diagnostics.Add(SyntaxDiagnostics.MalformedBytes(SpanFrom(start)));
        return TokenKind.Error;
    }

    private TokenKind LexNumber()
    {
        int start = _offset;
        SkipDigits();
        if (Peek() == '.' && Peek(1) != '.')
        {
            _offset++;
            SkipDigits();
        }

        bool isSigned = Peek(1) is '+' or '-';
        if (Peek() is 'e' or 'E' && char.IsAsciiDigit(Peek(isSigned ? 2 : 1)))
        {
            _offset += isSigned ? 2 : 1;
            SkipDigits();
        }

        if (!IsWordPart(Peek())) { return TokenKind.Number; }

        while (!AtEnd && IsWordPart(Peek())) { _offset++; }

        diagnostics.Add(SyntaxDiagnostics.MalformedNumber(SpanFrom(start), _text[start.._offset]));
        return TokenKind.Error;
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Peek())) { _offset++; }
    }

    private TokenKind LexSymbol()
    {
        (TokenKind kind, int length) = (Peek(), Peek(1)) switch
        {
            ('<', '=') => (TokenKind.LessOrEqual, 2),
            ('<', '>') or ('!', '=') => (TokenKind.NotEqual, 2),
            ('>', '=') => (TokenKind.GreaterOrEqual, 2),
            ('=', '>') => (TokenKind.FatArrow, 2),
            ('-', '>') when Peek(2) == '>' => (TokenKind.LongArrow, 3),
            ('-', '>') => (TokenKind.Arrow, 2),
            (':', ':') => (TokenKind.DoubleColon, 2),
            (':', '=') => (TokenKind.Assign, 2),
            ('|', '|') => (TokenKind.DoublePipe, 2),
            ('=', '=') or ('&', '&') => (TokenKind.Error, 2),
            ('(', _) => (TokenKind.OpenParen, 1),
            (')', _) => (TokenKind.CloseParen, 1),
            ('[', _) => (TokenKind.OpenBracket, 1),
            (']', _) => (TokenKind.CloseBracket, 1),
            (',', _) => (TokenKind.Comma, 1),
            (';', _) => (TokenKind.Semicolon, 1),
            ('.', _) => (TokenKind.Dot, 1),
            ('+', _) => (TokenKind.Plus, 1),
            ('-', _) => (TokenKind.Minus, 1),
            ('*', _) => (TokenKind.Star, 1),
            ('/', _) => (TokenKind.Slash, 1),
            ('%', _) => (TokenKind.Percent, 1),
            ('=', _) => (TokenKind.Equal, 1),
            ('<', _) => (TokenKind.Less, 1),
            ('>', _) => (TokenKind.Greater, 1),
            _ => (TokenKind.Error, 1),
        };
        int start = _offset;
        _offset += length;
        if (kind != TokenKind.Error) { return kind; }

        string found = _text[start.._offset];
        diagnostics.Add(SyntaxDiagnostics.UnexpectedCharacter(SpanFrom(start), found));

        // The meaning of "==" is plain: it is read as "=", so that nothing else is reported because of it.
        return found == "==" ? TokenKind.Equal : TokenKind.Error;
    }
}
