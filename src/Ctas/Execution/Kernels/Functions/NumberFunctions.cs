using System.Numerics;
using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Functions of numbers that are not smooth: divisors, buckets, whole quotients, cutting.</summary>
internal static class NumberFunctions
{
    private const string OutOfRange = "number out of range";
    private const int MaxFactorial = 33;

    public static Outcome GreatestDivisor<T>(T left, T right, out T result)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        result = T.Zero;
        while (right != T.Zero)
        {
            // The least number divided by −1 does not fit, though its rest is 0.
            (left, right) = (right, right == -T.One ? T.Zero : left % right);
        }

        if (left == T.MinValue) { return Outcome.Fail(OutOfRange); }

        result = T.Abs(left);
        return Outcome.Value;
    }

    public static Outcome LeastMultiple<T>(T left, T right, out T result)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        result = T.Zero;
        if (left == T.Zero || right == T.Zero) { return Outcome.Value; }

        Outcome outcome = GreatestDivisor(left, right, out T divisor);
        if (outcome.IsNull) { return outcome; }

        Int128 multiple = Int128.Abs(Int128.CreateChecked(left / divisor) * Int128.CreateChecked(right));
        if (multiple > Int128.CreateChecked(T.MaxValue)) { return Outcome.Fail(OutOfRange); }

        result = T.CreateChecked(multiple);
        return Outcome.Value;
    }

    public static Outcome Factorial(RowArguments row, out Int128 result)
    {
        long number = row.BigInt(0);
        result = 0;
        if (number < 0) { return Outcome.Fail("factorial of a negative number"); }

        if (number > MaxFactorial) { return Outcome.Fail(OutOfRange); }

        result = 1;
        for (int factor = 2; factor <= number; factor++) { result *= factor; }

        return Outcome.Value;
    }

    public static Outcome Logarithm(RowArguments row, out double result)
    {
        double logarithmBase = row.Double(0);
        double value = row.Double(1);
        result = Math.Log(value) / Math.Log(logarithmBase);
        return double.IsFinite(result) || double.IsNaN(value) || double.IsNaN(logarithmBase)
            ? Outcome.Value
            : Outcome.Fail("logarithm without a result");
    }

    /// <summary>PostgreSQL's: 0 below the range, count + 1 from its end on; bounds may go down.</summary>
    public static Outcome WidthBucket(RowArguments row, out int result)
    {
        (double value, double low, double high) = (row.Double(0), row.Double(1), row.Double(2));
        int count = row.Int(3);
        result = 0;
        if (count <= 0) { return Outcome.Fail("count of buckets not positive"); }

        if (low == high || !double.IsFinite(low) || !double.IsFinite(high) || double.IsNaN(value))
        {
            return Outcome.Fail("range without width");
        }

        if (low > high) { (value, low, high) = (-value, -low, -high); }

        if (value < low) { return Outcome.Value; }

        long bucket = value >= high ? count + 1L : (long)Math.Floor(count * ((value - low) / (high - low))) + 1;
        bool fits = bucket <= int.MaxValue;
        result = fits ? (int)bucket : 0;
        return fits ? Outcome.Value : Outcome.Fail(OutOfRange);
    }

    /// <summary>A whole number in hex digits, negative ones in two's complement.</summary>
    public static Outcome ToHex(RowArguments row, ByteWriter output)
    {
        if (row.Column(0) is FixedColumn<int>) { output.Append(row.Int(0), "x"); }
        else { output.Append(row.BigInt(0), "x"); }

        return Outcome.Value;
    }

    public static Outcome ArcTangentOfQuotient(RowArguments row, out double result)
    {
        result = Math.Atan2(row.Double(0), row.Double(1));
        return Outcome.Value;
    }

    public static Outcome Random(RowArguments row, out double result)
    {
        result = System.Random.Shared.NextDouble();
        return Outcome.Value;
    }
}

/// <summary>TRUNC(x, digits) of DOUBLE, toward zero.</summary>
internal readonly struct TruncateDouble : IBinaryOperation<double, int, double>
{
    public bool CanFail => false;

    public bool TryApply(double left, int right, out double result)
    {
        result = left;
        if (right > 22 || !double.IsFinite(left)) { return true; }

        if (right < -308)
        {
            result = 0;
            return true;
        }

        double unit = Math.Pow(10, Math.Abs(right));
        double cut = right >= 0 ? Math.Truncate(left * unit) / unit : Math.Truncate(left / unit) * unit;
        if (double.IsFinite(cut)) { result = cut; }

        return true;
    }
}

/// <summary>TRUNC(x, digits) of an exact number, toward zero; the type stays.</summary>
internal readonly struct TruncateExact<T>(int scale) : IBinaryOperation<T, int, T>
    where T : unmanaged, IBinaryInteger<T>
{
    private readonly int _scale = scale;

    public bool CanFail => false;

    public bool TryApply(T left, int right, out T result)
    {
        long dropped = (long)_scale - right;
        result = left;
        if (dropped <= 0) { return true; }

        Int128 exact = Int128.CreateChecked(left);
        Int128 rest = dropped > DataType.MaxDecimalPrecision
            ? exact
            : exact % DecimalArithmetic.PowerOfTen((int)dropped);
        result = T.CreateChecked(exact - rest);
        return true;
    }
}

/// <summary>DIV(y, x): the whole quotient, toward zero.</summary>
internal readonly struct WholeQuotient : IBinaryOperation<double, double, double>
{
    public bool CanFail => true;

    public bool TryApply(double left, double right, out double result)
    {
        result = right == 0 ? 0 : Math.Truncate(left / right);
        return right != 0;
    }
}

/// <summary>DIV(y, x) of DECIMALs of one type; the scale stays.</summary>
internal readonly struct WholeQuotientOfDecimal(DataType type) : IBinaryOperation<Int128, Int128, Int128>
{
    private readonly DataType _type = type;

    public bool CanFail => true;

    public bool TryApply(Int128 left, Int128 right, out Int128 result)
    {
        result = 0;
        return right != 0
            && DecimalArithmetic.TryRescale(left / right, 0, _type.Scale, _type.Precision, out result);
    }
}
