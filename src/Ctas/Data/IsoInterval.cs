using System.Buffers;
using System.Globalization;
using System.Text;

namespace Ctas.Data;

/// <summary>INTERVALs as ISO 8601 durations, <c>P1Y2M3DT4H5M6.5S</c>; every part may have a sign.</summary>
internal static class IsoInterval
{
    private const long MicrosecondsPerSecond = 1_000_000;

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("+-.0123456789"u8);

    /// <summary>The text; parts that are 0 are left out.</summary>
    public static string Write(Interval interval)
    {
        var text = new StringBuilder("P");
        AppendPart(text, interval.Months / 12, 'Y');
        AppendPart(text, interval.Months % 12, 'M');
        AppendPart(text, interval.Days, 'D');
        if (interval.Microseconds != 0)
        {
            long seconds = interval.Microseconds / MicrosecondsPerSecond;
            text.Append('T');
            AppendPart(text, seconds / 3600, 'H');
            AppendPart(text, seconds / 60 % 60, 'M');
            decimal rest = (interval.Microseconds % (60 * MicrosecondsPerSecond)) / (decimal)MicrosecondsPerSecond;
            if (rest != 0) { text.Append(CultureInfo.InvariantCulture, $"{rest:0.######}S"); }
        }

        return text.Length == 1 ? "PT0S" : text.ToString();
    }

    /// <summary>True when the whole text is a duration of at least one part, finer than a microsecond cut off.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Interval interval)
    {
        interval = default;
        if (text.Length < 3 || text[0] is not ((byte)'P' or (byte)'p')) { return false; }

        decimal months = 0;
        decimal days = 0;
        decimal seconds = 0;
        bool isTime = false;
        bool hasPart = false;
        for (int at = 1; at < text.Length;)
        {
            if (!isTime && text[at] is (byte)'T' or (byte)'t')
            {
                isTime = true;
                at++;
                continue;
            }

            int end = text[at..].IndexOfAnyExcept(NumberBytes) + at;
            bool isNumber = end > at && decimal.TryParse(
                text[at..end], NumberStyles.Float & ~NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _);
            if (!isNumber) { return false; }

            decimal amount = decimal.Parse(text[at..end], NumberStyles.Float, CultureInfo.InvariantCulture);
            switch ((char)(text[end] & ~0x20), isTime)
            {
                case ('Y', false): months += amount * 12; break;
                case ('M', false): months += amount; break;
                case ('W', false): days += amount * 7; break;
                case ('D', false): days += amount; break;
                case ('H', true): seconds += amount * 3600; break;
                case ('M', true): seconds += amount * 60; break;
                case ('S', true): seconds += amount; break;
                default: return false;
            }

            hasPart = true;
            at = end + 1;
        }

        bool fits = hasPart && months == decimal.Truncate(months) && days == decimal.Truncate(days)
            && Math.Abs(months) <= int.MaxValue && Math.Abs(days) <= int.MaxValue
            && Math.Abs(seconds) <= long.MaxValue / MicrosecondsPerSecond;
        if (fits) { interval = new Interval((int)months, (int)days, (long)(seconds * MicrosecondsPerSecond)); }

        return fits;
    }

    private static void AppendPart(StringBuilder text, long count, char unit)
    {
        if (count != 0) { text.Append(count).Append(unit); }
    }
}
