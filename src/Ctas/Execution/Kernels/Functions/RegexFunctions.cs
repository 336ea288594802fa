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
        var buffer = new TextBuffer();
        return call.Value(
            (RowArguments row, out bool result) => Match(
                cache.Find(row, 1, 2), buffer.Of(row.Bytes(0)), static (regex, text) => regex.IsMatch(text), out result),
            RowOptions.CanFail);
    }

    /// <summary>REGEXP_COUNT(text, pattern).</summary>
    public static Kernel Count(FunctionCall call)
    {
        var cache = new RegexCache();
        var buffer = new TextBuffer();
        return call.Value(
            (RowArguments row, out int result) => Match(
                cache.Find(row, 1), buffer.Of(row.Bytes(0)), static (regex, text) => regex.Count(text), out result),
            RowOptions.CanFail);
    }

    /// <summary>PostgreSQL's REGEXP_SUBSTR(text, pattern): the first match, NULL without one.</summary>
    public static Kernel Part(FunctionCall call) => First(call, text: 0, pattern: 1);

    /// <summary>ksqlDB's REGEXP_EXTRACT(pattern, text [, group]).</summary>
    public static Kernel Extract(FunctionCall call) => First(call, text: 1, pattern: 0);

    /// <summary>REGEXP_REPLACE(text, pattern, replacement [, flags]): the first match, all of them with flag g.</summary>
    public static Kernel Replace(FunctionCall call)
    {
        var cache = new RegexCache();
        var replacements = new CodeCache<RegexReplacement>(RegexReplacement.Read);
        var buffer = new TextBuffer();
        return call.Text((row, output) =>
        {
            if (cache.Find(row, 1, 3) is not { } regex) { return NoPattern; }

            bool isForAll = row.Count > 3 && row.Bytes(3).Contains((byte)'g');
            try
            {
                replacements.Of(row, 2).Replace(regex, buffer.Of(row.Bytes(0)), isForAll, output);
                return Outcome.Value;
            }
            catch (RegexMatchTimeoutException) { return TooSlow; }
        }, RowOptions.CanFail);
    }

    /// <summary>REGEXP_SPLIT_TO_ARRAY(text, pattern).</summary>
    public static Kernel Split(FunctionCall call) => Texts(call, text: 0, pattern: 1, RegexTexts.WriteBetween);

    /// <summary>REGEXP_EXTRACT_ALL(pattern, text [, group]).</summary>
    public static Kernel ExtractAll(FunctionCall call) => Texts(call, text: 1, pattern: 0, RegexTexts.WriteMatches);

    private static Kernel Texts(FunctionCall call, int text, int pattern, RegexTexts.Finding find)
    {
        var cache = new RegexCache();
        var buffer = new TextBuffer();
        var texts = new RegexTexts(call.Type);
        return call.Text((row, output) =>
        {
            if (cache.Find(row, pattern) is not { } regex) { return NoPattern; }

            int group = row.Count > 2 ? row.Int(2) : 0;
            try
            {
                texts.Begin();
                find(texts, regex, buffer.Of(row.Bytes(text)), group);
                texts.End(output);
                return Outcome.Value;
            }
            catch (RegexMatchTimeoutException)
            {
                texts.Abandon();
                return TooSlow;
            }
        }, RowOptions.CanFail);
    }

    /// <summary>What a regex says of a text.</summary>
    private delegate T Reading<T>(Regex regex, ReadOnlySpan<char> text);

    private static Outcome Match<T>(Regex? regex, ReadOnlySpan<char> text, Reading<T> read, out T result)
        where T : struct
    {
        result = default;
        if (regex is null) { return NoPattern; }

        try
        {
            result = read(regex, text);
            return Outcome.Value;
        }
        catch (RegexMatchTimeoutException) { return TooSlow; }
    }

    /// <summary>Runs a regex over a text and tells what became of it.</summary>
    private static Outcome Match(Regex? regex, string text, Action<Regex, string> run)
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
        var buffer = new TextBuffer();
        return call.Text((row, output) =>
        {
            int group = row.Count > 2 ? row.Int(2) : 0;
            if (group == 0) { return Whole(cache.Find(row, pattern), buffer.Of(row.Bytes(text)), output); }

            Group? found = null;
            Outcome outcome = Match(
                cache.Find(row, pattern), row.Text(text), (regex, whole) => found = regex.Match(whole).Groups[group]);
            if (outcome.IsNull) { return outcome; }

            if (found is not { Success: true }) { return Outcome.Null; }

            output.Append(found.ValueSpan);
            return Outcome.Value;
        }, RowOptions.CanFail);
    }

    private static Outcome Whole(Regex? regex, ReadOnlySpan<char> text, ByteWriter output)
    {
        Outcome outcome = Match(regex, text, FirstMatch, out (int Start, int Length) found);
        if (outcome.IsNull) { return outcome; }

        if (found.Start < 0) { return Outcome.Null; }

        output.Append(text.Slice(found.Start, found.Length));
        return Outcome.Value;
    }

    /// <summary>Where the first match lies; a start of −1 for none.</summary>
    private static (int Start, int Length) FirstMatch(Regex regex, ReadOnlySpan<char> text)
    {
        foreach (ValueMatch match in regex.EnumerateMatches(text)) { return (match.Index, match.Length); }

        return (-1, 0);
    }
}
