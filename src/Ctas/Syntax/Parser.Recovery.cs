using Ctas.Text;

namespace Ctas.Syntax;

/// <content>What is expected, what is said when it is not there, and where the parser goes on.</content>
internal sealed partial class Parser
{
    // Chosen so that the parser, and every later walk over the tree, fits the smallest default stack (1 MB), with room.
    private const int MaxNesting = 400;
    private const int MaxHeight = 1000;

    private static readonly Keyword[] ClauseKeywords =
    [
        Keyword.From, Keyword.Where, Keyword.Group, Keyword.Having, Keyword.Qualify, Keyword.Order, Keyword.Limit,
        Keyword.Offset, Keyword.Fetch, Keyword.Union, Keyword.Intersect, Keyword.Except, Keyword.Window, Keyword.Into,
    ];

    private readonly Queue<int> _lexicalErrors;
    private int _lastReportedIndex = -1;
    private bool _isRecovering;
    private bool _isAbandoned;
    private int _openParens;
    private int _nesting;
    private int _height;

    private void Report(Diagnostic diagnostic)
    {
        // One mistake, one diagnostic: what follows from the last one is not reported, nor what the lexer has reported.
        bool isNews = !_isRecovering && !_isAbandoned && _index != _lastReportedIndex && !At(TokenKind.Error);
        if (isNews) { _diagnostics.Add(diagnostic); }

        _lastReportedIndex = _index;
    }

    private void ReportExpected(string expected, string? hint = null)
    {
        Report(At(TokenKind.EndOfText)
            ? SyntaxDiagnostics.UnexpectedEnd(Current.Span, expected, hint)
            : SyntaxDiagnostics.Expected(Current.Span, expected, Describe(Current), hint));
        _isRecovering = true;
    }

    private string Describe(Token token) => token.Kind switch
    {
        TokenKind.EndOfText => "the end of the text",
        TokenKind.Text => "a string",
        TokenKind.Location => "a location",
        TokenKind.Word when token.Keyword.IsReserved() => token.Keyword.TextOf(),
        TokenKind.Number => Shortened(TextOf(token)),
        TokenKind.Word or TokenKind.QuotedName => $"\"{Shortened(TextOf(token).Trim('"', '`'))}\"",
        _ => $"\"{Shortened(TextOf(token))}\"",
    };

    private static string Shortened(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");

    private bool Expect(TokenKind kind, string shown)
    {
        if (TryTake(kind)) { return true; }

        ReportExpected($"\"{shown}\"");
        return false;
    }

    private bool Expect(Keyword keyword, string? hint = null)
    {
        if (TryTake(keyword) || TryTakeMistyped(keyword)) { return true; }

        ReportExpected(keyword.TextOf(), hint);
        return false;
    }

    /// <summary>Takes a word that is one of the keywords with a typing mistake, and reports it.</summary>
    private bool TryTakeMistyped(params ReadOnlySpan<Keyword> keywords)
    {
        if (!CorrectMistyped(keywords)) { return false; }

        Next();
        return true;
    }

    /// <summary>
    /// Makes the current word the keyword that was meant, and reports it; parsing goes on as if it were right.
    /// </summary>
    private bool CorrectMistyped(params ReadOnlySpan<Keyword> keywords)
    {
        if (_isRecovering || !At(TokenKind.Word) || Current.Keyword.IsReserved()) { return false; }

        string found = TextOf(Current);
        string[] texts = new string[keywords.Length];
        for (int i = 0; i < texts.Length; i++) { texts[i] = keywords[i].TextOf(); }

        if (ClosestName.Find(found, texts) is not { } meant) { return false; }

        // A table "orders" is no mistyped ORDER.
        if (meant is "ORDER" or "GROUP" && Peek().Keyword != Keyword.By) { return false; }

        Report(SyntaxDiagnostics.MistypedKeyword(Current.Span, found, meant));
        _tokens[_index] = Current with { Keyword = Keywords.Find(meant) };
        return true;
    }

    /// <summary>
    /// Takes the token that closes what <paramref name="opening"/> opened, skipping to it after a mistake.
    /// </summary>
    private void Close(Token opening)
    {
        (TokenKind kind, string shown) = opening.Kind switch
        {
            TokenKind.OpenBracket => (TokenKind.CloseBracket, "]"),
            TokenKind.Less => (TokenKind.Greater, ">"),
            _ => (TokenKind.CloseParen, ")"),
        };
        if (TryTake(kind)) { return; }

        if (!_isRecovering)
        {
            LinePosition opened = _source.PositionAt(opening.Span.Start);
            Report(SyntaxDiagnostics.NotClosed(Current.Span, shown, Describe(Current), opened));

            // AS goes on with what stood before the list, so only the closing token is missing.
            if (At(Keyword.As)) { return; }

            _isRecovering = true;
        }

        SkipWithin();
        if (TryTake(kind)) { _isRecovering = false; }
    }

    /// <summary>Skips to what can close an open parenthesis or starts a clause, over whole parentheses.</summary>
    private void SkipWithin()
    {
        int depth = 0;
        while (!At(TokenKind.EndOfText) && !At(TokenKind.Semicolon))
        {
            if (depth == 0 && (At(TokenKind.CloseParen) || At(TokenKind.CloseBracket) || AtClause())) { return; }

            if (At(TokenKind.OpenParen) || At(TokenKind.OpenBracket)) { depth++; }
            else if (depth > 0 && (At(TokenKind.CloseParen) || At(TokenKind.CloseBracket))) { depth--; }

            Next();
        }
    }

    /// <summary>Goes to the next clause of the query; whatever stands before it is reported once and skipped.</summary>
    private void SynchronizeAtClause(string expected)
    {
        while (!AtClause() && !At(TokenKind.Semicolon) && !At(TokenKind.EndOfText))
        {
            if (At(TokenKind.CloseParen) && _openParens > 0) { break; }

            if (At(TokenKind.CloseParen) || At(TokenKind.CloseBracket))
            {
                Report(SyntaxDiagnostics.NothingToClose(Current.Span, TextOf(Current)));
                Next();
                continue;
            }

            if (CorrectMistyped(ClauseKeywords)) { continue; }

            if (!_isRecovering) { ReportExpected(expected); }

            SkipWithin();
        }

        _isRecovering = false;
    }

    /// <summary>Stands before a word that starts a clause after the SELECT list, or ends a query.</summary>
    private bool AtClause() => Current.Keyword switch
    {
        Keyword.From or Keyword.Where or Keyword.Having or Keyword.Qualify or Keyword.Limit or Keyword.Offset
            or Keyword.Fetch or Keyword.Union or Keyword.Intersect or Keyword.Except or Keyword.Into
            or Keyword.Window => true,
        Keyword.Group or Keyword.Order => Peek().Keyword == Keyword.By || !_isRecovering,
        Keyword.With => Peek().Kind == TokenKind.OpenParen,
        Keyword.Emit => AtEmit(),
        Keyword.Create => AtCreate(),
        _ => false,
    };

    /// <summary>EMIT is also a name; it is the clause before its own words, or a last word mistyped.</summary>
    private bool AtEmit() => Peek().Keyword is Keyword.Changes or Keyword.Final
        || (Peek().Kind == TokenKind.Word && Peek(2).Kind is TokenKind.Semicolon or TokenKind.EndOfText);

    private bool AtCreate() => At(Keyword.Create)
        && Peek().Keyword is Keyword.Table or Keyword.Stream or Keyword.Sink or Keyword.Index or Keyword.Or;

    /// <summary>One level down, in the recursion and in the tree. False, and reported, when that is too deep.</summary>
    /// <param name="height">To be given to <see cref="Leave"/>.</param>
    private bool Enter(out int height)
    {
        (height, _height) = (_height, 0);
        if (++_nesting <= MaxNesting) { return true; }

        Abandon();
        Leave(height);
        return false;
    }

    private void Leave(int height)
    {
        _nesting--;
        _height = Math.Max(height, _height + 1);
    }

    /// <summary>One level is put on top of what was parsed last, as by each operator of a chain.</summary>
    private void Grow()
    {
        if (++_height > MaxHeight) { Abandon(); }
    }

    /// <summary>Gives up the statement: goes to its end, and is silent until then.</summary>
    private void Abandon()
    {
        if (_isAbandoned) { return; }

        Report(SyntaxDiagnostics.NestedTooDeeply(Current.Span));
        _isAbandoned = true;
        while (!At(TokenKind.Semicolon) && !At(TokenKind.EndOfText)) { Next(); }
    }

    /// <summary>Stands for an expression that is not there, in a statement that is known to be broken.</summary>
    private NullLiteralSyntax MissingExpression() =>
        new() { Span = new TextSpan(Current.Span.Start, Current.Span.Start) };
}
