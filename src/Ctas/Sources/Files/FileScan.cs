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
    private int _file;
    private FileReading? _reading;

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
                FileReading reading = _reading ??= FileReading.Open(Partitions[_file], _file, _definition);
                if (!reading.AddTo(_builder)) { Close(); }
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
        _reading?.Dispose();
        _reading = null;
        return ValueTask.CompletedTask;
    }

    private RecordFormat ValueFormatOf(string path) => FileFormats.Of(path, _definition.ValueFormat) switch
    {
        FileFormat.Csv => RecordFormat.Delimited,
        not null => RecordFormat.Json,
        null => throw new SourceException(
            _definition.Name, $"the name \"{path}\" does not tell the format; set value_format", isTransient: false),
    };

    private void Close()
    {
        _reading!.Dispose();
        _reading = null;
        _builder.Advance(_file, Partitions[_file].Range.End);
        _file++;
    }

    private SourceException Failure(Exception cause)
    {
        string path = Partitions[_file].Name;
        bool isTransient = cause is IOException and not FileNotFoundException and not DirectoryNotFoundException;
        return new SourceException(_definition.Name, $"could not read \"{path}\": {cause.Message}", isTransient, cause)
        {
            Partition = path,
            Offset = _reading?.Offset,
        };
    }
}
