using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ctas.Data;

/// <summary>Reads times in the form that programs write: <c>yyyy-MM-ddTHH:mm:ss[.f…]Z</c>, sixteen bytes at once.</summary>
internal static class PlainTimestamp
{
    private const int SecondsEnd = 19;
    private const int MaxFraction = 9;

    // Places of '-', '-', 'T' and ':' in the first sixteen bytes.
    private const uint Separators = (1 << 4) | (1 << 7) | (1 << 10) | (1 << 13);

    /// <summary>Microseconds since 1970-01-01; false where the text has another form or is no time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryParse(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        int last = text.Length - 1;
        bool hasForm = last is >= SecondsEnd and <= SecondsEnd + 1 + MaxFraction && text[last] == 'Z' && text[16] == ':';
        if (!hasForm) { return false; }

        Vector128<byte> bytes = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(text));
        Vector128<byte> form = Vector128.Create("\0\0\0\0-\0\0-\0\0T\0\0:\0\0"u8);
        Vector128<byte> places = Vector128.Create((byte)0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 0, 1, 2, 3);
        Vector128<byte> digits = Vector128.Shuffle(bytes, places) - Vector128.Create((byte)'0');
        uint second10 = (uint)(text[17] - '0'), second1 = (uint)(text[18] - '0');
        bool areDigits = Vector128.LessThanOrEqualAll(digits, Vector128.Create((byte)9)) & (second10 <= 5) & (second1 <= 9);
        if (!areDigits || (Vector128.Equals(bytes, form).ExtractMostSignificantBits() & Separators) != Separators) { return false; }

        // Century, year of it, month, day, hour and minute.
        Vector128<ushort> pairs = digits.AsUInt16();
        pairs = ((pairs & Vector128.Create((ushort)0xFF)) * 10) + (pairs >> 8);
        int year = (pairs[0] * 100) + pairs[1], month = pairs[2], day = pairs[3], hour = pairs[4], minute = pairs[5];
        if (year == 0 || month is 0 or > 12 || day == 0 || hour > 23 || minute > 59) { return false; }

        if (day > 28 && day > Calendar.DaysInMonth(year, month)) { return false; }

        if (!TryReadFraction(text[SecondsEnd..last], out int fraction)) { return false; }

        long seconds = (((((Calendar.FromCivil(year, month, day) * 24) + hour) * 60) + minute) * 60) + (second10 * 10) + second1;
        microseconds = (seconds * Calendar.MicrosecondsPerSecond) + fraction;
        return true;
    }

    /// <summary>The microseconds of <c>.f…</c>, what is finer cut off; none of an empty text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadFraction(ReadOnlySpan<byte> text, out int microseconds)
    {
        microseconds = 0;
        if (text.IsEmpty) { return true; }

        if (text[0] != '.' || text.Length == 1) { return false; }

        for (int place = 1; place < Math.Max(text.Length, 7); place++)
        {
            uint digit = place < text.Length ? (uint)(text[place] - '0') : 0;
            if (digit > 9) { return false; }

            if (place <= 6) { microseconds = (microseconds * 10) + (int)digit; }
        }

        return true;
    }
}
