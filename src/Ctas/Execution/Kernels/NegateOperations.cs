using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>−INT.</summary>
internal readonly struct NegateInt : IUnaryOperation<int, int>
{
    public bool CanFail => true;

    public bool TryApply(int operand, out int result) => Narrow.ToInt(-(long)operand, out result);
}

/// <summary>−BIGINT.</summary>
internal readonly struct NegateBigInt : IUnaryOperation<long, long>
{
    public bool CanFail => true;

    public bool TryApply(long operand, out long result)
    {
        result = operand == long.MinValue ? 0 : -operand;
        return operand != long.MinValue;
    }
}

/// <summary>−DOUBLE.</summary>
internal readonly struct NegateDouble : IUnaryOperation<double, double>
{
    public bool CanFail => false;

    public bool TryApply(double operand, out double result)
    {
        result = -operand;
        return true;
    }
}

/// <summary>−DECIMAL; the range is symmetric.</summary>
internal readonly struct NegateDecimal : IUnaryOperation<Int128, Int128>
{
    public bool CanFail => false;

    public bool TryApply(Int128 operand, out Int128 result)
    {
        result = -operand;
        return true;
    }
}

/// <summary>−INTERVAL, part by part.</summary>
internal readonly struct NegateInterval : IUnaryOperation<Interval, Interval>
{
    public bool CanFail => true;

    public bool TryApply(Interval operand, out Interval result) =>
        new AddIntervals(-1).TryApply(default, operand, out result);
}
