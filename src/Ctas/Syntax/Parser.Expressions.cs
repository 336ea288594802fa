namespace Ctas.Syntax;

/// <content>Operators, by precedence climbing.</content>
internal sealed partial class Parser
{
    private ExpressionSyntax ParseExpression() => ParseExpression(Precedence.Lambda);

    /// <summary>An expression of operators that bind at least as tightly as <paramref name="minPrecedence"/>.</summary>
    private ExpressionSyntax ParseExpression(int minPrecedence)
    {
        if (!Enter(out int height)) { return MissingExpression(); }

        int start = Current.Span.Start;
        ExpressionSyntax left = ParsePrefix(minPrecedence);
        while (!_isRecovering && PrecedenceOfCurrent() is int precedence && precedence >= Math.Max(minPrecedence, 1))
        {
            left = Located(start, ParseOperator(left, precedence));
            Grow();
        }

        Leave(height);
        return left;
    }

    private ExpressionSyntax ParsePrefix(int minPrecedence)
    {
        int start = Current.Span.Start;
        if (At(Keyword.Not) && minPrecedence <= Precedence.Not)
        {
            Next();
            return Located(start, new UnarySyntax(UnaryOperator.Not, ParseExpression(Precedence.Not)));
        }

        if (At(TokenKind.Minus) || At(TokenKind.Plus))
        {
            UnaryOperator op = Next().Kind == TokenKind.Minus ? UnaryOperator.Negate : UnaryOperator.Plus;
            return Located(start, new UnarySyntax(op, ParseExpression(Precedence.Sign)));
        }

        return ParsePostfix(start, ParsePrimary());
    }

    /// <summary>0 when no operator stands here.</summary>
    private int PrecedenceOfCurrent() => Current.Kind == TokenKind.Word
        ? Current.Keyword switch
        {
            Keyword.Or => Precedence.Or,
            Keyword.And => Precedence.And,
            Keyword.Is => Precedence.Is,
            Keyword.Between or Keyword.Like or Keyword.Ilike or Keyword.In => Precedence.Range,
            Keyword.Not when Peek().Keyword is Keyword.Between or Keyword.Like or Keyword.Ilike or Keyword.In =>
                Precedence.Range,
            _ => 0,
        }
        : BinaryOperatorOf(Current.Kind) is { } op ? Precedence.Of(op) : 0;

    private ExpressionSyntax ParseOperator(ExpressionSyntax left, int precedence) => precedence switch
    {
        Precedence.Is => ParseIs(left),
        Precedence.Range => ParseRange(left),
        _ => ParseBinary(left, precedence),
    };

    private ExpressionSyntax ParseBinary(ExpressionSyntax left, int precedence)
    {
        Token token = Next();
        BinaryOperator op = token.Keyword switch
        {
            Keyword.Or => BinaryOperator.Or,
            Keyword.And => BinaryOperator.And,
            _ => BinaryOperatorOf(token.Kind) ?? BinaryOperator.Equal,
        };
        bool isQuantified = precedence == Precedence.Comparison && AtQuantifier();
        ExpressionSyntax whole = isQuantified
            ? ParseQuantified(op, left)
            : new BinarySyntax(op, left, ParseExpression(precedence + 1));
        if (precedence == Precedence.Comparison && !_isRecovering && PrecedenceOfCurrent() == Precedence.Comparison)
        {
            Report(SyntaxDiagnostics.ChainedComparison(Current.Span));
        }

        return whole;
    }

    /// <summary>Stands at ANY, SOME or ALL before a parenthesis, in which a query or an array stands.</summary>
    private bool AtQuantifier() => Peek().Kind == TokenKind.OpenParen
        && (At(Keyword.All) || (At(TokenKind.Word) && TextOf(Current).ToUpperInvariant() is "ANY" or "SOME"));

    private ExpressionSyntax ParseQuantified(BinaryOperator op, ExpressionSyntax left)
    {
        bool isAll = Next().Keyword == Keyword.All;
        int first = 1;
        while (Peek(first).Kind == TokenKind.OpenParen) { first++; }

        bool isQuery = Peek(first).Keyword is Keyword.Select or Keyword.With
            || (Peek(first).Keyword == Keyword.Values && Peek(first + 1).Kind == TokenKind.OpenParen);
        Token opening = Next();
        ExpressionSyntax quantified = isQuery
            ? new QuantifiedSyntax(op, left, isAll, ParseNestedQuery())
            : new QuantifiedArraySyntax(op, left, isAll, ParseExpression());
        Close(opening);
        return quantified;
    }

    private static BinaryOperator? BinaryOperatorOf(TokenKind kind) => kind switch
    {
        TokenKind.Equal => BinaryOperator.Equal,
        TokenKind.NotEqual => BinaryOperator.NotEqual,
        TokenKind.Less => BinaryOperator.Less,
        TokenKind.LessOrEqual => BinaryOperator.LessOrEqual,
        TokenKind.Greater => BinaryOperator.Greater,
        TokenKind.GreaterOrEqual => BinaryOperator.GreaterOrEqual,
        TokenKind.DoublePipe => BinaryOperator.Concat,
        TokenKind.Plus => BinaryOperator.Add,
        TokenKind.Minus => BinaryOperator.Subtract,
        TokenKind.Star => BinaryOperator.Multiply,
        TokenKind.Slash => BinaryOperator.Divide,
        TokenKind.Percent => BinaryOperator.Modulo,
        _ => null,
    };

    private ExpressionSyntax ParseIs(ExpressionSyntax left)
    {
        Next();
        bool isNegated = TryTake(Keyword.Not);
        CorrectMistypedUnlessAt(Keyword.Null, Keyword.True, Keyword.False, Keyword.Distinct, Keyword.Unknown);

        // What is UNKNOWN is NULL, of a condition.
        if (TryTake(Keyword.Null) || TryTake(Keyword.Unknown)) { return new IsNullSyntax(left, isNegated); }

        if (TryTake(Keyword.True)) { return new IsBooleanSyntax(left, true, isNegated); }

        if (TryTake(Keyword.False)) { return new IsBooleanSyntax(left, false, isNegated); }

        if (!TryTake(Keyword.Distinct))
        {
            ReportExpected("NULL, TRUE, FALSE or DISTINCT FROM");
            return left;
        }

        Expect(Keyword.From);
        return new IsDistinctFromSyntax(left, ParseExpression(Precedence.Is + 1), isNegated);
    }

    private ExpressionSyntax ParseRange(ExpressionSyntax left)
    {
        bool isNegated = TryTake(Keyword.Not);
        switch (Next().Keyword)
        {
            case Keyword.Between:
                ExpressionSyntax low = ParseExpression(Precedence.Range + 1);
                if (!_isRecovering) { Expect(Keyword.And); }

                return new BetweenSyntax(left, low, ParseExpression(Precedence.Range + 1), isNegated);
            case Keyword.In:
                return ParseIn(left, isNegated);
            case Keyword.Ilike:
                return ParseLike(left, ignoresCase: true, isNegated);
            default:
                return ParseLike(left, ignoresCase: false, isNegated);
        }
    }

    private LikeSyntax ParseLike(ExpressionSyntax left, bool ignoresCase, bool isNegated)
    {
        ExpressionSyntax pattern = ParseExpression(Precedence.Range + 1);
        bool hasEscape = !_isRecovering && TryTake(Keyword.Escape);
        ExpressionSyntax? escape = hasEscape ? ParseExpression(Precedence.Range + 1) : null;
        return new LikeSyntax(left, pattern, escape, ignoresCase, isNegated);
    }

    private ExpressionSyntax ParseIn(ExpressionSyntax left, bool isNegated)
    {
        Token opening = Current;
        if (!Expect(TokenKind.OpenParen, "(")) { return left; }

        if (AtQuery())
        {
            QuerySyntax query = ParseNestedQuery();
            Close(opening);
            return new InQuerySyntax(left, query, isNegated);
        }

        int start = Current.Span.Start;
        List<ExpressionSyntax> items = ParseList(ParseExpression, AtExpression);
        if (items is [ScalarQuerySyntax first] && AtRestOfQuery())
        {
            QuerySyntax query = ParseRestOfQuery(start, first.Query);
            Close(opening);
            return new InQuerySyntax(left, query, isNegated);
        }

        Close(opening);
        return new InListSyntax(left, [.. items], isNegated);
    }

    private ExpressionSyntax ParsePostfix(int start, ExpressionSyntax operand)
    {
        while (!_isRecovering)
        {
            if (TryTake(TokenKind.DoubleColon)) { operand = new CastSyntax(operand, ParseType(), IsTry: false); }
            else if (At(TokenKind.LongArrow) || (At(TokenKind.Arrow) && AtJsonKey(Peek().Kind)))
            {
                bool isText = Next().Kind == TokenKind.LongArrow;
                operand = new JsonAccessSyntax(operand, ParseJsonKey(), isText);
            }
            else if (At(TokenKind.Arrow) || At(TokenKind.Dot))
            {
                Next();
                operand = new FieldAccessSyntax(operand, ExpectLabel("a field name"));
            }
            else if (AtTimeZone()) { operand = ParseTimeZone(operand); }
            else if (At(TokenKind.OpenBracket))
            {
                Token opening = Next();
                operand = new IndexSyntax(operand, ParseExpression());
                Close(opening);
            }
            else
            {
                break;
            }

            Grow();
            operand = Located(start, operand);
        }

        return operand;
    }

    /// <summary>After -> a name is a field of a STRUCT; anything else is a key of JSON text.</summary>
    private static bool AtJsonKey(TokenKind following) =>
        following is TokenKind.Text or TokenKind.Number or TokenKind.Minus or TokenKind.OpenParen;

    private ExpressionSyntax ParseJsonKey()
    {
        int start = Current.Span.Start;
        return TryTake(TokenKind.Minus)
            ? Located(start, new UnarySyntax(UnaryOperator.Negate, ParsePrimary()))
            : ParsePrimary();
    }

    private bool AtTimeZone() => At(TokenKind.Word) && Peek().Keyword == Keyword.Time
        && TextOf(Current).Equals("AT", StringComparison.OrdinalIgnoreCase)
        && TextOf(Peek(2)).Equals("ZONE", StringComparison.OrdinalIgnoreCase);

    /// <summary><c>x AT TIME ZONE zone</c> says <c>TIMEZONE(zone, x)</c> in other words.</summary>
    private FunctionCallSyntax ParseTimeZone(ExpressionSyntax operand)
    {
        int start = Next().Span.Start;
        Next();
        Next();
        NameSyntax name = Located(start, new NameSyntax("TIMEZONE"));
        ExpressionSyntax zone = ParsePrimary();
        return new FunctionCallSyntax(name, [zone, operand]);
    }
}
