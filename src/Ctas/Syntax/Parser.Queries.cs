namespace Ctas.Syntax;

/// <content>Queries: common tables, set operations, SELECT, VALUES, ordering and limits.</content>
internal sealed partial class Parser
{
    /// <summary>A query that stands in parentheses, which the caller takes.</summary>
    private QuerySyntax ParseNestedQuery()
    {
        _openParens++;
        QuerySyntax query = ParseQuery();
        _openParens--;
        return query;
    }

    private QuerySyntax ParseQuery()
    {
        int start = Current.Span.Start;
        if (!Enter(out int height)) { return MissingQuery(); }

        List<CommonTableSyntax> commonTables = At(Keyword.With) ? ParseCommonTables() : [];
        QueryBodySyntax body = ParseQueryBody();
        QuerySyntax query = ParseQueryTail(start, commonTables, body);
        Leave(height);

        // Parentheses around the whole of a query say nothing.
        return query is { IsBodyOnly: true, Body: NestedQuerySyntax nested } ? nested.Query : query;
    }

    /// <summary>A query whose first part was taken for a scalar sub-query: <c>((SELECT …) UNION …)</c>.</summary>
    private QuerySyntax ParseRestOfQuery(int start, QuerySyntax first)
    {
        _openParens++;
        QueryBodySyntax body = ParseSetOperations(start, ToBody(first));
        QuerySyntax query = ParseQueryTail(start, [], body);
        _openParens--;
        return query;
    }

    private static QuerySyntax MissingQuery()
    {
        SelectSyntax select = new(false, [], null, null, null, [], null, null);
        return new QuerySyntax([], select, [], null, null);
    }

    private List<CommonTableSyntax> ParseCommonTables()
    {
        Next();
        bool namesTable = Peek().Kind == TokenKind.OpenParen || Peek().Keyword == Keyword.As;
        if (At(Keyword.Recursive) && !namesTable)
        {
            Report(SyntaxDiagnostics.NotSupported(
                Current.Span, "WITH RECURSIVE", "Write a common table that does not read itself."));
            Next();
        }

        return ParseList(ParseCommonTable, () => AtName() && Peek().Keyword == Keyword.As);
    }

    private CommonTableSyntax ParseCommonTable()
    {
        int start = Current.Span.Start;
        NameSyntax name = ExpectName("the name of a common table");
        List<NameSyntax> columns = At(TokenKind.OpenParen)
            ? ParseParenthesizedList(() => ExpectName("a column name"), AtName)
            : [];
        Expect(Keyword.As);
        Token opening = Current;
        QuerySyntax query = MissingQuery();
        if (Expect(TokenKind.OpenParen, "("))
        {
            query = ParseNestedQuery();
            Close(opening);
        }

        return Located(start, new CommonTableSyntax(name, [.. columns], query));
    }

    private QueryBodySyntax ParseQueryBody()
    {
        int start = Current.Span.Start;
        return ParseSetOperations(start, ParseQueryTerm());
    }

    /// <summary>UNION and EXCEPT, left-associative, of terms joined by INTERSECT.</summary>
    private QueryBodySyntax ParseSetOperations(int start, QueryBodySyntax first)
    {
        QueryBodySyntax left = ParseIntersections(start, first);
        while (At(Keyword.Union) || At(Keyword.Except))
        {
            SetOperator op = Next().Keyword == Keyword.Union ? SetOperator.Union : SetOperator.Except;
            bool isAll = ParseSetQuantifier();
            int rightStart = Current.Span.Start;
            QueryBodySyntax right = ParseIntersections(rightStart, ParseQueryTerm());
            Grow();
            left = Located(start, new SetOperationSyntax(op, isAll, left, right));
        }

        return left;
    }

    private QueryBodySyntax ParseIntersections(int start, QueryBodySyntax first)
    {
        QueryBodySyntax left = first;
        while (TryTake(Keyword.Intersect))
        {
            bool isAll = ParseSetQuantifier();
            QueryBodySyntax right = ParseQueryTerm();
            Grow();
            left = Located(start, new SetOperationSyntax(SetOperator.Intersect, isAll, left, right));
        }

        return left;
    }

    /// <summary>DISTINCT is what goes without saying.</summary>
    private bool ParseSetQuantifier()
    {
        bool isAll = TryTake(Keyword.All);
        if (!isAll) { TryTake(Keyword.Distinct); }

        return isAll;
    }

    private QueryBodySyntax ParseQueryTerm()
    {
        CorrectMistypedUnlessAt(Keyword.Select, Keyword.Values);
        if (At(Keyword.Select)) { return ParseSelect(); }

        if (At(Keyword.Values)) { return ParseValues(); }

        if (At(TokenKind.OpenParen))
        {
            Token opening = Next();
            QuerySyntax query = ParseNestedQuery();
            Close(opening);
            return ToBody(query);
        }

        // What follows is most likely the rest of a SELECT, and is checked as such.
        ReportExpected("SELECT");
        SynchronizeAtClause("SELECT");
        return ParseSelectClauses((SelectSyntax)MissingQuery().Body);
    }

    private static QueryBodySyntax ToBody(QuerySyntax query) =>
        query.IsBodyOnly ? query.Body : new NestedQuerySyntax(query) { Span = query.Span };

    private ValuesSyntax ParseValues()
    {
        int start = Next().Span.Start;
        List<ValuesRowSyntax> rows = ParseList(ParseValuesRow, () => At(TokenKind.OpenParen));
        return Located(start, new ValuesSyntax([.. rows]));
    }

    private ValuesRowSyntax ParseValuesRow()
    {
        int start = Current.Span.Start;
        return Located(start, new ValuesRowSyntax([.. ParseParenthesizedList(ParseExpression, AtExpression)]));
    }

    private SelectSyntax ParseSelect()
    {
        int start = Next().Span.Start;
        bool isDistinct = TryTake(Keyword.Distinct);
        if (!isDistinct) { TryTake(Keyword.All); }

        List<SelectItemSyntax> items = ParseList(ParseSelectItem, AtExpression);
        SynchronizeAtClause("\",\" or FROM");
        var select = new SelectSyntax(isDistinct, [.. items], null, null, null, [], null, null);
        return Located(start, ParseSelectClauses(select));
    }

    private SelectSyntax ParseSelectClauses(SelectSyntax select)
    {
        Keyword last = Keyword.Select;
        int lastRank = 0;
        while (RankOfClause() is int rank and > 0)
        {
            Keyword clause = Current.Keyword;
            ReportOrder(clause, rank, last, lastRank);
            select = ParseSelectClause(select);
            SynchronizeAtClause("the next clause or the end of the query");
            if (rank >= lastRank) { (last, lastRank) = (clause, rank); }
        }

        return select;
    }

    /// <summary>
    /// The place of a clause in a SELECT; 0 for any other word. A window of event time and WHERE may stand in either
    /// order; the WINDOW that names windows over rows comes after HAVING.
    /// </summary>
    private int RankOfClause() => Current.Keyword switch
    {
        Keyword.From => 1,
        Keyword.Window => AtNamedWindows() ? 5 : 2,
        Keyword.Where => 2,
        Keyword.Group => 3,
        Keyword.Having => 4,
        Keyword.Qualify => 6,
        _ => 0,
    };

    private void ReportOrder(Keyword clause, int rank, Keyword last, int lastRank)
    {
        if (clause == last && rank == lastRank) { Report(SyntaxDiagnostics.RepeatedClause(Current.Span, ClauseText(clause))); }
        else if (rank < lastRank)
        {
            Report(SyntaxDiagnostics.ClauseOutOfOrder(Current.Span, ClauseText(clause), ClauseText(last)));
        }
    }

    private static string ClauseText(Keyword clause) =>
        clause is Keyword.Group or Keyword.Order ? $"{clause.TextOf()} BY" : clause.TextOf();

    private SelectSyntax ParseSelectClause(SelectSyntax select)
    {
        bool namesWindows = AtNamedWindows();
        switch (Next().Keyword)
        {
            case Keyword.From:
                return select with { From = ParseFrom() };
            case Keyword.Window when namesWindows:
                return select with { Windows = [.. ParseNamedWindows()] };
            case Keyword.Window:
                return select with { Window = ParseTimeWindow() };
            case Keyword.Where:
                return select with { Where = ParseExpression() };
            case Keyword.Group:
                Expect(Keyword.By);
                return select with { GroupBy = [.. ParseList(ParseGroupingItem, AtExpression)] };
            case Keyword.Having:
                return select with { Having = ParseExpression() };
            default:
                return select with { Qualify = ParseExpression() };
        }
    }

    /// <summary>An expression, <c>()</c>, or sets of them.</summary>
    private ExpressionSyntax ParseGroupingItem()
    {
        int start = Current.Span.Start;
        if (At(TokenKind.OpenParen) && Peek().Kind == TokenKind.CloseParen)
        {
            Next();
            Next();
            return Located(start, new RowSyntax([]));
        }

        bool isSets = At(Keyword.Grouping) && Peek().Keyword == Keyword.Sets && Peek(2).Kind == TokenKind.OpenParen;
        bool isShort = (At(Keyword.Rollup) || At(Keyword.Cube)) && Peek().Kind == TokenKind.OpenParen;
        if (!isSets && !isShort) { return ParseExpression(); }

        GroupingKind kind = Next().Keyword switch
        {
            Keyword.Rollup => GroupingKind.Rollup,
            Keyword.Cube => GroupingKind.Cube,
            _ => GroupingKind.Sets,
        };
        if (isSets) { Next(); }

        List<ExpressionSyntax> items =
            ParseParenthesizedList(ParseGroupingItem, () => AtExpression() || At(TokenKind.OpenParen));
        return Located(start, new GroupingSetsSyntax(kind, [.. items]));
    }

    private SelectItemSyntax ParseSelectItem()
    {
        int start = Current.Span.Start;
        if (TryTake(TokenKind.Star)) { return Located(start, new StarItemSyntax(null)); }

        if (AtName() && Peek().Kind == TokenKind.Dot && Peek(2).Kind == TokenKind.Star)
        {
            NameSyntax qualifier = TakeName();
            Next();
            Next();
            return Located(start, new StarItemSyntax(qualifier));
        }

        ExpressionSyntax expression = ParseExpression();
        return Located(start, new ExpressionItemSyntax(expression, ParseColumnAlias()));
    }

    private NameSyntax? ParseColumnAlias()
    {
        if (_isRecovering) { return null; }

        if (TryTake(Keyword.As)) { return ExpectLabel("a name after AS"); }

        return AtBareAlias(AfterSelectItem) ? TakeName() : null;
    }
}
