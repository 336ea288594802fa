using System.Buffers.Binary;
using Ctas.Tables.Snapshots;

namespace Ctas.Tests.Tables.Snapshots;

/// <summary>A snapshot file taken apart by its documented form, and put together again with checksums that match.</summary>
internal sealed class SnapshotParts
{
    private const int EntryStart = 8;

    private readonly int _version;
    private readonly byte[] _footerStart;
    private readonly byte[][] _entries;

    public SnapshotParts(byte[] file)
    {
        _version = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(8));
        int headerBytes = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(12));
        Header = file[SnapshotFormat.PreludeBytes..(SnapshotFormat.PreludeBytes + headerBytes)];
        ReadOnlySpan<byte> trailer = file.AsSpan(^SnapshotFormat.TrailerBytes..);
        int footerAt = (int)BinaryPrimitives.ReadInt64LittleEndian(trailer);
        ReadOnlySpan<byte> footer = file.AsSpan(footerAt, BinaryPrimitives.ReadInt32LittleEndian(trailer[8..]));
        int start = EntryStart + BinaryPrimitives.ReadInt32LittleEndian(footer);
        _footerStart = footer[..start].ToArray();
        _entries = new byte[BinaryPrimitives.ReadInt32LittleEndian(footer[4..])][];
        Blocks = new byte[_entries.Length][];
        for (int block = 0; block < Blocks.Length; block++)
        {
            _entries[block] = footer.Slice(start + (block * SnapshotBlock.EntryBytes), SnapshotBlock.EntryBytes).ToArray();
            int offset = (int)BinaryPrimitives.ReadInt64LittleEndian(_entries[block].AsSpan(9));
            Blocks[block] = file[offset..(offset + BinaryPrimitives.ReadInt32LittleEndian(_entries[block].AsSpan(17)))];
        }
    }

    /// <summary>What the table is.</summary>
    public byte[] Header { get; set; }

    /// <summary>Strings, columns, segments and index.</summary>
    public byte[][] Blocks { get; }

    /// <summary>The start of the footer, and the entry of each block in it: kind, column, group.</summary>
    public IEnumerable<byte[]> Directory => _entries.Prepend(_footerStart);

    /// <summary>The whole file.</summary>
    public byte[] ToFile()
    {
        using var file = new MemoryStream();
        Span<byte> prelude = stackalloc byte[SnapshotFormat.PreludeBytes];
        SnapshotFormat.Magic.CopyTo(prelude);
        BinaryPrimitives.WriteInt32LittleEndian(prelude[8..], _version);
        BinaryPrimitives.WriteInt32LittleEndian(prelude[12..], Header.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(prelude[16..], SnapshotFormat.Checksum(Header));
        BinaryPrimitives.WriteUInt32LittleEndian(prelude[20..], SnapshotFormat.Checksum(prelude[..20]));
        file.Write(prelude);
        file.Write(Header);
        for (int block = 0; block < Blocks.Length; block++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_entries[block].AsSpan(9), file.Position);
            BinaryPrimitives.WriteInt32LittleEndian(_entries[block].AsSpan(17), Blocks[block].Length);
            BinaryPrimitives.WriteUInt32LittleEndian(_entries[block].AsSpan(21), SnapshotFormat.Checksum(Blocks[block]));
            file.Write(Blocks[block]);
        }

        WriteEnd(file, [.. Directory.SelectMany(part => part)]);
        return file.ToArray();
    }

    private static void WriteEnd(MemoryStream file, byte[] footer)
    {
        Span<byte> trailer = stackalloc byte[SnapshotFormat.TrailerBytes];
        BinaryPrimitives.WriteInt64LittleEndian(trailer, file.Position);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[8..], footer.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[12..], SnapshotFormat.Checksum(footer));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[16..], SnapshotFormat.Checksum(trailer[..16]));
        SnapshotFormat.Magic.CopyTo(trailer[20..]);
        file.Write(footer);
        file.Write(trailer);
    }
}
