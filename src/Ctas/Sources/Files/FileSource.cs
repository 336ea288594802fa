namespace Ctas.Sources.Files;

/// <summary>Files as a source: one partition a file, sorted by path, with the lengths they have when a scan opens.</summary>
internal sealed class FileSource(SourceDefinition definition) : ISource
{
    /// <inheritdoc/>
    public SourceDefinition Definition => definition;

    /// <inheritdoc/>
    public ValueTask<ISourceScan> OpenAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string path = ((FileLocation)definition.Location).Path;
        try
        {
            SourcePartition[] partitions =
            [
                .. FileSet.Find(definition.Name, path).Select((file, ordinal) =>
                    new SourcePartition(file, ordinal, new OffsetRange(0, new FileInfo(file).Length))),
            ];
            return ValueTask.FromResult(FileScan.Start(ToRead(), request, partitions));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceException(definition.Name, $"could not open \"{path}\": {e.Message}", e is IOException, e);
        }
    }

    // Files have no record keys: a declared key is a field like the others, and makes a changelog of the file.
    private SourceDefinition ToRead()
    {
        bool hasKey = (definition.Columns ?? []).Any(column => column.Role == SourceColumnRole.Key);
        return definition with
        {
            KeyFormat = RecordFormat.None,
            Mode = definition.Mode == ReadMode.Auto ? hasKey ? ReadMode.Changelog : ReadMode.Append : definition.Mode,
        };
    }
}
