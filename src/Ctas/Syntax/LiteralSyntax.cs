namespace Ctas.Syntax;

/// <summary>A value written in the text.</summary>
internal abstract record LiteralSyntax : ExpressionSyntax;

/// <summary><c>NULL</c></summary>
internal sealed record NullLiteralSyntax : LiteralSyntax;

/// <summary><c>TRUE</c> or <c>FALSE</c></summary>
internal sealed record BooleanLiteralSyntax(bool Value) : LiteralSyntax;

/// <summary>
/// A number, kept exactly as written: digits are an integer, with a point a decimal, with an exponent a double.
/// </summary>
internal sealed record NumberLiteralSyntax(string Text) : LiteralSyntax;

/// <summary><c>'text'</c>, doubled quotes made single.</summary>
internal sealed record StringLiteralSyntax(string Value) : LiteralSyntax;

/// <summary><c>x'0aff'</c></summary>
/// <param name="Hex">An even number of hexadecimal digits, upper case.</param>
internal sealed record BytesLiteralSyntax(string Hex) : LiteralSyntax;

/// <summary><c>DATE '…'</c>, <c>TIME '…'</c> or <c>TIMESTAMP '…'</c>; the text is not yet checked.</summary>
internal sealed record TemporalLiteralSyntax(TemporalKind Kind, string Text) : LiteralSyntax;

/// <summary>
/// <c>INTERVAL 5 MINUTES</c>, <c>INTERVAL '5' MINUTE</c> or <c>INTERVAL '1 day 2 hours'</c>; also <c>5 MINUTES</c>
/// in windows.
/// </summary>
/// <param name="Text">A number as written when there is a unit; otherwise amounts and units, not yet checked.</param>
internal sealed record IntervalLiteralSyntax(string Text, IntervalUnit? Unit) : LiteralSyntax;

/// <summary>The type of a temporal literal.</summary>
internal enum TemporalKind
{
    Date,
    Time,
    Timestamp,
}

/// <summary>The unit of an interval; singular and plural mean the same.</summary>
internal enum IntervalUnit
{
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}
