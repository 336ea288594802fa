using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>DATE ± INT days.</summary>
internal readonly struct AddDays(int sign) : IBinaryOperation<int, int, int>
{
    private readonly int _sign = sign;

    public bool CanFail => true;

    public bool TryApply(int left, int right, out int result)
    {
        long day = left + ((long)right * _sign);
        result = Calendar.IsDay(day) ? (int)day : 0;
        return Calendar.IsDay(day);
    }
}

/// <summary>DATE − DATE, in days.</summary>
internal readonly struct DaysBetween : IBinaryOperation<int, int, int>
{
    public bool CanFail => true;

    public bool TryApply(int left, int right, out int result) => Narrow.ToInt((long)left - right, out result);
}

/// <summary>TIMESTAMP ± INTERVAL.</summary>
internal readonly struct AddInterval(int sign) : IBinaryOperation<long, Interval, long>
{
    private readonly int _sign = sign;

    public bool CanFail => true;

    public bool TryApply(long left, Interval right, out long result) => Calendar.TryAdd(
        left,
        unchecked(right.Months * _sign),
        unchecked(right.Days * _sign),
        unchecked(right.Microseconds * _sign),
        out result);
}

/// <summary>TIME ± INTERVAL, around the clock; months and days do not count.</summary>
internal readonly struct AddIntervalToTime(int sign) : IBinaryOperation<long, Interval, long>
{
    private readonly int _sign = sign;

    public bool CanFail => false;

    public bool TryApply(long left, Interval right, out long result)
    {
        result = Calendar.TimeOf(left + (_sign * Calendar.TimeOf(right.Microseconds)));
        return true;
    }
}

/// <summary>TIMESTAMP − TIMESTAMP, in days and microseconds; both have the sign of the difference.</summary>
internal readonly struct TimeBetween : IBinaryOperation<long, long, Interval>
{
    public bool CanFail => true;

    public bool TryApply(long left, long right, out Interval result)
    {
        bool fits = default(SubtractBigInt).TryApply(left, right, out long difference);
        long days = difference / Calendar.MicrosecondsPerDay;
        result = fits ? new Interval(0, (int)days, difference - (days * Calendar.MicrosecondsPerDay)) : default;
        return fits;
    }
}

/// <summary>INTERVAL ± INTERVAL, part by part.</summary>
internal readonly struct AddIntervals(int sign) : IBinaryOperation<Interval, Interval, Interval>
{
    private readonly int _sign = sign;

    public bool CanFail => true;

    public bool TryApply(Interval left, Interval right, out Interval result)
    {
        result = default;
        Int128 rest = (Int128)left.Microseconds + ((Int128)right.Microseconds * _sign);
        if (!Narrow.ToInt(left.Months + ((long)right.Months * _sign), out int months)
            || !Narrow.ToInt(left.Days + ((long)right.Days * _sign), out int days)
            || rest != (long)rest)
        {
            return false;
        }

        result = new Interval(months, days, (long)rest);
        return true;
    }
}

/// <summary>TIMESTAMP at midnight + TIME.</summary>
internal readonly struct AddTime : IBinaryOperation<long, long, long>
{
    public bool CanFail => false;

    public bool TryApply(long left, long right, out long result)
    {
        result = left + right;
        return true;
    }
}

/// <summary>
/// INTERVAL × and ÷ a number. As in PostgreSQL, what is left of a month goes on as days, 30 to a month, and what is left
/// of a day as time.
/// </summary>
internal readonly struct ScaleInterval(bool divides) : IBinaryOperation<Interval, double, Interval>
{
    private const double DaysPerMonth = 30;
    private const double SecondsPerDay = 86_400;

    private readonly bool _divides = divides;

    public bool CanFail => true;

    public bool TryApply(Interval left, double right, out Interval result)
    {
        result = default;
        double months = Scaled(left.Months, right);
        double monthDays = Rounded((months - Math.Truncate(months)) * DaysPerMonth);
        double days = Scaled(left.Days, right);
        double seconds = Rounded((days - Math.Truncate(days) + monthDays - Math.Truncate(monthDays)) * SecondsPerDay);
        double carried = Math.Truncate(seconds / SecondsPerDay);
        double wholeDays = Math.Truncate(days) + Math.Truncate(monthDays) + carried;
        double microseconds = Math.Round(
            Scaled(left.Microseconds, right) + ((seconds - (carried * SecondsPerDay)) * Calendar.MicrosecondsPerSecond));
        if (!IsInt(Math.Truncate(months)) || !IsInt(wholeDays) || !(Math.Abs(microseconds) < long.MaxValue)) { return false; }

        result = new Interval((int)Math.Truncate(months), (int)wholeDays, (long)microseconds);
        return true;
    }

    // Without the noise of the division: microseconds are the finest that counts.
    private static double Rounded(double value) => Math.Round(value * 1e6) / 1e6;

    private static bool IsInt(double value) => value is >= int.MinValue and <= int.MaxValue;

    private double Scaled(double part, double by) => _divides ? part / by : part * by;
}
