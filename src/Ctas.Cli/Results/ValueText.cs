using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ctas.Data;

namespace Ctas.Cli.Results;

/// <summary>The exact text of a value: what JSON, CSV and tables print. Not for NULL.</summary>
internal static class ValueText
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;
    private const long MicrosecondsPerSecond = 1_000_000;

    // The span of DateTime, which is also that of ISO 8601's four-digit years.
    private static readonly long MinTimestamp = (DateTime.MinValue - DateTime.UnixEpoch).Ticks / TicksPerMicrosecond;
    private static readonly long MaxTimestamp = (DateTime.MaxValue - DateTime.UnixEpoch).Ticks / TicksPerMicrosecond;
    private static readonly int EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>The text of the value at a row that is not NULL.</summary>
    public static string Of(Column column, int row) => column.Type.Kind switch
    {
        DataTypeKind.Boolean => Values<bool>(column)[row] ? "true" : "false",
        DataTypeKind.Int => Values<int>(column)[row].ToString(CultureInfo.InvariantCulture),
        DataTypeKind.BigInt => Values<long>(column)[row].ToString(CultureInfo.InvariantCulture),
        DataTypeKind.Double => OfDouble(Values<double>(column)[row]),
        DataTypeKind.Decimal => OfDecimal(Values<Int128>(column)[row], column.Type.Scale),
        DataTypeKind.Varchar => Encoding.UTF8.GetString(((StringColumn)column).GetBytes(row)),
        DataTypeKind.Bytes => Convert.ToBase64String(((StringColumn)column).GetBytes(row)),
        DataTypeKind.Date => OfDate(Values<int>(column)[row]),
        DataTypeKind.Time => OfTime(Values<long>(column)[row]),
        DataTypeKind.Timestamp => OfTimestamp(Values<long>(column)[row]),
        DataTypeKind.Interval => OfInterval(Values<Interval>(column)[row]),
        DataTypeKind.Array or DataTypeKind.Map or DataTypeKind.Struct => column.GetJson(row),
        _ => throw new UnreachableException($"No text for {column.Type}."),
    };

    /// <summary>The shortest text that reads back to the same number; NaN, Infinity, -Infinity.</summary>
    public static string OfDouble(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>All digits of an unscaled DECIMAL, trailing zeros of its scale included.</summary>
    public static string OfDecimal(Int128 unscaled, int scale)
    {
        // Not Abs: the smallest Int128 has no positive counterpart.
        string digits = unscaled.ToString(CultureInfo.InvariantCulture);
        if (scale == 0) { return digits; }

        string sign = unscaled < 0 ? "-" : "";
        digits = digits[sign.Length..].PadLeft(scale + 1, '0');
        return $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    /// <summary><c>2024-02-29</c>; a day outside years 1 to 9999 as days since 1970-01-01.</summary>
    public static string OfDate(int days) =>
        days + (long)EpochDay is var day && day >= DateOnly.MinValue.DayNumber && day <= DateOnly.MaxValue.DayNumber
            ? DateOnly.FromDayNumber((int)day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : days.ToString(CultureInfo.InvariantCulture);

    /// <summary><c>23:59:59</c>, with a fraction where there is one.</summary>
    public static string OfTime(long microseconds) =>
        new TimeOnly(microseconds * TicksPerMicrosecond).ToString("HH:mm:ss", CultureInfo.InvariantCulture)
        + Fraction(microseconds % MicrosecondsPerSecond);

    /// <summary><c>2024-02-29T23:59:59.5Z</c>; a moment outside years 1 to 9999 as microseconds since 1970.</summary>
    public static string OfTimestamp(long microseconds)
    {
        if (microseconds < MinTimestamp || microseconds > MaxTimestamp)
        {
            return microseconds.ToString(CultureInfo.InvariantCulture);
        }

        DateTime time = DateTime.UnixEpoch.AddTicks(microseconds * TicksPerMicrosecond);
        long fraction = time.Ticks % TimeSpan.TicksPerSecond / TicksPerMicrosecond;
        return time.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + Fraction(fraction) + "Z";
    }

    /// <summary>ISO 8601: <c>P1M2DT3.5S</c>; <c>PT0S</c> for none. Parts keep their own signs.</summary>
    public static string OfInterval(Interval interval)
    {
        var text = new StringBuilder("P");
        if (interval.Months != 0) { text.Append(CultureInfo.InvariantCulture, $"{interval.Months}M"); }

        if (interval.Days != 0) { text.Append(CultureInfo.InvariantCulture, $"{interval.Days}D"); }

        if (interval.Microseconds != 0 || text.Length == 1)
        {
            string sign = interval.Microseconds < 0 ? "-" : "";
            (Int128 seconds, Int128 fraction) =
                Int128.DivRem(Int128.Abs(interval.Microseconds), MicrosecondsPerSecond);
            text.Append(CultureInfo.InvariantCulture, $"T{sign}{seconds}{Fraction((long)fraction)}S");
        }

        return text.ToString();
    }

    /// <summary>The values of a column that is stored as <typeparamref name="T"/>.</summary>
    public static ReadOnlySpan<T> Values<T>(Column column)
        where T : unmanaged => ((FixedColumn<T>)column).Values;

    private static string Fraction(long microseconds) => microseconds == 0
        ? ""
        : "." + microseconds.ToString("D6", CultureInfo.InvariantCulture).TrimEnd('0');
}
