using System.Buffers.Text;

namespace Ctas.Data;

/// <summary>Reads the parts of dates and times from the front of a text.</summary>
internal ref struct TemporalReader(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool Skip(byte mark)
    {
        if (_rest.IsEmpty || _rest[0] != mark) { return false; }

        _rest = _rest[1..];
        return true;
    }

    /// <summary>Skips the T or the blanks between a date and a time.</summary>
    public bool SkipToTime()
    {
        if (Skip((byte)'T') || Skip((byte)'t')) { return true; }

        bool skipped = Skip((byte)' ');
        while (Skip((byte)' ')) { }

        return skipped;
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
