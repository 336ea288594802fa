using System.Globalization;
using Ctas.Data;
using Calendar = Ctas.Data.Calendar;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Functions of dates and times, row by row.</summary>
internal static class MomentFunctions
{
    private const long MicrosecondsPerMillisecond = 1_000;
    private static readonly Outcome OutOfRange = Outcome.Fail("date or time out of range");
    private static readonly Outcome NoUnit = Outcome.Fail("no such unit of time");

    /// <summary>A unit, and what it is applied to; remembers the last unit, which is mostly the only one.</summary>
    public static Func<RowArguments, int, DateField?> UnitReader()
    {
        string lastText = "";
        DateField? last = null;
        return (row, argument) =>
        {
            string text = row.Text(argument);
            if (text != lastText) { (lastText, last) = (text, DateFields.FindUnit(text)); }

            return last;
        };
    }

    public static Kernel Truncate(FunctionCall call)
    {
        if (call.ConstantText(0) is { } name)
        {
            return new UnaryKernel<long, long, TruncateMoment>(
                call.Type, call.Argument(1), new(DateFields.FindUnit(name)!.Value), call.Failure("date out of range"));
        }

        Func<RowArguments, int, DateField?> unitOf = UnitReader();
        return call.Value((RowArguments row, out long result) =>
        {
            result = 0;
            if (unitOf(row, 0) is not { } unit) { return NoUnit; }

            return new TruncateMoment(unit).TryApply(row.BigInt(1), out result)
                ? Outcome.Value
                : OutOfRange;
        }, RowOptions.CanFail);
    }

    /// <summary>unit, count, and a TIMESTAMP, DATE or TIME; the result has its type.</summary>
    public static Kernel Add(FunctionCall call, int sign)
    {
        Func<RowArguments, int, DateField?> unitOf = UnitReader();
        return call.Type.Kind switch
        {
            DataTypeKind.Date => call.Value((RowArguments row, out int result) =>
            {
                Outcome outcome = Add(unitOf(row, 0), row, row.Int(2) * Calendar.MicrosecondsPerDay, sign, out long sum);
                result = (int)Calendar.DayOf(sum);
                return outcome;
            }, RowOptions.CanFail),
            DataTypeKind.Time => call.Value((RowArguments row, out long result) =>
            {
                Outcome outcome = Add(unitOf(row, 0), row, row.BigInt(2), sign, out result);
                result = Calendar.TimeOf(result);
                return outcome;
            }, RowOptions.CanFail),
            _ => call.Value((RowArguments row, out long result) =>
                Add(unitOf(row, 0), row, row.BigInt(2), sign, out result), RowOptions.CanFail),
        };
    }

    public static Kernel Difference(FunctionCall call)
    {
        Func<RowArguments, int, DateField?> unitOf = UnitReader();
        return call.Value((RowArguments row, out long result) =>
        {
            result = 0;
            if (unitOf(row, 0) is not { } unit) { return NoUnit; }

            result = MomentParts.Difference(unit, row.BigInt(1), row.BigInt(2));
            return Outcome.Value;
        }, RowOptions.CanFail);
    }

    /// <summary>A TIMESTAMP plus or minus an INTERVAL.</summary>
    public static Kernel AddInterval(FunctionCall call, int sign) => new BinaryKernel<long, Interval, long, AddInterval>(
        call.Type, call.Argument(0), call.Argument(1), new(sign), call.Failure("date or time out of range"));

    public static Outcome Age(RowArguments row, out Interval result)
    {
        result = MomentParts.Age(row.BigInt(0), row.BigInt(1));
        return Outcome.Value;
    }

    public static Outcome MakeDate(RowArguments row, out int result)
    {
        bool isDate = TryDay(row.Int(0), row.Int(1), row.Int(2), out long day);
        result = (int)day;
        return isDate ? Outcome.Value : OutOfRange;
    }

    public static Outcome MakeTime(RowArguments row, out long result) => TryTime(row.Int(0), row.Int(1), row.Double(2), out result)
        ? Outcome.Value
        : OutOfRange;

    public static Outcome MakeTimestamp(RowArguments row, out long result)
    {
        result = 0;
        if (!TryDay(row.Int(0), row.Int(1), row.Int(2), out long day)
            || !TryTime(row.Int(3), row.Int(4), row.Double(5), out long time))
        {
            return OutOfRange;
        }

        result = (day * Calendar.MicrosecondsPerDay) + time;
        return Outcome.Value;
    }

    public static Outcome LastDay(RowArguments row, out int result)
    {
        (int year, int month, _) = Calendar.ToCivil(row.Int(0));
        result = (int)Calendar.FromCivil(year, month, Calendar.DaysInMonth(year, month));
        return Outcome.Value;
    }

    public static Outcome FromMilliseconds(RowArguments row, out long result)
    {
        Int128 micros = (Int128)row.BigInt(0) * MicrosecondsPerMillisecond;
        bool fits = micros == (long)micros && Calendar.IsTimestamp((long)micros);
        result = fits ? (long)micros : 0;
        return fits ? Outcome.Value : OutOfRange;
    }

    public static Outcome FromSeconds(RowArguments row, out long result)
    {
        double micros = Math.Round(row.Double(0) * Calendar.MicrosecondsPerSecond);
        bool fits = Math.Abs(micros) < 1e18 && Calendar.IsTimestamp((long)micros);
        result = fits ? (long)micros : 0;
        return fits ? Outcome.Value : OutOfRange;
    }

    public static Outcome ToMilliseconds(RowArguments row, out long result)
    {
        result = Calendar.FloorDivide(row.BigInt(0), MicrosecondsPerMillisecond);
        return Outcome.Value;
    }

    public static Outcome FromDays(RowArguments row, out int result)
    {
        result = row.Int(0);
        return Calendar.IsDay(result) ? Outcome.Value : OutOfRange;
    }

    public static Outcome ToDays(RowArguments row, out int result)
    {
        result = row.Int(0);
        return Outcome.Value;
    }

    public static Outcome DayName(RowArguments row, ByteWriter output)
    {
        int day = MomentParts.DaysSinceMonday(Calendar.DayOf(row.BigInt(0)));
        output.Append(CultureInfo.InvariantCulture.DateTimeFormat.DayNames[(day + 1) % 7].AsSpan());
        return Outcome.Value;
    }

    public static Outcome MonthName(RowArguments row, ByteWriter output)
    {
        int month = Calendar.ToCivil(Calendar.DayOf(row.BigInt(0))).Month;
        output.Append(CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[month - 1].AsSpan());
        return Outcome.Value;
    }

    private static Outcome Add(DateField? unit, RowArguments row, long moment, int sign, out long result)
    {
        result = 0;
        long count = row.BigInt(1);
        if (unit is not { } known) { return NoUnit; }

        return count != long.MinValue && MomentParts.TryAdd(known, count * sign, moment, out result)
            ? Outcome.Value
            : OutOfRange;
    }

    private static bool TryDay(int year, int month, int day, out long result)
    {
        bool isDay = year is >= 1 and <= 9999 && month is >= 1 and <= 12
            && day >= 1 && day <= Calendar.DaysInMonth(year, month);
        result = isDay ? Calendar.FromCivil(year, month, day) : 0;
        return isDay;
    }

    private static bool TryTime(int hour, int minute, double second, out long result)
    {
        bool isTime = hour is >= 0 and <= 23 && minute is >= 0 and <= 59 && second is >= 0 and < 60;
        double micros = isTime ? Math.Round(second * Calendar.MicrosecondsPerSecond) : 0;
        result = (((hour * 60L) + minute) * 60 * Calendar.MicrosecondsPerSecond) + (long)micros;
        return isTime && result < Calendar.MicrosecondsPerDay;
    }
}
