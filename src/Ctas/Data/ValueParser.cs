using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Ctas.Data;

/// <summary>Reads values from UTF-8 text: the whole text or nothing, no rounding, no allocation.</summary>
internal static class ValueParser
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const long MicrosecondsPerDay = 86_400 * MicrosecondsPerSecond;

    /// <summary>A 64-bit integer; <c>3.0</c> and <c>1e3</c> are integers too, <c>3.5</c> is not.</summary>
    public static bool TryParseInteger(ReadOnlySpan<byte> text, out long value)
    {
        if (TryParsePlainInteger(text, out value)) { return true; }

        bool isInteger = TryParseDecimal(text, precision: 19, scale: 0, out Int128 unscaled)
            && unscaled >= long.MinValue && unscaled <= long.MaxValue;
        value = isInteger ? (long)unscaled : 0;
        return isInteger;
    }

    /// <summary>A 64-bit integer written as digits only.</summary>
    public static bool TryParsePlainInteger(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        int at = text.Length > 0 && text[0] == '-' ? 1 : 0;
        if (text.Length - at is 0 or > 18)
        {
            return Utf8Parser.TryParse(text, out value, out int consumed) && consumed == text.Length;
        }

        long digits = 0;
        for (int next = at; next < text.Length; next++)
        {
            uint digit = (uint)(text[next] - '0');
            if (digit > 9) { return false; }

            digits = (digits * 10) + digit;
        }

        value = at == 1 ? -digits : digits;
        return true;
    }

    /// <summary>A finite double, the nearest to the text.</summary>
    public static bool TryParseDouble(ReadOnlySpan<byte> text, out double value)
    {
        if (TryParseShortDouble(text, out value)) { return true; }

        return Utf8Parser.TryParse(text, out value, out int consumed) && consumed == text.Length && double.IsFinite(value);
    }

    /// <summary>An exact decimal, as its unscaled integer; digits past the scale must be zeros.</summary>
    public static bool TryParseDecimal(ReadOnlySpan<byte> text, int precision, int scale, out Int128 unscaled)
    {
        unscaled = 0;
        int at = 0;
        bool isNegative = text.Length > 0 && text[0] == '-';
        if (isNegative || (text.Length > 0 && text[0] == '+')) { at++; }

        int digits = 0;
        int fraction = 0;
        bool hasPoint = false;
        Int128 value = 0;
        for (; at < text.Length; at++)
        {
            byte character = text[at];
            if (character == '.' && !hasPoint) { hasPoint = true; }
            else if (!char.IsAsciiDigit((char)character)) { break; }
            else
            {
                digits++;
                if (hasPoint) { fraction++; }

                if (value > Int128.MaxValue / 10 - 1) { return false; }

                value = (value * 10) + (character - '0');
            }
        }

        if (digits == 0 || !TryParseExponent(text[at..], out int exponent)) { return false; }

        if (!TryScale(ref value, scale - fraction + exponent) || value >= PowerOfTen(precision)) { return false; }

        unscaled = isNegative ? -value : value;
        return true;
    }

    /// <summary><c>yyyy-MM-dd</c> as days since 1970-01-01.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryParseDate(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-') { return false; }

        if (!TryDigits(text[..4], out int year) || !TryDigits(text[5..7], out int month)
            || !TryDigits(text[8..], out int day)) { return false; }

        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month)) { return false; }

        days = new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        return true;
    }

    /// <summary><c>HH:mm[:ss[.f…]]</c> as microseconds since midnight; what is finer than a microsecond is cut off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryParseTime(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (text.Length < 5 || text[2] != ':') { return false; }

        if (!TryDigits(text[..2], out int hours) || !TryDigits(text[3..5], out int minutes)) { return false; }

        int seconds = 0;
        long fraction = 0;
        if (text.Length > 5)
        {
            if (text.Length < 8 || text[5] != ':' || !TryDigits(text[6..8], out seconds)) { return false; }

            if (text.Length > 8 && !TryFraction(text[8..], out fraction)) { return false; }
        }

        if (hours > 23 || minutes > 59 || seconds > 59) { return false; }

        microseconds = ((((hours * 60L) + minutes) * 60) + seconds) * MicrosecondsPerSecond + fraction;
        return true;
    }

    /// <summary>
    /// ISO 8601 date, or date and time parted by <c>T</c> or a blank, as microseconds since the epoch. Without an offset
    /// it is UTC; what is finer than a microsecond is cut off. As UTC it lies within the years 1 to 9999.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryParseTimestamp(ReadOnlySpan<byte> text, out long microseconds)
    {
        if (PlainTimestamp.TryParse(text, out microseconds)) { return true; }

        if (text.Length < 10 || !TryParseDate(text[..10], out int days)) { return false; }

        long time = 0;
        long offset = 0;
        if (text.Length > 10)
        {
            if (text[10] is not ((byte)'T' or (byte)'t' or (byte)' ')) { return false; }

            ReadOnlySpan<byte> clock = text[11..];
            int zone = clock.IndexOfAny("Zz+-"u8);
            if (zone >= 0 && !TryParseZone(clock[zone..], out offset)) { return false; }

            if (!TryParseTime(zone < 0 ? clock : clock[..zone], out time)) { return false; }
        }

        long moment = (days * MicrosecondsPerDay) + time - offset;
        if (!Calendar.IsTimestamp(moment)) { return false; }

        microseconds = moment;
        return true;
    }

    // Fifteen digits are exact as a double, and so is a small power of ten: their quotient is rounded once, correctly
    // (Clinger, How to read floating point numbers accurately, 1990).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryParseShortDouble(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        int at = text.Length > 0 && text[0] == '-' ? 1 : 0;
        if (text.Length - at is 0 or > 16) { return false; }

        long digits = 0;
        int point = -1;
        for (int next = at; next < text.Length; next++)
        {
            uint digit = (uint)(text[next] - '0');
            if (digit <= 9) { digits = (digits * 10) + digit; }
            else if (text[next] == '.' && point < 0 && next > at) { point = next; }
            else { return false; }
        }

        int fraction = point < 0 ? 0 : text.Length - 1 - point;
        if (digits >= 1_000_000_000_000_000 || point == text.Length - 1) { return false; }

        value = digits / PowersOfTen[fraction];
        if (at == 1) { value = -value; }

        return true;
    }

    private static ReadOnlySpan<double> PowersOfTen =>
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryParseZone(ReadOnlySpan<byte> zone, out long microseconds)
    {
        microseconds = 0;
        if (zone[0] is (byte)'Z' or (byte)'z') { return zone.Length == 1; }

        // ±HH, ±HHmm, ±HH:mm
        int minuteStart = zone.Length == 6 && zone[3] == ':' ? 4 : 3;
        int minutes = 0;
        if (zone.Length is not (3 or 5 or 6) || !TryDigits(zone[1..3], out int hours)) { return false; }

        if (zone.Length > 3 && (zone.Length - minuteStart != 2 || !TryDigits(zone[minuteStart..], out minutes)))
        {
            return false;
        }

        if (hours > 14 || minutes > 59) { return false; }

        microseconds = ((hours * 60L) + minutes) * 60 * MicrosecondsPerSecond * (zone[0] == '-' ? -1 : 1);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryFraction(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (text.Length < 2 || text[0] is not ((byte)'.' or (byte)',')) { return false; }

        for (int digit = 1; digit < Math.Max(text.Length, 7); digit++)
        {
            int value = digit < text.Length ? text[digit] - '0' : 0;
            if (value is < 0 or > 9) { return false; }

            if (digit <= 6) { microseconds = (microseconds * 10) + value; }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (byte digit in text)
        {
            if (!char.IsAsciiDigit((char)digit)) { return false; }

            value = (value * 10) + (digit - '0');
        }

        return text.Length > 0;
    }

    private static bool TryParseExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        if (text.IsEmpty) { return true; }

        if (text[0] is not ((byte)'e' or (byte)'E')) { return false; }

        bool isSigned = text.Length > 1 && text[1] is (byte)'+' or (byte)'-';
        ReadOnlySpan<byte> digits = text[(isSigned ? 2 : 1)..];
        if (digits.Length > 4 || !TryDigits(digits, out exponent)) { return false; }

        if (isSigned && text[1] == '-') { exponent = -exponent; }

        return true;
    }

    private static bool TryScale(ref Int128 value, int power)
    {
        if (value == 0) { return true; }

        for (; power < 0; power++)
        {
            (Int128 quotient, Int128 remainder) = Int128.DivRem(value, 10);
            if (remainder != 0) { return false; }

            value = quotient;
        }

        for (; power > 0; power--)
        {
            if (value > Int128.MaxValue / 10) { return false; }

            value *= 10;
        }

        return true;
    }

    private static Int128 PowerOfTen(int power)
    {
        Int128 result = 1;
        for (int digit = 0; digit < power; digit++) { result *= 10; }

        return result;
    }
}
