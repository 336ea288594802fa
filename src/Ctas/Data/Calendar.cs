namespace Ctas.Data;

/// <summary>Arithmetic of the proleptic Gregorian calendar on days and microseconds since 1970-01-01 (UTC).</summary>
/// <remarks>
/// Dates are kept within the years 1 to 9999. Source: Howard Hinnant, chrono-compatible date algorithms.
/// </remarks>
internal static class Calendar
{
    public const long MicrosecondsPerSecond = 1_000_000;
    public const long MicrosecondsPerDay = 86_400 * MicrosecondsPerSecond;

    /// <summary>0001-01-01.</summary>
    public const int FirstDay = -719_162;

    /// <summary>9999-12-31.</summary>
    public const int LastDay = 2_932_896;

    /// <summary>0001-01-01 00:00:00 in microseconds.</summary>
    public const long FirstTimestamp = FirstDay * MicrosecondsPerDay;

    /// <summary>True for a day within the years 1 to 9999.</summary>
    public static bool IsDay(long day) => day is >= FirstDay and <= LastDay;

    /// <summary>True for a time within the years 1 to 9999.</summary>
    public static bool IsTimestamp(long microseconds) =>
        microseconds is >= FirstTimestamp and < (LastDay + 1) * MicrosecondsPerDay;

    /// <summary>True for a time within the years 1 to 9999, in milliseconds since 1970-01-01.</summary>
    public static bool IsTimestampInMilliseconds(long milliseconds) =>
        milliseconds is >= FirstTimestamp / 1000 and < (LastDay + 1) * MicrosecondsPerDay / 1000;

    /// <summary>The day that holds a time.</summary>
    public static long DayOf(long microseconds) => FloorDivide(microseconds, MicrosecondsPerDay);

    /// <summary>Microseconds since midnight.</summary>
    public static long TimeOf(long microseconds) => microseconds - (DayOf(microseconds) * MicrosecondsPerDay);

    /// <summary>Quotient rounded toward minus infinity.</summary>
    public static long FloorDivide(long value, long divisor) =>
        (value / divisor) - (value % divisor != 0 && (value < 0) != (divisor < 0) ? 1 : 0);

    /// <summary>Year, month 1–12 and day 1–31 of a day.</summary>
    public static (int Year, int Month, int Day) ToCivil(long day)
    {
        long shifted = day + 719_468;
        long era = FloorDivide(shifted, 146_097);
        long dayOfEra = shifted - (era * 146_097);
        long yearOfEra = (dayOfEra - (dayOfEra / 1_460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        long dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        long monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        int dayOfMonth = (int)(dayOfYear - (((153 * monthFromMarch) + 2) / 5) + 1);
        int month = (int)(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9);
        return ((int)(yearOfEra + (era * 400) + (month <= 2 ? 1 : 0)), month, dayOfMonth);
    }

    /// <summary>The day of a date.</summary>
    public static long FromCivil(long year, int month, int day)
    {
        long shifted = month <= 2 ? year - 1 : year;
        long era = FloorDivide(shifted, 400);
        long yearOfEra = shifted - (era * 400);
        long dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5) + day - 1;
        long dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146_097) + dayOfEra - 719_468;
    }

    /// <summary>Days of a month.</summary>
    public static int DaysInMonth(long year, int month)
    {
        bool isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return month == 2 ? (isLeap ? 29 : 28) : month is 4 or 6 or 9 or 11 ? 30 : 31;
    }

    /// <summary>
    /// Adds months (to the last day of a shorter month), then days and microseconds. False outside the years 1 to
    /// 9999.
    /// </summary>
    public static bool TryAdd(long microseconds, int months, int days, long rest, out long result)
    {
        long day = DayOf(microseconds);
        if (months != 0)
        {
            (int year, int month, int dayOfMonth) = ToCivil(day);
            long monthCount = ((long)year * 12) + month - 1 + months;
            long newYear = FloorDivide(monthCount, 12);
            int newMonth = (int)(monthCount - (newYear * 12)) + 1;
            day = FromCivil(newYear, newMonth, Math.Min(dayOfMonth, DaysInMonth(newYear, newMonth)));
        }

        Int128 exact = ((Int128)(day + days) * MicrosecondsPerDay) + TimeOf(microseconds) + rest;
        bool fits = exact == (long)exact && IsTimestamp((long)exact);
        result = fits ? (long)exact : 0;
        return fits;
    }
}
