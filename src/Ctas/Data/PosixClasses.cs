using System.Text;

namespace Ctas.Data;

/// <summary>The classes of characters that PostgreSQL names within brackets, as <c>[[:alpha:]_]</c>, in .NET's words.</summary>
internal static class PosixClasses
{
    private static readonly Dictionary<string, string> ByName = new(StringComparer.Ordinal)
    {
        ["alnum"] = @"\p{L}\p{Nd}",
        ["alpha"] = @"\p{L}",
        ["blank"] = @" \t",
        ["cntrl"] = @"\p{Cc}",
        ["digit"] = @"\d",
        ["graph"] = @"\p{L}\p{M}\p{N}\p{P}\p{S}",
        ["lower"] = @"\p{Ll}",
        ["print"] = @"\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}",
        ["punct"] = @"\p{P}\p{S}",
        ["space"] = @"\s",
        ["upper"] = @"\p{Lu}",
        ["word"] = @"\w",
        ["xdigit"] = "0-9A-Fa-f",
    };

    /// <summary>The pattern with every class of a name written out; a name that is none is left to be refused.</summary>
    public static string Expand(string pattern)
    {
        if (!pattern.Contains("[:", StringComparison.Ordinal)) { return pattern; }

        var text = new StringBuilder(pattern.Length);
        bool isInside = false;
        for (int i = 0; i < pattern.Length;)
        {
            int length = pattern[i] == '\\' ? Math.Min(2, pattern.Length - i) : 1;
            int end = isInside && pattern.AsSpan(i).StartsWith("[:") ? pattern.IndexOf(":]", i, StringComparison.Ordinal) : -1;
            if (end > 0)
            {
                string name = pattern[(i + 2)..end];
                text.Append(ByName.GetValueOrDefault(name, $@"\p{{{name}}}"));
                i = end + 2;
                continue;
            }

            if (!isInside && pattern[i] == '[')
            {
                // "]" is a character of the class where it stands first.
                length = pattern.AsSpan(i).StartsWith("[^]") ? 3 : pattern.AsSpan(i).StartsWith("[]") ? 2 : 1;
                isInside = true;
            }
            else if (pattern[i] == ']') { isInside = false; }

            text.Append(pattern, i, length);
            i += length;
        }

        return text.ToString();
    }
}
