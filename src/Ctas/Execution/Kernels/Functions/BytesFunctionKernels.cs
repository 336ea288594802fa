using System.Buffers.Binary;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Kernels of the numbers of bytes.</summary>
internal static class BytesFunctionKernels
{
    private static readonly Outcome WrongLength = Outcome.Fail("number of bytes is not that of the type");
    private static readonly Outcome NoOrder = Outcome.Fail("no such order of bytes");

    public static IReadOnlyDictionary<string, FunctionCompiler> All { get; } =
        new Dictionary<string, FunctionCompiler>(StringComparer.Ordinal)
        {
            ["INT_FROM_BYTES"] = call => Read(
                call, sizeof(int), BinaryPrimitives.ReadInt32BigEndian, BinaryPrimitives.ReadInt32LittleEndian),
            ["BIGINT_FROM_BYTES"] = call => Read(
                call, sizeof(long), BinaryPrimitives.ReadInt64BigEndian, BinaryPrimitives.ReadInt64LittleEndian),
            ["DOUBLE_FROM_BYTES"] = call => Read(
                call, sizeof(double), BinaryPrimitives.ReadDoubleBigEndian, BinaryPrimitives.ReadDoubleLittleEndian),
        };

    private delegate T Reading<T>(ReadOnlySpan<byte> bytes);

    private static Kernel Read<T>(FunctionCall call, int size, Reading<T> bigEndian, Reading<T> littleEndian)
        where T : unmanaged => call.Value((RowArguments row, out T result) =>
        {
            result = default;
            ReadOnlySpan<byte> bytes = row.Bytes(0);
            if (bytes.Length != size) { return WrongLength; }

            bool isLittle = row.Count > 1 && Is(row.Bytes(1), "LITTLE_ENDIAN"u8);
            if (row.Count > 1 && !isLittle && !Is(row.Bytes(1), "BIG_ENDIAN"u8)) { return NoOrder; }

            result = isLittle ? littleEndian(bytes) : bigEndian(bytes);
            return Outcome.Value;
        }, RowOptions.CanFail);

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) =>
        System.Text.Ascii.EqualsIgnoreCase(text, word);
}
