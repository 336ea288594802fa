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
            ["LENGTH"] = call => call.Argument(0).Type.Kind == DataTypeKind.Bytes
                ? call.Value<int>(ByteLength)
                : Reader<int, LengthFunction>(call),
            ["OCTET_LENGTH"] = call => call.Value<int>(ByteLength),
            ["BIT_LENGTH"] = call => call.Value((RowArguments row, out int result) =>
            {
                result = row.Bytes(0).Length * 8;
                return Outcome.Value;
            }),
            ["STARTS_WITH"] = call => Reader<bool, StartsWithFunction>(call),
            ["ENDS_WITH"] = call => call.Value((RowArguments row, out bool result) =>
            {
                result = row.Bytes(0).EndsWith(row.Bytes(1));
                return Outcome.Value;
            }),
            ["CONTAINS"] = call => call.Value((RowArguments row, out bool result) =>
            {
                result = row.Bytes(0).IndexOf(row.Bytes(1)) >= 0;
                return Outcome.Value;
            }),
            ["STRPOS"] = call => Reader<int, PositionFunction>(call),
            ["INSTR"] = call => call.Value<int>(TextParts.InString),
            ["LEFT"] = call => call.Text(TextParts.Left),
            ["RIGHT"] = call => call.Text(TextParts.Right),
            ["LPAD"] = call => call.Text(TextParts.PadLeft, RowOptions.CanFail),
            ["RPAD"] = call => call.Text(TextParts.PadRight, RowOptions.CanFail),
            ["REPEAT"] = call => call.Text(TextParts.Repeat, RowOptions.CanFail),
            ["REVERSE"] = call => call.Text(TextParts.Reverse),
            ["OVERLAY"] = call => call.Text(TextParts.Overlay, RowOptions.CanFail),
            ["SPLIT_PART"] = call => call.Text(TextParts.SplitPart, RowOptions.CanFail),
            ["CONCAT_WS"] = call => call.Text(TextParts.ConcatWithSeparator, RowOptions.TakesNull),
            ["TRANSLATE"] = call => call.Text(TextParts.Translate),
            ["INITCAP"] = call => call.Text(TextParts.InitialCapitals),
            ["ASCII"] = call => call.Value<int>(TextParts.CodeOfFirst),
            ["CHR"] = call => call.Text(TextParts.Character, RowOptions.CanFail),
            ["FORMAT"] = call => call.Text(TextFormats.Format(), RowOptions.CanFail | RowOptions.TakesNull),
            ["QUOTE_LITERAL"] = call => call.Text(TextFormats.QuoteLiteral),
            ["QUOTE_IDENT"] = call => call.Text(TextFormats.QuoteName),
            ["ENCODE"] = call => call.Text(
                call.Count == 2 ? TextEncodings.Encode : TextEncodings.Recode(), RowOptions.CanFail),
            ["DECODE"] = call => call.Text(TextEncodings.Decode, RowOptions.CanFail),
            ["MASK"] = call => Mask(call, new(hasCount: false, isKept: false, fromLeft: false)),
            ["MASK_LEFT"] = call => Mask(call, new(hasCount: true, isKept: false, fromLeft: true)),
            ["MASK_RIGHT"] = call => Mask(call, new(hasCount: true, isKept: false, fromLeft: false)),
            ["MASK_KEEP_LEFT"] = call => Mask(call, new(hasCount: true, isKept: true, fromLeft: true)),
            ["MASK_KEEP_RIGHT"] = call => Mask(call, new(hasCount: true, isKept: true, fromLeft: false)),
            ["REGEXP_LIKE"] = RegexFunctions.Like,
            ["REGEXP_COUNT"] = RegexFunctions.Count,
            ["REGEXP_SUBSTR"] = RegexFunctions.Part,
            ["REGEXP_EXTRACT"] = RegexFunctions.Extract,
            ["REGEXP_REPLACE"] = RegexFunctions.Replace,
            ["UUID"] = call => call.Text((_, output) =>
            {
                output.Append(Guid.NewGuid());
                return Outcome.Value;
            }),
        };

    private static Kernel Mask(FunctionCall call, TextMasks masks) =>
        call.Text(masks.Apply, RowOptions.TakesNull | RowOptions.CanFail);

    private static Outcome ByteLength(RowArguments row, out int result)
    {
        result = row.Bytes(0).Length;
        return Outcome.Value;
    }

    private static TextKernel<TFunction> Text<TFunction>(FunctionCall call, TFunction function)
        where TFunction : struct, ITextFunction => new(call.Type, call.Arguments(DataType.Varchar), function);

    private static TextReaderKernel<TResult, TReader> Reader<TResult, TReader>(FunctionCall call)
        where TResult : unmanaged
        where TReader : struct, ITextReader<TResult> => new(call.Type, call.Arguments(DataType.Varchar), default);
}
