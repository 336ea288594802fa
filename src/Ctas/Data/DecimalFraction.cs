using System.Numerics;

namespace Ctas.Data;

/// <summary>Doubles of decimal fractions that are too long for one division of doubles.</summary>
internal static class DecimalFraction
{
    /// <summary>The most digits, before and after the point, that surely fit 64 bits.</summary>
    public const int MaxDigits = 19;

    private static ReadOnlySpan<ulong> PowersOfTen =>
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ];

    /// <summary>The double nearest to <paramref name="digits"/> / 10^<paramref name="scale"/>, the even one of two.</summary>
    /// <param name="digits">The digits as one number.</param>
    /// <param name="scale">How many of them stand behind the point; at most <see cref="MaxDigits"/>.</param>
    public static double ToDouble(ulong digits, int scale)
    {
        if (digits == 0) { return 0; }

        // Both with their highest bit set: the quotient then has 63 or 64 bits, ten more than a double.
        ulong power = PowersOfTen[scale];
        int shift = BitOperations.LeadingZeroCount(digits), powerShift = BitOperations.LeadingZeroCount(power);
        ulong dividend = digits << shift, divisor = power << powerShift;
        var quotient = (ulong)(new UInt128(dividend >> 1, dividend << 63) / divisor);
        bool isExact = (dividend << 63) - (quotient * divisor) == 0;

        // What is cut off shows in the lowest bit, so that rounding the rest to a double rounds the whole.
        long rounded = (long)((quotient >> 1) | (quotient & 1) | (isExact ? 0u : 1u));
        return rounded * PowerOfTwo(powerShift - shift - 62);
    }

    private static double PowerOfTwo(int exponent) => BitConverter.Int64BitsToDouble((long)(1023 + exponent) << 52);
}
