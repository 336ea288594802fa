namespace Ctas.Binding.Functions;

/// <summary>Digests and checksums.</summary>
internal static class DigestFunctions
{
    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new("MD5", "text VARCHAR -> VARCHAR", "bytes BYTES -> VARCHAR")
        {
            Meaning = "MD5 in hex digits.",
            Example = new("MD5('abc')", "900150983cd24fb0d6963f7d28e17f72"),
            Heritage = Heritage.PostgreSql,
        },
        new("SHA1", "text VARCHAR -> VARCHAR", "bytes BYTES -> BYTES")
        {
            Meaning = "SHA-1. BYTES give BYTES, text gives hex digits.",
            Example = new("SHA1('abc')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            Heritage = Heritage.Own,
        },
        new("SHA256", "text VARCHAR -> VARCHAR", "bytes BYTES -> BYTES")
        {
            Meaning = "SHA-256. BYTES give BYTES, text gives hex digits.",
            Example = new("SHA256('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            Heritage = Heritage.PostgreSql,
        },
        new("SHA512", "text VARCHAR -> VARCHAR", "bytes BYTES -> BYTES")
        {
            Meaning = "SHA-512. BYTES give BYTES, text gives hex digits.",
            Example = new("LEFT(SHA512('abc'), 16)", "ddaf35a193617aba"),
            Heritage = Heritage.PostgreSql,
        },
        new("CRC32", "text VARCHAR -> BIGINT", "bytes BYTES -> BIGINT")
        {
            Meaning = "The checksum of zip files and Ethernet.",
            Example = new("CRC32('abc')", "891568578"),
            Heritage = Heritage.PostgreSql,
        },
        new("HASH", "values TEXT... -> BIGINT")
        {
            Meaning = "FNV-1a of the values, the same on every machine and in every version.",
            Example = new("HASH('abc') = HASH('abc')", "true"),
            Heritage = Heritage.Own,
            Nulls = "NULL is a value like others.",
        },
    ];
}
