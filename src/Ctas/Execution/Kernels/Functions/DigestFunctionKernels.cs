using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Kernels of digests and checksums.</summary>
/// <remarks>MD5 and SHA-1 are here as SQL users know them, to compare and to partition, not to protect.</remarks>
[SuppressMessage("Security", "CA5350", Justification = "A function of SQL that has this name.")]
[SuppressMessage("Security", "CA5351", Justification = "A function of SQL that has this name.")]
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
