using System.Globalization;
using System.Text;

namespace Ctas.Cli.Display;

/// <summary>Texts that may come from anywhere, made safe to show in one line.</summary>
internal static class PlainText
{
    /// <summary>
    /// The text with its control characters spelled out: a line break cannot tear a table, an escape code cannot
    /// reach the terminal.
    /// </summary>
    public static string OneLine(string text)
    {
        if (!text.Any(char.IsControl)) { return text; }

        var plain = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            switch (c)
            {
                case '\n': plain.Append("\\n"); break;
                case '\r': plain.Append("\\r"); break;
                case '\t': plain.Append("\\t"); break;
                case var control when char.IsControl(control):
                    plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)control:x4}");
                    break;
                default: plain.Append(c); break;
            }
        }

        return plain.ToString();
    }
}
