using System.Globalization;
using System.Text;
using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>Reads intervals from text.</summary>
internal static class IntervalText
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

    /// <summary>Counts and units with spaces between them: <c>1 year -2 days 3.5 hours</c>.</summary>
    public static bool TryParseUnits(ReadOnlySpan<byte> text, out Interval interval)
    {
        interval = default;
        var sum = new Sum();
        string[] words = Encoding.UTF8.GetString(text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words.Length % 2 != 0) { return false; }

        for (int word = 0; word < words.Length; word += 2)
        {
            bool isNumber =
                decimal.TryParse(words[word], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture, out decimal count);
            if (!isNumber || !sum.TryAdd(count, words[word + 1].ToUpperInvariant().TrimEnd('S'))) { return false; }
        }

        return sum.TryGet(out interval);
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
                case "YEAR": _months += count * 12; return true;
                case "MONTH" or "MON": _months += count; return true;
                case "WEEK": _days += count * 7; return true;
                case "DAY": _days += count; return true;
                case "HOUR": _microseconds += count * 3_600_000_000; return true;
                case "MINUTE" or "MIN": _microseconds += count * 60_000_000; return true;
                case "SECOND" or "SEC": _microseconds += count * 1_000_000; return true;
                case "MILLISECOND": _microseconds += count * 1_000; return true;
                case "MICROSECOND": _microseconds += count; return true;
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
