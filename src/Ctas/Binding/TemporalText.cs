using System.Globalization;
using System.Text.RegularExpressions;
using Ctas.Data;

namespace Ctas.Binding;

/// <summary>Reads dates, times and intervals written in SQL, into their physical forms.</summary>
internal static partial class TemporalText
{
    private const long MicrosPerSecond = 1_000_000;
    private const long MicrosPerDay = 86_400 * MicrosPerSecond;

    private static readonly string[] TimeFormats = ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFF"];

    private static readonly string[] TimestampFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFF",
        "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFzzz",
    ];

    /// <summary>How a value of the type is written, for hints.</summary>
    public static string Example(DataType type) => type.Kind switch
    {
        DataTypeKind.Date => "DATE '2024-12-31'",
        DataTypeKind.Time => "TIME '23:59:59'",
        DataTypeKind.Timestamp => "TIMESTAMP '2024-12-31 23:59:59'",
        _ => "INTERVAL '1 day 2 hours'",
    };

    /// <summary>
    /// The physical value: days (int), microseconds (long) or an interval; null when the text is none.
    /// </summary>
    public static object? Parse(string text, DataType type) => type.Kind switch
    {
        DataTypeKind.Date => ParseDate(text),
        DataTypeKind.Time => ParseTime(text),
        DataTypeKind.Timestamp => ParseTimestamp(text),
        DataTypeKind.Interval => ParseInterval(text),
        _ => null,
    };

    /// <summary>An amount of one unit, fractions allowed below months; null when it does not fit.</summary>
    public static Interval? Amount(decimal amount, string unit)
    {
        try
        {
            return unit.ToUpperInvariant().TrimEnd('S') switch
            {
                "MILLISECOND" => new Interval(0, 0, (long)(amount * 1_000)),
                "SECOND" => new Interval(0, 0, (long)(amount * MicrosPerSecond)),
                "MINUTE" => new Interval(0, 0, (long)(amount * 60 * MicrosPerSecond)),
                "HOUR" => new Interval(0, 0, (long)(amount * 3_600 * MicrosPerSecond)),
                "DAY" => Days(amount),
                "WEEK" => Days(amount * 7),
                "MONTH" when amount == Math.Truncate(amount) => new Interval((int)amount, 0, 0),
                "YEAR" when amount * 12 == Math.Truncate(amount * 12) => new Interval((int)(amount * 12), 0, 0),
                _ => null,
            };
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static Interval Days(decimal amount)
    {
        decimal whole = Math.Truncate(amount);
        return new Interval(0, (int)whole, (long)((amount - whole) * MicrosPerDay));
    }

    private static object? ParseDate(string text) =>
        DateOnly.TryParseExact(
            text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
            ? date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber
            : null;

    private static object? ParseTime(string text) =>
        TimeOnly.TryParseExact(
            text.Trim(), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time)
            ? time.Ticks / TimeSpan.TicksPerMicrosecond
            : null;

    private static object? ParseTimestamp(string text)
    {
        // A blank between date and time means the same as the T of ISO 8601, and Z is an offset of zero.
        string iso = DateTimeBlank().Replace(text.Trim(), "$1T$2");
        if (iso.EndsWith('Z')) { iso = iso[..^1] + "+00:00"; }

        return DateTimeOffset.TryParseExact(
            iso,
            TimestampFormats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out DateTimeOffset time)
            ? (time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond
            : null;
    }

    private static Interval? ParseInterval(string text)
    {
        MatchCollection parts = IntervalPart().Matches(text);
        if (parts.Count == 0 || IntervalPart().Replace(text, "").Trim().Length > 0) { return null; }

        var sum = default(Interval);
        foreach (Match part in parts)
        {
            decimal amount = decimal.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            if (Amount(amount, part.Groups[2].Value) is not { } value) { return null; }

            sum = new Interval(
                sum.Months + value.Months, sum.Days + value.Days, sum.Microseconds + value.Microseconds);
        }

        return sum;
    }

    [GeneratedRegex(@"^(\d{4}-\d\d-\d\d) +(\d)", RegexOptions.CultureInvariant)]
    private static partial Regex DateTimeBlank();

    [GeneratedRegex(@"([+-]?\d{1,18}(?:\.\d{1,9})?)\s*([A-Za-z]+)", RegexOptions.CultureInvariant)]
    private static partial Regex IntervalPart();
}
