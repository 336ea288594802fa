using System.Buffers;
using System.Buffers.Binary;
using Ctas.Data;
using Ctas.Tables.Keys;

namespace Ctas.Tables.Snapshots;

/// <summary>Writes one table into one stream, in the form of <see cref="SnapshotFormat"/>. Single-threaded.</summary>
internal sealed class SnapshotFileWriter
{
    private readonly Stream _stream;
    private readonly List<SnapshotBlock> _blocks = [];
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 16);
    private readonly StringBlocks?[] _strings;
    private readonly int[] _stringBlocks;
    private long _offset;

    private SnapshotFileWriter(Stream stream, Schema schema)
    {
        _stream = stream;
        _strings = [.. schema.Fields.Select(field =>
            PhysicalTypes.Of(field.Type) == PhysicalType.Bytes ? new StringBlocks() : null)];
        _stringBlocks = new int[_strings.Length];
    }

    /// <summary>Writes the rows of a table; what the stream buffers is left to its owner.</summary>
    /// <param name="stream">Where to; written from its start to its end.</param>
    /// <param name="header">What the table is.</param>
    /// <param name="rows">Its rows, all columns.</param>
    /// <param name="index">Takes the rows in, to be stored behind them; null for rows that are not looked up.</param>
    /// <param name="cancellationToken">Stops between groups of rows.</param>
    /// <returns>Bytes written.</returns>
    public static long Write(
        Stream stream, SnapshotHeader header, IEnumerable<Batch> rows, ScannedIndex? index, CancellationToken cancellationToken)
    {
        var writer = new SnapshotFileWriter(stream, header.Schema);
        writer.WriteHeader(header with { HoldsSegments = false });
        int group = 0;
        long rowCount = 0;
        foreach (Batch batch in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int ordinal = 0; ordinal < batch.ColumnCount; ordinal++)
            {
                writer.WriteColumn(batch[ordinal], ordinal, group);
            }

            index?.Add(batch);
            rowCount += batch.RowCount;
            group++;
        }

        if (rowCount != header.RowCount)
        {
            throw new InvalidOperationException($"Table \"{header.Table}\" gave {rowCount} rows of {header.RowCount}.");
        }

        for (int ordinal = 0; ordinal < writer._strings.Length; ordinal++) { writer.WriteStrings(ordinal); }

        if (index is not null) { writer.WriteIndex(index.Complete().Publish(), cancellationToken); }

        writer.WriteFooter([.. writer._strings.Select(strings => strings is { IsInterned: true })]);
        return writer._offset;
    }

    /// <summary>Writes a compact table as it lies in memory: its strings, its segments and its key index.</summary>
    /// <inheritdoc cref="Write(Stream, SnapshotHeader, IEnumerable{Batch}, ScannedIndex, CancellationToken)"/>
    public static long Write(
        Stream stream, SnapshotHeader header, CompactTable table, CancellationToken cancellationToken)
    {
        var writer = new SnapshotFileWriter(stream, header.Schema);
        writer.WriteHeader(header with { HoldsSegments = true });
        SegmentBlocks.Write(table.Segments, writer._buffer);
        writer.PutBlock(SnapshotBlockKind.Segments, SnapshotBlock.NoColumn, 0);
        for (int ordinal = 0; ordinal < writer._strings.Length; ordinal++) { writer.WriteStrings(table.Pools[ordinal], ordinal); }

        for (int segment = 0; segment < table.Segments.Length; segment++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.WriteSegment(table.Segments[segment], segment);
        }

        if (header.Schema.HasKey) { writer.WriteIndex(table.Index, cancellationToken); }

        writer.WriteFooter([.. table.Pools.Select(pool => pool is { IsInterned: true })]);
        return writer._offset;
    }

    private void WriteHeader(SnapshotHeader header)
    {
        byte[] bytes = SnapshotHeaderCodec.Write(header);
        Span<byte> prelude = stackalloc byte[SnapshotFormat.PreludeBytes];
        SnapshotFormat.Magic.CopyTo(prelude);
        BinaryPrimitives.WriteInt32LittleEndian(prelude[8..], SnapshotFormat.Version);
        BinaryPrimitives.WriteInt32LittleEndian(prelude[12..], bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(prelude[16..], SnapshotFormat.Checksum(bytes));
        BinaryPrimitives.WriteUInt32LittleEndian(prelude[20..], SnapshotFormat.Checksum(prelude[..20]));
        Put(prelude);
        Put(bytes);
    }

    private void WriteColumn(Column column, int ordinal, int group)
    {
        ReadOnlySpan<int> codes = column is StringColumn strings
            ? _strings[ordinal]!.Number(strings, () => WriteStrings(ordinal))
            : default;
        ColumnBlocks.Write(column, codes, _buffer);
        PutBlock(SnapshotBlockKind.Column, ordinal, group);
    }

    private void WriteStrings(StringPool? pool, int ordinal)
    {
        if (pool is null) { return; }

        _strings[ordinal]!.AddAll(pool, () => WriteStrings(ordinal));
        WriteStrings(ordinal);
    }

    private void WriteStrings(int ordinal)
    {
        if (_strings[ordinal] is not { } strings) { return; }

        strings.Write(_buffer);
        PutBlock(SnapshotBlockKind.Strings, ordinal, _stringBlocks[ordinal]++);
    }

    private void WriteSegment(CompactSegment segment, int number)
    {
        var block = new BlockWriter(_buffer);
        for (int ordinal = 0; ordinal < segment.Columns.Length; ordinal++)
        {
            segment.Columns[ordinal].Write(block);
            PutBlock(SnapshotBlockKind.Encoded, ordinal, number);
        }
    }

    private void WriteIndex(TagDirectory index, CancellationToken cancellationToken)
    {
        int number = 0;
        foreach (byte[] part in index.Parts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _buffer.Write(TagPart.Bytes(part));
            PutBlock(SnapshotBlockKind.Index, SnapshotBlock.NoColumn, number++);
        }
    }

    private void WriteFooter(bool[] interned)
    {
        Span<byte> numbers = _buffer.GetSpan(8);
        BinaryPrimitives.WriteInt32LittleEndian(numbers, interned.Length);
        BinaryPrimitives.WriteInt32LittleEndian(numbers[4..], _blocks.Count);
        _buffer.Advance(8);
        foreach (bool isInterned in interned)
        {
            _buffer.GetSpan(1)[0] = isInterned ? (byte)1 : (byte)0;
            _buffer.Advance(1);
        }

        foreach (SnapshotBlock block in _blocks) { WriteEntry(block); }

        Span<byte> trailer = stackalloc byte[SnapshotFormat.TrailerBytes];
        BinaryPrimitives.WriteInt64LittleEndian(trailer, _offset);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[8..], _buffer.WrittenCount);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[12..], SnapshotFormat.Checksum(_buffer.WrittenSpan));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[16..], SnapshotFormat.Checksum(trailer[..16]));
        SnapshotFormat.Magic.CopyTo(trailer[20..]);
        Put(_buffer.WrittenSpan);
        Put(trailer);
    }

    private void WriteEntry(SnapshotBlock block)
    {
        Span<byte> entry = _buffer.GetSpan(SnapshotBlock.EntryBytes);
        entry[0] = (byte)block.Kind;
        BinaryPrimitives.WriteInt32LittleEndian(entry[1..], block.Column);
        BinaryPrimitives.WriteInt32LittleEndian(entry[5..], block.Group);
        BinaryPrimitives.WriteInt64LittleEndian(entry[9..], block.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(entry[17..], block.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[21..], block.Checksum);
        _buffer.Advance(SnapshotBlock.EntryBytes);
    }

    private void PutBlock(SnapshotBlockKind kind, int column, int group)
    {
        ReadOnlySpan<byte> bytes = _buffer.WrittenSpan;
        _blocks.Add(new SnapshotBlock(kind, column, group, _offset, bytes.Length, SnapshotFormat.Checksum(bytes)));
        Put(bytes);
        _buffer.ResetWrittenCount();
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        _offset += bytes.Length;
    }
}
