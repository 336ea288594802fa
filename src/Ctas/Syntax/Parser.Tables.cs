namespace Ctas.Syntax;

/// <content>FROM: tables, locations, sub-queries, joins.</content>
internal sealed partial class Parser
{
    /// <summary>The tables after FROM; a comma is a cross join of what stands on its sides.</summary>
    private TableSyntax ParseFrom()
    {
        List<TableSyntax> tables = ParseList(ParseJoinedTable, AtTable);
        TableSyntax from = tables[0];
        foreach (TableSyntax table in tables.Skip(1))
        {
            Grow();
            from = new JoinSyntax(JoinKind.Cross, from, table, null, null, []) { Span = from.Span.To(table.Span) };
        }

        return from;
    }

    private bool AtTable() => AtName() || At(TokenKind.Text) || At(TokenKind.Location);

    private TableSyntax ParseJoinedTable()
    {
        int start = Current.Span.Start;
        TableSyntax left = ParseTable();
        while (!_isRecovering && ParseJoinKind() is { } kind)
        {
            TableSyntax right = ParseTable();
            Grow();
            left = ParseJoinCondition(
                start, new JoinSyntax(kind.Kind, left, right, null, null, [], kind.IsNatural));
        }

        return left;
    }

    private (JoinKind Kind, bool IsNatural)? ParseJoinKind()
    {
        Token first = Current;
        bool isNatural = TryTake(Keyword.Natural);
        if (isNatural && At(Keyword.Cross)) { Report(SyntaxDiagnostics.NaturalCrossJoin(first.Span)); }

        JoinKind? kind = Current.Keyword switch
        {
            Keyword.Join or Keyword.Inner => JoinKind.Inner,
            Keyword.Left => JoinKind.Left,
            Keyword.Right => JoinKind.Right,
            Keyword.Full => JoinKind.Full,
            Keyword.Cross => JoinKind.Cross,
            _ => null,
        };
        if (kind is not { } known)
        {
            if (isNatural) { ReportExpected("JOIN"); }

            return null;
        }

        if (!TryTake(Keyword.Join))
        {
            Next();
            if (kind is JoinKind.Left or JoinKind.Right or JoinKind.Full) { TryTake(Keyword.Outer); }

            Expect(Keyword.Join);
        }

        return (known, isNatural && kind != JoinKind.Cross);
    }

    private JoinSyntax ParseJoinCondition(int start, JoinSyntax join)
    {
        if (!_isRecovering && At(Keyword.Within)) { join = join with { Within = ParseWithin() }; }

        bool hasCondition = At(Keyword.On) || At(Keyword.Using);
        if (join.IsNatural)
        {
            if (hasCondition) { ReportExpected("no condition of a NATURAL JOIN", "It joins on the columns both sides have."); }

            return Located(start, join);
        }

        if (join.Kind == JoinKind.Cross)
        {
            if (hasCondition) { ReportExpected("no condition of a CROSS JOIN", "Write JOIN … ON instead."); }

            return Located(start, join);
        }

        if (TryTake(Keyword.On)) { join = join with { On = ParseExpression() }; }
        else if (TryTake(Keyword.Using))
        {
            join = join with { Using = [.. ParseParenthesizedList(() => ExpectName("a column name"), AtName)] };
        }
        else
        {
            Report(SyntaxDiagnostics.MissingJoinCondition(Current.Span, Describe(Current)));
            _isRecovering |= !AtClause() && !AtJoin();
        }

        return Located(start, join);
    }

    private bool AtJoin() => Current.Keyword
        is Keyword.Join or Keyword.Inner or Keyword.Left or Keyword.Right or Keyword.Full or Keyword.Cross;

    private TableSyntax ParseTable()
    {
        int start = Current.Span.Start;
        if (AtLateralQuery())
        {
            Next();
            return ParseParenthesizedTable() is SubqueryTableSyntax lateral
                ? Located(start, lateral with { IsLateral = true })
                : new NamedTableSyntax(new NameSyntax(""), null);
        }

        // A table function may read what stands before it anyway.
        if (At(Keyword.Lateral) && Peek().Kind is TokenKind.Word or TokenKind.QuotedName && Peek(2).Kind == TokenKind.OpenParen)
        {
            Next();
        }

        if (At(TokenKind.OpenParen)) { return ParseParenthesizedTable(); }

        if (At(TokenKind.Text))
        {
            string text = Unquoted(Next());
            return Located(start, new LocationSyntax(text, ParseTableAlias()));
        }

        if (At(TokenKind.Location))
        {
            string text = TextOf(Next());
            return Located(start, new LocationSyntax(text, ParseTableAlias()));
        }

        if (AtName() && Peek().Kind == TokenKind.OpenParen)
        {
            FunctionCallSyntax call = ParsePlainCall();
            bool hasOrdinality = !_isRecovering && TryTakeOrdinality();
            return Located(start, new FunctionTableSyntax(call, ParseTableAlias(), hasOrdinality));
        }

        NameSyntax name = ExpectName("a table");
        if (!_isRecovering && At(TokenKind.Dot))
        {
            ReportExpected(
                "the end of the table name", $"Write a name with dots in quotes: \"{name.Text}.…\".");
        }

        return Located(start, new NamedTableSyntax(name, ParseTableAlias()));
    }

    private bool AtLateralQuery()
    {
        int first = 1;
        while (Peek(first).Kind == TokenKind.OpenParen) { first++; }

        return At(Keyword.Lateral) && first > 1
            && Peek(first).Keyword is Keyword.Select or Keyword.With or Keyword.Values;
    }

    private bool TryTakeOrdinality()
    {
        if (!At(Keyword.With) || !string.Equals(TextOf(Peek()), "ORDINALITY", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        Next();
        Next();
        return true;
    }

    /// <summary>A sub-query, or joined tables that the parentheses hold together.</summary>
    private TableSyntax ParseParenthesizedTable()
    {
        Token opening = Next();
        int start = opening.Span.Start;
        if (!Enter(out int height)) { return new NamedTableSyntax(new NameSyntax(""), null); }

        TableSyntax inner;
        if (AtQuery()) { inner = new SubqueryTableSyntax(ParseNestedQuery(), null); }
        else
        {
            int innerStart = Current.Span.Start;
            _openParens++;
            inner = ParseJoinedTable();
            _openParens--;
            if (inner is SubqueryTableSyntax { Alias: null } first && AtRestOfQuery())
            {
                inner = first with { Query = ParseRestOfQuery(innerStart, first.Query) };
            }
        }

        Close(opening);
        Leave(height);
        if (inner is SubqueryTableSyntax { Alias: null } query)
        {
            return Located(start, query with { Alias = ParseTableAlias() });
        }

        return inner is JoinSyntax join && !_isRecovering && ParseTableAlias() is { } alias
            ? Located(start, new SubqueryTableSyntax(AllOf(join), alias))
            : inner;
    }

    /// <summary>Joined tables that have a name together are a query for all their columns.</summary>
    private static QuerySyntax AllOf(JoinSyntax join)
    {
        var select = (SelectSyntax)MissingQuery().Body with
        {
            Items = [new StarItemSyntax(null) { Span = join.Span }],
            From = join,
            Span = join.Span,
        };
        return MissingQuery() with { Body = select, Span = join.Span };
    }

    /// <summary>Stands at the first word of a query. VALUES is also a name; a query when rows follow.</summary>
    private bool AtQuery() => At(Keyword.Select) || At(Keyword.With)
        || (At(Keyword.Values) && Peek().Kind == TokenKind.OpenParen);

    /// <summary>Stands at what makes a query in parentheses a part of a larger query.</summary>
    private bool AtRestOfQuery() => !_isRecovering && Current.Keyword
        is Keyword.Union or Keyword.Intersect or Keyword.Except or Keyword.Order or Keyword.Limit or Keyword.Offset
            or Keyword.Fetch;

    private TableAliasSyntax? ParseTableAlias()
    {
        int start = Current.Span.Start;
        bool hasAs = !_isRecovering && TryTake(Keyword.As);
        if (!hasAs && !AtBareAlias(AfterTable)) { return null; }

        NameSyntax name = hasAs ? ExpectName("a name after AS") : TakeName();
        List<NameSyntax> columns = !_isRecovering && At(TokenKind.OpenParen)
            ? ParseParenthesizedList(() => ExpectName("a column name"), AtName)
            : [];
        if (AtName() && !AtListFollower()) { CorrectMistyped(AfterTable); }

        return Located(start, new TableAliasSyntax(name, [.. columns]));
    }
}
