namespace Ctas.Syntax;

/// <content>Function calls, and those with a grammar of their own.</content>
internal sealed partial class Parser
{
    /// <summary>CURRENT_DATE and its kin are calls without parentheses.</summary>
    private bool AtClockName() => At(TokenKind.Word)
        && TextOf(Current).ToUpperInvariant() is "CURRENT_DATE" or "CURRENT_TIME" or "CURRENT_TIMESTAMP"
            or "LOCALTIME" or "LOCALTIMESTAMP";

    private FunctionCallSyntax ParseClock()
    {
        NameSyntax name = TakeName();
        return new FunctionCallSyntax(name, []) { Span = name.Span };
    }

    /// <summary>A name and its arguments, without anything that only aggregates take.</summary>
    private FunctionCallSyntax ParsePlainCall()
    {
        int start = Current.Span.Start;
        NameSyntax name = TakeName();
        Token opening = Next();
        List<ExpressionSyntax> arguments = At(TokenKind.CloseParen) ? [] : ParseList(ParseExpression, AtExpression);
        Close(opening);
        return Located(start, new FunctionCallSyntax(name, [.. arguments]));
    }

    private FunctionCallSyntax ParseCall()
    {
        int start = Current.Span.Start;
        NameSyntax name = TakeName();
        Token opening = Next();
        bool isDistinct = TryTake(Keyword.Distinct);
        if (!isDistinct) { TryTake(Keyword.All); }

        bool isStar = !isDistinct && TryTake(TokenKind.Star);
        bool hasArguments = !isStar && !At(TokenKind.CloseParen) && !AtNullTreatment();
        List<ExpressionSyntax> arguments = hasArguments ? ParseList(ParseExpression, AtExpression) : [];
        if (isDistinct && arguments.Count == 0) { ReportExpected("an expression"); }

        var call = new FunctionCallSyntax(name, [.. arguments], isStar, isDistinct);
        if (!_isRecovering && TryTake(Keyword.Order))
        {
            Expect(Keyword.By);
            call = call with { OrderBy = [.. ParseOrderItems()] };
        }

        call = ParseNullTreatment(call);
        Close(opening);
        return Located(start, ParseAfterCall(call));
    }

    private FunctionCallSyntax ParseAfterCall(FunctionCallSyntax call)
    {
        if (!_isRecovering && At(Keyword.Within) && Peek().Keyword == Keyword.Group && call.OrderBy.IsEmpty)
        {
            call = ParseWithinGroup(call);
        }

        if (!_isRecovering && At(Keyword.Filter) && Peek().Kind == TokenKind.OpenParen)
        {
            Next();
            Token opening = Next();
            Expect(Keyword.Where);
            call = call with { Filter = ParseExpression() };
            Close(opening);
        }

        // Before a parenthesis that closes it belongs to the call around this one: LAG(COALESCE(a, b) IGNORE NULLS).
        if (Peek(2).Kind != TokenKind.CloseParen) { call = ParseNullTreatment(call); }

        if (_isRecovering || !At(Keyword.Over)) { return call; }

        return Peek().Kind == TokenKind.OpenParen || PeeksWindowName() ? call with { Over = ParseOver() } : call;
    }

    private FunctionCallSyntax ParseWithinGroup(FunctionCallSyntax call)
    {
        Next();
        Next();
        if (!At(TokenKind.OpenParen))
        {
            ReportExpected("\"(\"");
            return call;
        }

        Token opening = Next();
        Expect(Keyword.Order);
        if (!_isRecovering) { Expect(Keyword.By); }

        if (!_isRecovering) { call = call with { OrderBy = [.. ParseOrderItems()], IsWithinGroup = true }; }

        Close(opening);
        return call;
    }

    /// <summary>Functions that take words between their arguments.</summary>
    private ExpressionSyntax? ParseSpecialCall()
    {
        if (Peek().Kind != TokenKind.OpenParen) { return null; }

        return Current.Keyword switch
        {
            Keyword.Extract => ParseExtract(),
            Keyword.Substring => ParseSubstring(),
            Keyword.Trim => ParseTrim(),
            Keyword.Position => ParsePosition(),
            Keyword.Overlay => ParseOverlay(),
            _ => null,
        };
    }

    private ExtractSyntax ParseExtract()
    {
        int start = Next().Span.Start;
        Token opening = Next();
        NameSyntax field = ExpectName("a field of a date or time, as YEAR");
        if (!_isRecovering) { Expect(Keyword.From); }

        ExpressionSyntax operand = _isRecovering ? MissingExpression() : ParseExpression();
        Close(opening);
        return Located(start, new ExtractSyntax(field, operand));
    }

    /// <summary><c>SUBSTRING(x FROM a FOR b)</c> says <c>SUBSTRING(x, a, b)</c> in other words.</summary>
    private FunctionCallSyntax ParseSubstring()
    {
        int start = Current.Span.Start;
        NameSyntax name = TakeName();
        Token opening = Next();
        List<ExpressionSyntax> arguments = At(TokenKind.CloseParen) ? [] : ParseList(ParseExpression, AtExpression);
        bool hasOne = arguments.Count == 1 && !_isRecovering;
        if (hasOne && TryTake(Keyword.From)) { arguments.Add(ParseExpression()); }

        if (hasOne && !_isRecovering && TryTake(Keyword.For))
        {
            if (arguments.Count == 1) { arguments.Add(new NumberLiteralSyntax("1") { Span = SpanFrom(start) }); }

            arguments.Add(ParseExpression());
        }

        Close(opening);
        return Located(start, ParseAfterCall(new FunctionCallSyntax(name, [.. arguments])));
    }

    /// <summary><c>OVERLAY(x PLACING y FROM a FOR b)</c> says <c>OVERLAY(x, y, a, b)</c> in other words.</summary>
    private FunctionCallSyntax ParseOverlay()
    {
        int start = Current.Span.Start;
        NameSyntax name = TakeName();
        Token opening = Next();
        List<ExpressionSyntax> arguments = At(TokenKind.CloseParen) ? [] : [ParseExpression()];
        if (!_isRecovering && TryTake(Keyword.Placing))
        {
            arguments.Add(ParseExpression());
            if (!_isRecovering && Expect(Keyword.From)) { arguments.Add(ParseExpression()); }

            if (!_isRecovering && TryTake(Keyword.For)) { arguments.Add(ParseExpression()); }
        }
        else if (!_isRecovering && TryTake(TokenKind.Comma)) { arguments.AddRange(ParseList(ParseExpression, AtExpression)); }

        Close(opening);
        return Located(start, ParseAfterCall(new FunctionCallSyntax(name, [.. arguments])));
    }

    private ExpressionSyntax ParseTrim()
    {
        int start = Current.Span.Start;
        NameSyntax name = TakeName();
        Token opening = Next();
        bool hasSide = Current.Keyword is Keyword.Both or Keyword.Leading or Keyword.Trailing
            && Peek().Kind is not (TokenKind.CloseParen or TokenKind.Comma or TokenKind.Dot);
        TrimSide side = Current.Keyword switch
        {
            Keyword.Leading when hasSide => TrimSide.Leading,
            Keyword.Trailing when hasSide => TrimSide.Trailing,
            _ => TrimSide.Both,
        };
        if (hasSide) { Next(); }

        bool hasCharacters = !At(Keyword.From) && !At(TokenKind.CloseParen);
        List<ExpressionSyntax> arguments = hasCharacters ? ParseList(ParseExpression, AtExpression) : [];
        bool isSpecial = arguments.Count <= 1 && !_isRecovering && TryTake(Keyword.From);
        if (isSpecial)
        {
            ExpressionSyntax operand = ParseExpression();
            Close(opening);
            return Located(start, new TrimSyntax(side, arguments.FirstOrDefault(), operand));
        }

        if (hasSide && !_isRecovering) { ReportExpected("FROM"); }

        Close(opening);
        return Located(start, ParseAfterCall(new FunctionCallSyntax(name, [.. arguments])));
    }

    private ExpressionSyntax ParsePosition()
    {
        int start = Current.Span.Start;
        NameSyntax name = TakeName();
        Token opening = Next();
        if (At(TokenKind.CloseParen))
        {
            Close(opening);
            return Located(start, ParseAfterCall(new FunctionCallSyntax(name, [])));
        }

        // IN would otherwise be taken for the operator.
        ExpressionSyntax first = ParseExpression(Precedence.Range + 1);
        if (!_isRecovering && TryTake(Keyword.In))
        {
            ExpressionSyntax whole = ParseExpression();
            Close(opening);
            return Located(start, new PositionSyntax(first, whole));
        }

        List<ExpressionSyntax> arguments = [first];
        bool hasMore = !_isRecovering && TryTake(TokenKind.Comma);
        if (hasMore) { arguments.AddRange(ParseList(ParseExpression, AtExpression)); }

        Close(opening);
        return Located(start, ParseAfterCall(new FunctionCallSyntax(name, [.. arguments])));
    }
}
