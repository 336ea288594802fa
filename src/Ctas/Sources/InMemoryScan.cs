using System.Text;

namespace Ctas.Sources;

/// <summary>One read of an <see cref="InMemorySource"/>.</summary>
internal sealed class InMemoryScan : ISourceScan, IRecordHeaders
{
    private readonly InMemorySource _source;
    private readonly InMemoryRecord[][] _records;
    private readonly RecordBatchBuilder _builder;
    private InMemoryRecord _current = new();
    private int _partition;
    private int _next;

    public InMemoryScan(
        InMemorySource source, ScanRequest request, SourcePartition[] partitions, InMemoryRecord[][] records)
    {
        _source = source;
        _records = records;
        Partitions = partitions;
        _builder = new RecordBatchBuilder(source.Definition, request, partitions, source.DeadLetters);
    }

    /// <inheritdoc/>
    public IReadOnlyList<SourcePartition> Partitions { get; }

    int IRecordHeaders.Count => _current.Headers.Count;

    /// <inheritdoc/>
    public async ValueTask<SourceBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        while (_partition < _records.Length && !_builder.IsFull)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_next == _records[_partition].Length)
            {
                _builder.Advance(_partition, Partitions[_partition].Range.End);
                _partition++;
                _next = 0;
                continue;
            }

            _current = _records[_partition][_next++];
            if (_source.BeforeRecord is { } before)
            {
                await before(Partitions[_partition], _current.Offset!.Value, cancellationToken).ConfigureAwait(false);
            }

            AddCurrent();
        }

        return _builder.Finish();
    }

    /// <inheritdoc/>
    public ScanStatistics GetStatistics() => _builder.GetStatistics();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    ReadOnlySpan<byte> IRecordHeaders.GetKey(int header) => Encoding.UTF8.GetBytes(_current.Headers[header].Key);

    bool IRecordHeaders.TryGetValue(int header, out ReadOnlySpan<byte> value)
    {
        value = _current.Headers[header].Value;
        return _current.Headers[header].Value is not null;
    }

    private void AddCurrent() => _builder.Add(new SourceRecord
    {
        PartitionOrdinal = _partition,
        Offset = _current.Offset!.Value,
        TimestampMilliseconds = _current.TimestampMilliseconds,
        HasKey = _current.Key is not null,
        Key = _current.Key,
        IsTombstone = _current.Value is null,
        Value = _current.Value,
        Headers = _current.Headers.Count > 0 ? this : null,
    });
}
