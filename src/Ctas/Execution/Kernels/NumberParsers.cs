using System.Globalization;
using System.Text;
using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>Digits with an optional sign.</summary>
internal readonly struct IntParser : ITextParser<int>
{
    public bool TryParse(ReadOnlySpan<byte> text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}

/// <summary>Digits with an optional sign.</summary>
internal readonly struct BigIntParser : ITextParser<long>
{
    public bool TryParse(ReadOnlySpan<byte> text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}

/// <summary>
/// Decimal or exponent form, NaN, [±]Infinity or inf. A number too large is refused, not made infinite.
/// </summary>
internal readonly struct DoubleParser : ITextParser<double>
{
    private const NumberStyles Style =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    public bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        if (double.TryParse(text, Style, CultureInfo.InvariantCulture, out value))
        {
            return double.IsFinite(value) || !text.ContainsAnyInRange((byte)'0', (byte)'9');
        }

        ReadOnlySpan<byte> unsigned = text.TrimStart("+-"u8);
        bool isInfinity = text.Length - unsigned.Length <= 1
            && (Ascii.EqualsIgnoreCase(unsigned, "inf"u8) || Ascii.EqualsIgnoreCase(unsigned, "infinity"u8));
        value = !isInfinity ? 0 : text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        return isInfinity;
    }
}

/// <summary>The words PostgreSQL takes: true, t, yes, y, on, 1 and their opposites.</summary>
internal readonly struct BooleanParser : ITextParser<bool>
{
    public bool TryParse(ReadOnlySpan<byte> text, out bool value)
    {
        value = Is(text, "true"u8) || Is(text, "t"u8) || Is(text, "yes"u8) || Is(text, "y"u8)
            || Is(text, "on"u8) || Is(text, "1"u8);
        return value || Is(text, "false"u8) || Is(text, "f"u8) || Is(text, "no"u8) || Is(text, "n"u8)
            || Is(text, "off"u8) || Is(text, "0"u8);
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) =>
        Ascii.EqualsIgnoreCase(text, word);
}

/// <summary>Decimal or exponent form; digits past the scale are rounded half away from zero.</summary>
internal readonly struct DecimalParser(DataType type) : ITextParser<Int128>
{
    // Digits past these cannot change the result of rounding 38 of them, only whether it was exact.
    private const int MaxExponent = 1000;

    private readonly int _scale = type.Scale;
    private readonly int _precision = type.Precision;

    public bool TryParse(ReadOnlySpan<byte> text, out Int128 value)
    {
        value = 0;
        bool isNegative = text.StartsWith("-"u8);
        if (isNegative || text.StartsWith("+"u8)) { text = text[1..]; }

        if (!TrySplitExponent(ref text, out int exponent)) { return false; }

        int point = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? text : text[..point];
        ReadOnlySpan<byte> fraction = point < 0 ? default : text[(point + 1)..];
        if (whole.Length + fraction.Length == 0
            || whole.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        if (!TryRound(whole, fraction, whole.Length + exponent + _scale, out Int128 magnitude)) { return false; }

        value = isNegative ? -magnitude : magnitude;
        return true;
    }

    // The number is 0.d1 d2 d3 … × 10^kept: `kept` digits stay, the next one rounds.
    private bool TryRound(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, int kept, out Int128 magnitude)
    {
        magnitude = 0;
        int count = whole.Length + fraction.Length;
        for (int digit = 0; digit < kept; digit++)
        {
            byte value =
                digit < whole.Length ? whole[digit] : digit < count ? fraction[digit - whole.Length] : (byte)'0';
            if (magnitude >= DecimalArithmetic.PowerOfTen(DataType.MaxDecimalPrecision - 1))
            {
                return false;
            }

            magnitude = (magnitude * 10) + (value - '0');
        }

        if (kept >= 0 && kept < count)
        {
            byte next = kept < whole.Length ? whole[kept] : fraction[kept - whole.Length];
            magnitude += next >= '5' ? 1 : 0;
        }

        return DecimalArithmetic.Fits(magnitude, _precision);
    }

    private static bool TrySplitExponent(ref ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        int mark = text.IndexOfAny((byte)'e', (byte)'E');
        if (mark < 0) { return true; }

        bool isNumber = int.TryParse(
            text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent);
        text = text[..mark];
        return isNumber && exponent is >= -MaxExponent and <= MaxExponent;
    }
}
