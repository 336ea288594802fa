namespace Ctas.Execution.Kernels.Functions;

/// <summary>Computes the digest of bytes into a buffer that holds it.</summary>
internal delegate int Digest(ReadOnlySpan<byte> bytes, Span<byte> digest);

/// <summary>Digests and checksums of text (in UTF-8) and bytes.</summary>
internal static class DigestFunctions
{
    private const ulong FnvOffset = 14_695_981_039_346_656_037;
    private const ulong FnvPrime = 1_099_511_628_211;
    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <summary>The digest in hex digits.</summary>
    public static TextOfRow Hex(Digest digest) => (row, output) =>
    {
        Span<byte> bytes = stackalloc byte[64];
        int length = digest(row.Bytes(0), bytes);
        foreach (byte unit in bytes[..length]) { output.Append(unit, "x2"); }

        return Outcome.Value;
    };

    /// <summary>The digest as it is.</summary>
    public static TextOfRow Raw(Digest digest) => (row, output) =>
    {
        output.Advance(digest(row.Bytes(0), output.Reserve(64)));
        return Outcome.Value;
    };

    /// <summary>The checksum of zip files and Ethernet.</summary>
    public static Outcome Crc32(RowArguments row, out long result)
    {
        uint crc = uint.MaxValue;
        foreach (byte unit in row.Bytes(0)) { crc = CrcTable[(byte)(crc ^ unit)] ^ (crc >> 8); }

        result = ~crc;
        return Outcome.Value;
    }

    /// <summary>FNV-1a of 64 bits over the values' text: stable across machines and versions.</summary>
    public static Outcome Hash(RowArguments row, out long result)
    {
        ulong hash = FnvOffset;
        for (int i = 0; i < row.Count; i++)
        {
            // NULL and the borders between values count too.
            hash = (hash ^ (row.Has(i) ? 1UL : 2UL)) * FnvPrime;
            if (!row.Has(i)) { continue; }

            foreach (byte unit in row.Bytes(i)) { hash = (hash ^ unit) * FnvPrime; }
        }

        result = (long)hash;
        return Outcome.Value;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint unit = 0; unit < table.Length; unit++)
        {
            uint crc = unit;
            for (int bit = 0; bit < 8; bit++) { crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1; }

            table[unit] = crc;
        }

        return table;
    }
}
