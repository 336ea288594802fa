using System.Numerics;

namespace Ctas.Execution.Kernels;

/// <summary>Exact arithmetic on unscaled DECIMALs. Nothing wraps: what does not fit is refused.</summary>
internal static class DecimalArithmetic
{
    // 10^0 … 10^38; the last is the first value that 38 digits do not hold.
    private static readonly Int128[] Powers = MakePowers();

    /// <summary>10 to the power of 0 … 38.</summary>
    public static Int128 PowerOfTen(int exponent) => Powers[exponent];

    /// <summary>True when at most <paramref name="precision"/> digits hold the value.</summary>
    public static bool Fits(Int128 value, int precision) => value < Powers[precision] && value > -Powers[precision];

    /// <summary>
    /// The same number with another scale; rounds half away from zero. False when it leaves the precision.
    /// </summary>
    public static bool TryRescale(Int128 value, int fromScale, int toScale, int precision, out Int128 result)
    {
        if (toScale <= fromScale)
        {
            result = DivideRounded(value, Powers[fromScale - toScale]);
            return Check(precision, ref result);
        }

        Int128 factor = Powers[toScale - fromScale];
        Int128 bound = Powers[precision] / factor;
        result = value <= bound && value >= -bound ? value * factor : Powers[precision];
        return Check(precision, ref result);
    }

    /// <summary>left × right, rescaled from the sum of their scales.</summary>
    public static bool TryMultiply(
        Int128 left, Int128 right, int productScale, int resultScale, int precision, out Int128 result)
    {
        // Two factors of 63 bits have a product of 126: the common case needs no big integer.
        if ((long)left == left && (long)right == right)
        {
            int dropped = productScale - resultScale;
            return dropped < Powers.Length
                ? TryRescale(left * right, productScale, resultScale, precision, out result)
                : FromBig(DivideRounded((BigInteger)left * right, BigInteger.Pow(10, dropped)), precision, out result);
        }

        BigInteger product = (BigInteger)left * (BigInteger)right;
        BigInteger rescaled = productScale > resultScale
            ? DivideRounded(product, BigInteger.Pow(10, productScale - resultScale))
            : product * BigInteger.Pow(10, resultScale - productScale);
        return FromBig(rescaled, precision, out result);
    }

    /// <summary>left ÷ right with the result's scale, rounded half away from zero; not by zero.</summary>
    public static bool TryDivide(
        Int128 left, int leftScale, Int128 right, int rightScale, int resultScale, int precision, out Int128 result)
    {
        result = 0;
        if (right == 0) { return false; }

        int shift = resultScale + rightScale - leftScale;
        if (shift is >= 0 and <= 19 && (long)left == left)
        {
            return TryRescaledQuotient(left, right, shift, precision, out result);
        }

        BigInteger dividend = left;
        BigInteger divisor = right;
        if (shift >= 0) { dividend *= BigInteger.Pow(10, shift); }
        else { divisor *= BigInteger.Pow(10, -shift); }

        return FromBig(DivideRounded(dividend, divisor), precision, out result);
    }

    /// <summary>value ÷ divisor, rounded half away from zero.</summary>
    public static Int128 DivideRounded(Int128 value, Int128 divisor)
    {
        if (divisor == 1) { return value; }

        Int128 quotient = value / divisor;
        Int128 remainder = Int128.Abs(value - (quotient * divisor));
        Int128 magnitude = Int128.Abs(divisor);
        return remainder >= magnitude - remainder ? quotient + ((value < 0) ^ (divisor < 0) ? -1 : 1) : quotient;
    }

    private static bool TryRescaledQuotient(Int128 left, Int128 right, int shift, int precision, out Int128 result)
    {
        result = DivideRounded(left * Powers[shift], right);
        return Check(precision, ref result);
    }

    private static BigInteger DivideRounded(BigInteger value, BigInteger divisor)
    {
        BigInteger quotient = BigInteger.DivRem(value, divisor, out BigInteger remainder);
        return BigInteger.Abs(remainder) * 2 >= BigInteger.Abs(divisor)
            ? quotient + (value.Sign * divisor.Sign)
            : quotient;
    }

    private static bool FromBig(BigInteger value, int precision, out Int128 result)
    {
        bool fits = BigInteger.Abs(value) < (BigInteger)Powers[precision];
        result = fits ? (Int128)value : 0;
        return fits;
    }

    private static bool Check(int precision, ref Int128 result)
    {
        if (Fits(result, precision)) { return true; }

        result = 0;
        return false;
    }

    private static Int128[] MakePowers()
    {
        var powers = new Int128[39];
        powers[0] = 1;
        for (int exponent = 1; exponent < powers.Length; exponent++) { powers[exponent] = powers[exponent - 1] * 10; }

        return powers;
    }
}
