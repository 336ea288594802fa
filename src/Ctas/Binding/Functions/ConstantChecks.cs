using System.Text.RegularExpressions;
using Ctas.Data;

namespace Ctas.Binding.Functions;

/// <summary>Checks of arguments that are written as constants.</summary>
internal static class ConstantChecks
{
    private const string RegexFlagLetters = "gicnmsx";

    /// <summary>One of some words, ignoring case.</summary>
    public static ConstantCheck OneOf(int ordinal, params string[] words) => new(
        ordinal,
        word => words.Contains(word, StringComparer.OrdinalIgnoreCase) ? null : $"Use one of {string.Join(", ", words)}.");

    /// <summary>A unit of time.</summary>
    public static ConstantCheck Unit(int ordinal) => new(
        ordinal,
        name => DateFields.FindUnit(name) is null ? $"Use one of {string.Join(", ", DateFields.UnitNames)}." : null);

    /// <summary>A part of a date or time.</summary>
    public static ConstantCheck Field(int ordinal) => new(
        ordinal,
        name => DateFields.Find(name) is null ? $"Use one of {string.Join(", ", DateFields.FieldNames)}." : null);

    /// <summary>DOUBLE for parts with a fraction, BIGINT for others.</summary>
    public static DataType TypeOfField(IReadOnlyList<BoundExpression> arguments) =>
        arguments[0] is BoundConstant { Value: string name } && DateFields.Find(name) is { } field
            && DateFields.IsFractional(field)
            ? DataType.Double
            : DataType.BigInt;

    /// <summary>A pattern of dates in Java's notation.</summary>
    public static ConstantCheck JavaPattern(int ordinal) => new(
        ordinal,
        pattern => TemporalPattern.Read(pattern, PatternNotation.Java) is null
            ? "It is no pattern of Java's, as yyyy-MM-dd HH:mm:ss.SSS; text in it stands in ''."
            : null);

    /// <summary>A pattern of dates in PostgreSQL's notation.</summary>
    public static ConstantCheck PostgreSqlPattern(int ordinal) => new(
        ordinal,
        pattern => TemporalPattern.Read(pattern, PatternNotation.PostgreSql) is null
            ? "It is no pattern of PostgreSQL's, as YYYY-MM-DD HH24:MI:SS; text in it stands in \"\"."
            : null);

    /// <summary>A pattern of numbers in PostgreSQL's notation.</summary>
    public static ConstantCheck NumberPattern(int ordinal) => new(
        ordinal,
        pattern => Data.NumberPattern.Read(pattern) is null
            ? "It is no pattern of PostgreSQL's, as FM9,990.00; text in it stands in \"\"."
            : null);

    /// <summary>DECIMAL with the digits that a constant pattern has; else with ten behind the point.</summary>
    public static DataType TypeOfNumberPattern(IReadOnlyList<BoundExpression> arguments) =>
        arguments[1] is BoundConstant { Value: string text } && Data.NumberPattern.Read(text) is { } pattern
            ? DataType.Decimal(pattern.WholeDigits + pattern.FractionDigits, pattern.FractionDigits)
            : DataType.Decimal(DataType.MaxDecimalPrecision, 10);

    /// <summary>The name of an encoding of bytes.</summary>
    public static ConstantCheck Encoding(int ordinal) => OneOf(ordinal, "hex", "base64", "escape", "utf8", "ascii");

    /// <summary>A regular expression.</summary>
    public static ConstantCheck Regex(int ordinal) => new(ordinal, pattern =>
    {
        // What is run is the pattern over whole characters; what is told of is what is written, where that is wrong too.
        RegexParseException? mistake = MistakeIn(CodePointPattern.Of(pattern, RegexOptions.None));
        return mistake is null
            ? null
            : $"It is no regular expression: {mistake.Error} at character {(MistakeIn(pattern) ?? mistake).Offset + 1}.";
    });

    private static RegexParseException? MistakeIn(string pattern)
    {
        try
        {
            _ = new Regex(pattern);
            return null;
        }
        catch (RegexParseException e) { return e; }
    }

    /// <summary>Flags of a regular expression.</summary>
    public static ConstantCheck RegexFlags(int ordinal) => new(
        ordinal,
        flags => flags.All(RegexFlagLetters.Contains)
            ? null
            : "Flags are g (all matches), i and c (case), n or m (lines), s (a dot takes line ends), x (spaces).");
}
