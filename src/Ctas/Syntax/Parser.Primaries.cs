namespace Ctas.Syntax;

/// <content>What operators stand between: literals, names, parentheses, CASE, CAST, constructors, lambdas.</content>
internal sealed partial class Parser
{
    /// <summary>Stands at a token that can start an expression.</summary>
    private bool AtExpression() => Current.Kind switch
    {
        TokenKind.Text or TokenKind.Number or TokenKind.Bytes or TokenKind.QuotedName => true,
        TokenKind.Word => !Current.Keyword.IsReserved()
            || Current.Keyword is Keyword.Case or Keyword.Null or Keyword.True or Keyword.False,
        _ => false,
    };

    private ExpressionSyntax ParsePrimary()
    {
        int start = Current.Span.Start;
        return Current.Kind switch
        {
            TokenKind.Number => Located(start, new NumberLiteralSyntax(TextOf(Next()))),
            TokenKind.Text => ParseString(),
            TokenKind.Bytes => Located(start, new BytesLiteralSyntax(Unquoted(Next()).ToUpperInvariant())),
            TokenKind.OpenParen => ParseParenthesized(),
            TokenKind.QuotedName => ParseNameOrCall(),
            TokenKind.Word => ParseWord(),
            _ => ReportMissingExpression(),
        };
    }

    private NullLiteralSyntax ReportMissingExpression()
    {
        string? hint = Current.Kind switch
        {
            TokenKind.Location => "A location stands in FROM only.",
            TokenKind.Star => "* stands alone in the SELECT list, or in COUNT(*).",
            TokenKind.Word when At(Keyword.Not) => "Put NOT and what it negates in parentheses.",
            _ => null,
        };
        ReportExpected("an expression", hint);
        return MissingExpression();
    }

    private ExpressionSyntax ParseWord()
    {
        int start = Current.Span.Start;
        Token following = Peek();
        bool isCall = following.Kind == TokenKind.OpenParen;
        switch (Current.Keyword)
        {
            case Keyword.Null:
                Next();
                return Located(start, new NullLiteralSyntax());
            case Keyword.True or Keyword.False:
                return Located(start, new BooleanLiteralSyntax(Next().Keyword == Keyword.True));
            case Keyword.Case:
                return ParseCase();
            case Keyword.Interval when AtInterval():
                return ParseInterval();
            case Keyword.Date or Keyword.Time or Keyword.Timestamp when following.Kind == TokenKind.Text:
                return ParseTemporal();
            case Keyword.Array when following.Kind == TokenKind.OpenBracket:
                return ParseArray();
            case Keyword.Map when isCall || following.Kind == TokenKind.OpenBracket:
                return ParseMap();
            case Keyword.Struct when isCall:
                return ParseStruct();
            case Keyword.Row when isCall:
                return ParseRow();
            case Keyword.Exists when isCall:
                return ParseExists();
            case Keyword.Cast or Keyword.TryCast when isCall:
                return ParseCast();
            default:
                return ParseSpecialCall() ?? ParseNameOrCall();
        }
    }

    private ExpressionSyntax ParseNameOrCall()
    {
        bool isFunctionAnyway = Current.Keyword is Keyword.Left or Keyword.Right;
        if (Peek().Kind == TokenKind.OpenParen && (AtName() || isFunctionAnyway)) { return ParseCall(); }

        if (Peek().Kind == TokenKind.FatArrow && AtName()) { return ParseLambda(); }

        if (AtClockName()) { return ParseClock(); }

        if (!AtName() && !AtReservedAsName()) { return ReportMissingExpression(); }

        int start = Current.Span.Start;
        List<NameSyntax> parts = [ExpectName("a column name")];
        while (!_isRecovering && TryTake(TokenKind.Dot)) { parts.Add(ExpectLabel("a name after \".\"")); }

        return Located(start, new NameExpressionSyntax([.. parts]));
    }

    /// <summary>A lambda, a query as a value, or an expression, whose parentheses leave no trace in the tree.</summary>
    private ExpressionSyntax ParseParenthesized()
    {
        if (AtLambdaParameters()) { return ParseLambda(); }

        Token opening = Next();
        int start = opening.Span.Start;
        if (AtQuery())
        {
            QuerySyntax query = ParseNestedQuery();
            Close(opening);
            return Located(start, new ScalarQuerySyntax(query));
        }

        int innerStart = Current.Span.Start;
        ExpressionSyntax inner = ParseExpression();
        if (inner is ScalarQuerySyntax first && AtRestOfQuery())
        {
            inner = new ScalarQuerySyntax(ParseRestOfQuery(innerStart, first.Query));
        }
        else if (!_isRecovering && TryTake(TokenKind.Comma))
        {
            inner = new RowSyntax([inner, .. ParseList(ParseExpression, AtExpression)]);
        }

        Close(opening);
        return Located(start, inner);
    }

    private RowSyntax ParseRow()
    {
        int start = Next().Span.Start;
        List<ExpressionSyntax> values = ParseParenthesizedList(ParseExpression, AtExpression);
        return Located(start, new RowSyntax([.. values]));
    }

    private CaseSyntax ParseCase()
    {
        int start = Next().Span.Start;
        ExpressionSyntax? operand = At(Keyword.When) ? null : ParseExpression();
        var branches = new List<CaseBranchSyntax>();
        if (!At(Keyword.When) && !_isRecovering) { Expect(Keyword.When); }

        while (At(Keyword.When)) { branches.Add(ParseCaseBranch()); }

        ExpressionSyntax? otherwise = null;
        if (!_isRecovering && TryTake(Keyword.Else)) { otherwise = ParseExpression(); }

        if (!_isRecovering) { Expect(Keyword.End, "CASE … WHEN … THEN … is closed by END."); }

        return Located(start, new CaseSyntax(operand, [.. branches], otherwise));
    }

    private CaseBranchSyntax ParseCaseBranch()
    {
        int start = Next().Span.Start;
        ExpressionSyntax when = ParseExpression();
        if (!_isRecovering) { Expect(Keyword.Then); }

        ExpressionSyntax then = _isRecovering ? MissingExpression() : ParseExpression();
        return Located(start, new CaseBranchSyntax(when, then));
    }

    private CastSyntax ParseCast()
    {
        Token cast = Next();
        Token opening = Next();
        ExpressionSyntax operand = ParseExpression();
        TypeSyntax type = !_isRecovering && Expect(Keyword.As) ? ParseType() : MissingType();
        Close(opening);
        return Located(cast.Span.Start, new CastSyntax(operand, type, cast.Keyword == Keyword.TryCast));
    }

    private ExistsSyntax ParseExists()
    {
        int start = Next().Span.Start;
        Token opening = Next();
        QuerySyntax query = ParseNestedQuery();
        Close(opening);
        return Located(start, new ExistsSyntax(query));
    }

    private TemporalLiteralSyntax ParseTemporal()
    {
        Token type = Next();
        TemporalKind kind = type.Keyword switch
        {
            Keyword.Date => TemporalKind.Date,
            Keyword.Time => TemporalKind.Time,
            _ => TemporalKind.Timestamp,
        };
        return Located(type.Span.Start, new TemporalLiteralSyntax(kind, Unquoted(Next())));
    }

    private ArraySyntax ParseArray()
    {
        int start = Next().Span.Start;
        Token opening = Next();
        List<ExpressionSyntax> items = At(TokenKind.CloseBracket) ? [] : ParseList(ParseExpression, AtExpression);
        Close(opening);
        return Located(start, new ArraySyntax([.. items]));
    }

    private MapSyntax ParseMap()
    {
        int start = Next().Span.Start;
        Token opening = Next();
        bool isEmpty = At(TokenKind.CloseBracket) || At(TokenKind.CloseParen);
        List<MapEntrySyntax> entries = isEmpty ? [] : ParseList(ParseMapEntry, AtExpression);
        Close(opening);
        return Located(start, new MapSyntax([.. entries]));
    }

    private MapEntrySyntax ParseMapEntry()
    {
        int start = Current.Span.Start;
        ExpressionSyntax key = ParseExpression();
        if (!_isRecovering) { Expect(TokenKind.Assign, ":="); }

        return Located(start, new MapEntrySyntax(key, _isRecovering ? MissingExpression() : ParseExpression()));
    }

    private StructSyntax ParseStruct()
    {
        int start = Next().Span.Start;
        List<StructFieldSyntax> fields = ParseParenthesizedList(ParseStructField, AtExpression);
        return Located(start, new StructSyntax([.. fields]));
    }

    private StructFieldSyntax ParseStructField()
    {
        int start = Current.Span.Start;
        if (AtName() && Peek().Kind == TokenKind.Assign)
        {
            NameSyntax first = TakeName();
            Next();
            return Located(start, new StructFieldSyntax(first, ParseExpression()));
        }

        // The other spelling, STRUCT(value AS name); a column lends its name.
        ExpressionSyntax value = ParseExpression();
        if (!_isRecovering && TryTake(Keyword.As))
        {
            return Located(start, new StructFieldSyntax(ExpectName("a field name"), value));
        }

        if (!_isRecovering && value is NameExpressionSyntax column)
        {
            return Located(start, new StructFieldSyntax(column.Parts[^1], value));
        }

        if (!_isRecovering) { Expect(TokenKind.Assign, ":="); }

        return Located(start, new StructFieldSyntax(new NameSyntax(""), value));
    }

    /// <summary>Looks ahead for <c>(name, …) =></c>; only names and commas are looked over.</summary>
    private bool AtLambdaParameters()
    {
        int ahead = 1;
        while (Peek(ahead).Kind is TokenKind.Word or TokenKind.QuotedName && Peek(ahead + 1).Kind == TokenKind.Comma)
        {
            ahead += 2;
        }

        return Peek(ahead).Kind is TokenKind.Word or TokenKind.QuotedName
            && Peek(ahead + 1).Kind == TokenKind.CloseParen
            && Peek(ahead + 2).Kind == TokenKind.FatArrow;
    }

    private LambdaSyntax ParseLambda()
    {
        int start = Current.Span.Start;
        List<NameSyntax> parameters = At(TokenKind.OpenParen)
            ? ParseParenthesizedList(() => ExpectName("a parameter name"), AtName)
            : [TakeName()];
        Expect(TokenKind.FatArrow, "=>");
        return Located(start, new LambdaSyntax([.. parameters], ParseExpression()));
    }
}
