using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Tables.Snapshots;

/// <summary>The form of a snapshot file. Numbers are little-endian.</summary>
/// <remarks>
/// <code>
/// prelude   magic (8) · version (4) · length of the header (4) · its checksum (4) · checksum of these 20 bytes (4)
/// header    what the table is, see SnapshotHeader
/// blocks    strings, columns, the key index, and of a compact table its segments: one after another
/// footer    of each block: kind, column, group of rows, offset, length, checksum
/// trailer   offset of the footer (8) · its length (4) · its checksum (4) · checksum of these 16 bytes (4) · magic (8)
/// </code>
/// Every byte is part of a checksum or compared, and blocks follow each other without gaps, so a byte that is
/// changed, missing or too many is found. Checksums are CRC-32C, which finds every change of up to 32 bits in a row.
/// </remarks>
internal static class SnapshotFormat
{
    /// <summary>Files of another version are not read.</summary>
    public const int Version = 4;

    public const int PreludeBytes = 24;

    public const int TrailerBytes = 28;

    /// <summary>The first bytes of a file, and its last.</summary>
    public static ReadOnlySpan<byte> Magic => "CTASSNAP"u8;

    /// <summary>CRC-32C of bytes.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint checksum = uint.MaxValue;
        int words = bytes.Length >> 3;
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        for (int word = 0; word < words; word++)
        {
            checksum = BitOperations.Crc32C(
                checksum, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, (nint)word << 3)));
        }

        foreach (byte rest in bytes[(words << 3)..]) { checksum = BitOperations.Crc32C(checksum, rest); }

        return ~checksum;
    }
}

/// <summary>What a block of a file holds.</summary>
internal enum SnapshotBlockKind : byte
{
    /// <summary>Strings of a column, in the order of their codes.</summary>
    Strings = 1,

    /// <summary>The values of a column in a group of rows.</summary>
    Column = 2,

    /// <summary>The rows of all segments, see <see cref="SegmentBlocks"/>.</summary>
    Segments = 3,

    /// <summary>A sealed column of a segment, as it lies in memory.</summary>
    Encoded = 4,

    /// <summary>A part of the key index.</summary>
    Index = 5,
}

/// <summary>Where a block lies.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Column">Ordinal of the column; <see cref="NoColumn"/> where it is of no column.</param>
/// <param name="Group">Number of the group of rows or the segment, of the block of strings within its column, or of the part of the index.</param>
/// <param name="Offset">Its first byte in the file.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Checksum">Their checksum.</param>
internal readonly record struct SnapshotBlock(
    SnapshotBlockKind Kind, int Column, int Group, long Offset, int Length, uint Checksum)
{
    /// <summary>Of no column.</summary>
    public const int NoColumn = -1;

    /// <summary>Bytes of an entry in the footer.</summary>
    public const int EntryBytes = 25;
}

/// <summary>A file is not a whole snapshot that this version can read. Its message says in what way.</summary>
internal sealed class SnapshotFormatException(string message) : Exception(message);
