namespace Ctas.Syntax;

/// <content>ORDER BY, LIMIT, OFFSET, FETCH; and aliases without AS, which border on all clauses.</content>
internal sealed partial class Parser
{
    private static readonly Keyword[] AfterSelectItem =
        [Keyword.From, Keyword.Where, Keyword.Group, Keyword.Order, Keyword.Limit, Keyword.Union, Keyword.Emit];

    private static readonly Keyword[] AfterTable =
    [
        Keyword.Where, Keyword.Group, Keyword.Having, Keyword.Order, Keyword.Limit, Keyword.Offset, Keyword.Union,
        Keyword.Join, Keyword.Inner, Keyword.Left, Keyword.Right, Keyword.Full, Keyword.Cross, Keyword.Window,
        Keyword.Within, Keyword.Using, Keyword.Emit, Keyword.Into, Keyword.With, Keyword.Qualify, Keyword.Fetch,
    ];

    private QuerySyntax ParseQueryTail(int start, List<CommonTableSyntax> commonTables, QueryBodySyntax body)
    {
        var query = new QuerySyntax([.. commonTables], body, [], null, null);
        SynchronizeAtClause("the next clause or the end of the query");
        while (true)
        {
            Keyword clause = Current.Keyword;
            if (clause is Keyword.Order or Keyword.Limit or Keyword.Offset or Keyword.Fetch)
            {
                query = ParseTailClause(query);
            }
            else if (RankOfClause() > 0)
            {
                // A clause of SELECT, too late. It is parsed for the mistakes in it.
                ReportLate(clause, query);
                ParseSelectClause((SelectSyntax)MissingQuery().Body);
            }
            else
            {
                return Located(start, query);
            }

            SynchronizeAtClause("the next clause or the end of the query");
        }
    }

    private void ReportLate(Keyword clause, QuerySyntax query)
    {
        string earlier = query.OrderBy.IsEmpty ? query.IsBodyOnly ? "the query" : "LIMIT" : "ORDER BY";
        Report(SyntaxDiagnostics.ClauseOutOfOrder(Current.Span, ClauseText(clause), earlier));
    }

    private QuerySyntax ParseTailClause(QuerySyntax query)
    {
        switch (Current.Keyword)
        {
            case Keyword.Order:
                ReportRepeated(!query.OrderBy.IsEmpty);
                Next();
                Expect(Keyword.By);
                return query with { OrderBy = [.. ParseOrderItems()] };
            case Keyword.Limit:
                ReportRepeated(query.Limit is not null);
                Next();
                return query with { Limit = At(Keyword.All) ? ParseNoLimit() : ParseExpression() };
            case Keyword.Fetch:
                ReportRepeated(query.Limit is not null);
                return query with { Limit = ParseFetch() };
            default:
                ReportRepeated(query.Offset is not null);
                Next();
                ExpressionSyntax offset = ParseExpression();
                TakeRowOrRows();
                return query with { Offset = offset };
        }
    }

    /// <summary>LIMIT ALL, which says LIMIT NULL in other words.</summary>
    private NullLiteralSyntax ParseNoLimit() => Located(Next().Span.Start, new NullLiteralSyntax());

    private List<OrderItemSyntax> ParseOrderItems() => ParseList(ParseOrderItem, AtExpression);

    private OrderItemSyntax ParseOrderItem()
    {
        int start = Current.Span.Start;
        ExpressionSyntax expression = ParseExpression();
        if (AtName() && !AtListFollower()) { CorrectMistypedUnlessAt(Keyword.Desc, Keyword.Asc, Keyword.Nulls); }

        bool isDescending = TryTake(Keyword.Desc);
        if (!isDescending) { TryTake(Keyword.Asc); }

        NullOrder? nulls = null;
        if (!_isRecovering && TryTake(Keyword.Nulls))
        {
            CorrectMistypedUnlessAt(Keyword.First, Keyword.Last);
            nulls = At(Keyword.First) ? NullOrder.First : NullOrder.Last;
            if (At(Keyword.First) || At(Keyword.Last)) { Next(); }
            else { ReportExpected("FIRST or LAST"); }
        }

        return Located(start, new OrderItemSyntax(expression, isDescending, nulls));
    }

    /// <summary>
    /// <c>FETCH FIRST | NEXT [n] ROW | ROWS ONLY</c>, which says LIMIT n in other words; n is 1 when not written.
    /// </summary>
    private ExpressionSyntax ParseFetch()
    {
        int start = Next().Span.Start;
        if (!TryTake(Keyword.Next)) { Expect(Keyword.First); }

        bool hasCount = !At(Keyword.Row) && !At(Keyword.Rows);
        ExpressionSyntax limit = hasCount ? ParseExpression() : Located(start, new NumberLiteralSyntax("1"));
        if (!TakeRowOrRows()) { ReportExpected("ROWS ONLY"); }

        Expect(Keyword.Only);
        return limit;
    }

    private bool TakeRowOrRows() => TryTake(Keyword.Row) || TryTake(Keyword.Rows);

    /// <summary>
    /// Stands at a name that is an alias without AS. A name that looks like a mistyped keyword of
    /// <paramref name="followers"/>, and stands before something that cannot follow an alias, is made that keyword.
    /// </summary>
    private bool AtBareAlias(Keyword[] followers)
    {
        if (_isRecovering || !AtName() || Current.Keyword is Keyword.Within or Keyword.Emit) { return false; }

        return At(TokenKind.QuotedName) || CanFollowAlias(Peek()) || !CorrectMistyped(followers);
    }

    private static bool CanFollowAlias(Token token) => token.Kind switch
    {
        TokenKind.Word => token.Keyword is Keyword.Within or Keyword.Emit
            || (token.Keyword.IsReserved() && token.Keyword is not (Keyword.Case or Keyword.Not)),
        TokenKind.QuotedName or TokenKind.Text or TokenKind.Number or TokenKind.Location => false,
        _ => true,
    };
}
