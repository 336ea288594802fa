namespace Ctas.Syntax;

/// <content>Windows over rows: OVER, frames, and the WINDOW clause that names them.</content>
internal sealed partial class Parser
{
    /// <summary>Stands at WINDOW before <c>name AS</c>, not before a window of event time.</summary>
    private bool AtNamedWindows() =>
        At(Keyword.Window) && Peek().Kind is TokenKind.Word or TokenKind.QuotedName && Peek(2).Keyword == Keyword.As;

    private List<NamedWindowSyntax> ParseNamedWindows() =>
        ParseList(ParseNamedWindow, () => AtName() && Peek().Keyword == Keyword.As);

    private NamedWindowSyntax ParseNamedWindow()
    {
        int start = Current.Span.Start;
        NameSyntax name = ExpectName("the name of a window");
        if (!_isRecovering) { Expect(Keyword.As); }

        OverSyntax window = At(TokenKind.OpenParen) ? ParseWindow() : new OverSyntax([], [], null);
        if (window.Span.Length == 0) { ReportExpected("\"(\""); }

        return Located(start, new NamedWindowSyntax(name, window));
    }

    /// <summary>IGNORE NULLS or RESPECT NULLS, which may stand inside or after the parentheses of a call.</summary>
    private FunctionCallSyntax ParseNullTreatment(FunctionCallSyntax call)
    {
        if (_isRecovering || !AtNullTreatment()) { return call; }

        ReportRepeated(call.Nulls is not null);
        NullTreatment nulls = Next().Keyword == Keyword.Ignore ? NullTreatment.Ignore : NullTreatment.Respect;
        Next();
        return call with { Nulls = nulls };
    }

    private bool AtNullTreatment() =>
        (At(Keyword.Ignore) || At(Keyword.Respect)) && Peek().Keyword == Keyword.Nulls;

    /// <summary>Stands before the name of a window: OVER alone is an alias.</summary>
    private bool PeeksWindowName() => Peek().Kind == TokenKind.QuotedName
        || (Peek().Kind == TokenKind.Word && !Peek().Keyword.IsReserved()
            && Peek().Keyword is not (Keyword.Emit or Keyword.Within));

    private OverSyntax ParseOver()
    {
        int start = Next().Span.Start;
        if (At(TokenKind.OpenParen)) { return Located(start, ParseWindow()); }

        return Located(start, new OverSyntax([], [], null, TakeName()));
    }

    private OverSyntax ParseWindow()
    {
        int start = Current.Span.Start;
        Token opening = Next();
        NameSyntax? window = AtBaseWindow() ? TakeName() : null;
        List<ExpressionSyntax> partitionBy = [];
        if (TryTake(Keyword.Partition, Keyword.By)) { partitionBy = ParseList(ParseExpression, AtExpression); }

        List<OrderItemSyntax> orderBy = [];
        if (!_isRecovering && TryTake(Keyword.Order))
        {
            Expect(Keyword.By);
            orderBy = ParseOrderItems();
        }

        FrameSyntax? frame = !_isRecovering && AtFrameUnit(Current) ? ParseFrame() : null;
        Close(opening);
        return Located(start, new OverSyntax([.. partitionBy], [.. orderBy], frame, window));
    }

    /// <summary>Stands at a name before which no clause of a window starts.</summary>
    private bool AtBaseWindow() => AtName() && (Peek().Kind == TokenKind.CloseParen
        || Peek().Keyword is Keyword.Partition or Keyword.Order || AtFrameUnit(Peek()));

    private static bool AtFrameUnit(Token token) =>
        token.Keyword is Keyword.Rows or Keyword.Range or Keyword.Groups;

    private FrameExclusion ParseExclusion()
    {
        if (TryTake(Keyword.Current, Keyword.Row)) { return FrameExclusion.CurrentRow; }

        if (TryTake(Keyword.No, Keyword.Others)) { return FrameExclusion.NoOthers; }

        if (TryTake(Keyword.Group)) { return FrameExclusion.Group; }

        if (TryTake(Keyword.Ties)) { return FrameExclusion.Ties; }

        ReportExpected("CURRENT ROW, GROUP, TIES or NO OTHERS");
        return FrameExclusion.NoOthers;
    }

    private FrameSyntax ParseFrame()
    {
        Token unit = Next();
        FrameBoundSyntax first;
        FrameBoundSyntax last = new(FrameBoundKind.CurrentRow, null);
        if (TryTake(Keyword.Between))
        {
            first = ParseFrameBound();
            if (!_isRecovering) { Expect(Keyword.And); }

            last = _isRecovering ? last : ParseFrameBound();
        }
        else
        {
            first = ParseFrameBound();
        }

        FrameUnit kind = unit.Keyword switch
        {
            Keyword.Rows => FrameUnit.Rows,
            Keyword.Range => FrameUnit.Range,
            _ => FrameUnit.Groups,
        };
        FrameExclusion exclusion =
            !_isRecovering && TryTake(Keyword.Exclude) ? ParseExclusion() : FrameExclusion.NoOthers;
        return Located(unit.Span.Start, new FrameSyntax(kind, first, last, exclusion));
    }

    private FrameBoundSyntax ParseFrameBound()
    {
        int start = Current.Span.Start;
        if (TryTake(Keyword.Current, Keyword.Row))
        {
            return Located(start, new FrameBoundSyntax(FrameBoundKind.CurrentRow, null));
        }

        bool isUnbounded = At(Keyword.Unbounded) && Peek().Keyword is Keyword.Preceding or Keyword.Following;
        if (isUnbounded) { Next(); }

        ExpressionSyntax? offset = isUnbounded ? null : ParseExpression(Precedence.Range + 1);
        CorrectMistypedUnlessAt(Keyword.Preceding, Keyword.Following);
        bool isPreceding = At(Keyword.Preceding);
        if (isPreceding || At(Keyword.Following)) { Next(); }
        else { ReportExpected("PRECEDING, FOLLOWING or CURRENT ROW"); }

        FrameBoundKind kind = (isUnbounded, isPreceding) switch
        {
            (true, true) => FrameBoundKind.UnboundedPreceding,
            (true, false) => FrameBoundKind.UnboundedFollowing,
            (false, true) => FrameBoundKind.Preceding,
            (false, false) => FrameBoundKind.Following,
        };
        return Located(start, new FrameBoundSyntax(kind, offset));
    }
}
