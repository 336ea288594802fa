using System.Buffers.Binary;
using Ctas.Data;
using Microsoft.Win32.SafeHandles;

namespace Ctas.Tables.Snapshots;

/// <summary>A file of several snapshots that are right together or not at all, opened for reading.</summary>
/// <remarks>
/// <code>
/// parts     whole snapshots one after another, each in the form of SnapshotFormat; the first one says what all of them are
/// lengths   bytes of each (8 · parts)
/// trailer   number of parts (4) · checksum of the lengths (4) · checksum of these 8 bytes (4) · magic (8)
/// </code>
/// </remarks>
internal sealed class SnapshotBundle : IDisposable
{
    private const int TrailerBytes = 20;

    private readonly SafeFileHandle _handle;
    private readonly SnapshotFile[] _parts;
    private int _next = 1;

    private SnapshotBundle(SafeFileHandle handle)
    {
        _handle = handle;
        _parts = Open(handle, RandomAccess.GetLength(handle));
        Header = _parts[0].Header;

        // It has no rows, but bytes that say so.
        _parts[0].ReadRows(maxDegreeOfParallelism: 1, CancellationToken.None);
    }

    /// <summary>The last bytes of a file.</summary>
    private static ReadOnlySpan<byte> Magic => "CTASPART"u8;

    /// <summary>What the parts are.</summary>
    public SnapshotHeader Header { get; }

    /// <summary>True when all parts have been read.</summary>
    public bool IsAtEnd => _next == _parts.Length;

    /// <summary>Opens a file and reads the headers of its parts.</summary>
    /// <exception cref="SnapshotFormatException">It is no whole file of this version.</exception>
    /// <exception cref="IOException">It could not be read.</exception>
    public static SnapshotBundle Open(string path)
    {
        SafeFileHandle handle = SnapshotFile.OpenHandle(path);
        try { return new SnapshotBundle(handle); }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Writes parts into a stream; what it buffers is left to its owner.</summary>
    /// <returns>Bytes written.</returns>
    public static long Write(Stream stream, IReadOnlyList<SnapshotPart> parts, CancellationToken cancellationToken)
    {
        long[] lengths = [.. parts.Select(part => SnapshotFileWriter.Write(stream, part.Header, part.Rows, index: null, cancellationToken))];
        byte[] footer = new byte[(lengths.Length * sizeof(long)) + TrailerBytes];
        Span<byte> trailer = footer.AsSpan(lengths.Length * sizeof(long));
        for (int part = 0; part < lengths.Length; part++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(footer.AsSpan(part * sizeof(long)), lengths[part]);
        }

        BinaryPrimitives.WriteInt32LittleEndian(trailer, lengths.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], SnapshotFormat.Checksum(footer.AsSpan(0, footer.Length - TrailerBytes)));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[8..], SnapshotFormat.Checksum(trailer[..8]));
        Magic.CopyTo(trailer[12..]);
        stream.Write(footer);
        return lengths.Sum() + footer.Length;
    }

    /// <summary>The columns and the rows of the next part, checked.</summary>
    /// <param name="maxDegreeOfParallelism">Threads to use.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <exception cref="SnapshotFormatException">There is none, or a byte is not as it was written.</exception>
    public (Schema Schema, IReadOnlyList<Batch> Rows) Next(int maxDegreeOfParallelism, CancellationToken cancellationToken)
    {
        if (IsAtEnd) { throw new SnapshotFormatException("it ends before its last part"); }

        SnapshotFile part = _parts[_next++];
        return (part.Header.Schema, part.ReadRows(maxDegreeOfParallelism, cancellationToken));
    }

    /// <summary>The next part, which was stored as one batch.</summary>
    /// <inheritdoc cref="Next"/>
    public Batch NextBatch(int maxDegreeOfParallelism, CancellationToken cancellationToken) => Next(maxDegreeOfParallelism, cancellationToken) switch
    {
        (_, [Batch rows]) => rows,
        (var schema, []) => new Batch([.. schema.Fields.Select(field => ColumnBuilder.Create(field.Type).Finish())], 0),
        _ => throw new SnapshotFormatException("a part has more rows than it was stored with"),
    };

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static SnapshotFile[] Open(SafeFileHandle handle, long length)
    {
        byte[] trailer = Read(handle, length - TrailerBytes, TrailerBytes, length);
        int count = BinaryPrimitives.ReadInt32LittleEndian(trailer);
        bool isWhole = trailer.AsSpan(12).SequenceEqual(Magic) && count > 0
            && SnapshotFormat.Checksum(trailer.AsSpan(0, 8)) == BinaryPrimitives.ReadUInt32LittleEndian(trailer.AsSpan(8));
        if (!isWhole) { throw Torn(); }

        long start = length - TrailerBytes - ((long)count * sizeof(long));
        byte[] bytes = Read(handle, start, count * sizeof(long), length);
        if (SnapshotFormat.Checksum(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(trailer.AsSpan(4)))
        {
            throw new SnapshotFormatException("the checksum of the lengths of its parts does not match");
        }

        var parts = new SnapshotFile[count];
        long offset = 0;
        for (int part = 0; part < count; part++)
        {
            long of = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(part * sizeof(long)));
            if (of < 0 || of > start - offset) { throw Torn(); }

            parts[part] = SnapshotFile.Open(handle, offset, of);
            offset += of;
        }

        return offset == start ? parts : throw Torn();
    }

    private static byte[] Read(SafeFileHandle handle, long offset, int count, long length)
    {
        if (offset < 0 || count < 0 || offset + count > length) { throw Torn(); }

        byte[] bytes = new byte[count];
        for (int read = 0; read < count;)
        {
            int some = RandomAccess.Read(handle, bytes.AsSpan(read), offset + read);
            if (some == 0) { throw Torn(); }

            read += some;
        }

        return bytes;
    }

    private static SnapshotFormatException Torn() => new("it ends before its end");
}
