namespace Ctas.Sources;

/// <summary>One read of an <see cref="InMemorySource"/>.</summary>
internal sealed class InMemoryScan : ISourceScan
{
    private readonly InMemorySource _source;
    private readonly InMemoryRecord[][] _records;
    private readonly RecordBatchBuilder _builder;
    private readonly InMemoryRecordReader _reader;
    private int _partition;
    private int _next;

    public InMemoryScan(
        InMemorySource source, ScanRequest request, SourcePartition[] partitions, InMemoryRecord[][] records)
    {
        _source = source;
        _records = records;
        Partitions = partitions;
        _builder = new RecordBatchBuilder(source.Definition, request, partitions, source.DeadLetters);
        _reader = new InMemoryRecordReader(_builder);
    }

    /// <inheritdoc/>
    public IReadOnlyList<SourcePartition> Partitions { get; }

    /// <inheritdoc/>
    public string? Identity => _source.Identity;

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

            InMemoryRecord record = _records[_partition][_next++];
            if (_source.BeforeRecord is { } before)
            {
                await before(Partitions[_partition], record.Offset!.Value, cancellationToken).ConfigureAwait(false);
            }

            _reader.Add(_partition, record);
        }

        return _builder.Finish();
    }

    /// <inheritdoc/>
    public ScanStatistics GetStatistics() => _builder.GetStatistics();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
