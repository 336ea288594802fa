using System.Text.RegularExpressions;

namespace Ctas.Text;

/// <summary>Hides the values of secret properties in SQL text that is shown to people.</summary>
internal static partial class SecretMask
{
    private static readonly string[] SecretParts = ["password", "secret", "sasl.", "ssl.key"];

    /// <summary>The text with secret values replaced by asterisks; length and line breaks are kept.</summary>
    public static string Apply(string text) =>
        Property().Replace(text, match =>
        {
            string key = match.Groups["key"].Value;
            bool isSecret = SecretParts.Any(part => key.Contains(part, StringComparison.OrdinalIgnoreCase));
            if (!isSecret) { return match.Value; }

            Group value = match.Groups["value"];
            int kept = value.Index - match.Index;
            ReadOnlySpan<char> shown = match.ValueSpan;
            return string.Concat(shown[..kept], Masked(value.Value), shown[(kept + value.Length)..]);
        });

    private static string Masked(string value) =>
        string.Create(value.Length, value, static (masked, value) =>
        {
            for (int i = 0; i < masked.Length; i++) { masked[i] = value[i] is '\n' or '\r' ? value[i] : '*'; }
        });

    // A value that is not closed runs to the end of the text: that too may be a secret. The atomic group keeps the
    // time linear, as a word is tried once.
    [GeneratedRegex(
        """(?<![\w.\-])(?<key>(?>[\w.\-]+))['"`]?\s*=\s*(?:'(?<value>(?>(?:[^']|'')*))|(?<value>[^\s,;()']+))""",
        RegexOptions.CultureInvariant)]
    private static partial Regex Property();
}
