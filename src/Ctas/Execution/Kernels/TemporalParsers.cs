using System.Buffers.Text;
using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary><c>2024-05-06</c>.</summary>
internal readonly struct DateParser : ITextParser<int>
{
    public bool TryParse(ReadOnlySpan<byte> text, out int value)
    {
        var reader = new DigitReader(text);
        bool isDate = reader.TryDate(out long day) && reader.IsAtEnd;
        value = isDate ? (int)day : 0;
        return isDate;
    }
}

/// <summary><c>07:08[:09[.123456]]</c>.</summary>
internal readonly struct TimeParser : ITextParser<long>
{
    public bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        var reader = new DigitReader(text);
        return reader.TryTime(out value) && reader.IsAtEnd;
    }
}

/// <summary>A date, or a date and a time after a space or T, with an optional zone (Z or ±hh[:mm]).</summary>
internal readonly struct TimestampParser : ITextParser<long>
{
    public bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        var reader = new DigitReader(text);
        if (!reader.TryDate(out long day)) { return false; }

        long time = 0;
        long zone = 0;
        if (!reader.IsAtEnd)
        {
            if (!(reader.Skip((byte)'T') || reader.Skip((byte)'t') || reader.Skip((byte)' '))
                || !reader.TryTime(out time))
            {
                return false;
            }

            if (!reader.TryZone(out zone)) { return false; }
        }

        long result = (day * Calendar.MicrosecondsPerDay) + time - zone;
        if (!reader.IsAtEnd || !Calendar.IsTimestamp(result)) { return false; }

        value = result;
        return true;
    }
}

/// <summary>ISO 8601 (<c>P1Y2M3DT4H5M6S</c>), or counts with units (<c>1 day 2 hours</c>).</summary>
internal readonly struct IntervalParser : ITextParser<Interval>
{
    public bool TryParse(ReadOnlySpan<byte> text, out Interval value) =>
        text.StartsWith("P"u8)
            ? IntervalText.TryParseIso(text[1..], out value)
            : IntervalText.TryParseUnits(text, out value);
}

/// <summary>Reads the parts of dates and times from the front of a text.</summary>
internal ref struct DigitReader(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool Skip(byte mark)
    {
        if (_rest.IsEmpty || _rest[0] != mark) { return false; }

        _rest = _rest[1..];
        return true;
    }

    public bool TryDate(out long day)
    {
        day = 0;
        if (!TryDigits(4, 4, out int year) || !Skip((byte)'-') || !TryDigits(1, 2, out int month)
            || !Skip((byte)'-') || !TryDigits(1, 2, out int dayOfMonth))
        {
            return false;
        }

        if (year < 1 || month is < 1 or > 12 || dayOfMonth < 1 || dayOfMonth > Calendar.DaysInMonth(year, month))
        {
            return false;
        }

        day = Calendar.FromCivil(year, month, dayOfMonth);
        return true;
    }

    public bool TryTime(out long microseconds)
    {
        microseconds = 0;
        int second = 0;
        long fraction = 0;
        if (!TryDigits(1, 2, out int hour) || !Skip((byte)':') || !TryDigits(2, 2, out int minute)) { return false; }

        if (Skip((byte)':') && (!TryDigits(2, 2, out second) || (Skip((byte)'.') && !TryFraction(out fraction))))
        {
            return false;
        }

        if (hour > 23 || minute > 59 || second > 59) { return false; }

        microseconds = (((((hour * 60L) + minute) * 60) + second) * Calendar.MicrosecondsPerSecond) + fraction;
        return true;
    }

    public bool TryZone(out long microseconds)
    {
        microseconds = 0;
        if (IsAtEnd || Skip((byte)'Z') || Skip((byte)'z')) { return true; }

        bool isNegative = Skip((byte)'-');
        int minutes = 0;
        if ((!isNegative && !Skip((byte)'+')) || !TryDigits(2, 2, out int hours)) { return false; }

        if (!IsAtEnd && ((Skip((byte)':') && IsAtEnd) || !TryDigits(2, 2, out minutes))) { return false; }

        microseconds = ((hours * 60L) + minutes) * 60 * Calendar.MicrosecondsPerSecond * (isNegative ? -1 : 1);
        return hours <= 15 && minutes <= 59;
    }

    // Digits past the sixth are cut: microseconds are the resolution.
    private bool TryFraction(out long microseconds)
    {
        microseconds = 0;
        int digits = 0;
        for (; digits < _rest.Length && char.IsAsciiDigit((char)_rest[digits]); digits++)
        {
            if (digits < 6) { microseconds = (microseconds * 10) + (_rest[digits] - '0'); }
        }

        for (int digit = digits; digit < 6; digit++) { microseconds *= 10; }

        _rest = _rest[digits..];
        return digits > 0;
    }

    private bool TryDigits(int least, int most, out int value)
    {
        value = 0;
        int digits = 0;
        while (digits < most && digits < _rest.Length && char.IsAsciiDigit((char)_rest[digits])) { digits++; }

        if (digits < least || !Utf8Parser.TryParse(_rest[..digits], out value, out _)) { return false; }

        _rest = _rest[digits..];
        return true;
    }
}
