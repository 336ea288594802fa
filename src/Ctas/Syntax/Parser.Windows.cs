using System.Buffers;
using System.Collections.Frozen;
using Ctas.Text;

namespace Ctas.Syntax;

/// <content>Event time: WINDOW, WITHIN, intervals and their units.</content>
internal sealed partial class Parser
{
    private static readonly FrozenDictionary<string, IntervalUnit> Units =
        Enum.GetValues<IntervalUnit>()
            .SelectMany(unit => new[] { KeyValuePair.Create($"{unit}", unit), KeyValuePair.Create($"{unit}s", unit) })
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> AmountCharacters = SearchValues.Create("0123456789.");

    private TimeWindowSyntax? ParseTimeWindow()
    {
        int start = Current.Span.Start;
        CorrectMistypedUnlessAt(Keyword.Tumbling, Keyword.Hopping, Keyword.Session);
        TimeWindowKind? kind = Current.Keyword switch
        {
            Keyword.Tumbling => TimeWindowKind.Tumbling,
            Keyword.Hopping => TimeWindowKind.Hopping,
            Keyword.Session => TimeWindowKind.Session,
            _ => null,
        };
        if (kind is null)
        {
            ReportExpected("TUMBLING, HOPPING or SESSION");
            return null;
        }

        Next();
        Token opening = Current;
        if (!Expect(TokenKind.OpenParen, "(")) { return null; }

        TryTake(Keyword.Size);
        var window = new TimeWindowSyntax(kind.Value, ParseDuration(), null, null, null);
        while (!_isRecovering && TryTake(TokenKind.Comma)) { window = ParseWindowPart(window); }

        Close(opening);
        window = Located(start, window);
        if (kind == TimeWindowKind.Hopping && window.AdvanceBy is null && !_isRecovering)
        {
            _diagnostics.Add(SyntaxDiagnostics.MissingAdvance(window.Span));
        }

        return window;
    }

    private TimeWindowSyntax ParseWindowPart(TimeWindowSyntax window)
    {
        bool isHopping = window.Kind == TimeWindowKind.Hopping;
        CorrectMistypedUnlessAt(Keyword.Advance, Keyword.Retention, Keyword.Grace, Keyword.Interval);
        if (isHopping && At(Keyword.Advance))
        {
            ReportRepeated(window.AdvanceBy is not null);
            Next();
            Expect(Keyword.By);
            return window with { AdvanceBy = ParseDuration() };
        }

        if (isHopping && window.AdvanceBy is null && (At(TokenKind.Number) || At(Keyword.Interval)))
        {
            return window with { AdvanceBy = ParseDuration() };
        }

        if (At(Keyword.Retention))
        {
            ReportRepeated(window.Retention is not null);
            Next();
            return window with { Retention = ParseDuration() };
        }

        if (At(Keyword.Grace))
        {
            ReportRepeated(window.GracePeriod is not null);
            return window with { GracePeriod = ParseGracePeriod() };
        }

        ReportExpected(isHopping ? "ADVANCE BY, RETENTION or GRACE PERIOD" : "RETENTION or GRACE PERIOD");
        return window;
    }

    private IntervalLiteralSyntax ParseGracePeriod()
    {
        Expect(Keyword.Grace);
        Expect(Keyword.Period);
        return ParseDuration();
    }

    private WithinSyntax ParseWithin()
    {
        int start = Next().Span.Start;
        IntervalLiteralSyntax before;
        IntervalLiteralSyntax after;
        if (At(TokenKind.OpenParen))
        {
            Token opening = Next();
            before = ParseDuration();
            Expect(TokenKind.Comma, ",");
            after = ParseDuration();
            Close(opening);
        }
        else
        {
            before = after = ParseDuration();
        }

        IntervalLiteralSyntax? gracePeriod = At(Keyword.Grace) ? ParseGracePeriod() : null;
        return Located(start, new WithinSyntax(before, after, gracePeriod));
    }

    /// <summary><c>5 MINUTES</c>, or any interval literal.</summary>
    private IntervalLiteralSyntax ParseDuration()
    {
        if (At(Keyword.Interval)) { return ParseInterval(); }

        int start = Current.Span.Start;
        if (At(TokenKind.Number)) { return ParseAmount(start); }

        ReportExpected("a length of time", "Write a number and a unit, as in 5 MINUTES.");
        return new IntervalLiteralSyntax("0", IntervalUnit.Second);
    }

    /// <summary>Stands at INTERVAL, and at an interval literal: INTERVAL alone is a name.</summary>
    private bool AtInterval()
    {
        bool isNegative = Peek().Kind == TokenKind.Minus
            && Peek(2).Kind == TokenKind.Number && Units.ContainsKey(TextOf(Peek(3)));
        return At(Keyword.Interval) && (isNegative || Peek().Kind is TokenKind.Number or TokenKind.Text);
    }

    private IntervalLiteralSyntax ParseInterval()
    {
        int start = Next().Span.Start;
        if (!At(TokenKind.Text)) { return ParseAmount(start); }

        Token quoted = Next();
        string text = Unquoted(quoted);
        if (!At(TokenKind.Word) || !Units.TryGetValue(TextOf(Current), out IntervalUnit unit))
        {
            return Located(start, new IntervalLiteralSyntax(text, null));
        }

        Next();
        if (!IsAmount(text) && !_isRecovering)
        {
            _diagnostics.Add(SyntaxDiagnostics.MalformedInterval(SpanFrom(start)));
        }

        return Located(start, new IntervalLiteralSyntax(text, unit));
    }

    /// <summary>An optional sign and digits, perhaps with a point: what the lexer would take for a number.</summary>
    private static bool IsAmount(string text)
    {
        ReadOnlySpan<char> digits = text.StartsWith('-') ? text.AsSpan(1) : text;
        return digits.Length > 0 && char.IsAsciiDigit(digits[0]) && digits.Count('.') <= 1
            && !digits.ContainsAnyExcept(AmountCharacters);
    }

    private IntervalLiteralSyntax ParseAmount(int start)
    {
        string sign = TryTake(TokenKind.Minus) ? "-" : "";
        if (!At(TokenKind.Number))
        {
            ReportExpected("a length of time", "Write a number and a unit, as in 5 MINUTES.");
            return new IntervalLiteralSyntax("0", IntervalUnit.Second);
        }

        string amount = sign + TextOf(Next());
        IntervalUnit unit = default;
        if (At(TokenKind.Word) && Units.TryGetValue(TextOf(Current), out unit)) { Next(); }
        else { ReportUnknownUnit(); }

        return Located(start, new IntervalLiteralSyntax(amount, unit));
    }

    private void ReportUnknownUnit()
    {
        IEnumerable<string> units = Units.Keys.Select(unit => unit.ToUpperInvariant());
        string? closest = At(TokenKind.Word) ? ClosestName.Find(TextOf(Current), units) : null;
        Report(SyntaxDiagnostics.UnknownUnit(Current.Span, Describe(Current), closest));
        if (closest is null) { _isRecovering = true; }
        else { Next(); }
    }
}
