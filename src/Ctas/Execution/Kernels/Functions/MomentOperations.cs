using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>EXTRACT of a whole part of a TIMESTAMP.</summary>
internal readonly struct ExtractPart(DateField field) : IUnaryOperation<long, long>
{
    private readonly DateField _field = field;

    public bool CanFail => false;

    public bool TryApply(long operand, out long result)
    {
        result = MomentParts.Part(_field, operand);
        return true;
    }
}

/// <summary>EXTRACT of a part of a TIMESTAMP that has a fraction.</summary>
internal readonly struct ExtractFraction(DateField field) : IUnaryOperation<long, double>
{
    private readonly DateField _field = field;

    public bool CanFail => false;

    public bool TryApply(long operand, out double result)
    {
        result = MomentParts.Fraction(_field, operand);
        return true;
    }
}

/// <summary>EXTRACT of a whole part of an INTERVAL.</summary>
internal readonly struct ExtractOfInterval(DateField field) : IUnaryOperation<Interval, long>
{
    private readonly DateField _field = field;

    public bool CanFail => false;

    public bool TryApply(Interval operand, out long result)
    {
        result = (long)MomentParts.Part(_field, operand);
        return true;
    }
}

/// <summary>EXTRACT of a part of an INTERVAL that has a fraction.</summary>
internal readonly struct ExtractFractionOfInterval(DateField field) : IUnaryOperation<Interval, double>
{
    private readonly DateField _field = field;

    public bool CanFail => false;

    public bool TryApply(Interval operand, out double result)
    {
        result = MomentParts.Part(_field, operand);
        return true;
    }
}

/// <summary>DATE_TRUNC with a unit that is known.</summary>
internal readonly struct TruncateMoment(DateField unit) : IUnaryOperation<long, long>
{
    private readonly DateField _unit = unit;

    public bool CanFail => true;

    public bool TryApply(long operand, out long result)
    {
        // The week of 0001-01-01 would begin in the year before.
        long start = MomentParts.Truncate(_unit, operand);
        result = Calendar.IsTimestamp(start) ? start : 0;
        return Calendar.IsTimestamp(start);
    }
}

/// <summary>DATE_BIN and TIME_BUCKET: the start of the stride that a moment lies in.</summary>
internal static class MomentBins
{
    private const string OutOfRange = "date or time out of range";

    // 2000-01-03, a Monday; months count from 2000-01-01.
    private const long DefaultOrigin = 10_959 * Calendar.MicrosecondsPerDay;
    private const long MonthOrigin = 10_957 * Calendar.MicrosecondsPerDay;

    /// <summary>Arguments: stride, moment [, origin].</summary>
    public static Outcome Bin(RowArguments row, out long result)
    {
        Interval stride = row.Interval(0);
        long moment = row.BigInt(1);
        result = 0;
        if (stride.Months != 0 && (stride.Days != 0 || stride.Microseconds != 0))
        {
            return Outcome.Fail("stride of months and other units");
        }

        long origin = row.Count > 2 ? row.BigInt(2) : stride.Months != 0 ? MonthOrigin : DefaultOrigin;
        if (stride.Months != 0) { return BinOfMonths(stride.Months, moment, origin, out result); }

        Int128 length = ((Int128)stride.Days * Calendar.MicrosecondsPerDay) + stride.Microseconds;
        if (length <= 0 || length > long.MaxValue) { return Outcome.Fail("stride not positive"); }

        Int128 passed = (Int128)moment - origin;
        Int128 bins = (passed / length) - (passed % length < 0 ? 1 : 0);
        Int128 start = origin + (bins * length);
        if (start != (long)start || !Calendar.IsTimestamp((long)start)) { return Outcome.Fail(OutOfRange); }

        result = (long)start;
        return Outcome.Value;
    }

    private static Outcome BinOfMonths(int months, long moment, long origin, out long result)
    {
        result = 0;
        if (months < 0) { return Outcome.Fail("stride not positive"); }

        long passed = MomentParts.Difference(DateField.Month, origin, moment);
        for (long bin = Calendar.FloorDivide(passed, months); ; bin--)
        {
            // A moment early in its month may lie before the border that the origin's day sets.
            bool fits = Narrow.ToInt(bin * months, out int offset);
            if (!fits || !Calendar.TryAdd(origin, offset, 0, 0, out result)) { return Outcome.Fail(OutOfRange); }

            if (result <= moment) { return Outcome.Value; }
        }
    }
}
