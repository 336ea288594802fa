using System.Buffers;
using Ctas.Sources;

namespace Ctas.Sinks;

/// <summary>
/// Appends changes to a file, a line of JSON each: the row, or for a table with a key
/// <c>{"key":{…},"value":{…}}</c>, where the value is null for a row that was deleted.
/// </summary>
internal sealed class FileSink : ISink
{
    private readonly SinkDefinition _definition;
    private readonly SinkRecords _records;
    private readonly ArrayBufferWriter<byte> _lines = new(64 * 1024);
    private FileStream? _file;

    public FileSink(SinkDefinition definition)
    {
        _definition = definition;
        _records = new SinkRecords(definition);
    }

    private string Path => ((FileLocation)_definition.Location).Path;

    public async ValueTask WriteAsync(SinkBatch batch, CancellationToken cancellationToken)
    {
        _lines.ResetWrittenCount();
        _records.Write(batch, AddLine);
        if (_lines.WrittenCount == 0) { return; }

        try
        {
            _file ??= new FileStream(Path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            await _file.WriteAsync(_lines.WrittenMemory, cancellationToken).ConfigureAwait(false);
            _file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SinkException(
                _definition.Name,
                $"sink \"{_definition.Name}\" could not write to {Path}: {e.Message}",
                isTransient: e is IOException and not DirectoryNotFoundException,
                e);
        }
    }

    public ValueTask<IReadOnlyList<SinkPosition>?> GetPositionsAsync(
        IReadOnlyList<SinkPosition> partitions, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<SinkPosition>?>(null);

    public ValueTask DisposeAsync() => _file?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void AddLine(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, SinkRecordForm form)
    {
        bool hasKey = form.HasFlag(SinkRecordForm.HasKey);
        if (hasKey)
        {
            _lines.Write("{\"key\":"u8);
            _lines.Write(key);
            _lines.Write(",\"value\":"u8);
        }

        _lines.Write(form.HasFlag(SinkRecordForm.HasValue) ? value : "null"u8);
        _lines.Write(hasKey ? "}\n"u8 : "\n"u8);
    }
}

/// <summary>Makes file sinks. Immutable.</summary>
internal sealed class FileSinkFactory : ISinkFactory
{
    public bool CanCreate(SourceLocation location) => location is FileLocation;

    public IReadOnlyList<string> Validate(SinkDefinition definition)
    {
        var mistakes = new List<string>();
        if (definition.ValueFormat != RecordFormat.Json || definition.KeyFormat is not (null or RecordFormat.Json))
        {
            mistakes.Add("A file sink writes JSON, a line a change.");
        }

        if (definition.Delivery == SinkDelivery.ExactlyOnce)
        {
            mistakes.Add("A file cannot take each change exactly once; leave \"delivery\" out, or write to a topic.");
        }

        return mistakes;
    }

    public ISink Create(SinkDefinition definition, SourceServices services) =>
        new FileSink(definition with { KeyFormat = RecordFormat.Json });
}
