using System.Globalization;
using Ctas.Data;
using Calendar = Ctas.Data.Calendar;

namespace Ctas.Execution.Kernels;

/// <summary>Conversions between numbers that several operations share.</summary>
internal static class NumberCasts
{
    // A double holds 53 bits exactly, and 10^22 is the last power of ten it holds exactly.
    private const long ExactBits = 1L << 53;
    private const int ExactPower = 22;

    // -2.2250738585072014E-308
    private const int LongestDouble = 32;

    private static readonly double[] Powers =
        [.. Enumerable.Range(0, ExactPower + 1).Select(exponent => (double)DecimalArithmetic.PowerOfTen(exponent))];

    /// <summary>The nearest DOUBLE of an unscaled DECIMAL.</summary>
    public static double ToDouble(Int128 unscaled, int scale)
    {
        if (scale <= ExactPower && ShortDecimals.Holds(unscaled) && Math.Abs((double)(long)unscaled) < ExactBits)
        {
            return (double)(long)unscaled / Powers[scale];
        }

        return double.Parse(ColumnValues.DecimalText(unscaled, scale), CultureInfo.InvariantCulture);
    }

    /// <summary>An unscaled DECIMAL divided by a count: rounded once where both are exact as DOUBLE.</summary>
    public static double Divide(Int128 unscaled, int scale, long count)
    {
        Int128 divisor = count * DecimalArithmetic.PowerOfTen(scale);
        return unscaled < ExactBits && unscaled > -ExactBits && divisor > 0 && divisor < ExactBits
            ? (double)(long)unscaled / (double)(long)divisor
            : ToDouble(unscaled, scale) / count;
    }

    /// <summary>
    /// The DOUBLE as an unscaled DECIMAL: the fewest digits that tell it from its neighbours, rounded half away from zero.
    /// </summary>
    public static bool TryToDecimal(double value, DataType type, out Int128 result)
    {
        double scaled = value * Powers[Math.Min(type.Scale, ExactPower)];
        double whole = Math.Round(scaled, MidpointRounding.AwayFromZero);

        // The digits and the product are each off by less than a rounding: only next to a half, and beyond what DOUBLE holds
        // exactly, could that lead to another number.
        double toHalf = Math.Abs(Math.Abs(scaled - whole) - 0.5);
        if (type.Scale <= ExactPower && Math.Abs(scaled) < ExactBits >> 1 && toHalf > Math.Abs(scaled) / (ExactBits >> 2))
        {
            result = (long)whole;
            return DecimalArithmetic.Fits(result, type.Precision);
        }

        Span<byte> digits = stackalloc byte[LongestDouble];
        value.TryFormat(digits, out int length, provider: CultureInfo.InvariantCulture);
        return new DecimalParser(type).TryParse(digits[..length], out result);
    }
}

/// <summary>INT to BIGINT.</summary>
internal readonly struct IntToBigInt : IUnaryOperation<int, long>
{
    public bool CanFail => false;

    public bool TryApply(int operand, out long result)
    {
        result = operand;
        return true;
    }
}

/// <summary>INT to DOUBLE.</summary>
internal readonly struct IntToDouble : IUnaryOperation<int, double>
{
    public bool CanFail => false;

    public bool TryApply(int operand, out double result)
    {
        result = operand;
        return true;
    }
}

/// <summary>BIGINT to DOUBLE, to the nearest.</summary>
internal readonly struct BigIntToDouble : IUnaryOperation<long, double>
{
    public bool CanFail => false;

    public bool TryApply(long operand, out double result)
    {
        result = operand;
        return true;
    }
}

/// <summary>BIGINT to INT.</summary>
internal readonly struct BigIntToInt : IUnaryOperation<long, int>
{
    public bool CanFail => true;

    public bool TryApply(long operand, out int result) => Narrow.ToInt(operand, out result);
}

/// <summary>DOUBLE to BIGINT, rounded half to even (as PostgreSQL).</summary>
internal readonly struct DoubleToBigInt : IUnaryOperation<double, long>
{
    public bool CanFail => true;

    public bool TryApply(double operand, out long result)
    {
        double rounded = Math.Round(operand, MidpointRounding.ToEven);
        bool fits = rounded is >= -9223372036854775808.0 and < 9223372036854775808.0;
        result = fits ? (long)rounded : 0;
        return fits;
    }
}

/// <summary>DOUBLE to INT, rounded half to even.</summary>
internal readonly struct DoubleToInt : IUnaryOperation<double, int>
{
    public bool CanFail => true;

    public bool TryApply(double operand, out int result)
    {
        result = 0;
        return default(DoubleToBigInt).TryApply(operand, out long wide) && Narrow.ToInt(wide, out result);
    }
}

/// <summary>BIGINT to DECIMAL.</summary>
internal readonly struct BigIntToDecimal(DataType type) : IUnaryOperation<long, Int128>
{
    private readonly int _scale = type.Scale;
    private readonly int _precision = type.Precision;

    public bool CanFail => _precision - _scale < 19;

    public bool TryApply(long operand, out Int128 result) =>
        DecimalArithmetic.TryRescale(operand, 0, _scale, _precision, out result);
}

/// <summary>INT to DECIMAL.</summary>
internal readonly struct IntToDecimal(DataType type) : IUnaryOperation<int, Int128>
{
    private readonly int _scale = type.Scale;
    private readonly int _precision = type.Precision;

    public bool CanFail => _precision - _scale < 10;

    public bool TryApply(int operand, out Int128 result) =>
        DecimalArithmetic.TryRescale(operand, 0, _scale, _precision, out result);
}

/// <summary>DOUBLE to DECIMAL, rounded half away from zero.</summary>
internal readonly struct DoubleToDecimal(DataType type) : IUnaryOperation<double, Int128>
{
    public bool CanFail => true;

    public bool TryApply(double operand, out Int128 result) => NumberCasts.TryToDecimal(operand, type, out result);
}

/// <summary>DECIMAL to another DECIMAL, rounded half away from zero.</summary>
internal readonly struct DecimalToDecimal(DataType from, DataType type) : IUnaryOperation<Int128, Int128>
{
    private readonly int _fromScale = from.Scale;
    private readonly int _scale = type.Scale;
    private readonly int _precision = type.Precision;
    private readonly bool _canFail =
        type.Scale < from.Scale || type.Precision - type.Scale < from.Precision - from.Scale;

    public bool CanFail => _canFail;

    public bool TryApply(Int128 operand, out Int128 result) =>
        DecimalArithmetic.TryRescale(operand, _fromScale, _scale, _precision, out result);
}

/// <summary>DECIMAL to BIGINT, rounded half away from zero.</summary>
internal readonly struct DecimalToBigInt(DataType from) : IUnaryOperation<Int128, long>
{
    private readonly int _scale = from.Scale;

    public bool CanFail => true;

    public bool TryApply(Int128 operand, out long result)
    {
        Int128 rounded = DecimalArithmetic.DivideRounded(operand, DecimalArithmetic.PowerOfTen(_scale));
        bool fits = rounded == (long)rounded;
        result = fits ? (long)rounded : 0;
        return fits;
    }
}

/// <summary>DECIMAL to INT, rounded half away from zero.</summary>
internal readonly struct DecimalToInt(DataType from) : IUnaryOperation<Int128, int>
{
    private readonly DecimalToBigInt _wide = new(from);

    public bool CanFail => true;

    public bool TryApply(Int128 operand, out int result)
    {
        result = 0;
        return _wide.TryApply(operand, out long wide) && Narrow.ToInt(wide, out result);
    }
}

/// <summary>DECIMAL to the nearest DOUBLE.</summary>
internal readonly struct DecimalToDouble(DataType from) : IUnaryOperation<Int128, double>
{
    private readonly int _scale = from.Scale;

    public bool CanFail => false;

    public bool TryApply(Int128 operand, out double result)
    {
        result = NumberCasts.ToDouble(operand, _scale);
        return true;
    }
}

/// <summary>BOOLEAN to INT: 1 or 0.</summary>
internal readonly struct BooleanToInt : IUnaryOperation<bool, int>
{
    public bool CanFail => false;

    public bool TryApply(bool operand, out int result)
    {
        result = operand ? 1 : 0;
        return true;
    }
}

/// <summary>INT to BOOLEAN: anything but 0 is TRUE.</summary>
internal readonly struct IntToBoolean : IUnaryOperation<int, bool>
{
    public bool CanFail => false;

    public bool TryApply(int operand, out bool result)
    {
        result = operand != 0;
        return true;
    }
}

/// <summary>BIGINT to BOOLEAN: anything but 0 is TRUE.</summary>
internal readonly struct BigIntToBoolean : IUnaryOperation<long, bool>
{
    public bool CanFail => false;

    public bool TryApply(long operand, out bool result)
    {
        result = operand != 0;
        return true;
    }
}

/// <summary>DATE to TIMESTAMP: midnight.</summary>
internal readonly struct DateToTimestamp : IUnaryOperation<int, long>
{
    public bool CanFail => false;

    public bool TryApply(int operand, out long result)
    {
        result = operand * Calendar.MicrosecondsPerDay;
        return true;
    }
}

/// <summary>TIMESTAMP to DATE: the day that holds it.</summary>
internal readonly struct TimestampToDate : IUnaryOperation<long, int>
{
    public bool CanFail => false;

    public bool TryApply(long operand, out int result)
    {
        result = (int)Calendar.DayOf(operand);
        return true;
    }
}

/// <summary>TIMESTAMP to TIME: since midnight.</summary>
internal readonly struct TimestampToTime : IUnaryOperation<long, long>
{
    public bool CanFail => false;

    public bool TryApply(long operand, out long result)
    {
        result = Calendar.TimeOf(operand);
        return true;
    }
}

/// <summary>TIME to INTERVAL.</summary>
internal readonly struct TimeToInterval : IUnaryOperation<long, Interval>
{
    public bool CanFail => false;

    public bool TryApply(long operand, out Interval result)
    {
        result = new Interval(0, 0, operand);
        return true;
    }
}
