using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Kernels of the functions of text.</summary>
internal static class TextFunctionKernels
{
    public static IReadOnlyDictionary<string, FunctionCompiler> All { get; } =
        new Dictionary<string, FunctionCompiler>(StringComparer.Ordinal)
        {
            ["UPPER"] = call => Text<UpperFunction>(call, default),
            ["LOWER"] = call => Text<LowerFunction>(call, default),
            ["CONCAT"] = call => Text<ConcatFunction>(call, new(ignoresNull: true)),
            ["SUBSTRING"] = call => new TextKernel<SubstringFunction>(
                call.Type, call.Arguments(DataType.Varchar, DataType.Int), default),
            ["TRIM"] = call => Text<TrimFunction>(call, new(atStart: true, atEnd: true)),
            ["LTRIM"] = call => Text<TrimFunction>(call, new(atStart: true, atEnd: false)),
            ["RTRIM"] = call => Text<TrimFunction>(call, new(atStart: false, atEnd: true)),
            ["REPLACE"] = call => Text<ReplaceFunction>(call, default),
            ["LENGTH"] = call => Reader<int, LengthFunction>(call),
            ["STARTS_WITH"] = call => Reader<bool, StartsWithFunction>(call),
            ["STRPOS"] = call => Reader<int, PositionFunction>(call),
        };

    private static TextKernel<TFunction> Text<TFunction>(FunctionCall call, TFunction function)
        where TFunction : struct, ITextFunction => new(call.Type, call.Arguments(DataType.Varchar), function);

    private static TextReaderKernel<TResult, TReader> Reader<TResult, TReader>(FunctionCall call)
        where TResult : unmanaged
        where TReader : struct, ITextReader<TResult> => new(call.Type, call.Arguments(DataType.Varchar), default);
}
