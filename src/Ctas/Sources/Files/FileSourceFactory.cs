namespace Ctas.Sources.Files;

/// <summary>Makes sources of NDJSON, JSON and CSV files, packed with gzip or not.</summary>
internal sealed class FileSourceFactory : ISourceFactory
{
    /// <inheritdoc/>
    public bool CanCreate(SourceLocation location) => location is FileLocation;

    /// <inheritdoc/>
    public IReadOnlyList<string> Validate(SourceDefinition definition)
    {
        var mistakes = new List<string>(RecordBatchBuilder.Validate(definition));
        string path = ((FileLocation)definition.Location).Path;
        if (definition.ValueFormat is RecordFormat.Kafka or RecordFormat.None)
        {
            mistakes.Add("Files are read as JSON or DELIMITED; other value formats are for topics.");
        }
        else if (FileFormats.Of(path, definition.ValueFormat) is null)
        {
            mistakes.Add($"The name \"{path}\" does not tell the format; set value_format to JSON or DELIMITED.");
        }

        if (definition.OnError == RecordErrorPolicy.DeadLetter)
        {
            mistakes.Add("The policy on_error = 'dead_letter' is not supported yet for files; use 'fail' or 'skip'.");
        }

        if (definition.Start.Kind != StartKind.Earliest)
        {
            mistakes.Add("Files are read from their beginning; a start position is for topics.");
        }

        if (definition.Group is not null)
        {
            mistakes.Add("Files are read whole; a group (loading.group) is for topics.");
        }

        if (definition.Delimiter is { } delimiter && (!char.IsAscii(delimiter) || delimiter is '"' or '\n' or '\r'))
        {
            mistakes.Add("The delimiter has to be an ASCII character, and neither a quote nor a line end.");
        }

        bool hasKey = (definition.Columns ?? []).Any(column => column.Role == SourceColumnRole.Key);
        if (definition.Mode == ReadMode.Changelog && !hasKey)
        {
            mistakes.Add("Files have no record keys; declare the columns and one as PRIMARY KEY to read a changelog.");
        }

        if ((definition.Columns ?? []).Any(column => column.Role is SourceColumnRole.Header or SourceColumnRole.Headers))
        {
            mistakes.Add("Files have no headers; declare the column without HEADER.");
        }

        return mistakes;
    }

    /// <inheritdoc/>
    public ISource Create(SourceDefinition definition, SourceServices services) => new FileSource(definition);
}
