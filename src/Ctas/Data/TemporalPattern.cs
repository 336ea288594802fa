using System.Text;

namespace Ctas.Data;

/// <summary>What one place of a pattern shows.</summary>
internal enum PatternField
{
    Literal,
    Year,
    YearOfCentury,
    IsoYear,
    Quarter,
    Month,
    MonthName,
    MonthShortName,
    Week,
    WeekOfMonth,
    Day,
    DayOfYear,
    DayOfWeek,
    IsoDayOfWeek,
    DayName,
    DayShortName,
    Hour,
    HourOfHalf,
    Minute,
    Second,
    Fraction,
    SecondOfDay,
    HalfOfDay,
    Offset,
    Zone,
    Era,
    Century,
    Julian,
}

/// <summary>How the letters of a name are cased.</summary>
internal enum PatternCase
{
    Mixed,
    Upper,
    Lower,
}

/// <summary>One place of a pattern.</summary>
/// <param name="Field">What stands there.</param>
/// <param name="Width">Digits with leading zeros; names are filled with spaces to it; 0: as many as needed.</param>
/// <param name="Text">The text of a literal.</param>
/// <param name="Case">How a name is written.</param>
internal readonly record struct PatternPart(
    PatternField Field, int Width = 0, string Text = "", PatternCase Case = PatternCase.Mixed)
{
    /// <summary>True when digits stand there.</summary>
    public bool IsNumber => Field is not (PatternField.Literal or PatternField.MonthName or PatternField.MonthShortName
        or PatternField.DayName or PatternField.DayShortName or PatternField.HalfOfDay or PatternField.Offset
        or PatternField.Zone or PatternField.Era);
}

/// <summary>Whose notation a pattern is written in.</summary>
internal enum PatternNotation
{
    /// <summary>java.time's, which ksqlDB uses: <c>yyyy-MM-dd HH:mm:ss.SSS</c>.</summary>
    Java,

    /// <summary>PostgreSQL's: <c>YYYY-MM-DD HH24:MI:SS.MS</c>.</summary>
    PostgreSql,
}

/// <summary>A pattern of dates and times, read. Immutable.</summary>
internal sealed record TemporalPattern(IReadOnlyList<PatternPart> Parts)
{
    /// <summary>Reads a pattern; null when it is none of that notation.</summary>
    public static TemporalPattern? Read(string pattern, PatternNotation notation) => notation switch
    {
        PatternNotation.Java => JavaPattern.Read(pattern),
        _ => PostgreSqlPattern.Read(pattern),
    };
}

/// <summary>Reads patterns in the notation of java.time.format.DateTimeFormatter.</summary>
internal static class JavaPattern
{
    /// <summary>The pattern; null when it uses a letter that means nothing here.</summary>
    public static TemporalPattern? Read(string pattern)
    {
        List<PatternPart> parts = [];
        for (int at = 0; at < pattern.Length;)
        {
            char letter = pattern[at];
            if (letter == '\'')
            {
                if (!TryReadQuoted(pattern, ref at, out string text)) { return null; }

                parts.Add(new PatternPart(PatternField.Literal, Text: text));
                continue;
            }

            int start = at;
            while (at < pattern.Length && pattern[at] == letter) { at++; }

            if (!char.IsAsciiLetter(letter))
            {
                parts.Add(new PatternPart(PatternField.Literal, Text: pattern[start..at]));
                continue;
            }

            if (Part(letter, at - start) is not { } part) { return null; }

            parts.Add(part);
        }

        return new TemporalPattern(parts);
    }

    private static PatternPart? Part(char letter, int count) => letter switch
    {
        'y' or 'u' when count == 2 => new PatternPart(PatternField.YearOfCentury, 2),
        'y' or 'u' => new PatternPart(PatternField.Year, count),
        'Y' => new PatternPart(PatternField.IsoYear, count),
        'Q' or 'q' => new PatternPart(PatternField.Quarter, count),
        'M' or 'L' when count == 3 => new PatternPart(PatternField.MonthShortName),
        'M' or 'L' when count > 3 => new PatternPart(PatternField.MonthName),
        'M' or 'L' => new PatternPart(PatternField.Month, count),
        'w' => new PatternPart(PatternField.Week, count),
        'W' => new PatternPart(PatternField.WeekOfMonth, count),
        'd' => new PatternPart(PatternField.Day, count),
        'D' => new PatternPart(PatternField.DayOfYear, count),
        'E' when count > 3 => new PatternPart(PatternField.DayName),
        'E' => new PatternPart(PatternField.DayShortName),
        'e' or 'c' => new PatternPart(PatternField.IsoDayOfWeek, count),
        'H' => new PatternPart(PatternField.Hour, count),
        'h' => new PatternPart(PatternField.HourOfHalf, count),
        'm' => new PatternPart(PatternField.Minute, count),
        's' => new PatternPart(PatternField.Second, count),
        'S' when count <= 9 => new PatternPart(PatternField.Fraction, count),
        'a' => new PatternPart(PatternField.HalfOfDay, Case: PatternCase.Upper),
        'G' => new PatternPart(PatternField.Era, Text: "AD"),

        // The width says: 1 hours only, 2 without a colon, 3 with one; negative: Z for no offset.
        'X' => new PatternPart(PatternField.Offset, -Math.Min(count, 3)),
        'x' => new PatternPart(PatternField.Offset, Math.Min(count, 3)),
        'Z' => new PatternPart(PatternField.Offset, count < 4 ? 2 : 3),
        'z' or 'V' or 'v' => new PatternPart(PatternField.Zone),
        _ => null,
    };

    private static bool TryReadQuoted(string pattern, ref int at, out string text)
    {
        text = "'";
        at++;
        if (at < pattern.Length && pattern[at] == '\'')
        {
            at++;
            return true;
        }

        var quoted = new StringBuilder();
        for (; at < pattern.Length; at++)
        {
            if (pattern[at] != '\'')
            {
                quoted.Append(pattern[at]);
                continue;
            }

            at++;
            if (at >= pattern.Length || pattern[at] != '\'')
            {
                text = quoted.ToString();
                return true;
            }

            quoted.Append('\'');
        }

        return false;
    }
}

/// <summary>Reads patterns in the notation of PostgreSQL's to_char.</summary>
internal static class PostgreSqlPattern
{
    // Longest first, so that MONTH is not taken for MON and TH.
    private static readonly (string Word, PatternPart Part)[] Words =
    [
        .. new (string Word, PatternPart Part)[]
        {
            ("HH24", new(PatternField.Hour, 2)), ("HH12", new(PatternField.HourOfHalf, 2)),
            ("HH", new(PatternField.HourOfHalf, 2)), ("MI", new(PatternField.Minute, 2)),
            ("SSSSS", new(PatternField.SecondOfDay)), ("SSSS", new(PatternField.SecondOfDay)),
            ("SS", new(PatternField.Second, 2)), ("MS", new(PatternField.Fraction, 3)),
            ("US", new(PatternField.Fraction, 6)), ("FF1", new(PatternField.Fraction, 1)),
            ("FF2", new(PatternField.Fraction, 2)), ("FF3", new(PatternField.Fraction, 3)),
            ("FF4", new(PatternField.Fraction, 4)), ("FF5", new(PatternField.Fraction, 5)),
            ("FF6", new(PatternField.Fraction, 6)), ("YYYY", new(PatternField.Year, 4)),
            ("YY", new(PatternField.YearOfCentury, 2)), ("IYYY", new(PatternField.IsoYear, 4)),
            ("MONTH", new(PatternField.MonthName, 9)), ("MON", new(PatternField.MonthShortName)),
            ("MM", new(PatternField.Month, 2)), ("DAY", new(PatternField.DayName, 9)),
            ("DY", new(PatternField.DayShortName)), ("DDD", new(PatternField.DayOfYear, 3)),
            ("DD", new(PatternField.Day, 2)), ("ID", new(PatternField.IsoDayOfWeek, 1)),
            ("D", new(PatternField.DayOfWeek, 1)), ("IW", new(PatternField.Week, 2)),
            ("WW", new(PatternField.WeekOfMonth, -2)), ("W", new(PatternField.WeekOfMonth, 1)),
            ("CC", new(PatternField.Century, 2)), ("J", new(PatternField.Julian)), ("Q", new(PatternField.Quarter, 1)),
            ("AM", new(PatternField.HalfOfDay)), ("PM", new(PatternField.HalfOfDay)),
            ("AD", new(PatternField.Era, Text: "AD")), ("BC", new(PatternField.Era, Text: "AD")),
            ("TZ", new(PatternField.Zone)), ("OF", new(PatternField.Offset, 1)), ("TZH", new(PatternField.Offset, 1)),
        }.OrderByDescending(word => word.Word.Length),
    ];

    /// <summary>The pattern; null when a quote is not closed. Letters that mean nothing stand for themselves.</summary>
    public static TemporalPattern? Read(string pattern)
    {
        List<PatternPart> parts = [];
        bool isUnfilled = false;
        for (int at = 0; at < pattern.Length;)
        {
            if (pattern.AsSpan(at).StartsWith("FM", StringComparison.OrdinalIgnoreCase))
            {
                isUnfilled = true;
                at += 2;
                continue;
            }

            if (Match(pattern, at) is var (word, part))
            {
                string written = pattern.Substring(at, word.Length);
                parts.Add(part with { Width = isUnfilled && part.Field != PatternField.Fraction ? 0 : part.Width, Case = CaseOf(written) });
                at += word.Length;
                isUnfilled = false;
                continue;
            }

            string literal = pattern[at].ToString();
            if (pattern[at] == '"')
            {
                int end = pattern.IndexOf('"', at + 1);
                if (end < 0) { return null; }

                literal = pattern[(at + 1)..end];
                at = end;
            }

            parts.Add(new PatternPart(PatternField.Literal, Text: literal));
            at++;
        }

        return new TemporalPattern(parts);
    }

    private static (string Word, PatternPart Part)? Match(string pattern, int at)
    {
        foreach ((string word, PatternPart part) in Words)
        {
            if (pattern.AsSpan(at).StartsWith(word, StringComparison.OrdinalIgnoreCase)) { return (word, part); }
        }

        return null;
    }

    private static PatternCase CaseOf(string word) => char.IsLower(word[0])
        ? PatternCase.Lower
        : word.Length > 1 && char.IsLower(word[1]) ? PatternCase.Mixed : PatternCase.Upper;
}
