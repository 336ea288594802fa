using System.Buffers;
using Ctas.Sources;

namespace Ctas.Sinks;

/// <summary>
/// Writes a line a row; of a table with a key whose changes follow, a line a change: <c>{"key":{…},"value":{…}}</c>,
/// where the value is null for a row that was deleted.
/// </summary>
/// <remarks>
/// The rows of a table are written beside the file and take its place when they are complete; changes are appended. What
/// was written and not committed is cut off before it is written again, so that no line is ever torn.
/// </remarks>
internal sealed class FileSink : ISink
{
    private readonly SinkDefinition _definition;
    private readonly SinkRecords _records;
    private readonly ArrayBufferWriter<byte> _lines = new(64 * 1024);
    private FileStream? _file;
    private bool _isReplacement;
    private long _committed;

    public FileSink(SinkDefinition definition)
    {
        _definition = definition;
        _records = new SinkRecords(definition);
    }

    private string Target => ((FileLocation)_definition.Location).Path;

    // Rows are told whole where nothing changes them later, and where a line has no room for a key of its own.
    private bool HasKeys => _definition is { TakesChanges: true, ValueFormat: RecordFormat.Json };

    private string Unfinished => Target + ".unfinished";

    public ValueTask<SinkProgress> GetProgressAsync(IReadOnlyCollection<string> sources, CancellationToken cancellationToken) =>
        ValueTask.FromResult(SinkProgress.None);

    public ValueTask BeginAsync(IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    public async ValueTask<SinkWritten> WriteAsync(SinkBatch batch, CancellationToken cancellationToken)
    {
        _lines.ResetWrittenCount();
        try
        {
            Open(batch);
            SinkWritten written = _records.Write(
                HasKeys ? batch : batch with { Schema = batch.Schema.WithKey([]) }, AddLine);
            await _file!.WriteAsync(_lines.WrittenMemory, cancellationToken).ConfigureAwait(false);
            return written;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await CloseAsync().ConfigureAwait(false);
            throw Failure(e);
        }
    }

    public async ValueTask CommitAsync(IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken)
    {
        if (_file is null) { return; }

        try
        {
            _file.Flush(flushToDisk: true);
            _committed = _file.Length;
            if (!_isReplacement) { return; }

            await CloseAsync().ConfigureAwait(false);
            File.Move(Unfinished, Target, overwrite: true);
            _isReplacement = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await CloseAsync().ConfigureAwait(false);
            throw Failure(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        if (_isReplacement) { File.Delete(Unfinished); }
    }

    private void Open(SinkBatch batch)
    {
        if (_file is not null) { return; }

        if (batch.IsSnapshot)
        {
            _file = new FileStream(Unfinished, FileMode.Create, FileAccess.Write, FileShare.Read);
            _isReplacement = true;
            if (_definition.ValueFormat == RecordFormat.Delimited)
            {
                RowEncoder.WriteHeader(batch.Schema, _definition.Delimiter, _lines);
                _lines.Write("\n"u8);
            }

            return;
        }

        _file = new FileStream(Target, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        _file.SetLength(_committed);
        _file.Seek(0, SeekOrigin.End);
    }

    private async ValueTask CloseAsync()
    {
        if (_file is not { } file) { return; }

        _file = null;
        await file.DisposeAsync().ConfigureAwait(false);
    }

    private void AddLine(in SinkRecord record)
    {
        if (record.HasKey)
        {
            _lines.Write("{\"key\":"u8);
            _lines.Write(record.Key);
            _lines.Write(",\"value\":"u8);
        }

        _lines.Write(record.IsTombstone ? "null"u8 : record.Value);
        _lines.Write(record.HasKey ? "}\n"u8 : "\n"u8);
    }

    private SinkException Failure(Exception e) => new(
        _definition.Name,
        $"sink \"{_definition.Name}\" could not write to {Target}: {e.Message}",
        isTransient: e is IOException and not DirectoryNotFoundException,
        e);
}

/// <summary>Makes file sinks. Immutable.</summary>
internal sealed class FileSinkFactory : ISinkFactory
{
    public bool CanCreate(SourceLocation location) => location is FileLocation;

    public IReadOnlyList<string> Validate(SinkDefinition definition)
    {
        var mistakes = new List<string>();
        if (definition.ValueFormat is not (RecordFormat.Json or RecordFormat.Delimited)
            || definition.KeyFormat is not (null or RecordFormat.Json or RecordFormat.Delimited))
        {
            mistakes.Add("A file sink writes lines of JSON or DELIMITED.");
        }

        if (definition.Delivery == SinkDelivery.ExactlyOnce)
        {
            mistakes.Add("A file cannot take each change exactly once; leave \"delivery\" out, or write to a topic.");
        }

        if (definition.ClientProperties.Keys.FirstOrDefault() is { } property)
        {
            mistakes.Add($"A file sink has no Kafka client to take \"kafka.{property}\".");
        }

        return mistakes;
    }

    public ISink Create(SinkDefinition definition, SourceServices services) =>
        new FileSink(definition with { KeyFormat = RecordFormat.Json });
}
