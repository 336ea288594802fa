using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace Ctas.Sources.Files;

/// <summary>Reads one file of lines in blocks of whole records. Single-threaded.</summary>
/// <remarks>Lines end with LF or CRLF; the last one may end with the file. The memory of a block is given back by its user.</remarks>
internal sealed class FileBlockReader : IDisposable
{
    /// <summary>Bytes of a block that stays in the cache of the core that reads it.</summary>
    public const int SmallBlock = 1 << 18;

    /// <summary>Bytes of a block that is decoded by another thread than the one that reads it.</summary>
    public const int LargeBlock = 1 << 20;

    private const int MaxBytes = 1 << 29;

    private readonly SourcePartition _partition;
    private readonly int _ordinal;
    private readonly int _blockBytes;
    private readonly char? _delimiter;
    private readonly LimitedFileStream _stream;
    private readonly Stream _unpacked;
    private readonly long _timestamp;
    private byte[] _tail = [];
    private int _tailLength;
    private long _line = 1;
    private bool _isAtEnd;

    private FileBlockReader(SourcePartition partition, int ordinal, char? delimiter, int blockBytes)
    {
        (_partition, _ordinal, _delimiter, _blockBytes) = (partition, ordinal, delimiter, blockBytes);
        _timestamp = new DateTimeOffset(File.GetLastWriteTimeUtc(partition.Name)).ToUnixTimeMilliseconds();
        _stream = new LimitedFileStream(partition.Name, partition.Range.End);
        IsPacked = FileFormats.IsGzip(partition.Name);
        _unpacked = IsPacked ? new GZipStream(_stream, CompressionMode.Decompress) : _stream;
    }

    /// <summary>Opens an NDJSON or CSV file.</summary>
    /// <param name="partition">The file and the bytes of it that are read.</param>
    /// <param name="ordinal">Ordinal of the partition.</param>
    /// <param name="definition">The source; its delimiter is known.</param>
    /// <param name="blockBytes">Bytes of a block; more where a record is larger.</param>
    public static FileBlockReader Open(SourcePartition partition, int ordinal, SourceDefinition definition, int blockBytes)
    {
        bool isDelimited = FileFormats.Of(partition.Name, definition.ValueFormat) == FileFormat.Csv;
        return new FileBlockReader(partition, ordinal, isDelimited ? definition.Delimiter : null, blockBytes);
    }

    /// <summary>True when the file is packed, so that offsets of records are not places in it.</summary>
    public bool IsPacked { get; }

    /// <summary>True for CSV, which begins with a header.</summary>
    public bool IsDelimited => _delimiter is not null;

    /// <summary>True when the last block has been read.</summary>
    public bool IsAtEnd => _isAtEnd && _tailLength == 0;

    /// <summary>Bytes of the file, as it lies on disk, read so far.</summary>
    public long Position => _stream.Position;

    /// <summary>Offset in the unpacked file of the next block.</summary>
    public long Offset { get; private set; }

    /// <summary>The names in the header line of a CSV file; there once the first block is.</summary>
    public IReadOnlyList<string>? Header { get; private set; }

    /// <summary>The next records, null at the end of the file.</summary>
    /// <exception cref="InvalidDataException">The file has become shorter, or cannot be cut into records.</exception>
    public RecordBlock? Read()
    {
        if (IsAtEnd) { return null; }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(Math.Max(_blockBytes, _tailLength * 2) + JsonText.Padding);
        int filled = _tailLength;
        _tail.AsSpan(0, _tailLength).CopyTo(bytes);
        int end;
        while (true)
        {
            filled = Fill(bytes, filled);
            end = _isAtEnd ? filled : FindEnd(bytes.AsSpan(0, filled));
            if (end > 0 || _isAtEnd) { break; }

            bytes = Enlarge(bytes, filled);
        }

        KeepTail(bytes.AsSpan(end, filled - end));
        bytes.AsSpan(end, JsonText.Padding).Clear();
        int start = Offset == 0 ? ReadStart(bytes.AsSpan(0, end)) : 0;
        var block = new RecordBlock(bytes)
        {
            End = end,
            Offset = Offset,
            LineNumber = _line,
            PartitionOrdinal = _ordinal,
            TimestampMilliseconds = _timestamp,
        };
        block.Consume(start, bytes.AsSpan(0, start).Count((byte)'\n'));
        _line += bytes.AsSpan(0, end).Count((byte)'\n');
        Offset += end;
        return block;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _unpacked.Dispose();
        _stream.Dispose();
    }

    // A stream may give little at a time.
    private int Fill(byte[] bytes, int filled)
    {
        int capacity = bytes.Length - JsonText.Padding;
        while (filled < capacity && !_isAtEnd)
        {
            int read = _unpacked.Read(bytes, filled, capacity - filled);
            filled += read;
            _isAtEnd = read == 0;
        }

        if (_isAtEnd && !IsPacked && _stream.Position < _partition.Range.End)
        {
            throw new InvalidDataException(
                $"the file ends at byte {_stream.Position}, but had {_partition.Range.End} bytes when the read began");
        }

        return filled;
    }

    private int FindEnd(ReadOnlySpan<byte> bytes) =>
        _delimiter is { } delimiter ? DelimitedRecords.FindLastEnd(bytes, (byte)delimiter) : bytes.LastIndexOf((byte)'\n') + 1;

    private static byte[] Enlarge(byte[] bytes, int filled)
    {
        if (bytes.Length >= MaxBytes) { throw new InvalidDataException("one record is larger than 512 MB"); }

        byte[] larger = ArrayPool<byte>.Shared.Rent(bytes.Length * 2);
        bytes.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        return larger;
    }

    private void KeepTail(ReadOnlySpan<byte> tail)
    {
        if (_tail.Length < tail.Length) { _tail = new byte[tail.Length * 2]; }

        tail.CopyTo(_tail);
        _tailLength = tail.Length;
    }

    // Past a UTF-8 byte order mark and the header line.
    private int ReadStart(ReadOnlySpan<byte> bytes)
    {
        int start = bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
        if (_delimiter is not { } delimiter) { return start; }

        // Blank lines may come before it.
        while (start < bytes.Length && bytes[start] is (byte)'\n' or (byte)'\r') { start++; }

        if (start == bytes.Length) { return start; }

        ReadOnlySpan<byte> rest = bytes[start..];
        int end = DelimitedRecords.FindEnd(rest, (byte)delimiter);
        ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
        Header = Names(line.Length > 0 && line[^1] == '\r' ? line[..^1] : line, delimiter);
        return end < 0 ? bytes.Length : start + end + 1;
    }

    private static List<string> Names(ReadOnlySpan<byte> line, char delimiter)
    {
        var header = new DelimitedFields();
        if (header.Split(line, delimiter) is { } malformed)
        {
            throw new InvalidDataException($"the header line is malformed: {malformed}");
        }

        var names = new List<string>();
        for (int field = 0; field < header.Count; field++)
        {
            string name = header.IsNull(field) ? $"column_{field + 1}" : Encoding.UTF8.GetString(header[field]).Trim();
            if (names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new InvalidDataException($"the header line names column \"{name}\" twice");
            }

            names.Add(name);
        }

        return names;
    }
}
