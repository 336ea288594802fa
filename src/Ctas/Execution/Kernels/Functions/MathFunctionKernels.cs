using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Kernels of the functions of numbers.</summary>
internal static class MathFunctionKernels
{
    private const string OutOfRange = "number out of range";

    public static IReadOnlyDictionary<string, FunctionCompiler> All { get; } =
        new Dictionary<string, FunctionCompiler>(StringComparer.Ordinal)
        {
            ["ABS"] = call => CompileAbs(call, call.Argument(0)),
            ["SIGN"] = call => CompileSign(call, call.Argument(0)),
            ["FLOOR"] = call => CompileFloorOrCeil(call, call.Argument(0), isFloor: true),
            ["CEIL"] = call => CompileFloorOrCeil(call, call.Argument(0), isFloor: false),
            ["ROUND"] = CompileRound,
            ["SQRT"] = CompileSquareRoot,
            ["POWER"] = CompilePower,
            ["EXP"] = call => Double<Exponential>(call),
            ["LN"] = call => Double<NaturalLogarithm>(call),
            ["LOG10"] = call => Double<CommonLogarithm>(call),
            ["LOG2"] = call => Double<BinaryLogarithm>(call),
            ["LOG"] = call => call.Count == 1
                ? Double<CommonLogarithm>(call)
                : call.Value<double>(NumberFunctions.Logarithm, RowOptions.CanFail),
            ["CBRT"] = call => Double<CubeRoot>(call),
            ["SIN"] = call => Double<Sine>(call),
            ["COS"] = call => Double<Cosine>(call),
            ["TAN"] = call => Double<Tangent>(call),
            ["COT"] = call => Double<Cotangent>(call),
            ["ASIN"] = call => Double<ArcSine>(call),
            ["ACOS"] = call => Double<ArcCosine>(call),
            ["ATAN"] = call => Double<ArcTangent>(call),
            ["ATAN2"] = call => call.Value<double>(NumberFunctions.ArcTangentOfQuotient),
            ["SINH"] = call => Double<HyperbolicSine>(call),
            ["COSH"] = call => Double<HyperbolicCosine>(call),
            ["TANH"] = call => Double<HyperbolicTangent>(call),
            ["ASINH"] = call => Double<AreaSine>(call),
            ["ACOSH"] = call => Double<AreaCosine>(call),
            ["ATANH"] = call => Double<AreaTangent>(call),
            ["DEGREES"] = call => Double<ToDegrees>(call),
            ["RADIANS"] = call => Double<ToRadians>(call),
            ["TRUNC"] = CompileTruncate,
            ["DIV"] = CompileQuotient,
            ["GCD"] = call => call.Type.Kind == DataTypeKind.Int
                ? call.Value((RowArguments row, out int result) =>
                    NumberFunctions.GreatestDivisor(row.Int(0), row.Int(1), out result), RowOptions.CanFail)
                : call.Value((RowArguments row, out long result) =>
                    NumberFunctions.GreatestDivisor(row.BigInt(0), row.BigInt(1), out result), RowOptions.CanFail),
            ["LCM"] = call => call.Type.Kind == DataTypeKind.Int
                ? call.Value((RowArguments row, out int result) =>
                    NumberFunctions.LeastMultiple(row.Int(0), row.Int(1), out result), RowOptions.CanFail)
                : call.Value((RowArguments row, out long result) =>
                    NumberFunctions.LeastMultiple(row.BigInt(0), row.BigInt(1), out result), RowOptions.CanFail),
            ["FACTORIAL"] = call => call.Value<Int128>(NumberFunctions.Factorial, RowOptions.CanFail),
            ["WIDTH_BUCKET"] = call => call.Value<int>(NumberFunctions.WidthBucket, RowOptions.CanFail),
            ["GEO_DISTANCE"] = call => call.Value<double>(GlobeDistance.Of, RowOptions.CanFail),
            ["TO_HEX"] = call => call.Text(NumberFunctions.ToHex),
            ["RANDOM"] = call => call.Value<double>(NumberFunctions.Random),
        };

    private static UnaryKernel<double, double, DoubleOperation<TFunction>> Double<TFunction>(FunctionCall call)
        where TFunction : struct, IDoubleFunction =>
        new(call.Type, call.Argument(0, DataType.Double), default, call.Failure("no result for this number"));

    private static Kernel CompileTruncate(FunctionCall call)
    {
        Kernel operand = call.Argument(0);
        Kernel digits = call.Count == 1
            ? new ConstantKernel<int>(DataType.Int, 0)
            : call.Argument(1, DataType.Int);
        return operand.Type.Kind switch
        {
            DataTypeKind.Int => new BinaryKernel<int, int, int, TruncateExact<int>>(
                call.Type, operand, digits, new(0), FailureText.Never),
            DataTypeKind.BigInt => new BinaryKernel<long, int, long, TruncateExact<long>>(
                call.Type, operand, digits, new(0), FailureText.Never),
            DataTypeKind.Double => new BinaryKernel<double, int, double, TruncateDouble>(
                call.Type, operand, digits, default, FailureText.Never),
            DataTypeKind.Decimal => new BinaryKernel<Int128, int, Int128, TruncateExact<Int128>>(
                call.Type, operand, digits, new(operand.Type.Scale), FailureText.Never),
            _ => throw call.NoKernel(operand),
        };
    }

    private static Kernel CompileQuotient(FunctionCall call)
    {
        Kernel left = call.Argument(0);
        Kernel right = call.Argument(1);
        FailureText failure = call.Failure("division by zero") with { ReasonUnlessZero = OutOfRange };
        return left.Type.Kind switch
        {
            DataTypeKind.Int => new BinaryKernel<int, int, int, DivideInt>(call.Type, left, right, default, failure),
            DataTypeKind.BigInt =>
                new BinaryKernel<long, long, long, DivideBigInt>(call.Type, left, right, default, failure),
            DataTypeKind.Double =>
                new BinaryKernel<double, double, double, WholeQuotient>(call.Type, left, right, default, failure),
            DataTypeKind.Decimal => new BinaryKernel<Int128, Int128, Int128, WholeQuotientOfDecimal>(
                call.Type, left, right, new(call.Type), failure),
            _ => throw call.NoKernel(left),
        };
    }

    private static UnaryKernel<double, double, SquareRoot> CompileSquareRoot(FunctionCall call)
    {
        Kernel operand = call.Argument(0, DataType.Double);
        return new(call.Type, operand, default, call.Failure("square root of a negative number"));
    }

    private static BinaryKernel<double, double, double, PowerOperation> CompilePower(FunctionCall call)
    {
        Kernel number = call.Argument(0, DataType.Double);
        Kernel exponent = call.Argument(1, DataType.Double);
        return new(call.Type, number, exponent, default, call.Failure("power without a result"));
    }

    private static Kernel CompileAbs(FunctionCall call, Kernel operand)
    {
        var failure = call.Failure(OutOfRange);
        return operand.Type.Kind switch
        {
            DataTypeKind.Int => new UnaryKernel<int, int, AbsInt>(call.Type, operand, default, failure),
            DataTypeKind.BigInt => new UnaryKernel<long, long, AbsBigInt>(call.Type, operand, default, failure),
            DataTypeKind.Double => new UnaryKernel<double, double, AbsDouble>(call.Type, operand, default, failure),
            DataTypeKind.Decimal => new UnaryKernel<Int128, Int128, AbsDecimal>(call.Type, operand, default, failure),
            _ => throw call.NoKernel(operand),
        };
    }

    private static Kernel CompileSign(FunctionCall call, Kernel operand) => operand.Type.Kind switch
    {
        DataTypeKind.Int => new UnaryKernel<int, int, SignNumber<int>>(call.Type, operand, default, FailureText.Never),
        DataTypeKind.BigInt =>
            new UnaryKernel<long, int, SignNumber<long>>(call.Type, operand, default, FailureText.Never),
        DataTypeKind.Double => new UnaryKernel<double, int, SignDouble>(call.Type, operand, default, FailureText.Never),
        DataTypeKind.Decimal =>
            new UnaryKernel<Int128, int, SignNumber<Int128>>(call.Type, operand, default, FailureText.Never),
        _ => throw call.NoKernel(operand),
    };

    private static Kernel CompileFloorOrCeil(
        FunctionCall call, Kernel operand, bool isFloor) => operand.Type.Kind switch
        {
            DataTypeKind.Int or DataTypeKind.BigInt => operand,
            DataTypeKind.Double => new UnaryKernel<double, double, FloorOrCeilDouble>(
                call.Type, operand, new(isFloor), FailureText.Never),
            DataTypeKind.Decimal => new UnaryKernel<Int128, Int128, FloorOrCeilDecimal>(
                call.Type, operand, new(call.Type, isFloor), call.Failure(OutOfRange)),
            _ => throw call.NoKernel(operand),
        };

    private static Kernel CompileRound(FunctionCall call)
    {
        Kernel operand = call.Argument(0);
        Kernel digits = call.Count == 1
            ? new ConstantKernel<int>(DataType.Int, 0)
            : call.Argument(1, DataType.Int);
        var failure = call.Failure(OutOfRange);
        DataType type = call.Type;
        return operand.Type.Kind switch
        {
            DataTypeKind.Int => new BinaryKernel<int, int, int, RoundInt>(type, operand, digits, default, failure),
            DataTypeKind.BigInt =>
                new BinaryKernel<long, int, long, RoundBigInt>(type, operand, digits, default, failure),
            DataTypeKind.Double =>
                new BinaryKernel<double, int, double, RoundDouble>(type, operand, digits, default, failure),
            DataTypeKind.Decimal => new BinaryKernel<Int128, int, Int128, RoundExact>(
                type, operand, digits, new(operand.Type.Scale, type.Precision), failure),
            _ => throw call.NoKernel(operand),
        };
    }
}
