using System.Diagnostics;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

internal sealed partial class KernelCompiler
{
    private Kernel CompileCast(CastExpression cast)
    {
        if (cast.Operand.Type.Kind == DataTypeKind.Null) { return CompileConstant(null, cast.Type); }

        Kernel operand = Compile(cast.Operand);
        DataType type = cast.Type;
        if (operand.Type == type) { return operand; }

        var failure = new FailureText(cast, $"value does not fit {type}");
        return (operand.Type.Kind, type.Kind) switch
        {
            _ when operand.Type.IsNested || type.IsNested => CompileNestedCast(cast, operand, failure),
            (_, DataTypeKind.Varchar) =>
                new ToTextKernel(type, operand, failure with { Reason = "invalid UTF-8" }, cast.IsTry),
            (DataTypeKind.Varchar, DataTypeKind.Bytes) => new ToTextKernel(type, operand, failure, cast.IsTry),
            (DataTypeKind.Varchar, _) => FromText(
                operand, type, failure with { Reason = $"could not read {type} from text" }, cast.IsTry),
            (DataTypeKind.Boolean, _) => FromBoolean(operand, type, failure),
            (DataTypeKind.Int, _) => FromInt(operand, type, failure, cast.IsTry),
            (DataTypeKind.BigInt, _) => FromBigInt(operand, type, failure, cast.IsTry),
            (DataTypeKind.Double, _) => FromDouble(operand, type, failure, cast.IsTry),
            (DataTypeKind.Decimal, _) => FromDecimal(operand, type, failure, cast.IsTry),
            (DataTypeKind.Date, DataTypeKind.Timestamp) =>
                Cast<int, long, DateToTimestamp>(type, operand, default, failure),
            (DataTypeKind.Timestamp, DataTypeKind.Date) =>
                Cast<long, int, TimestampToDate>(type, operand, default, failure),
            (DataTypeKind.Timestamp, DataTypeKind.Time) =>
                Cast<long, long, TimestampToTime>(type, operand, default, failure),
            (DataTypeKind.Time, DataTypeKind.Interval) =>
                Cast<long, Interval, TimeToInterval>(type, operand, default, failure),
            _ => throw NoCast(operand.Type, type),
        };
    }

    private static UnaryKernel<TFrom, TTo, TOperation> Cast<TFrom, TTo, TOperation>(
        DataType type, Kernel operand, TOperation operation, FailureText failure, bool isTry = false)
        where TFrom : unmanaged
        where TTo : unmanaged
        where TOperation : struct, IUnaryOperation<TFrom, TTo> => new(type, operand, operation, failure, isTry);

    private static Kernel FromText(Kernel operand, DataType type, FailureText failure, bool isTry) => type.Kind switch
    {
        DataTypeKind.Boolean => new FromTextKernel<bool, BooleanParser>(type, operand, default, failure, isTry),
        DataTypeKind.Int => new FromTextKernel<int, IntParser>(type, operand, default, failure, isTry),
        DataTypeKind.BigInt => new FromTextKernel<long, BigIntParser>(type, operand, default, failure, isTry),
        DataTypeKind.Double => new FromTextKernel<double, DoubleParser>(type, operand, default, failure, isTry),
        DataTypeKind.Decimal => new FromTextKernel<Int128, DecimalParser>(type, operand, new(type), failure, isTry),
        DataTypeKind.Date => new FromTextKernel<int, DateParser>(type, operand, default, failure, isTry),
        DataTypeKind.Time => new FromTextKernel<long, TimeParser>(type, operand, default, failure, isTry),
        DataTypeKind.Timestamp => new FromTextKernel<long, TimestampParser>(type, operand, default, failure, isTry),
        DataTypeKind.Interval => new FromTextKernel<Interval, IntervalParser>(type, operand, default, failure, isTry),
        _ => throw NoCast(operand.Type, type),
    };

    private static Kernel FromBoolean(Kernel operand, DataType type, FailureText failure)
    {
        Kernel ints = Cast<bool, int, BooleanToInt>(DataType.Int, operand, default, failure);
        return type.Kind == DataTypeKind.Int ? ints : FromInt(ints, type, failure, isTry: false);
    }

    private static Kernel FromInt(Kernel operand, DataType type, FailureText failure, bool isTry) => type.Kind switch
    {
        DataTypeKind.Boolean => Cast<int, bool, IntToBoolean>(type, operand, default, failure),
        DataTypeKind.BigInt => Cast<int, long, IntToBigInt>(type, operand, default, failure),
        DataTypeKind.Double => Cast<int, double, IntToDouble>(type, operand, default, failure),
        DataTypeKind.Decimal => Cast<int, Int128, IntToDecimal>(type, operand, new(type), failure, isTry),
        _ => throw NoCast(operand.Type, type),
    };

    private static Kernel FromBigInt(Kernel operand, DataType type, FailureText failure, bool isTry) => type.Kind switch
    {
        DataTypeKind.Boolean => Cast<long, bool, BigIntToBoolean>(type, operand, default, failure),
        DataTypeKind.Int => Cast<long, int, BigIntToInt>(type, operand, default, failure, isTry),
        DataTypeKind.Double => Cast<long, double, BigIntToDouble>(type, operand, default, failure),
        DataTypeKind.Decimal => Cast<long, Int128, BigIntToDecimal>(type, operand, new(type), failure, isTry),
        _ => throw NoCast(operand.Type, type),
    };

    private static Kernel FromDouble(Kernel operand, DataType type, FailureText failure, bool isTry) => type.Kind switch
    {
        DataTypeKind.Int => Cast<double, int, DoubleToInt>(type, operand, default, failure, isTry),
        DataTypeKind.BigInt => Cast<double, long, DoubleToBigInt>(type, operand, default, failure, isTry),
        DataTypeKind.Decimal => Cast<double, Int128, DoubleToDecimal>(type, operand, new(type), failure, isTry),
        _ => throw NoCast(operand.Type, type),
    };

    private static Kernel FromDecimal(
        Kernel operand, DataType type, FailureText failure, bool isTry) => type.Kind switch
        {
            DataTypeKind.Int => Cast<Int128, int, DecimalToInt>(type, operand, new(operand.Type), failure, isTry),
            DataTypeKind.BigInt => Cast<Int128, long, DecimalToBigInt>(type, operand, new(operand.Type), failure, isTry),
            DataTypeKind.Double => Cast<Int128, double, DecimalToDouble>(type, operand, new(operand.Type), failure),
            DataTypeKind.Decimal when WidenShortDecimal.Suits(operand.Type, type) =>
                Cast<Int128, Int128, WidenShortDecimal>(type, operand, new(operand.Type, type), failure, isTry),
            DataTypeKind.Decimal =>
                Cast<Int128, Int128, DecimalToDecimal>(type, operand, new(operand.Type, type), failure, isTry),
            _ => throw NoCast(operand.Type, type),
        };

    private static UnreachableException NoCast(DataType from, DataType to) =>
        new($"The binder let a cast from {from} to {to} pass.");
}
