using System.Text;

namespace Ctas.Data;

/// <summary>The text of dates, times and intervals, as literals and casts read it.</summary>
internal static class TemporalText
{
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
    public static object? Parse(string text, DataType type)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(text.Trim());
        return type.Kind switch
        {
            DataTypeKind.Date => TryReadDate(bytes, out int day) ? day : null,
            DataTypeKind.Time => TryReadTime(bytes, out long time) ? time : null,
            DataTypeKind.Timestamp => TryReadTimestamp(bytes, out long moment) ? moment : null,
            DataTypeKind.Interval => TryReadInterval(bytes, out Interval interval) ? interval : null,
            _ => null,
        };
    }

    /// <summary><c>2024-05-06</c>; of a date and a time the date as it is written, whatever the zone.</summary>
    public static bool TryReadDate(ReadOnlySpan<byte> text, out int day)
    {
        var reader = new TemporalReader(text);
        bool isDate = reader.TryDate(out long read)
            && (reader.IsAtEnd || (reader.SkipToTime() && reader.TryTime(out _) && reader.TryZone(out _) && reader.IsAtEnd));
        day = isDate ? (int)read : 0;
        return isDate;
    }

    /// <summary><c>07:08[:09[.123456]]</c>.</summary>
    public static bool TryReadTime(ReadOnlySpan<byte> text, out long time)
    {
        var reader = new TemporalReader(text);
        return reader.TryTime(out time) && reader.IsAtEnd;
    }

    /// <summary>A date, or a date and a time after spaces or T, with an optional zone (Z or ±hh[:mm]).</summary>
    public static bool TryReadTimestamp(ReadOnlySpan<byte> text, out long moment)
    {
        moment = 0;
        var reader = new TemporalReader(text);
        if (!reader.TryDate(out long day)) { return false; }

        long time = 0;
        long zone = 0;
        if (!reader.IsAtEnd && (!reader.SkipToTime() || !reader.TryTime(out time) || !reader.TryZone(out zone)))
        {
            return false;
        }

        long result = (day * Calendar.MicrosecondsPerDay) + time - zone;
        if (!reader.IsAtEnd || !Calendar.IsTimestamp(result)) { return false; }

        moment = result;
        return true;
    }

    /// <summary>ISO 8601 (<c>P1Y2M3DT4H5M6S</c>), or counts with units (<c>1 day 2 hours</c>).</summary>
    public static bool TryReadInterval(ReadOnlySpan<byte> text, out Interval interval) =>
        text.StartsWith("P"u8)
            ? IntervalReader.TryParseIso(text[1..], out interval)
            : IntervalReader.TryParseUnits(text, out interval);

    /// <summary>An amount of one unit; null when it does not fit.</summary>
    public static Interval? Amount(decimal amount, string unit) => IntervalReader.Amount(amount, unit);
}
