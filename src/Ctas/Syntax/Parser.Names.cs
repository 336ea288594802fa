using Ctas.Text;

namespace Ctas.Syntax;

/// <content>Names, aliases, strings, and lists.</content>
internal sealed partial class Parser
{
    /// <summary>Stands at a word that may be a name, or at a quoted name.</summary>
    private bool AtName() => At(TokenKind.QuotedName) || (At(TokenKind.Word) && !Current.Keyword.IsReserved());

    private NameSyntax ExpectName(string expected)
    {
        if (AtName()) { return TakeName(); }

        if (AtReservedAsName())
        {
            Report(SyntaxDiagnostics.ReservedWord(Current.Span, TextOf(Current)));
            return TakeName();
        }

        ReportExpected(expected);
        return new NameSyntax("") { Span = new TextSpan(Current.Span.Start, Current.Span.Start) };
    }

    /// <summary>
    /// Any word is a name where nothing else can stand, as after a dot; only FROM is taken for itself.
    /// </summary>
    private NameSyntax ExpectLabel(string expected)
    {
        bool isLabel = At(TokenKind.QuotedName) || (At(TokenKind.Word) && !At(Keyword.From));
        return isLabel ? TakeName() : ExpectName(expected);
    }

    private NameSyntax TakeName()
    {
        Token token = Next();
        bool isQuoted = token.Kind == TokenKind.QuotedName;
        return new NameSyntax(isQuoted ? Unquoted(token) : TextOf(token), isQuoted) { Span = token.Span };
    }

    /// <summary>
    /// A reserved word that also makes a good column name, standing where the grammar has no use for it: followed by
    /// what follows a name.
    /// </summary>
    private bool AtReservedAsName()
    {
        bool isCandidate = Current.Keyword is Keyword.Order or Keyword.Group or Keyword.Offset or Keyword.Limit
            or Keyword.Left or Keyword.Right or Keyword.Full or Keyword.Desc or Keyword.Asc or Keyword.Window
            or Keyword.All or Keyword.Create or Keyword.Using or Keyword.Cross or Keyword.Fetch or Keyword.Like;
        Token next = Peek();
        return isCandidate
            && (next.Keyword is Keyword.As or Keyword.From or Keyword.Asc or Keyword.Desc
                || next.Kind is TokenKind.Comma or TokenKind.CloseParen or TokenKind.Dot or TokenKind.Equal
                    or TokenKind.Less or TokenKind.Greater or TokenKind.Assign);
    }

    /// <summary>The text of a string, bytes literal or quoted name, doubled quotes made single.</summary>
    private string Unquoted(Token token)
    {
        ReadOnlySpan<char> text = _source[token.Span];
        char quote = text[^1];
        string inner = text[(text.IndexOf(quote) + 1)..^1].ToString();
        return inner.Replace(new string(quote, 2), quote.ToString(), StringComparison.Ordinal);
    }

    private StringLiteralSyntax ParseString()
    {
        Token token = Next();
        return new StringLiteralSyntax(Unquoted(token)) { Span = token.Span };
    }

    private StringLiteralSyntax ExpectString(string expected)
    {
        if (At(TokenKind.Text)) { return ParseString(); }

        ReportExpected(expected);
        return new StringLiteralSyntax("");
    }

    /// <summary><c>( item, … )</c> with at least one item.</summary>
    private List<T> ParseParenthesizedList<T>(Func<T> parse, Func<bool> atItem)
    {
        Token opening = Current;
        if (!Expect(TokenKind.OpenParen, "(")) { return []; }

        List<T> items = ParseList(parse, atItem);
        Close(opening);
        return items;
    }

    /// <summary>
    /// <c>item, …</c> with at least one item. A comma that is missing between two items is reported and supplied.
    /// </summary>
    private List<T> ParseList<T>(Func<T> parse, Func<bool> atItem)
    {
        List<T> items = [parse()];
        while (true)
        {
            if (_isRecovering) { SkipToNextItem(); }

            if (At(TokenKind.Comma))
            {
                Token comma = Next();
                if (!IsTrailing()) { items.Add(parse()); }
                else
                {
                    ReportTrailing(comma);
                    if (!At(TokenKind.Comma)) { return items; }
                }
            }
            else if (!_isRecovering && !AtListFollower() && atItem())
            {
                if (CorrectMistyped(ClauseKeywords)) { return items; }

                Report(SyntaxDiagnostics.MissingComma(Current.Span, Describe(Current)));
                items.Add(parse());
            }
            else
            {
                return items;
            }
        }
    }

    /// <summary>Stands at a word that could be a name, but follows lists in the grammar.</summary>
    private bool AtListFollower() => AtClause()
        || Current.Keyword is Keyword.For or Keyword.Rows or Keyword.Range or Keyword.Groups or Keyword.Within
        || (Current.Keyword is Keyword.Ignore or Keyword.Respect && Peek().Keyword == Keyword.Nulls);

    /// <summary>
    /// After a mistake in an item, goes on with the next one, if there is a comma before the list ends.
    /// </summary>
    private void SkipToNextItem()
    {
        int depth = 0;
        while (!AtStatementEnd())
        {
            bool isOutside = depth == 0;
            if (isOutside && (At(TokenKind.CloseParen) || At(TokenKind.CloseBracket) || AtClause())) { return; }

            if (isOutside && At(TokenKind.Comma))
            {
                _isRecovering = false;
                return;
            }

            if (At(TokenKind.OpenParen) || At(TokenKind.OpenBracket)) { depth++; }
            else if (At(TokenKind.CloseParen) || At(TokenKind.CloseBracket)) { depth--; }

            Next();
        }
    }

    /// <summary>Stands where no item can follow the comma just taken.</summary>
    private bool IsTrailing() => At(TokenKind.CloseParen) || At(TokenKind.CloseBracket) || At(TokenKind.Comma)
        || AtStatementEnd() || (AtClause() && !AtReservedAsName());

    private void ReportTrailing(Token comma)
    {
        if (_isRecovering || _isAbandoned) { return; }

        _diagnostics.Add(SyntaxDiagnostics.TrailingComma(comma.Span, Describe(Current)));
    }
}
