using System.IO.Compression;
using System.Text;

namespace Ctas.Sources.Files;

/// <summary>One read of a set of files, one after the other.</summary>
/// <remarks>
/// Positions are bytes of the file as it lies on disk. Offsets of records, in errors and ROWOFFSET, are bytes of the
/// unpacked file. Reading blocks the caller for the time the disk takes.
/// </remarks>
internal sealed class FileScan : ISourceScan
{
    private readonly SourceDefinition _definition;
    private readonly RecordBatchBuilder _builder;
    private readonly DelimitedFields _header = new();
    private int _file;
    private FileRecordReader? _reader;
    private LimitedFileStream? _stream;
    private bool _isGzip;
    private long _timestamp;

    public FileScan(SourceDefinition definition, ScanRequest request, IReadOnlyList<SourcePartition> partitions)
    {
        Partitions = partitions;
        _definition = definition;
        RecordFormat[] formats = [.. partitions.Select(partition => ValueFormatOf(partition.Name)).Distinct()];
        if (formats.Length > 1)
        {
            throw new SourceException(definition.Name, "the files are partly JSON and partly delimited", isTransient: false);
        }

        _definition = definition with
        {
            ValueFormat = formats[0],
            Delimiter = FileFormats.Delimiter(partitions[0].Name, definition.Delimiter),
        };
        _builder = new RecordBatchBuilder(_definition, request, partitions);
    }

    /// <inheritdoc/>
    public IReadOnlyList<SourcePartition> Partitions { get; }

    /// <inheritdoc/>
    public ValueTask<SourceBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (_file < Partitions.Count && !_builder.IsFull)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _reader ??= Open(Partitions[_file]);
                if (_reader.Read()) { Add(_reader); }
                else { Close(); }
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw Failure(e);
        }

        return ValueTask.FromResult(_builder.Finish());
    }

    /// <inheritdoc/>
    public ScanStatistics GetStatistics() => _builder.GetStatistics();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _reader?.Dispose();
        _stream?.Dispose();
        (_reader, _stream) = (null, null);
        return ValueTask.CompletedTask;
    }

    private FileFormat FormatOf(string path) => FileFormats.Of(path, _definition.ValueFormat)
        ?? throw new SourceException(
            _definition.Name, $"the name \"{path}\" does not tell the format; set value_format", isTransient: false);

    private RecordFormat ValueFormatOf(string path) =>
        FormatOf(path) == FileFormat.Csv ? RecordFormat.Delimited : RecordFormat.Json;

    private FileRecordReader Open(SourcePartition partition)
    {
        string path = partition.Name;
        _timestamp = new DateTimeOffset(File.GetLastWriteTimeUtc(path)).ToUnixTimeMilliseconds();
        _stream = new LimitedFileStream(path, partition.Range.End);
        _isGzip = FileFormats.IsGzip(path);
        Stream unpacked = _isGzip ? new GZipStream(_stream, CompressionMode.Decompress) : _stream;
        var buffer = new FileBuffer(unpacked);
        switch (FormatOf(path))
        {
            case FileFormat.JsonLines:
                return new LineReader(buffer);
            case FileFormat.JsonValues:
                return new JsonValueReader(buffer);
            default:
                var reader = new CsvRecordReader(buffer, _definition.Delimiter!.Value);
                if (reader.Read()) { ReadHeader(reader); }

                return reader;
        }
    }

    private void ReadHeader(CsvRecordReader reader)
    {
        if (_header.Split(reader.Record, _definition.Delimiter!.Value) is { } malformed)
        {
            throw new InvalidDataException($"the header line is malformed: {malformed}");
        }

        var names = new List<string>();
        for (int field = 0; field < _header.Count; field++)
        {
            string name = _header.IsNull(field) ? $"column_{field + 1}" : Encoding.UTF8.GetString(_header[field]).Trim();
            if (names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw new InvalidDataException($"the header line names column \"{name}\" twice");
            }

            names.Add(name);
        }

        _builder.NameFields(names);
    }

    private void Add(FileRecordReader reader)
    {
        _builder.Add(new SourceRecord
        {
            PartitionOrdinal = _file,
            Offset = reader.RecordOffset,
            LineNumber = reader.LineNumber,
            TimestampMilliseconds = _timestamp,
            Value = reader.Record,
        });
        _builder.Advance(_file, _isGzip ? _stream!.Position : reader.NextOffset);
    }

    private void Close()
    {
        SourcePartition partition = Partitions[_file];
        if (_stream!.Position < partition.Range.End && !_isGzip)
        {
            throw new InvalidDataException(
                $"the file ends at byte {_stream.Position}, but had {partition.Range.End} bytes when the read began");
        }

        _reader!.Dispose();
        _stream.Dispose();
        (_reader, _stream) = (null, null);
        _builder.Advance(_file, partition.Range.End);
        _file++;
    }

    private SourceException Failure(Exception cause)
    {
        string path = Partitions[_file].Name;
        bool isTransient = cause is IOException and not FileNotFoundException and not DirectoryNotFoundException;
        return new SourceException(_definition.Name, $"could not read \"{path}\": {cause.Message}", isTransient, cause)
        {
            Partition = path,
            Offset = _reader?.NextOffset,
        };
    }
}
