using System.Diagnostics;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

internal sealed partial class KernelCompiler
{
    private Kernel CompileFunction(FunctionExpression call) => call.Function switch
    {
        "UPPER" => Text<UpperFunction>(call, default),
        "LOWER" => Text<LowerFunction>(call, default),
        "CONCAT" => CompileConcat(TextArguments(call), call.Type, ignoresNull: true),
        "SUBSTRING" => Text<SubstringFunction>(call, default),
        "TRIM" => Text<TrimFunction>(call, new(atStart: true, atEnd: true)),
        "LTRIM" => Text<TrimFunction>(call, new(atStart: true, atEnd: false)),
        "RTRIM" => Text<TrimFunction>(call, new(atStart: false, atEnd: true)),
        "REPLACE" => Text<ReplaceFunction>(call, default),
        "LENGTH" => new TextReaderKernel<int, LengthFunction>(call.Type, TextArguments(call), default),
        "STARTS_WITH" => new TextReaderKernel<bool, StartsWithFunction>(call.Type, TextArguments(call), default),
        "ABS" => CompileAbs(call, Compile(call.Arguments[0])),
        "SIGN" => CompileSign(call, Compile(call.Arguments[0])),
        "FLOOR" => CompileFloorOrCeil(call, Compile(call.Arguments[0]), isFloor: true),
        "CEIL" => CompileFloorOrCeil(call, Compile(call.Arguments[0]), isFloor: false),
        "ROUND" => CompileRound(call),
        "SQRT" => CompileSquareRoot(call),
        "POWER" => CompilePower(call),
        "EXTRACT" => CompileExtract(call),
        "COALESCE" =>
            new CoalesceKernel(call.Type, [.. call.Arguments.Select(argument => CompileBranch(argument, call.Type))]),
        "NULLIF" => CompileNullIf(call),
        "GREATEST" => CompileExtreme(call, BinaryOperator.GreaterOrEqual),
        "LEAST" => CompileExtreme(call, BinaryOperator.LessOrEqual),
        _ => throw new UnreachableException($"No kernel for the function {call.Function}."),
    };

    private TextKernel<TFunction> Text<TFunction>(FunctionExpression call, TFunction function)
        where TFunction : struct, ITextFunction => new(call.Type, TextArguments(call), function);

    // Text first; where a function takes numbers, they come after it as INT.
    private Kernel[] TextArguments(FunctionExpression call)
    {
        DataType rest = call.Function == "SUBSTRING" ? DataType.Int : DataType.Varchar;
        return [.. call.Arguments.Select(
            (argument, ordinal) => CompileAs(argument, ordinal == 0 ? DataType.Varchar : rest))];
    }

    private static TextKernel<ConcatFunction> CompileConcat(Kernel[] arguments, DataType type, bool ignoresNull) =>
        new(type, arguments, new ConcatFunction(ignoresNull));

    private UnaryKernel<double, double, SquareRoot> CompileSquareRoot(FunctionExpression call)
    {
        Kernel operand = CompileAs(call.Arguments[0], DataType.Double);
        return new(call.Type, operand, default, new FailureText(call, "square root of a negative number"));
    }

    private BinaryKernel<double, double, double, PowerOperation> CompilePower(FunctionExpression call)
    {
        Kernel number = CompileAs(call.Arguments[0], DataType.Double);
        Kernel exponent = CompileAs(call.Arguments[1], DataType.Double);
        return new(call.Type, number, exponent, default, new FailureText(call, "power without a result"));
    }

    private static Kernel CompileAbs(FunctionExpression call, Kernel operand)
    {
        var failure = new FailureText(call, OutOfRange);
        return operand.Type.Kind switch
        {
            DataTypeKind.Int => new UnaryKernel<int, int, AbsInt>(call.Type, operand, default, failure),
            DataTypeKind.BigInt => new UnaryKernel<long, long, AbsBigInt>(call.Type, operand, default, failure),
            DataTypeKind.Double => new UnaryKernel<double, double, AbsDouble>(call.Type, operand, default, failure),
            DataTypeKind.Decimal => new UnaryKernel<Int128, Int128, AbsDecimal>(call.Type, operand, default, failure),
            _ => throw NotNumeric(call, operand),
        };
    }

    private static Kernel CompileSign(FunctionExpression call, Kernel operand) => operand.Type.Kind switch
    {
        DataTypeKind.Int => new UnaryKernel<int, int, SignNumber<int>>(call.Type, operand, default, FailureText.Never),
        DataTypeKind.BigInt =>
            new UnaryKernel<long, int, SignNumber<long>>(call.Type, operand, default, FailureText.Never),
        DataTypeKind.Double => new UnaryKernel<double, int, SignDouble>(call.Type, operand, default, FailureText.Never),
        DataTypeKind.Decimal =>
            new UnaryKernel<Int128, int, SignNumber<Int128>>(call.Type, operand, default, FailureText.Never),
        _ => throw NotNumeric(call, operand),
    };

    private static Kernel CompileFloorOrCeil(
        FunctionExpression call, Kernel operand, bool isFloor) => operand.Type.Kind switch
        {
            DataTypeKind.Int or DataTypeKind.BigInt => operand,
            DataTypeKind.Double => new UnaryKernel<double, double, FloorOrCeilDouble>(
                call.Type, operand, new(isFloor), FailureText.Never),
            DataTypeKind.Decimal => new UnaryKernel<Int128, Int128, FloorOrCeilDecimal>(
                call.Type, operand, new(call.Type, isFloor), new(call, OutOfRange)),
            _ => throw NotNumeric(call, operand),
        };

    private Kernel CompileRound(FunctionExpression call)
    {
        Kernel operand = Compile(call.Arguments[0]);
        Kernel digits = call.Arguments.Count == 1
            ? CompileConstant(0, DataType.Int)
            : CompileAs(call.Arguments[1], DataType.Int);
        var failure = new FailureText(call, OutOfRange);
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
            _ => throw NotNumeric(call, operand),
        };
    }

    private UnaryKernel<long, long, ExtractField> CompileExtract(FunctionExpression call)
    {
        string field = call.Arguments[0] is ConstantExpression { Value: string name }
            ? name
            : throw new UnreachableException("The binder lets only a constant be the field of EXTRACT.");
        Kernel moment = CompileAs(call.Arguments[1], DataType.Timestamp);
        return new UnaryKernel<long, long, ExtractField>(call.Type, moment, new(field), FailureText.Never);
    }

    private LetKernel CompileNullIf(FunctionExpression call)
    {
        DataType type = call.Type;
        var value = new ColumnReference(0, type);
        var areEqual = new BinaryExpression(
            BinaryOperator.Equal, value, new ColumnReference(1, type), DataType.Boolean);
        return CompileLet(
            [.. call.Arguments.Select(argument => CompileAs(argument, type))],
            new CaseExpression([new CaseBranch(areEqual, new ConstantExpression(null, type))], value, type));
    }

    // Left to right: of two the greater (or the lesser) one, or the one that is not NULL.
    private Kernel CompileExtreme(FunctionExpression call, BinaryOperator firstWins)
    {
        DataType type = call.Type;
        var first = new ColumnReference(0, type);
        var second = new ColumnReference(1, type);
        var choice = new CaseExpression(
            [
                new CaseBranch(new IsNullExpression(second, IsNegated: false), first),
                new CaseBranch(new BinaryExpression(firstWins, first, second, DataType.Boolean), first),
            ],
            second,
            type);
        return call.Arguments.Select(argument => CompileAs(argument, type))
            .Aggregate((left, right) => CompileLet([left, right], choice));
    }

    private static UnreachableException NotNumeric(FunctionExpression call, Kernel operand) =>
        new($"The binder let {call.Function} of {operand.Type} pass.");
}
