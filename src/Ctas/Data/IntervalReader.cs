using System.Globalization;
using System.Text;

namespace Ctas.Data;

/// <summary>Reads intervals from text.</summary>
internal static class IntervalReader
{
    /// <summary>The part of ISO 8601 after the P: <c>1Y2M3DT4H5M6.5S</c>.</summary>
    public static bool TryParseIso(ReadOnlySpan<byte> text, out Interval interval)
    {
        interval = default;
        var sum = new Sum();
        bool isTime = false;
        bool hasPart = false;
        while (!text.IsEmpty)
        {
            if (text[0] == 'T' && !isTime)
            {
                isTime = true;
                text = text[1..];
                continue;
            }

            int length = NumberLength(text);
            if (length == text.Length || !TryNumber(text[..length], out decimal count)) { return false; }

            if (!sum.TryAdd(count, IsoUnit((char)text[length], isTime))) { return false; }

            hasPart = true;
            text = text[(length + 1)..];
        }

        return hasPart && sum.TryGet(out interval);
    }

    /// <summary>Counts and units, and a time of hours and minutes: <c>1 year -2 days 3.5 hours 04:05:06</c>.</summary>
    public static bool TryParseUnits(ReadOnlySpan<byte> text, out Interval interval)
    {
        interval = default;
        var sum = new Sum();
        bool hasPart = false;
        for (text = text.Trim((byte)' '); !text.IsEmpty; text = text.TrimStart((byte)' '))
        {
            hasPart = true;
            if (TryTakeClock(ref text, ref sum)) { continue; }

            int length = NumberLength(text);
            ReadOnlySpan<byte> number = text[..length].TrimEnd((byte)' ');
            text = text[length..];
            int unit = 0;
            while (unit < text.Length && char.IsAsciiLetter((char)text[unit])) { unit++; }

            if (!TryNumber(number, out decimal count) || !sum.TryAdd(count, Unit(text[..unit]))) { return false; }

            text = text[unit..];
        }

        return hasPart && sum.TryGet(out interval);
    }

    /// <summary>So many of one unit; fractions of years are months, fractions of days and weeks are time.</summary>
    public static Interval? Amount(decimal count, string unit)
    {
        var sum = new Sum();
        return sum.TryAdd(count, Unit(Encoding.UTF8.GetBytes(unit))) && sum.TryGet(out Interval interval)
            ? interval
            : null;
    }

    private static string Unit(ReadOnlySpan<byte> word) =>
        Encoding.UTF8.GetString(word).ToUpperInvariant().TrimEnd('S');

    // hh:mm[:ss[.ffffff]] with a sign; more than 24 hours are no time of day, and fine.
    private static bool TryTakeClock(ref ReadOnlySpan<byte> text, ref Sum sum)
    {
        int end = text.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = end < 0 ? text : text[..end];
        int colon = word.IndexOf((byte)':');
        if (colon < 0) { return false; }

        bool isNegative = word[0] == '-';
        ReadOnlySpan<byte> minutes = word[(colon + 1)..];
        int second = minutes.IndexOf((byte)':');
        bool isClock = TryNumber(word[..colon], out decimal hour)
            & TryNumber(second < 0 ? minutes : minutes[..second], out decimal minute);
        decimal seconds = 0;
        isClock &= second < 0 || TryNumber(minutes[(second + 1)..], out seconds);
        decimal rest = (minute * 60) + seconds;
        if (!isClock || minute is < 0 or >= 60 || seconds is < 0 or >= 60) { return false; }

        text = text[word.Length..];
        return sum.TryAdd(hour, "HOUR") && sum.TryAdd(isNegative ? -rest : rest, "SECOND");
    }

    private static string IsoUnit(char unit, bool isTime) => (unit, isTime) switch
    {
        ('Y', false) => "YEAR",
        ('M', false) => "MONTH",
        ('W', false) => "WEEK",
        ('D', false) => "DAY",
        ('H', true) => "HOUR",
        ('M', true) => "MINUTE",
        ('S', true) => "SECOND",
        _ => "",
    };

    private static int NumberLength(ReadOnlySpan<byte> text)
    {
        int length = 0;
        while (length < text.Length && !char.IsAsciiLetter((char)text[length])) { length++; }

        return length;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out decimal number) => decimal.TryParse(
        text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    /// <summary>The parts so far. Fractions of years are months, fractions of days and weeks are time.</summary>
    private struct Sum
    {
        private decimal _months;
        private decimal _days;
        private decimal _microseconds;

        public bool TryAdd(decimal count, string unit)
        {
            // Anything larger overflows every part; smaller counts keep the sums exact.
            if (Math.Abs(count) > 1e15m) { return false; }

            switch (unit)
            {
                case "MILLENNIUM" or "MILLENNIA": _months += count * 12_000; return true;
                case "CENTURY" or "CENTURIE": _months += count * 1_200; return true;
                case "DECADE": _months += count * 120; return true;
                case "QUARTER": _months += count * 3; return true;
                case "YEAR" or "Y": _months += count * 12; return true;
                case "MONTH" or "MON": _months += count; return true;
                case "WEEK" or "W": _days += count * 7; return true;
                case "DAY" or "D": _days += count; return true;
                case "HOUR" or "H": _microseconds += count * 3_600_000_000; return true;
                case "MINUTE" or "MIN": _microseconds += count * 60_000_000; return true;
                case "SECOND" or "SEC": _microseconds += count * 1_000_000; return true;
                case "MILLISECOND" or "MILLI": _microseconds += count * 1_000; return true;
                case "MICROSECOND" or "MICRO": _microseconds += count; return true;
                default: return false;
            }
        }

        public readonly bool TryGet(out Interval interval)
        {
            interval = default;
            decimal days = decimal.Truncate(_days);
            decimal microseconds = decimal.Truncate(_microseconds + ((_days - days) * Calendar.MicrosecondsPerDay));
            if (_months != decimal.Truncate(_months) || Math.Abs(_months) > int.MaxValue
                || Math.Abs(days) > int.MaxValue || Math.Abs(microseconds) > long.MaxValue)
            {
                return false;
            }

            interval = new Interval((int)_months, (int)days, (long)microseconds);
            return true;
        }
    }
}
