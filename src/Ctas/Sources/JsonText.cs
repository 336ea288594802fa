using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Ctas.Data;

namespace Ctas.Sources;

/// <summary>Finds the ends of JSON strings and reads JSON numbers, many bytes at a time.</summary>
/// <remarks>
/// The text is followed by <see cref="Padding"/> bytes of zero, so that a load of a whole vector that starts within it,
/// or right behind it, stays within the memory, and every search ends at the end of the text at the latest.
/// </remarks>
internal static class JsonText
{
    /// <summary>Bytes of zero that follow a text.</summary>
    public const int Padding = 64;

    /// <summary>The offset of the first quote, backslash, or control character; the end of the text is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FindStringEnd(ref byte text, int at)
    {
        while (true)
        {
            uint found = StringEnds(Vector256.LoadUnsafe(ref text, (nuint)at));
            if (found != 0) { return at + BitOperations.TrailingZeroCount(found); }

            at += Vector256<byte>.Count;
        }
    }

    /// <summary>A bit for each quote, backslash and control character.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint StringEnds(Vector256<byte> bytes)
    {
        Vector256<byte> ends = Vector256.Equals(bytes, Vector256.Create((byte)'"'))
            | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
            | Vector256.Equals(Vector256.Min(bytes, Vector256.Create((byte)0x1F)), bytes);
        return ends.ExtractMostSignificantBits();
    }

    /// <summary>Reads a whole number of at most 15 digits.</summary>
    /// <returns>False where the number is written in another way, or is no JSON number; nothing has been read.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadInteger(ref byte text, ref int at, out long value)
    {
        int start = at + (Unsafe.Add(ref text, at) == '-' ? 1 : 0);
        int digits = ReadDigits(ref text, start, out ulong read);
        int end = start + digits;
        byte next = Unsafe.Add(ref text, end);
        value = start == at ? (long)read : -(long)read;
        if (!IsWhole(ref text, start, digits) || next is (byte)'.' or (byte)'e' or (byte)'E') { return false; }

        at = end;
        return true;
    }

    /// <summary>Reads a number of at most 15 characters without an exponent, correctly rounded.</summary>
    /// <returns>False where the number is written in another way, or is no JSON number; nothing has been read.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadDouble(ref byte text, ref int at, out double value)
    {
        int start = at + (Unsafe.Add(ref text, at) == '-' ? 1 : 0);
        int digits = ReadDigits(ref text, start, out ulong read);
        int end = start + digits;
        value = 0;
        if (!IsWhole(ref text, start, digits)) { return false; }

        double divisor = 1;
        if (Unsafe.Add(ref text, end) == '.')
        {
            int fraction = ReadDigits(ref text, end + 1, out ulong decimals);
            if (fraction is 0 or > 14 || digits + fraction > 15) { return false; }

            // Fifteen digits and a small power of ten are exact, so that the quotient is rounded once.
            read = (read * PowersOfTen[fraction]) + decimals;
            divisor = PowersOfTen[fraction];
            end += 1 + fraction;
        }

        if (end - at > 15 || Unsafe.Add(ref text, end) is (byte)'e' or (byte)'E') { return false; }

        value = start == at ? read / divisor : -(read / divisor);
        at = end;
        return true;
    }

    /// <summary>Reads a number of at most 19 digits without an exponent, correctly rounded.</summary>
    /// <returns>False where the number is written in another way, or is no JSON number; nothing has been read.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryReadLongDouble(ref byte text, ref int at, out double value)
    {
        value = 0;
        ulong read = 0;
        int start = at + (Unsafe.Add(ref text, at) == '-' ? 1 : 0);
        int end = ReadAllDigits(ref text, start, ref read);
        bool beginsWithZero = Unsafe.Add(ref text, start) == '0';
        if (end == start || (beginsWithZero && end > start + 1)) { return false; }

        int digits = beginsWithZero ? 0 : end - start;
        int fraction = 0;
        if (Unsafe.Add(ref text, end) == '.')
        {
            int point = end;
            end = ReadAllDigits(ref text, point + 1, ref read);
            fraction = end - point - 1;
            if (fraction == 0) { return false; }
        }

        if (digits + fraction > DecimalFraction.MaxDigits || Unsafe.Add(ref text, end) is (byte)'e' or (byte)'E') { return false; }

        value = DecimalFraction.ToDouble(read, fraction);
        if (start > at) { value = -value; }

        at = end;
        return true;
    }

    /// <summary>The offset behind the JSON number that begins at an offset; not behind it where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int FindNumberEnd(ref byte text, int at)
    {
        int start = at + (Unsafe.Add(ref text, at) == '-' ? 1 : 0);
        int end = SkipDigits(ref text, start);
        if (end == start || (Unsafe.Add(ref text, start) == '0' && end > start + 1)) { return at; }

        if (Unsafe.Add(ref text, end) == '.')
        {
            int fraction = end + 1;
            end = SkipDigits(ref text, fraction);
            if (end == fraction) { return at; }
        }

        if (Unsafe.Add(ref text, end) is not ((byte)'e' or (byte)'E')) { return end; }

        int exponent = end + (Unsafe.Add(ref text, end + 1) is (byte)'+' or (byte)'-' ? 2 : 1);
        end = SkipDigits(ref text, exponent);
        return end == exponent ? at : end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SkipDigits(ref byte text, int at)
    {
        while ((uint)(Unsafe.Add(ref text, at) - '0') <= 9) { at++; }

        return at;
    }

    private static ReadOnlySpan<ulong> PowersOfTen =>
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
    ];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsWhole(ref byte text, int start, int digits) =>
        digits is > 0 and <= 15 && (digits == 1 || Unsafe.Add(ref text, start) != '0');

    // Of more than 19 digits the value means nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadAllDigits(ref byte text, int at, ref ulong value)
    {
        while (true)
        {
            int digits = ReadWord(ref text, at, out ulong read);
            value = (value * PowersOfTen[digits]) + read;
            at += digits;
            if (digits < 8) { return at; }
        }
    }

    // At most 16 digits; the value of 16 is still exact.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadDigits(ref byte text, int at, out ulong value)
    {
        int digits = ReadWord(ref text, at, out value);
        if (digits < 8) { return digits; }

        int more = ReadWord(ref text, at + 8, out ulong rest);
        value = (value * PowersOfTen[more]) + rest;
        return 8 + more;
    }

    // Eight bytes at once: which of them are digits, then pairs, fours and all eight added up
    // (Lemire and Mula, Number parsing at a gigabyte per second, 2021).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadWord(ref byte text, int at, out ulong value)
    {
        ulong digits = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, at)) ^ 0x3030303030303030;
        if (!BitConverter.IsLittleEndian) { digits = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(digits); }

        ulong others = ((digits + 0x7676767676767676) | digits) & 0x8080808080808080;
        int count = BitOperations.TrailingZeroCount(others) >> 3;
        value = 0;
        if (count == 0) { return 0; }

        digits <<= 64 - (count * 8);
        digits = ((digits * 10) + (digits >> 8)) & 0x00FF00FF00FF00FF;
        digits = ((digits * 100) + (digits >> 16)) & 0x0000FFFF0000FFFF;
        value = ((digits * 10_000) + (digits >> 32)) & 0xFFFFFFFF;
        return count;
    }
}
