using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Ctas.Tables.Snapshots;

/// <summary>A stored table, opened for reading: the header at once, the rows when they are asked for.</summary>
/// <remarks>Everything is checked before it is used. The file may be replaced meanwhile: this one stays what it is.</remarks>
internal sealed partial class SnapshotFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly long _start;
    private readonly long _length;
    private readonly int _headerBytes;

    private SnapshotFile(SafeFileHandle handle, long start, long length)
    {
        (_handle, _start, _length) = (handle, start, length);
        Span<byte> prelude = stackalloc byte[SnapshotFormat.PreludeBytes];
        if (_length < SnapshotFormat.PreludeBytes + SnapshotFormat.TrailerBytes) { throw Torn(); }

        ReadExactly(prelude, 0);
        bool isSnapshot = prelude[..8].SequenceEqual(SnapshotFormat.Magic)
            && SnapshotFormat.Checksum(prelude[..20]) == BinaryPrimitives.ReadUInt32LittleEndian(prelude[20..]);
        if (!isSnapshot) { throw new SnapshotFormatException("it does not start as a snapshot does"); }

        int version = BinaryPrimitives.ReadInt32LittleEndian(prelude[8..]);
        if (version != SnapshotFormat.Version) { throw new SnapshotFormatException($"it is of version {version}"); }

        _headerBytes = BinaryPrimitives.ReadInt32LittleEndian(prelude[12..]);
        byte[] bytes = Part("the header", SnapshotFormat.PreludeBytes, _headerBytes);
        Check("the header", bytes, BinaryPrimitives.ReadUInt32LittleEndian(prelude[16..]));
        Header = SnapshotHeaderCodec.Read(bytes);
    }

    /// <summary>What is stored.</summary>
    public SnapshotHeader Header { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length => _length;

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="SnapshotFormatException">It is no whole snapshot of this version.</exception>
    /// <exception cref="IOException">It could not be read.</exception>
    public static SnapshotFile Open(string path)
    {
        SafeFileHandle handle = OpenHandle(path);
        try { return new SnapshotFile(handle, 0, RandomAccess.GetLength(handle)); }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Opens a part of a file; whoever opened that closes it.</summary>
    /// <exception cref="SnapshotFormatException">It is no whole snapshot of this version.</exception>
    /// <exception cref="IOException">It could not be read.</exception>
    public static SnapshotFile Open(SafeFileHandle handle, long start, long length) => new(handle, start, length);

    /// <summary>Opens a file that may be replaced meanwhile.</summary>
    public static SafeFileHandle OpenHandle(string path) => File.OpenHandle(
        path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);

    public void Dispose() => _handle.Dispose();

    private static ParallelOptions Options(int maxDegreeOfParallelism, CancellationToken cancellationToken) => new()
    {
        MaxDegreeOfParallelism = maxDegreeOfParallelism,
        CancellationToken = cancellationToken,
    };

    private (SnapshotBlock[] Blocks, bool[] Interned) ReadFooter(int columns)
    {
        Span<byte> trailer = stackalloc byte[SnapshotFormat.TrailerBytes];
        ReadExactly(trailer, _length - trailer.Length);
        bool isWhole = trailer[20..].SequenceEqual(SnapshotFormat.Magic)
            && SnapshotFormat.Checksum(trailer[..16]) == BinaryPrimitives.ReadUInt32LittleEndian(trailer[16..]);
        if (!isWhole) { throw Torn(); }

        long offset = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        int length = BinaryPrimitives.ReadInt32LittleEndian(trailer[8..]);
        if (offset + length != _length - trailer.Length) { throw Torn(); }

        byte[] footer = Part("the footer", offset, length);
        Check("the footer", footer, BinaryPrimitives.ReadUInt32LittleEndian(trailer[12..]));
        int start = 8 + columns;
        int count = footer.Length < start ? -1 : BinaryPrimitives.ReadInt32LittleEndian(footer.AsSpan(4));
        bool fits = count >= 0 && BinaryPrimitives.ReadInt32LittleEndian(footer) == columns
            && footer.Length == start + ((long)count * SnapshotBlock.EntryBytes);
        if (!fits) { throw new SnapshotFormatException("its footer does not fit its header"); }

        bool[] interned = [.. footer.AsSpan(8, columns).ToArray().Select(flag => flag != 0)];
        var blocks = new SnapshotBlock[count];
        long next = SnapshotFormat.PreludeBytes + _headerBytes;
        for (int block = 0; block < count; block++)
        {
            blocks[block] = ReadEntry(footer.AsSpan(start + (block * SnapshotBlock.EntryBytes)));
            bool isRight = blocks[block].Offset == next && blocks[block].Length >= 0 && IsOfRightColumn(blocks[block], columns);
            if (!isRight) { throw new SnapshotFormatException("its blocks leave gaps"); }

            next += blocks[block].Length;
        }

        return next == offset ? (blocks, interned) : throw new SnapshotFormatException("its blocks leave gaps");
    }

    private static bool IsOfRightColumn(SnapshotBlock block, int columns) => block.Kind switch
    {
        SnapshotBlockKind.Strings or SnapshotBlockKind.Column or SnapshotBlockKind.Encoded => block.Column >= 0 && block.Column < columns,
        SnapshotBlockKind.Segments or SnapshotBlockKind.Index => block.Column == SnapshotBlock.NoColumn,
        _ => false,
    };

    private static SnapshotBlock ReadEntry(ReadOnlySpan<byte> entry) => new(
        (SnapshotBlockKind)entry[0],
        BinaryPrimitives.ReadInt32LittleEndian(entry[1..]),
        BinaryPrimitives.ReadInt32LittleEndian(entry[5..]),
        BinaryPrimitives.ReadInt64LittleEndian(entry[9..]),
        BinaryPrimitives.ReadInt32LittleEndian(entry[17..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[21..]));

    private T WithBlock<T>(SnapshotBlock block, Func<ReadOnlyMemory<byte>, T> read)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(block.Length);
        Memory<byte> bytes = buffer.AsMemory(0, block.Length);
        try
        {
            ReadExactly(bytes.Span, block.Offset);
            Check(block, bytes.Span);
            return read(bytes);
        }
        catch (InvalidDataException e) { throw new SnapshotFormatException(Reason(e)); }
        finally { ArrayPool<byte>.Shared.Return(buffer); }
    }

    private void Check(SnapshotBlock block, ReadOnlySpan<byte> bytes)
    {
        string what = block.Column == SnapshotBlock.NoColumn
            ? $"a block of its {block.Kind.ToString().ToLowerInvariant()}"
            : $"a block of column \"{Header.Schema.Fields[block.Column].Name}\"";
        Check(what, bytes, block.Checksum);
    }

    // A message of an exception is a sentence; a reason is put into one.
    private static string Reason(InvalidDataException e) => char.ToLowerInvariant(e.Message[0]) + e.Message[1..].TrimEnd('.');

    private byte[] Part(string what, long offset, int length)
    {
        // Before anything of that size is allocated.
        if (length < 0 || offset < 0 || offset + length > _length)
        {
            throw new SnapshotFormatException($"{what} is longer than the file");
        }

        byte[] bytes = new byte[length];
        ReadExactly(bytes, offset);
        return bytes;
    }

    private void ReadExactly(Span<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(_handle, bytes, _start + offset);
            if (read == 0) { throw Torn(); }

            bytes = bytes[read..];
            offset += read;
        }
    }

    private static void Check(string what, ReadOnlySpan<byte> bytes, uint checksum)
    {
        if (SnapshotFormat.Checksum(bytes) != checksum)
        {
            throw new SnapshotFormatException($"the checksum of {what} does not match");
        }
    }

    private static SnapshotFormatException Torn() => new("it ends before its end");

    /// <summary>Parallel.For whose failures come one at a time, as they were thrown.</summary>
    private static void Run(ParallelOptions options, int count, Action<int> body)
    {
        try { Parallel.For(0, count, options, body); }
        catch (AggregateException e) when (e.InnerException is SnapshotFormatException or IOException)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException);
        }
    }
}
