using System.Text.RegularExpressions;

namespace Ctas.Binding.Functions;

/// <summary>Checks of arguments that are written as constants.</summary>
internal static class ConstantChecks
{
    private const string RegexFlagLetters = "gicnmsx";

    /// <summary>One of some words, ignoring case.</summary>
    public static ConstantCheck OneOf(int ordinal, params string[] words) => new(
        ordinal,
        word => words.Contains(word, StringComparer.OrdinalIgnoreCase) ? null : $"Use one of {string.Join(", ", words)}.");

    /// <summary>The name of an encoding of bytes.</summary>
    public static ConstantCheck Encoding(int ordinal) => OneOf(ordinal, "hex", "base64", "escape", "utf8", "ascii");

    /// <summary>A regular expression.</summary>
    public static ConstantCheck Regex(int ordinal) => new(ordinal, pattern =>
    {
        try
        {
            _ = new Regex(pattern);
            return null;
        }
        catch (RegexParseException e)
        {
            return $"It is no regular expression: {e.Error} at character {e.Offset + 1}.";
        }
    });

    /// <summary>Flags of a regular expression.</summary>
    public static ConstantCheck RegexFlags(int ordinal) => new(
        ordinal,
        flags => flags.All(RegexFlagLetters.Contains)
            ? null
            : "Flags are g (all matches), i and c (case), n or m (lines), s (a dot takes line ends), x (spaces).");
}
