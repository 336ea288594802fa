namespace Ctas.Execution.Kernels;

/// <summary>INT + INT; leaving the range has no result.</summary>
internal readonly struct AddInt : IBinaryOperation<int, int, int>
{
    public bool CanFail => true;

    public bool TryApply(int left, int right, out int result) => Narrow.ToInt((long)left + right, out result);
}

/// <summary>INT − INT.</summary>
internal readonly struct SubtractInt : IBinaryOperation<int, int, int>
{
    public bool CanFail => true;

    public bool TryApply(int left, int right, out int result) => Narrow.ToInt((long)left - right, out result);
}

/// <summary>INT × INT.</summary>
internal readonly struct MultiplyInt : IBinaryOperation<int, int, int>
{
    public bool CanFail => true;

    public bool TryApply(int left, int right, out int result) => Narrow.ToInt((long)left * right, out result);
}

/// <summary>INT ÷ INT, truncated toward zero; not by zero.</summary>
internal readonly struct DivideInt : IBinaryOperation<int, int, int>
{
    public bool CanFail => true;

    public bool TryApply(int left, int right, out int result)
    {
        result = 0;
        return right != 0 && Narrow.ToInt((long)left / right, out result);
    }
}

/// <summary>Remainder with the sign of the dividend; not by zero.</summary>
internal readonly struct ModuloInt : IBinaryOperation<int, int, int>
{
    public bool CanFail => true;

    public bool TryApply(int left, int right, out int result)
    {
        result = right == 0 ? 0 : (int)((long)left % right);
        return right != 0;
    }
}

/// <summary>BIGINT + BIGINT.</summary>
internal readonly struct AddBigInt : IBinaryOperation<long, long, long>
{
    public bool CanFail => true;

    public bool TryApply(long left, long right, out long result)
    {
        result = unchecked(left + right);
        return ((left ^ result) & (right ^ result)) >= 0;
    }
}

/// <summary>BIGINT − BIGINT.</summary>
internal readonly struct SubtractBigInt : IBinaryOperation<long, long, long>
{
    public bool CanFail => true;

    public bool TryApply(long left, long right, out long result)
    {
        result = unchecked(left - right);
        return ((left ^ right) & (left ^ result)) >= 0;
    }
}

/// <summary>BIGINT × BIGINT.</summary>
internal readonly struct MultiplyBigInt : IBinaryOperation<long, long, long>
{
    public bool CanFail => true;

    public bool TryApply(long left, long right, out long result)
    {
        long high = Math.BigMul(left, right, out result);
        return high == result >> 63;
    }
}

/// <summary>BIGINT ÷ BIGINT, truncated toward zero; not by zero.</summary>
internal readonly struct DivideBigInt : IBinaryOperation<long, long, long>
{
    public bool CanFail => true;

    public bool TryApply(long left, long right, out long result)
    {
        bool hasResult = right != 0 && !(left == long.MinValue && right == -1);
        result = hasResult ? left / right : 0;
        return hasResult;
    }
}

/// <summary>Remainder with the sign of the dividend; not by zero.</summary>
internal readonly struct ModuloBigInt : IBinaryOperation<long, long, long>
{
    public bool CanFail => true;

    public bool TryApply(long left, long right, out long result)
    {
        // The processor traps on the one quotient that does not fit; the remainder is 0 there.
        result = right is 0 or -1 ? 0 : left % right;
        return right != 0;
    }
}

/// <summary>DOUBLE + DOUBLE.</summary>
internal readonly struct AddDouble : IBinaryOperation<double, double, double>
{
    public bool CanFail => false;

    public bool TryApply(double left, double right, out double result)
    {
        result = left + right;
        return true;
    }
}

/// <summary>DOUBLE − DOUBLE.</summary>
internal readonly struct SubtractDouble : IBinaryOperation<double, double, double>
{
    public bool CanFail => false;

    public bool TryApply(double left, double right, out double result)
    {
        result = left - right;
        return true;
    }
}

/// <summary>DOUBLE × DOUBLE.</summary>
internal readonly struct MultiplyDouble : IBinaryOperation<double, double, double>
{
    public bool CanFail => false;

    public bool TryApply(double left, double right, out double result)
    {
        result = left * right;
        return true;
    }
}

/// <summary>DOUBLE ÷ DOUBLE; not by zero (as PostgreSQL).</summary>
internal readonly struct DivideDouble : IBinaryOperation<double, double, double>
{
    public bool CanFail => true;

    public bool TryApply(double left, double right, out double result)
    {
        result = right == 0 ? 0 : left / right;
        return right != 0;
    }
}

/// <summary>IEEE remainder with the sign of the dividend; not by zero.</summary>
internal readonly struct ModuloDouble : IBinaryOperation<double, double, double>
{
    public bool CanFail => true;

    public bool TryApply(double left, double right, out double result)
    {
        result = right == 0 ? 0 : left % right;
        return right != 0;
    }
}

/// <summary>Conversions to a narrower integer.</summary>
internal static class Narrow
{
    /// <summary>The value as INT; false, with 0, when it does not fit.</summary>
    public static bool ToInt(long value, out int result)
    {
        result = (int)value;
        if (result == value) { return true; }

        result = 0;
        return false;
    }
}
