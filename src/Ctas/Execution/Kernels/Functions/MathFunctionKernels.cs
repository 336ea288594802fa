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
        };

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
