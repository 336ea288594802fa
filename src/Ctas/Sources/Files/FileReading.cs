using System.IO.Compression;

namespace Ctas.Sources.Files;

/// <summary>One file being read into batches. Single-threaded.</summary>
internal abstract class FileReading : IDisposable
{
    /// <summary>Offset in the (unpacked) file of what is read next.</summary>
    public abstract long Offset { get; }

    /// <summary>Opens a file in the way that its format asks for.</summary>
    public static FileReading Open(SourcePartition file, int ordinal, SourceDefinition definition) =>
        FileFormats.Of(file.Name, definition.ValueFormat) switch
        {
            FileFormat.JsonValues => new JsonValuesReading(file, ordinal),
            _ => new LinesReading(FileBlockReader.Open(file, ordinal, definition, FileBlockReader.SmallBlock), ordinal),
        };

    /// <summary>Adds records until the builder has a full batch; false when the file holds no more.</summary>
    public abstract bool AddTo(RecordBatchBuilder builder);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Files of lines: NDJSON and CSV.</summary>
internal sealed class LinesReading(FileBlockReader blocks, int ordinal) : FileReading
{
    private RecordBlock? _block;

    /// <inheritdoc/>
    public override long Offset => _block?.Offset ?? blocks.Offset;

    /// <inheritdoc/>
    public override bool AddTo(RecordBatchBuilder builder)
    {
        while (!builder.IsFull)
        {
            if (_block is null)
            {
                bool isFirst = blocks.Offset == 0;
                _block = blocks.Read();
                if (_block is null) { return false; }

                if (isFirst && blocks.Header is { } header) { builder.NameFields(header); }
            }

            if (blocks.IsDelimited) { builder.AddDelimitedLines(_block); }
            else { builder.AddJsonLines(_block); }

            if (blocks.IsPacked) { builder.Advance(ordinal, blocks.Position); }

            if (_block.IsEmpty) { Release(); }
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Release();
        blocks.Dispose();
    }

    private void Release()
    {
        _block?.Release();
        _block = null;
    }
}

/// <summary>Files of JSON values: an array, or values one after the other.</summary>
internal sealed class JsonValuesReading : FileReading
{
    private readonly int _ordinal;
    private readonly LimitedFileStream _stream;
    private readonly bool _isPacked;
    private readonly JsonValueReader _values;
    private readonly SourcePartition _file;
    private readonly long _timestamp;

    public JsonValuesReading(SourcePartition file, int ordinal)
    {
        (_file, _ordinal) = (file, ordinal);
        _timestamp = new DateTimeOffset(File.GetLastWriteTimeUtc(file.Name)).ToUnixTimeMilliseconds();
        _stream = new LimitedFileStream(file.Name, file.Range.End);
        _isPacked = FileFormats.IsGzip(file.Name);
        _values = new JsonValueReader(
            new FileBuffer(_isPacked ? new GZipStream(_stream, CompressionMode.Decompress) : _stream));
    }

    /// <inheritdoc/>
    public override long Offset => _values.NextOffset;

    /// <inheritdoc/>
    public override bool AddTo(RecordBatchBuilder builder)
    {
        while (!builder.IsFull)
        {
            if (!_values.Read())
            {
                CheckLength();
                return false;
            }

            builder.Add(new SourceRecord
            {
                PartitionOrdinal = _ordinal,
                Offset = _values.RecordOffset,
                LineNumber = _values.LineNumber,
                TimestampMilliseconds = _timestamp,
                Value = _values.Record,
            });
            builder.Advance(_ordinal, _isPacked ? _stream.Position : _values.NextOffset);
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _values.Dispose();
        _stream.Dispose();
    }

    private void CheckLength()
    {
        if (_stream.Position < _file.Range.End && !_isPacked)
        {
            throw new InvalidDataException(
                $"the file ends at byte {_stream.Position}, but had {_file.Range.End} bytes when the read began");
        }
    }
}
