using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>Unscaled DECIMALs of at most 18 digits, which 64 bits hold: most there are.</summary>
internal static class ShortDecimals
{
    /// <summary>The most digits that surely fit.</summary>
    public const int MaxPrecision = 18;

    /// <summary>Digits of which 2^31 values add up to less than 128 bits hold.</summary>
    public const int MaxSummedPrecision = 28;

    /// <summary>True when every value of a DECIMAL type is short, also with some more digits.</summary>
    public static bool Holds(DataType type, int moreDigits = 0) => type.Precision + moreDigits <= MaxPrecision;

    /// <summary>True when 64 bits hold a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds(Int128 value) => (long)(value >> 64) == (long)value >> 63;

    /// <summary>10 to a power of at most 18.</summary>
    public static long PowerOfTen(int exponent) => (long)DecimalArithmetic.PowerOfTen(exponent);
}

/// <summary>The order of short DECIMALs.</summary>
internal readonly struct ShortDecimalOrder : IOrder<Int128>
{
    public static bool AreEqual(Int128 left, Int128 right) => (long)left == (long)right;

    public static bool IsLess(Int128 left, Int128 right) => (long)left < (long)right;
}

/// <summary>DECIMAL ± DECIMAL whose values are short also with the result's scale.</summary>
internal readonly struct AddShortDecimal(DataType left, DataType right, DataType type, bool isSubtraction)
    : IBinaryOperation<Int128, Int128, Int128>
{
    private readonly long _leftFactor = ShortDecimals.PowerOfTen(type.Scale - left.Scale);
    private readonly long _rightFactor = ShortDecimals.PowerOfTen(type.Scale - right.Scale) * (isSubtraction ? -1 : 1);

    public bool CanFail => false;

    /// <summary>True when this form suits the types.</summary>
    public static bool Suits(DataType left, DataType right, DataType type) =>
        type.Scale >= Math.Max(left.Scale, right.Scale)
        && ShortDecimals.Holds(left, type.Scale - left.Scale) && ShortDecimals.Holds(right, type.Scale - right.Scale)
        && type.Precision - type.Scale > Math.Max(left.Precision - left.Scale, right.Precision - right.Scale);

    // Two numbers of 18 digits have a sum of 19, the first of which is 1.
    public bool TryApply(Int128 left, Int128 right, out Int128 result)
    {
        result = ((long)left * _leftFactor) + ((long)right * _rightFactor);
        return true;
    }
}

/// <summary>DECIMAL × DECIMAL of short values whose product is exact and fits.</summary>
internal readonly struct MultiplyShortDecimal : IBinaryOperation<Int128, Int128, Int128>
{
    public bool CanFail => false;

    /// <summary>True when this form suits the types.</summary>
    public static bool Suits(DataType left, DataType right, DataType type) =>
        ShortDecimals.Holds(left) && ShortDecimals.Holds(right)
        && type.Scale == left.Scale + right.Scale && type.Precision >= left.Precision + right.Precision;

    public bool TryApply(Int128 left, Int128 right, out Int128 result)
    {
        result = Math.BigMul((long)left, (long)right);
        return true;
    }
}

/// <summary>A short DECIMAL to another one with as many digits on both sides of the point, or more.</summary>
internal readonly struct WidenShortDecimal(DataType from, DataType type) : IUnaryOperation<Int128, Int128>
{
    private readonly long _factor = ShortDecimals.PowerOfTen(type.Scale - from.Scale);

    public bool CanFail => false;

    /// <summary>True when this form suits the types.</summary>
    public static bool Suits(DataType from, DataType type) =>
        type.Scale >= from.Scale && ShortDecimals.Holds(from, type.Scale - from.Scale)
        && type.Precision - type.Scale >= from.Precision - from.Scale;

    public bool TryApply(Int128 operand, out Int128 result)
    {
        result = (long)operand * _factor;
        return true;
    }
}
