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

    private FileScan(SourceDefinition definition, ScanRequest request, IReadOnlyList<SourcePartition> partitions)
    {
        Partitions = partitions;
        _definition = definition;
        _builder = new RecordBatchBuilder(definition, request, partitions);
    }

    /// <summary>Starts a read: on several threads where it is asked for, and the order of records decides nothing.</summary>
    /// <exception cref="SourceException">The files are of different formats.</exception>
    public static ISourceScan Start(
        SourceDefinition definition, ScanRequest request, IReadOnlyList<SourcePartition> partitions)
    {
        FileFormat[] formats = [.. partitions.Select(partition => FormatOf(definition, partition.Name)).Distinct()];
        if (formats.Length > 1 && formats.Contains(FileFormat.Csv))
        {
            throw new SourceException(definition.Name, "the files are partly JSON and partly delimited", isTransient: false);
        }

        SourceDefinition known = definition with
        {
            ValueFormat = formats[0] == FileFormat.Csv ? RecordFormat.Delimited : RecordFormat.Json,
            Delimiter = FileFormats.Delimiter(partitions[0].Name, definition.Delimiter),
        };
        return IsParallel(known, request, partitions, formats)
            ? new ParallelFileScan(known, request, partitions)
            : new FileScan(known, request, partitions);
    }

    /// <summary>The failure of a read for a reason outside of the records.</summary>
    public static SourceException Failure(SourceDefinition definition, string path, long? offset, Exception cause)
    {
        bool isTransient = cause is IOException and not FileNotFoundException and not DirectoryNotFoundException;
        return new SourceException(definition.Name, $"could not read \"{path}\": {cause.Message}", isTransient, cause)
        {
            Partition = path,
            Offset = offset,
        };
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
            throw Failure(_definition, Partitions[_file].Name, _reading?.Offset, e);
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

    private void Close()
    {
        _reading!.Dispose();
        _reading = null;
        _builder.Advance(_file, Partitions[_file].Range.End);
        _file++;
    }

    private static FileFormat FormatOf(SourceDefinition definition, string path) =>
        FileFormats.Of(path, definition.ValueFormat) ?? throw new SourceException(
            definition.Name, $"the name \"{path}\" does not tell the format; set value_format", isTransient: false);

    // Columns whose types follow the values depend on the order of the records, and so does a limit; blocks end where they do.
    private static bool IsParallel(
        SourceDefinition definition, ScanRequest request, IReadOnlyList<SourcePartition> partitions, FileFormat[] formats) =>
        request.MaxDegreeOfParallelism > 1
        && !formats.Contains(FileFormat.JsonValues)
        && request.IsOfAnyOrder(definition)
        && partitions.Sum(partition => partition.Range.Length) > FileBlockReader.LargeBlock;
}
