using System.Text.RegularExpressions;

namespace Ctas.Text;

/// <summary>Hides the values of secret properties in text that is shown to people.</summary>
internal static partial class SecretMask
{
    /// <summary>The text with every character of a secret value replaced by <c>*</c>; its length is kept.</summary>
    public static string Apply(string text) =>
        SecretProperty().Replace(text, match =>
        {
            int kept = match.Groups["value"].Index - match.Index;
            return string.Concat(match.ValueSpan[..kept], new string('*', match.Length - kept));
        });

    // An unterminated value runs to the end of the text: that too may be a secret.
    [GeneratedRegex(
        @"(?<![\w.\-])(?:[\w.\-]*password|[\w.\-]*secret|[\w.\-]*sasl\.[\w.\-]*|[\w.\-]*ssl\.key[\w.\-]*)['""`]?"
        + @"\s*=\s*'?(?<value>(?:[^']|'')*)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretProperty();
}
