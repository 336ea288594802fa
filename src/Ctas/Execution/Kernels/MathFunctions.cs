using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>ABS of INT.</summary>
internal readonly struct AbsInt : IUnaryOperation<int, int>
{
    public bool CanFail => true;

    public bool TryApply(int operand, out int result) => Narrow.ToInt(Math.Abs((long)operand), out result);
}

/// <summary>ABS of BIGINT.</summary>
internal readonly struct AbsBigInt : IUnaryOperation<long, long>
{
    public bool CanFail => true;

    public bool TryApply(long operand, out long result)
    {
        result = operand == long.MinValue ? 0 : Math.Abs(operand);
        return operand != long.MinValue;
    }
}

/// <summary>ABS of DOUBLE.</summary>
internal readonly struct AbsDouble : IUnaryOperation<double, double>
{
    public bool CanFail => false;

    public bool TryApply(double operand, out double result)
    {
        result = Math.Abs(operand);
        return true;
    }
}

/// <summary>ABS of DECIMAL.</summary>
internal readonly struct AbsDecimal : IUnaryOperation<Int128, Int128>
{
    public bool CanFail => false;

    public bool TryApply(Int128 operand, out Int128 result)
    {
        result = Int128.Abs(operand);
        return true;
    }
}

/// <summary>SIGN of DOUBLE; 0 for NaN.</summary>
internal readonly struct SignDouble : IUnaryOperation<double, int>
{
    public bool CanFail => false;

    public bool TryApply(double operand, out int result)
    {
        result = operand > 0 ? 1 : operand < 0 ? -1 : 0;
        return true;
    }
}

/// <summary>SIGN of an exact number.</summary>
internal readonly struct SignNumber<T> : IUnaryOperation<T, int>
    where T : System.Numerics.INumber<T>
{
    public bool CanFail => false;

    public bool TryApply(T operand, out int result)
    {
        result = T.Sign(operand);
        return true;
    }
}

/// <summary>FLOOR and CEIL of DOUBLE.</summary>
internal readonly struct FloorOrCeilDouble(bool isFloor) : IUnaryOperation<double, double>
{
    private readonly bool _isFloor = isFloor;

    public bool CanFail => false;

    public bool TryApply(double operand, out double result)
    {
        result = _isFloor ? Math.Floor(operand) : Math.Ceiling(operand);
        return true;
    }
}

/// <summary>FLOOR and CEIL of DECIMAL; the scale stays.</summary>
internal readonly struct FloorOrCeilDecimal(DataType type, bool isFloor) : IUnaryOperation<Int128, Int128>
{
    private readonly Int128 _unit = DecimalArithmetic.PowerOfTen(type.Scale);
    private readonly int _precision = type.Precision;
    private readonly bool _isFloor = isFloor;

    public bool CanFail => true;

    public bool TryApply(Int128 operand, out Int128 result)
    {
        Int128 rest = operand % _unit;
        Int128 whole = operand - rest;
        if (_isFloor && rest < 0) { whole -= _unit; }

        if (!_isFloor && rest > 0) { whole += _unit; }

        bool fits = DecimalArithmetic.Fits(whole, _precision);
        result = fits ? whole : 0;
        return fits;
    }
}

/// <summary>SQRT; not of a negative number.</summary>
internal readonly struct SquareRoot : IUnaryOperation<double, double>
{
    public bool CanFail => true;

    public bool TryApply(double operand, out double result)
    {
        result = operand < 0 ? 0 : Math.Sqrt(operand);
        return !(operand < 0);
    }
}

/// <summary>POWER; not a negative number to a fraction, not zero to a negative number (as PostgreSQL).</summary>
internal readonly struct PowerOperation : IBinaryOperation<double, double, double>
{
    public bool CanFail => true;

    public bool TryApply(double left, double right, out double result)
    {
        bool isRoot = left < 0 && double.IsFinite(right) && right != Math.Floor(right);
        bool hasResult = !isRoot && !(left == 0 && right < 0);
        result = hasResult ? Math.Pow(left, right) : 0;
        return hasResult;
    }
}

/// <summary>ROUND(x, digits) of DOUBLE, half away from zero.</summary>
internal readonly struct RoundDouble : IBinaryOperation<double, int, double>
{
    public bool CanFail => false;

    public bool TryApply(double left, int right, out double result)
    {
        if (right > 22 || !double.IsFinite(left)) { result = left; }
        else if (right < -308) { result = 0; }
        else if (right >= 0)
        {
            double unit = Math.Pow(10, right);
            double rounded = Math.Round(left * unit, MidpointRounding.AwayFromZero) / unit;
            result = double.IsFinite(rounded) ? rounded : left;
        }
        else
        {
            double unit = Math.Pow(10, -right);
            result = Math.Round(left / unit, MidpointRounding.AwayFromZero) * unit;
        }

        return true;
    }
}

/// <summary>ROUND(x, digits) of an exact number, half away from zero; the type stays.</summary>
internal readonly struct RoundExact(int scale, int precision) : IBinaryOperation<Int128, int, Int128>
{
    private readonly int _scale = scale;
    private readonly int _precision = precision;

    public bool CanFail => true;

    public bool TryApply(Int128 left, int right, out Int128 result)
    {
        result = left;
        if (right >= _scale) { return true; }

        // Rounding to more than 38 digits before the point leaves nothing.
        long dropped = (long)_scale - right;
        Int128 rounded = 0;
        if (dropped <= DataType.MaxDecimalPrecision)
        {
            Int128 unit = DecimalArithmetic.PowerOfTen((int)dropped);
            Int128 count = DecimalArithmetic.DivideRounded(left, unit);
            rounded = count == 0 ? 0 : count * unit;
            if (dropped == DataType.MaxDecimalPrecision && count != 0) { rounded = Int128.MaxValue; }
        }

        bool fits = DecimalArithmetic.Fits(rounded, _precision);
        result = fits ? rounded : 0;
        return fits;
    }
}

/// <summary>ROUND(x, digits) of BIGINT; matters only for negative digits.</summary>
internal readonly struct RoundBigInt : IBinaryOperation<long, int, long>
{
    public bool CanFail => true;

    public bool TryApply(long left, int right, out long result)
    {
        bool passed = new RoundExact(0, DataType.MaxDecimalPrecision).TryApply(left, right, out Int128 rounded);
        passed &= rounded == (long)rounded;
        result = passed ? (long)rounded : 0;
        return passed;
    }
}

/// <summary>ROUND(x, digits) of INT; matters only for negative digits.</summary>
internal readonly struct RoundInt : IBinaryOperation<int, int, int>
{
    public bool CanFail => true;

    public bool TryApply(int left, int right, out int result)
    {
        result = 0;
        return default(RoundBigInt).TryApply(left, right, out long rounded) && Narrow.ToInt(rounded, out result);
    }
}
