using Ctas.Text;

namespace Ctas.Syntax;

/// <content>The script, and the statements that create nothing.</content>
internal sealed partial class Parser
{
    private static readonly Keyword[] StatementKeywords =
    [
        Keyword.Create, Keyword.Select, Keyword.With, Keyword.Drop, Keyword.Show, Keyword.Describe, Keyword.Explain,
        Keyword.Set, Keyword.Values,
    ];

    private NameSyntax? _declaredName;

    private ScriptSyntax ParseStatements()
    {
        var statements = new List<StatementSyntax>();
        while (true)
        {
            while (TryTake(TokenKind.Semicolon)) { }

            if (At(TokenKind.EndOfText)) { break; }

            statements.Add(ParseScriptStatement());
        }

        return new ScriptSyntax([.. statements]) { Span = new TextSpan(0, _source.Length) };
    }

    /// <summary>One statement and its semicolon; a broken one when anything was reported from it.</summary>
    private StatementSyntax ParseScriptStatement()
    {
        int start = Current.Span.Start;
        int reportedBefore = _diagnostics.Count;
        (_isRecovering, _isAbandoned, _declaredName, _openParens) = (false, false, null, 0);
        StatementSyntax statement = ParseStatement();
        EndStatement();

        TextSpan span = SpanFrom(start);
        bool isBroken = _diagnostics.Count > reportedBefore || _isRecovering;
        while (_lexicalErrors.TryPeek(out int offset) && offset < Current.Span.Start)
        {
            isBroken |= offset >= span.Start && offset < span.End;
            _lexicalErrors.Dequeue();
        }

        return isBroken ? new BrokenStatementSyntax(_declaredName) { Span = span } : statement;
    }

    /// <summary>
    /// Stands at the semicolon, the end of the text or the next CREATE; anything before it is reported once.
    /// </summary>
    private void EndStatement()
    {
        if (At(TokenKind.Semicolon) || At(TokenKind.EndOfText)) { return; }

        if (AtCreate()) { Report(SyntaxDiagnostics.MissingSemicolon(Current.Span, Describe(Current))); }
        else if (!_isRecovering) { ReportExpected("\";\" or the end of the text"); }

        while (!At(TokenKind.Semicolon) && !At(TokenKind.EndOfText) && !AtCreate()) { Next(); }
    }

    private StatementSyntax ParseStatement()
    {
        int start = Current.Span.Start;
        if (!StatementKeywords.Contains(Current.Keyword)) { CorrectMistyped(StatementKeywords); }

        switch (Current.Keyword)
        {
            case Keyword.Create:
                return ParseCreate();
            case Keyword.Drop:
                return ParseDrop();
            case Keyword.Show:
                return ParseShow();
            case Keyword.Describe:
                Next();
                return Located(start, new DescribeSyntax(ExpectName("a table name")));
            case Keyword.Explain:
                return ParseExplain();
            case Keyword.Set:
                Next();
                return Located(start, new SetSyntax(ParseProperty()));
            case Keyword.Select or Keyword.With or Keyword.Values:
                return ParseSelectStatement();
            default:
                return At(TokenKind.OpenParen) ? ParseSelectStatement() : ParseUnknownStatement();
        }
    }

    private BrokenStatementSyntax ParseUnknownStatement()
    {
        Report(SyntaxDiagnostics.UnknownStatement(Current.Span, Describe(Current), closest: null));
        _isRecovering = true;
        Next();
        return new BrokenStatementSyntax(null);
    }

    private SelectStatementSyntax ParseSelectStatement()
    {
        int start = Current.Span.Start;
        QuerySyntax query = ParseQuery();
        EmitMode emit = At(Keyword.Emit) ? ParseEmit() : EmitMode.None;
        if (At(Keyword.Into) || At(Keyword.With))
        {
            ReportExpected("\";\" or the end of the text", "INTO and WITH ( … ) belong to CREATE TABLE … AS SELECT.");
        }

        return Located(start, new SelectStatementSyntax(query, emit));
    }

    private DropSyntax ParseDrop()
    {
        int start = Next().Span.Start;
        DropKind kind = ParseDropKind();
        bool ifExists = TryTake(Keyword.If, Keyword.Exists);
        NameSyntax name = ExpectName("the name of what to drop");
        bool cascade = TryTake(Keyword.Cascade) || TryTakeMistyped(Keyword.Cascade);
        return Located(start, new DropSyntax(kind, ifExists, name, cascade));
    }

    private DropKind ParseDropKind()
    {
        CorrectMistypedUnlessAt(Keyword.Table, Keyword.Stream, Keyword.Sink);
        if (TryTake(Keyword.Table)) { return DropKind.Table; }

        if (TryTake(Keyword.Stream)) { return DropKind.Stream; }

        if (!TryTake(Keyword.Sink)) { ReportExpected("TABLE, STREAM or SINK"); }

        return DropKind.Sink;
    }

    private ShowSyntax ParseShow()
    {
        int start = Next().Span.Start;
        CorrectMistypedUnlessAt(Keyword.Tables, Keyword.Sources, Keyword.Sinks, Keyword.Properties);
        ShowKind? kind = Current.Keyword switch
        {
            Keyword.Tables => ShowKind.Tables,
            Keyword.Sources => ShowKind.Sources,
            Keyword.Sinks => ShowKind.Sinks,
            Keyword.Properties => ShowKind.Properties,
            _ => null,
        };
        if (kind is null) { ReportExpected("TABLES, SOURCES, SINKS or PROPERTIES"); }
        else { Next(); }

        return Located(start, new ShowSyntax(kind ?? ShowKind.Tables));
    }

    private ExplainSyntax ParseExplain()
    {
        int start = Next().Span.Start;
        bool analyze = TryTake(Keyword.Analyze) || TryTakeMistyped(Keyword.Analyze);
        if (At(Keyword.Explain))
        {
            ReportExpected("a statement to explain", "EXPLAIN explains no other EXPLAIN.");
            return Located(start, new ExplainSyntax(analyze, new BrokenStatementSyntax(null)));
        }

        return Located(start, new ExplainSyntax(analyze, ParseStatement()));
    }

    private void CorrectMistypedUnlessAt(params ReadOnlySpan<Keyword> keywords)
    {
        if (!keywords.Contains(Current.Keyword)) { CorrectMistyped(keywords); }
    }

    private EmitMode ParseEmit()
    {
        Expect(Keyword.Emit);
        CorrectMistypedUnlessAt(Keyword.Changes, Keyword.Final);
        if (TryTake(Keyword.Changes)) { return EmitMode.Changes; }

        if (!TryTake(Keyword.Final)) { ReportExpected("CHANGES or FINAL"); }

        return EmitMode.Final;
    }
}
