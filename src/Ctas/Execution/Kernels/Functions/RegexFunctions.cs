using System.Text;
using System.Text.RegularExpressions;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Regular expressions, in .NET's notation, which is Java's and nearly PostgreSQL's.</summary>
internal static class RegexFunctions
{
    private static readonly Outcome NoPattern = Outcome.Fail("pattern is no regular expression");
    private static readonly Outcome TooSlow = Outcome.Fail("pattern takes too long");

    /// <summary>REGEXP_LIKE(text, pattern [, flags]).</summary>
    public static Kernel Like(FunctionCall call)
    {
        var cache = new RegexCache();
        return call.Value((RowArguments row, out bool result) =>
        {
            bool matches = false;
            Outcome outcome = Match(cache.Find(row, 1, 2), row.Text(0), (regex, text) => matches = regex.IsMatch(text));
            result = matches;
            return outcome;
        }, RowOptions.CanFail);
    }

    /// <summary>REGEXP_COUNT(text, pattern).</summary>
    public static Kernel Count(FunctionCall call)
    {
        var cache = new RegexCache();
        return call.Value((RowArguments row, out int result) =>
        {
            int count = 0;
            Outcome outcome = Match(cache.Find(row, 1), row.Text(0), (regex, text) => count = regex.Count(text));
            result = count;
            return outcome;
        }, RowOptions.CanFail);
    }

    /// <summary>PostgreSQL's REGEXP_SUBSTR(text, pattern): the first match, NULL without one.</summary>
    public static Kernel Part(FunctionCall call) => First(call, text: 0, pattern: 1);

    /// <summary>ksqlDB's REGEXP_EXTRACT(pattern, text [, group]).</summary>
    public static Kernel Extract(FunctionCall call) => First(call, text: 1, pattern: 0);

    /// <summary>REGEXP_REPLACE(text, pattern, replacement [, flags]): the first match, all of them with flag g.</summary>
    public static Kernel Replace(FunctionCall call)
    {
        var cache = new RegexCache();
        var replacements = new Dictionary<string, string>(StringComparer.Ordinal);
        return call.Text((row, output) =>
        {
            string written = row.Text(2);
            if (!replacements.TryGetValue(written, out string? replacement))
            {
                replacement = Replacement(written);
                replacements[written] = replacement;
            }

            int count = row.Count > 3 && row.Bytes(3).Contains((byte)'g') ? -1 : 1;
            return Match(
                cache.Find(row, 1, 3),
                row.Text(0),
                (regex, text) => output.Append(regex.Replace(text, replacement, count).AsSpan()));
        }, RowOptions.CanFail);
    }

    /// <summary>Runs a regex over a text and tells what became of it.</summary>
    public static Outcome Match(Regex? regex, string text, Action<Regex, string> run)
    {
        if (regex is null) { return NoPattern; }

        try
        {
            run(regex, text);
            return Outcome.Value;
        }
        catch (RegexMatchTimeoutException) { return TooSlow; }
    }

    private static Kernel First(FunctionCall call, int text, int pattern)
    {
        var cache = new RegexCache();
        return call.Text((row, output) =>
        {
            Group? found = null;
            int group = row.Count > 2 ? row.Int(2) : 0;
            Outcome outcome = Match(
                cache.Find(row, pattern), row.Text(text), (regex, whole) => found = regex.Match(whole).Groups[group]);
            if (outcome.IsNull) { return outcome; }

            if (found is not { Success: true }) { return Outcome.Null; }

            output.Append(found.ValueSpan);
            return Outcome.Value;
        }, RowOptions.CanFail);
    }

    // PostgreSQL writes \1 and \& where .NET writes ${1} and $&; a dollar is a dollar.
    private static string Replacement(string text)
    {
        var replacement = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            char next = i + 1 < text.Length ? text[i + 1] : '\0';
            if (text[i] == '$') { replacement.Append("$$"); }
            else if (text[i] != '\\' || !(char.IsAsciiDigit(next) || next is '&' or '\\')) { replacement.Append(text[i]); }
            else
            {
                replacement.Append(next switch { '&' => "$&", '\\' => @"\", _ => $"${{{next}}}" });
                i++;
            }
        }

        return replacement.ToString();
    }
}
