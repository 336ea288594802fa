namespace Ctas.Execution.Kernels.Functions;

/// <summary>A function of one DOUBLE. Implemented by structs, so that loops are compiled for each.</summary>
internal interface IDoubleFunction
{
    /// <summary>The value; NaN or an infinity where there is none.</summary>
    static abstract double Apply(double value);
}

/// <summary>A function of one DOUBLE as an operation: a finite number without a finite result fails the row.</summary>
internal readonly struct DoubleOperation<TFunction> : IUnaryOperation<double, double>
    where TFunction : struct, IDoubleFunction
{
    public bool CanFail => true;

    public bool TryApply(double operand, out double result)
    {
        result = TFunction.Apply(operand);
        if (double.IsFinite(result) || double.IsNaN(operand)) { return true; }

        bool hasResult = double.IsInfinity(operand) && !double.IsNaN(result);
        if (!hasResult) { result = 0; }

        return hasResult;
    }
}

internal readonly struct Exponential : IDoubleFunction
{
    public static double Apply(double value) => Math.Exp(value);
}

internal readonly struct NaturalLogarithm : IDoubleFunction
{
    public static double Apply(double value) => Math.Log(value);
}

internal readonly struct CommonLogarithm : IDoubleFunction
{
    public static double Apply(double value) => Math.Log10(value);
}

internal readonly struct BinaryLogarithm : IDoubleFunction
{
    public static double Apply(double value) => Math.Log2(value);
}

internal readonly struct CubeRoot : IDoubleFunction
{
    public static double Apply(double value)
    {
        // The root of a cube is whole, whatever the last bit of the approximation.
        double root = Math.Cbrt(value);
        double whole = Math.Round(root);
        return whole * whole * whole == value ? whole : root;
    }
}

internal readonly struct Sine : IDoubleFunction
{
    public static double Apply(double value) => Math.Sin(value);
}

internal readonly struct Cosine : IDoubleFunction
{
    public static double Apply(double value) => Math.Cos(value);
}

internal readonly struct Tangent : IDoubleFunction
{
    public static double Apply(double value) => Math.Tan(value);
}

internal readonly struct Cotangent : IDoubleFunction
{
    public static double Apply(double value) => 1 / Math.Tan(value);
}

internal readonly struct ArcSine : IDoubleFunction
{
    public static double Apply(double value) => Math.Asin(value);
}

internal readonly struct ArcCosine : IDoubleFunction
{
    public static double Apply(double value) => Math.Acos(value);
}

internal readonly struct ArcTangent : IDoubleFunction
{
    public static double Apply(double value) => Math.Atan(value);
}

internal readonly struct HyperbolicSine : IDoubleFunction
{
    public static double Apply(double value) => Math.Sinh(value);
}

internal readonly struct HyperbolicCosine : IDoubleFunction
{
    public static double Apply(double value) => Math.Cosh(value);
}

internal readonly struct HyperbolicTangent : IDoubleFunction
{
    public static double Apply(double value) => Math.Tanh(value);
}

internal readonly struct AreaSine : IDoubleFunction
{
    public static double Apply(double value) => Math.Asinh(value);
}

internal readonly struct AreaCosine : IDoubleFunction
{
    public static double Apply(double value) => Math.Acosh(value);
}

internal readonly struct AreaTangent : IDoubleFunction
{
    public static double Apply(double value) => Math.Atanh(value);
}

internal readonly struct ToDegrees : IDoubleFunction
{
    public static double Apply(double value) => double.RadiansToDegrees(value);
}

internal readonly struct ToRadians : IDoubleFunction
{
    public static double Apply(double value) => double.DegreesToRadians(value);
}
