using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>The text of values: what CAST to VARCHAR gives, which the casts from VARCHAR read back.</summary>
internal static class ValueWriter
{
    public static void Write(ByteWriter output, bool value) => output.Append(value ? "true"u8 : "false"u8);

    /// <summary>
    /// The shortest digits that read back as the same number; <c>1e+20</c>, <c>NaN</c>, <c>-Infinity</c>.
    /// </summary>
    public static void Write(ByteWriter output, double value)
    {
        Span<byte> target = output.Reserve(64);
        value.TryFormat(target, out int written, default, System.Globalization.CultureInfo.InvariantCulture);
        int exponent = target[..written].IndexOf((byte)'E');
        if (exponent >= 0) { target[exponent] = (byte)'e'; }

        output.Advance(written);
    }

    public static void Write(ByteWriter output, Int128 unscaled, int scale) =>
        output.Append(ColumnValues.DecimalText(unscaled, scale).AsSpan());

    /// <summary><c>2024-05-06</c>.</summary>
    public static void WriteDate(ByteWriter output, long day)
    {
        (int year, int month, int dayOfMonth) = Calendar.ToCivil(day);
        output.Append(year, "0000");
        output.Append((byte)'-');
        output.Append(month, "00");
        output.Append((byte)'-');
        output.Append(dayOfMonth, "00");
    }

    /// <summary><c>07:08:09.5</c>; no fraction when it is 0.</summary>
    public static void WriteTime(ByteWriter output, long microseconds)
    {
        long seconds = microseconds / Calendar.MicrosecondsPerSecond;
        output.Append(seconds / 3600, "00");
        output.Append((byte)':');
        output.Append(seconds / 60 % 60, "00");
        output.Append((byte)':');
        output.Append(seconds % 60, "00");
        WriteFraction(output, microseconds % Calendar.MicrosecondsPerSecond);
    }

    /// <summary><c>2024-05-06 07:08:09.5</c>.</summary>
    public static void WriteTimestamp(ByteWriter output, long microseconds)
    {
        WriteDate(output, Calendar.DayOf(microseconds));
        output.Append((byte)' ');
        WriteTime(output, Calendar.TimeOf(microseconds));
    }

    /// <summary>ISO 8601, <c>P1Y2M3DT4H5M6.5S</c>; parts that are 0 are left out.</summary>
    public static void Write(ByteWriter output, Interval interval)
    {
        output.Append((byte)'P');
        WritePart(output, interval.Months / 12, (byte)'Y');
        WritePart(output, interval.Months % 12, (byte)'M');
        WritePart(output, interval.Days, (byte)'D');
        if (interval.Microseconds == 0)
        {
            if (output.Length == 1) { output.Append("T0S"u8); }

            return;
        }

        output.Append((byte)'T');
        long seconds = interval.Microseconds / Calendar.MicrosecondsPerSecond;
        long fraction = interval.Microseconds % Calendar.MicrosecondsPerSecond;
        WritePart(output, seconds / 3600, (byte)'H');
        WritePart(output, seconds / 60 % 60, (byte)'M');
        if (seconds % 60 == 0 && fraction == 0) { return; }

        if (seconds % 60 == 0 && fraction < 0) { output.Append((byte)'-'); }

        output.Append(seconds % 60);
        WriteFraction(output, Math.Abs(fraction));
        output.Append((byte)'S');
    }

    private static void WritePart(ByteWriter output, long count, byte unit)
    {
        if (count == 0) { return; }

        output.Append(count);
        output.Append(unit);
    }

    private static void WriteFraction(ByteWriter output, long microseconds)
    {
        if (microseconds == 0) { return; }

        output.Append((byte)'.');
        for (long digit = 100_000; microseconds > 0; digit /= 10)
        {
            output.Append((byte)('0' + (microseconds / digit)));
            microseconds %= digit;
        }
    }
}
