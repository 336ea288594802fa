using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>DECIMAL ± DECIMAL; scales may differ, the result's scale holds.</summary>
internal readonly struct AddDecimal(DataType left, DataType right, DataType type, bool isSubtraction)
    : IBinaryOperation<Int128, Int128, Int128>
{
    private readonly int _leftScale = left.Scale;
    private readonly int _rightScale = right.Scale;
    private readonly int _scale = type.Scale;
    private readonly int _precision = type.Precision;
    private readonly bool _isSubtraction = isSubtraction;

    public bool CanFail => true;

    public bool TryApply(Int128 left, Int128 right, out Int128 result)
    {
        result = 0;
        if (!DecimalArithmetic.TryRescale(left, _leftScale, _scale, DataType.MaxDecimalPrecision, out Int128 first)
            || !DecimalArithmetic.TryRescale(
                right, _rightScale, _scale, DataType.MaxDecimalPrecision, out Int128 second))
        {
            return false;
        }

        // Two values of 38 digits have a sum of less than 2^127.
        Int128 sum = _isSubtraction ? first - second : first + second;
        if (!DecimalArithmetic.Fits(sum, _precision)) { return false; }

        result = sum;
        return true;
    }
}

/// <summary>DECIMAL × DECIMAL.</summary>
internal readonly struct MultiplyDecimal(
    DataType left, DataType right, DataType type) : IBinaryOperation<Int128, Int128, Int128>
{
    private readonly int _productScale = left.Scale + right.Scale;
    private readonly int _scale = type.Scale;
    private readonly int _precision = type.Precision;

    // 126 bits, the product of two short values, never reach 38 digits.
    private readonly bool _isExactWhenShort =
        type.Scale == left.Scale + right.Scale && type.Precision == DataType.MaxDecimalPrecision;

    public bool CanFail => true;

    public bool TryApply(Int128 left, Int128 right, out Int128 result)
    {
        if (_isExactWhenShort && ShortDecimals.Holds(left) && ShortDecimals.Holds(right))
        {
            result = Math.BigMul((long)left, (long)right);
            return true;
        }

        return DecimalArithmetic.TryMultiply(left, right, _productScale, _scale, _precision, out result);
    }
}

/// <summary>DECIMAL ÷ DECIMAL, rounded half away from zero; not by zero.</summary>
internal readonly struct DivideDecimal(
    DataType left, DataType right, DataType type) : IBinaryOperation<Int128, Int128, Int128>
{
    private readonly int _leftScale = left.Scale;
    private readonly int _rightScale = right.Scale;
    private readonly int _scale = type.Scale;
    private readonly int _precision = type.Precision;

    public bool CanFail => true;

    public bool TryApply(Int128 left, Int128 right, out Int128 result) =>
        DecimalArithmetic.TryDivide(left, _leftScale, right, _rightScale, _scale, _precision, out result);
}

/// <summary>DECIMAL ÷ DECIMAL where the result is DOUBLE; not by zero.</summary>
internal readonly struct DivideDecimalToDouble(DataType left, DataType right) : IBinaryOperation<Int128, Int128, double>
{
    private readonly int _leftScale = left.Scale;
    private readonly int _rightScale = right.Scale;

    public bool CanFail => true;

    public bool TryApply(Int128 left, Int128 right, out double result)
    {
        result = right == 0 ? 0 : NumberCasts.ToDouble(left, _leftScale) / NumberCasts.ToDouble(right, _rightScale);
        return right != 0;
    }
}

/// <summary>Remainder with the sign of the dividend; not by zero.</summary>
internal readonly struct ModuloDecimal(
    DataType left, DataType right, DataType type) : IBinaryOperation<Int128, Int128, Int128>
{
    private readonly int _leftScale = left.Scale;
    private readonly int _rightScale = right.Scale;
    private readonly int _scale = type.Scale;
    private readonly int _precision = type.Precision;

    public bool CanFail => true;

    public bool TryApply(Int128 left, Int128 right, out Int128 result)
    {
        result = 0;
        int scale = Math.Max(_leftScale, _rightScale);
        return right != 0
            && DecimalArithmetic.TryRescale(left, _leftScale, scale, DataType.MaxDecimalPrecision, out Int128 dividend)
            && DecimalArithmetic.TryRescale(right, _rightScale, scale, DataType.MaxDecimalPrecision, out Int128 divisor)
            && DecimalArithmetic.TryRescale(dividend % divisor, scale, _scale, _precision, out result);
    }
}
