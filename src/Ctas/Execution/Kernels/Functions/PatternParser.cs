using System.Globalization;
using System.Text;
using Ctas.Data;
using Calendar = Ctas.Data.Calendar;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Reads moments by a pattern. Parts that the pattern has not are those of 1970-01-01 00:00 UTC.</summary>
internal ref struct PatternParser
{
    private readonly bool _isLenient;
    private ReadOnlySpan<char> _rest;
    private long _year = 1970;
    private int _month = 1;
    private int _day = 1;
    private int? _dayOfYear;
    private int _hour;
    private bool _isHalf;
    private bool _isAfternoon;
    private int _minute;
    private long _second;
    private long _fraction;
    private long? _offset;

    private PatternParser(ReadOnlySpan<char> text, bool isLenient)
    {
        _rest = text;
        _isLenient = isLenient;
    }

    /// <summary>Reads a text whole.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="pattern">What it looks like.</param>
    /// <param name="isLenient">True as PostgreSQL reads: fewer digits will do, spaces do not matter.</param>
    /// <param name="local">Microseconds since 1970, in the text's own time.</param>
    /// <param name="offset">Microseconds that this time is ahead of UTC; null when the text does not say.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> text, TemporalPattern pattern, bool isLenient, out long local, out long? offset)
    {
        local = 0;
        offset = null;
        var parser = new PatternParser(Encoding.UTF8.GetString(text), isLenient);
        for (int i = 0; i < pattern.Parts.Count; i++)
        {
            bool isBeforeNumber = i + 1 < pattern.Parts.Count && pattern.Parts[i + 1].IsNumber;
            if (!parser.TryPart(pattern.Parts[i], isBeforeNumber)) { return false; }
        }

        if (isLenient) { parser._rest = parser._rest.TrimStart(); }

        offset = parser._offset;
        return parser._rest.IsEmpty && parser.TryFinish(out local);
    }

    private bool TryPart(PatternPart part, bool isBeforeNumber)
    {
        if (_isLenient) { _rest = _rest.TrimStart(); }

        switch (part.Field)
        {
            case PatternField.Literal: return TryLiteral(part.Text);
            case PatternField.Era: return TryWord(part.Text);
            case PatternField.HalfOfDay:
                _isHalf = true;
                _isAfternoon = TryWord("PM");
                return _isAfternoon || TryWord("AM");
            case PatternField.Offset: return TryOffset();
            case PatternField.Zone: return TryZone();
            case PatternField.Fraction: return TryFraction(part.Width);
            case PatternField.MonthName: return TryName(CultureInfo.InvariantCulture.DateTimeFormat.MonthNames, out _month);
            case PatternField.MonthShortName:
                return TryName(CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedMonthNames, out _month);
            case PatternField.DayName: return TryName(CultureInfo.InvariantCulture.DateTimeFormat.DayNames, out _);
            case PatternField.DayShortName:
                return TryName(CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedDayNames, out _);
            default: return TryNumber(part, isBeforeNumber, out long number) && TrySet(part.Field, number);
        }
    }

    private bool TryNumber(PatternPart part, bool isBeforeNumber, out long number)
    {
        // Neighbours without anything between them share the digits by their widths.
        int width = Math.Abs(part.Width);
        int most = isBeforeNumber && width > 0 ? width : width <= 1 ? 18 : part.Field == PatternField.Year ? Math.Max(4, width) : width;
        int least = _isLenient || width == 0 ? 1 : part.Field == PatternField.Year ? Math.Min(width, 4) : width;
        int digits = 0;
        while (digits < most && digits < _rest.Length && char.IsAsciiDigit(_rest[digits])) { digits++; }

        number = 0;
        if (digits < least || !long.TryParse(_rest[..digits], CultureInfo.InvariantCulture, out number)) { return false; }

        _rest = _rest[digits..];
        return true;
    }

    private bool TrySet(PatternField field, long number)
    {
        switch (field)
        {
            case PatternField.Year: _year = number; return number is >= 1 and <= 9999;

            // As PostgreSQL: 70 to 99 are of the last century.
            case PatternField.YearOfCentury: _year = number + (_isLenient && number >= 70 ? 1900 : 2000); return true;
            case PatternField.Month: _month = (int)Math.Min(number, 99); return number is >= 1 and <= 12;
            case PatternField.Day: _day = (int)Math.Min(number, 99); return number is >= 1 and <= 31;
            case PatternField.DayOfYear: _dayOfYear = (int)Math.Min(number, 999); return number is >= 1 and <= 366;
            case PatternField.Hour: _hour = (int)Math.Min(number, 99); return number <= 23;
            case PatternField.HourOfHalf:
                _hour = (int)Math.Min(number, 99);
                _isHalf = true;
                return number is >= 1 and <= 12;
            case PatternField.Minute: _minute = (int)Math.Min(number, 99); return number <= 59;
            case PatternField.Second: _second = number; return number <= 59;
            case PatternField.SecondOfDay: _second = number; return number < 86_400;

            // What follows from the date is read and not compared with it.
            default: return true;
        }
    }

    private bool TryFinish(out long local)
    {
        local = 0;
        long day;
        if (_dayOfYear is { } dayOfYear)
        {
            day = Calendar.FromCivil(_year, 1, 1) + dayOfYear - 1;
            if (day >= Calendar.FromCivil(_year + 1, 1, 1)) { return false; }
        }
        else
        {
            if (_day > Calendar.DaysInMonth(_year, _month)) { return false; }

            day = Calendar.FromCivil(_year, _month, _day);
        }

        int hour = _isHalf ? (_hour % 12) + (_isAfternoon ? 12 : 0) : _hour;
        long seconds = (((hour * 60L) + _minute) * 60) + _second;
        local = (day * Calendar.MicrosecondsPerDay) + (seconds * Calendar.MicrosecondsPerSecond) + _fraction;
        return Calendar.IsTimestamp(local);
    }

    private bool TryLiteral(string text)
    {
        if (_isLenient)
        {
            // A separator of a pattern of PostgreSQL stands for any separator.
            text = text.Trim();
            bool isSeparator = text.Length == 1 && !char.IsLetterOrDigit(text[0]);
            if (isSeparator && _rest.Length > 0 && !char.IsLetterOrDigit(_rest[0]))
            {
                _rest = _rest[1..];
                return true;
            }

            if (isSeparator || text.Length == 0) { return true; }
        }

        if (!_rest.StartsWith(text)) { return false; }

        _rest = _rest[text.Length..];
        return true;
    }

    private bool TryWord(string word)
    {
        if (!_rest.StartsWith(word, StringComparison.OrdinalIgnoreCase)) { return false; }

        _rest = _rest[word.Length..];
        return true;
    }

    private bool TryName(string[] names, out int number)
    {
        number = 1;
        for (int i = names.Length - 1; i >= 0; i--)
        {
            if (names[i].Length == 0 || !TryWord(names[i])) { continue; }

            number = i + 1;
            return true;
        }

        return false;
    }

    private bool TryFraction(int width)
    {
        int digits = 0;
        long number = 0;
        for (; digits < width && digits < _rest.Length && char.IsAsciiDigit(_rest[digits]); digits++)
        {
            if (digits < 6) { number = (number * 10) + (_rest[digits] - '0'); }
        }

        for (int digit = digits; digit < 6; digit++) { number *= 10; }

        _fraction = number;
        _rest = _rest[digits..];
        return digits == width || (_isLenient && digits > 0);
    }

    private bool TryOffset()
    {
        int length = 0;
        while (length < _rest.Length && (char.IsAsciiDigit(_rest[length]) || _rest[length] is '+' or '-' or ':' or 'Z'))
        {
            length++;
        }

        if (length == 0) { return false; }

        var reader = new TemporalReader(Encoding.ASCII.GetBytes(_rest[..length].ToString()));
        bool isOffset = reader.TryZone(out long microseconds) && reader.IsAtEnd;
        _offset = microseconds;
        _rest = _rest[length..];
        return isOffset;
    }

    private bool TryZone()
    {
        int length = 0;
        while (length < _rest.Length && (char.IsLetterOrDigit(_rest[length]) || _rest[length] is '/' or '_' or '-' or '+' or ':'))
        {
            length++;
        }

        // Only names without daylight saving are read here; others belong into the argument for the zone.
        string name = _rest[..length].ToString();
        _offset = 0;
        _rest = _rest[length..];
        return name.ToUpperInvariant() is "UTC" or "GMT" or "Z";
    }
}
