using System.Globalization;
using Ctas.Data;
using Calendar = Ctas.Data.Calendar;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Writes moments by a pattern.</summary>
internal static class PatternFormat
{
    private static readonly DateTimeFormatInfo Names = CultureInfo.InvariantCulture.DateTimeFormat;

    /// <summary>Appends a time on the clocks of a zone.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="pattern">How it looks.</param>
    /// <param name="local">Microseconds since 1970, local time.</param>
    /// <param name="offset">Minutes that local time is ahead of UTC.</param>
    /// <param name="zone">Name of the zone.</param>
    public static void Write(ByteWriter output, TemporalPattern pattern, long local, int offset, string zone)
    {
        foreach (PatternPart part in pattern.Parts)
        {
            switch (part.Field)
            {
                case PatternField.Literal or PatternField.Era: output.Append(part.Text.AsSpan()); break;
                case PatternField.Zone: output.Append(zone.AsSpan()); break;
                case PatternField.Offset: WriteOffset(output, part.Width, offset); break;
                case PatternField.Fraction: WriteFraction(output, local, part.Width); break;
                default:
                    if (part.IsNumber) { WriteNumber(output, Number(part, local), part.Width); }
                    else { WriteName(output, Name(part.Field, local), part); }

                    break;
            }
        }
    }

    private static long Number(PatternPart part, long local) => part.Field switch
    {
        PatternField.Year => MomentParts.Part(DateField.Year, local),
        PatternField.YearOfCentury => MomentParts.Part(DateField.Year, local) % 100,
        PatternField.IsoYear => MomentParts.Part(DateField.IsoYear, local),
        PatternField.Quarter => MomentParts.Part(DateField.Quarter, local),
        PatternField.Month => MomentParts.Part(DateField.Month, local),
        PatternField.Week => MomentParts.Part(DateField.Week, local),

        // PostgreSQL's WW is the week of the year that begins with January 1.
        PatternField.WeekOfMonth when part.Width < 0 => ((MomentParts.Part(DateField.DayOfYear, local) - 1) / 7) + 1,
        PatternField.WeekOfMonth => ((MomentParts.Part(DateField.Day, local) - 1) / 7) + 1,
        PatternField.Day => MomentParts.Part(DateField.Day, local),
        PatternField.DayOfYear => MomentParts.Part(DateField.DayOfYear, local),
        PatternField.DayOfWeek => MomentParts.Part(DateField.DayOfWeek, local) + 1,
        PatternField.IsoDayOfWeek => MomentParts.Part(DateField.IsoDayOfWeek, local),
        PatternField.Hour => MomentParts.Part(DateField.Hour, local),
        PatternField.HourOfHalf => ((MomentParts.Part(DateField.Hour, local) + 11) % 12) + 1,
        PatternField.Minute => MomentParts.Part(DateField.Minute, local),
        PatternField.Second => MomentParts.Part(DateField.Second, local),
        PatternField.SecondOfDay => Calendar.TimeOf(local) / Calendar.MicrosecondsPerSecond,
        PatternField.Century => MomentParts.Part(DateField.Century, local),
        PatternField.Julian => (long)Math.Floor(MomentParts.Fraction(DateField.Julian, local)),
        _ => throw new System.Diagnostics.UnreachableException($"{part.Field} is no number."),
    };

    private static string Name(PatternField field, long local)
    {
        int month = (int)MomentParts.Part(DateField.Month, local) - 1;
        int day = (int)MomentParts.Part(DateField.DayOfWeek, local);
        return field switch
        {
            PatternField.MonthName => Names.MonthNames[month],
            PatternField.MonthShortName => Names.AbbreviatedMonthNames[month],
            PatternField.DayName => Names.DayNames[day],
            PatternField.DayShortName => Names.AbbreviatedDayNames[day],
            _ => MomentParts.Part(DateField.Hour, local) < 12 ? "AM" : "PM",
        };
    }

    private static void WriteName(ByteWriter output, string name, PatternPart part)
    {
        string cased = part.Case switch
        {
            PatternCase.Upper => name.ToUpperInvariant(),
            PatternCase.Lower => name.ToLowerInvariant(),
            _ => name,
        };
        output.Append(cased.AsSpan());
        for (int length = cased.Length; length < part.Width; length++) { output.Append((byte)' '); }
    }

    private static void WriteNumber(ByteWriter output, long number, int width)
    {
        width = Math.Abs(width);
        for (long limit = 10; width > 1; width--, limit *= 10)
        {
            if (number < limit) { output.Append((byte)'0'); }
        }

        output.Append(number);
    }

    private static void WriteFraction(ByteWriter output, long local, int digits)
    {
        long micros = Calendar.TimeOf(local) % Calendar.MicrosecondsPerSecond;
        for (int digit = 0; digit < digits; digit++)
        {
            micros *= 10;
            output.Append((byte)('0' + (micros / Calendar.MicrosecondsPerSecond)));
            micros %= Calendar.MicrosecondsPerSecond;
        }
    }

    private static void WriteOffset(ByteWriter output, int form, int minutes)
    {
        if (form < 0 && minutes == 0)
        {
            output.Append((byte)'Z');
            return;
        }

        output.Append((byte)(minutes < 0 ? '-' : '+'));
        int size = Math.Abs(minutes);
        output.Append(size / 60, "00");
        int width = Math.Abs(form);
        if (width == 1 && size % 60 == 0) { return; }

        if (width == 3) { output.Append((byte)':'); }

        output.Append(size % 60, "00");
    }
}
