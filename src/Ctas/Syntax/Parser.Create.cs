using System.Text;

namespace Ctas.Syntax;

/// <content>CREATE: tables, streams, sinks, indexes; column lists and properties.</content>
internal sealed partial class Parser
{
    private StatementSyntax ParseCreate()
    {
        int start = Next().Span.Start;
        bool orReplace = false;
        if (TryTake(Keyword.Or)) { orReplace = Expect(Keyword.Replace); }

        CorrectMistypedUnlessAt(Keyword.Table, Keyword.Stream, Keyword.Sink, Keyword.Index);
        switch (Current.Keyword)
        {
            case Keyword.Table:
                Next();
                return ParseCreateRelation(start, RelationKind.Table, orReplace);
            case Keyword.Stream:
                Next();
                return ParseCreateRelation(start, RelationKind.Stream, orReplace);
            case Keyword.Sink when !orReplace:
                return ParseCreateSink(start);
            case Keyword.Index when !orReplace:
                return ParseCreateIndex(start);
            default:
                ReportExpected(orReplace ? "TABLE or STREAM" : "TABLE, STREAM, SINK or INDEX", SyntaxDiagnostics.CreateHint(TextOf(Current)));
                return new BrokenStatementSyntax(null);
        }
    }

    private StatementSyntax ParseCreateRelation(int start, RelationKind kind, bool orReplace)
    {
        bool ifNotExists = ParseIfNotExists();
        NameSyntax name = ExpectName(kind == RelationKind.Table ? "a table name" : "a stream name");
        _declaredName = name;
        var columns = new List<ColumnDefinitionSyntax>();
        if (At(TokenKind.OpenParen)) { columns = ParseParenthesizedList(ParseColumnDefinition, AtName); }

        var properties = new List<PropertySyntax>();
        bool hasProperties = At(Keyword.With) && Peek().Kind == TokenKind.OpenParen;
        if (hasProperties) { properties = ParseProperties(); }

        if (TryTake(Keyword.As) || (!AtStatementEnd() && TryTakeMistyped(Keyword.As)))
        {
            QuerySyntax query = ParseQuery();
            (NameSyntax? sink, EmitMode emit) = ParseAfterQuery(properties);
            return Located(start, new CreateAsSyntax(
                kind, orReplace, ifNotExists, name, [.. columns], [.. properties], query, sink, emit));
        }

        if (!hasProperties)
        {
            ReportExpected("AS or WITH ( … )", "A table is made AS SELECT …, or over a topic or file WITH ( … ).");
        }

        RequireTypes(columns);
        return Located(start, new CreateSourceSyntax(
            kind, orReplace, ifNotExists, name, [.. columns], [.. properties]));
    }

    /// <summary>INTO, WITH and EMIT, each at most once, in any order.</summary>
    private (NameSyntax? Sink, EmitMode Emit) ParseAfterQuery(List<PropertySyntax> properties)
    {
        NameSyntax? sink = null;
        EmitMode emit = EmitMode.None;
        bool hasProperties = false;
        while (true)
        {
            if (At(Keyword.Into))
            {
                ReportRepeated(isRepeated: sink is not null);
                Next();
                sink = ExpectName("a sink name");
            }
            else if (At(Keyword.With))
            {
                ReportRepeated(isRepeated: hasProperties);
                properties.AddRange(ParseProperties());
                hasProperties = true;
            }
            else if (At(Keyword.Emit))
            {
                ReportRepeated(isRepeated: emit != EmitMode.None);
                emit = ParseEmit();
            }
            else
            {
                return (sink, emit);
            }
        }
    }

    private void ReportRepeated(bool isRepeated)
    {
        if (isRepeated) { Report(SyntaxDiagnostics.RepeatedClause(Current.Span, Current.Keyword.TextOf())); }
    }

    private bool AtStatementEnd() => At(TokenKind.Semicolon) || At(TokenKind.EndOfText) || AtCreate();

    private bool ParseIfNotExists()
    {
        if (!At(Keyword.If) || Peek().Keyword != Keyword.Not) { return false; }

        Next();
        Next();
        return Expect(Keyword.Exists);
    }

    private CreateSinkSyntax ParseCreateSink(int start)
    {
        Next();
        NameSyntax name = ExpectName("a sink name");
        _declaredName = name;
        List<PropertySyntax> properties = ParseProperties();
        return Located(start, new CreateSinkSyntax(name, [.. properties]));
    }

    private CreateIndexSyntax ParseCreateIndex(int start)
    {
        Next();
        Expect(Keyword.On, "An index has no name of its own: CREATE INDEX ON table (column, …).");
        NameSyntax table = ExpectName("a table name");
        NameSyntax? method = TryTake(Keyword.Using) ? ExpectName("HASH or BTREE") : null;
        List<NameSyntax> columns = ParseParenthesizedList(() => ExpectName("a column name"), AtName);
        return Located(start, new CreateIndexSyntax(table, method, [.. columns]));
    }

    private ColumnDefinitionSyntax ParseColumnDefinition()
    {
        int start = Current.Span.Start;
        NameSyntax name = ExpectName("a column name");
        bool hasType = At(TokenKind.Word) && !AtColumnRole();
        TypeSyntax? type = hasType ? ParseType() : null;
        (ColumnRole role, StringLiteralSyntax? header) = ParseColumnRole();
        return Located(start, new ColumnDefinitionSyntax(name, type, role, header));
    }

    /// <summary>KEY may also be a type name that does not exist; as a role it ends the column.</summary>
    private bool AtColumnRole() => Current.Keyword
        is Keyword.Key or Keyword.Primary or Keyword.Header or Keyword.Headers;

    private (ColumnRole Role, StringLiteralSyntax? Header) ParseColumnRole()
    {
        if (TryTake(Keyword.Key)) { return (ColumnRole.Key, null); }

        if (TryTake(Keyword.Headers)) { return (ColumnRole.Headers, null); }

        if (TryTake(Keyword.Primary))
        {
            Expect(Keyword.Key);
            return (ColumnRole.PrimaryKey, null);
        }

        if (!TryTake(Keyword.Header)) { return (ColumnRole.Value, null); }

        Token opening = Current;
        if (!Expect(TokenKind.OpenParen, "(")) { return (ColumnRole.Header, null); }

        StringLiteralSyntax header = ExpectString("the name of a header in single quotes");
        Close(opening);
        return (ColumnRole.Header, header);
    }

    private void RequireTypes(List<ColumnDefinitionSyntax> columns)
    {
        ColumnDefinitionSyntax? untyped = columns.Find(column => column.Type is null);
        if (untyped is null || _isRecovering || _isAbandoned) { return; }

        _diagnostics.Add(SyntaxDiagnostics.ColumnWithoutType(untyped.Span, untyped.Name.Text));
    }

    private List<PropertySyntax> ParseProperties()
    {
        if (!Expect(Keyword.With)) { return []; }

        return ParseParenthesizedList(ParseProperty, AtPropertyName);
    }

    private bool AtPropertyName() => At(TokenKind.Text) || AtName();

    private PropertySyntax ParseProperty()
    {
        int start = Current.Span.Start;
        PropertyNameSyntax name = ParsePropertyName();
        if (!_isRecovering) { Expect(TokenKind.Equal, "="); }

        return Located(start, new PropertySyntax(name, ParsePropertyValue()));
    }

    private PropertyNameSyntax ParsePropertyName()
    {
        int start = Current.Span.Start;
        if (At(TokenKind.Text) || At(TokenKind.QuotedName))
        {
            string quoted = Unquoted(Next());
            return Located(start, new PropertyNameSyntax(quoted));
        }

        var text = new StringBuilder();
        if (!At(TokenKind.Word)) { ReportExpected("a property name"); }
        else { text.Append(TextOf(Next())); }

        while (!_isRecovering && TryTake(TokenKind.Dot))
        {
            if (At(TokenKind.Word)) { text.Append('.').Append(TextOf(Next())); }
            else { ReportExpected("the rest of a property name", "Put a name with other characters in quotes."); }
        }

        return Located(start, new PropertyNameSyntax(text.ToString()));
    }

    private LiteralSyntax ParsePropertyValue()
    {
        int start = Current.Span.Start;
        bool isNegative = At(TokenKind.Minus) && Peek().Kind == TokenKind.Number;
        if (isNegative) { Next(); }

        if (At(TokenKind.Number))
        {
            return Located(start, new NumberLiteralSyntax((isNegative ? "-" : "") + TextOf(Next())));
        }

        if (At(TokenKind.Text)) { return ParseString(); }

        if (TryTake(Keyword.True)) { return Located(start, new BooleanLiteralSyntax(true)); }

        if (TryTake(Keyword.False)) { return Located(start, new BooleanLiteralSyntax(false)); }

        if (TryTake(Keyword.Null)) { return Located(start, new NullLiteralSyntax()); }

        // A word without quotes may be a secret as well as one with quotes: it is not repeated.
        string found = At(TokenKind.Word) ? "a word without quotes" : Describe(Current);
        Report(SyntaxDiagnostics.PropertyValue(Current.Span, found));
        _isRecovering = true;
        return MissingExpression();
    }
}
