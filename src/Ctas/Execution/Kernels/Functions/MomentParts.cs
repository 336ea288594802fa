using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Parts of timestamps, and timestamps cut to units; all in microseconds since 1970.</summary>
internal static class MomentParts
{
    private const int MonthsPerYear = 12;
    private const long DaysFromJulianToUnix = 2_440_588;

    /// <summary>A part as a whole number; seconds are without their fraction, smaller units count from the minute.</summary>
    public static long Part(DateField field, long moment)
    {
        long time = Calendar.TimeOf(moment);
        return field switch
        {
            DateField.Microsecond => time % (60 * Calendar.MicrosecondsPerSecond),
            DateField.Millisecond => time % (60 * Calendar.MicrosecondsPerSecond) / 1_000,
            DateField.Second => time / Calendar.MicrosecondsPerSecond % 60,
            DateField.Minute => time / (60 * Calendar.MicrosecondsPerSecond) % 60,
            DateField.Hour => time / (3_600 * Calendar.MicrosecondsPerSecond),
            _ => DatePart(field, Calendar.DayOf(moment)),
        };
    }

    /// <summary>A part with a fraction.</summary>
    public static double Fraction(DateField field, long moment) => field switch
    {
        DateField.Second => Part(DateField.Microsecond, moment) / (double)Calendar.MicrosecondsPerSecond,
        DateField.Millisecond => Part(DateField.Microsecond, moment) / 1_000d,
        DateField.Epoch => moment / (double)Calendar.MicrosecondsPerSecond,
        DateField.Julian => DaysFromJulianToUnix + (moment / (double)Calendar.MicrosecondsPerDay),
        _ => Part(field, moment),
    };

    /// <summary>The start of the unit that the moment lies in; weeks start on Monday.</summary>
    public static long Truncate(DateField unit, long moment)
    {
        if (Microseconds(unit) is { } length) { return Calendar.FloorDivide(moment, length) * length; }

        long day = Calendar.DayOf(moment);
        if (unit == DateField.Week) { return (day - DaysSinceMonday(day)) * Calendar.MicrosecondsPerDay; }

        (int year, int month, _) = Calendar.ToCivil(day);
        (int firstYear, int firstMonth) = unit switch
        {
            DateField.Month => (year, month),
            DateField.Quarter => (year, ((month - 1) / 3 * 3) + 1),
            DateField.Year => (year, 1),
            DateField.Decade => (Math.Max(1, year / 10 * 10), 1),
            DateField.Century => (((year - 1) / 100 * 100) + 1, 1),
            DateField.Millennium => (((year - 1) / 1_000 * 1_000) + 1, 1),
            _ => throw new UnreachableException($"{unit} is no unit."),
        };
        return Calendar.FromCivil(firstYear, firstMonth, 1) * Calendar.MicrosecondsPerDay;
    }

    /// <summary>How many borders of a unit lie between two moments; negative when the end is earlier.</summary>
    public static long Difference(DateField unit, long start, long end)
    {
        if (Microseconds(unit) is { } length)
        {
            return Calendar.FloorDivide(end, length) - Calendar.FloorDivide(start, length);
        }

        if (unit == DateField.Week)
        {
            return (Truncate(unit, end) - Truncate(unit, start)) / (7 * Calendar.MicrosecondsPerDay);
        }

        // Centuries begin in a year 1: counted in months before it.
        int months = Months(unit)!.Value;
        long shift = unit is DateField.Century or DateField.Millennium ? MonthsPerYear : 0;
        return Calendar.FloorDivide(MonthNumber(end) - shift, months)
            - Calendar.FloorDivide(MonthNumber(start) - shift, months);
    }

    /// <summary>Adds a number of units; false outside the years 1 to 9999.</summary>
    public static bool TryAdd(DateField unit, long count, long moment, out long result)
    {
        result = 0;
        if (Months(unit) is { } months)
        {
            return Narrow.ToInt(Math.Clamp(count, int.MinValue, int.MaxValue) * months, out int all)
                && Calendar.TryAdd(moment, all, 0, 0, out result);
        }

        Int128 rest = (Int128)count * (Microseconds(unit) ?? 7 * Calendar.MicrosecondsPerDay);
        return rest == (long)rest && Calendar.TryAdd(moment, 0, 0, (long)rest, out result);
    }

    /// <summary>Length of a unit that is always equally long; null for weeks and longer ones.</summary>
    public static long? Microseconds(DateField unit) => unit switch
    {
        DateField.Microsecond => 1,
        DateField.Millisecond => 1_000,
        DateField.Second => Calendar.MicrosecondsPerSecond,
        DateField.Minute => 60 * Calendar.MicrosecondsPerSecond,
        DateField.Hour => 3_600 * Calendar.MicrosecondsPerSecond,
        DateField.Day => Calendar.MicrosecondsPerDay,
        _ => null,
    };

    /// <summary>A part of an interval, each counted from the next larger one that the interval keeps.</summary>
    public static double Part(DateField field, Interval interval)
    {
        (int years, int months) = Math.DivRem(interval.Months, MonthsPerYear);
        return field switch
        {
            DateField.Millennium => years / 1_000,
            DateField.Century => years / 100,
            DateField.Decade => years / 10,
            DateField.Year => years,
            DateField.Quarter => (months / 3) + 1,
            DateField.Month => months,
            DateField.Day => interval.Days,
            DateField.Hour => interval.Microseconds / (3_600 * Calendar.MicrosecondsPerSecond),
            DateField.Minute => interval.Microseconds / (60 * Calendar.MicrosecondsPerSecond) % 60,
            DateField.Second => interval.Microseconds % (60 * Calendar.MicrosecondsPerSecond)
                / (double)Calendar.MicrosecondsPerSecond,
            DateField.Millisecond => interval.Microseconds % (60 * Calendar.MicrosecondsPerSecond) / 1_000d,
            DateField.Microsecond => interval.Microseconds % (60 * Calendar.MicrosecondsPerSecond),

            // As PostgreSQL reckons: a year has 365.25 days, a month 30.
            DateField.Epoch => (((years * 365.25) + (months * 30) + interval.Days) * 86_400)
                + (interval.Microseconds / (double)Calendar.MicrosecondsPerSecond),
            _ => throw new UnreachableException($"An interval has no {field}."),
        };
    }

    /// <summary>The difference in years, months, days and time, as PostgreSQL's AGE counts it.</summary>
    public static Interval Age(long end, long start)
    {
        bool isNegative = end < start;
        (long later, long earlier) = isNegative ? (start, end) : (end, start);
        (int year, int month, int day) = Calendar.ToCivil(Calendar.DayOf(later));
        (int fromYear, int fromMonth, int fromDay) = Calendar.ToCivil(Calendar.DayOf(earlier));
        long time = Calendar.TimeOf(later) - Calendar.TimeOf(earlier);
        int days = day - fromDay;
        int months = ((year - fromYear) * MonthsPerYear) + month - fromMonth;
        if (time < 0)
        {
            time += Calendar.MicrosecondsPerDay;
            days--;
        }

        if (days < 0)
        {
            days += Calendar.DaysInMonth(fromYear, fromMonth);
            months--;
        }

        return isNegative ? new Interval(-months, -days, -time) : new Interval(months, days, time);
    }

    /// <summary>0 for Monday to 6 for Sunday.</summary>
    public static int DaysSinceMonday(long day) => (int)(day + 3 - (Calendar.FloorDivide(day + 3, 7) * 7));

    /// <summary>The ISO week of a day, and the year that it belongs to.</summary>
    public static (int Year, int Week) IsoWeek(long day)
    {
        // A week belongs to the year of its Thursday.
        long thursday = day - DaysSinceMonday(day) + 3;
        int year = Calendar.ToCivil(thursday).Year;
        return (year, (int)((thursday - Calendar.FromCivil(year, 1, 1)) / 7) + 1);
    }

    private static long DatePart(DateField field, long day)
    {
        (int year, int month, int dayOfMonth) = Calendar.ToCivil(day);
        return field switch
        {
            DateField.Day => dayOfMonth,
            DateField.Month => month,
            DateField.Quarter => ((month - 1) / 3) + 1,
            DateField.Year => year,
            DateField.Decade => year / 10,
            DateField.Century => (year + 99) / 100,
            DateField.Millennium => (year + 999) / 1_000,
            DateField.DayOfWeek => (DaysSinceMonday(day) + 1) % 7,
            DateField.IsoDayOfWeek => DaysSinceMonday(day) + 1,
            DateField.DayOfYear => day - Calendar.FromCivil(year, 1, 1) + 1,
            DateField.Week => IsoWeek(day).Week,
            DateField.IsoYear => IsoWeek(day).Year,
            _ => throw new UnreachableException($"No part {field}."),
        };
    }

    private static int? Months(DateField unit) => unit switch
    {
        DateField.Month => 1,
        DateField.Quarter => 3,
        DateField.Year => MonthsPerYear,
        DateField.Decade => 10 * MonthsPerYear,
        DateField.Century => 100 * MonthsPerYear,
        DateField.Millennium => 1_000 * MonthsPerYear,
        _ => null,
    };

    private static long MonthNumber(long moment)
    {
        (int year, int month, _) = Calendar.ToCivil(Calendar.DayOf(moment));
        return ((long)year * MonthsPerYear) + month - 1;
    }
}
