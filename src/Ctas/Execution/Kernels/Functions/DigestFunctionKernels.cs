using System.Security.Cryptography;
using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Kernels of digests and checksums.</summary>
internal static class DigestFunctionKernels
{
    public static IReadOnlyDictionary<string, FunctionCompiler> All { get; } =
        new Dictionary<string, FunctionCompiler>(StringComparer.Ordinal)
        {
            ["MD5"] = call => Digest(call, (bytes, digest) => MD5.HashData(bytes, digest)),
            ["SHA1"] = call => Digest(call, (bytes, digest) => SHA1.HashData(bytes, digest)),
            ["SHA256"] = call => Digest(call, (bytes, digest) => SHA256.HashData(bytes, digest)),
            ["SHA512"] = call => Digest(call, (bytes, digest) => SHA512.HashData(bytes, digest)),
            ["CRC32"] = call => call.Value<long>(DigestFunctions.Crc32),
            ["HASH"] = call => call.Value<long>(DigestFunctions.Hash, RowOptions.TakesNull),
        };

    // Of text the digest is text, of bytes it is bytes.
    private static Kernel Digest(FunctionCall call, Digest digest) => call.Text(
        call.Type.Kind == DataTypeKind.Bytes ? DigestFunctions.Raw(digest) : DigestFunctions.Hex(digest));
}
