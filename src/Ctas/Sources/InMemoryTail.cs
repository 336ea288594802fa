namespace Ctas.Sources;

/// <summary>A read of an <see cref="InMemorySource"/> that goes on as records are added.</summary>
internal sealed class InMemoryTail : ISourceTail
{
    private readonly InMemorySource _source;
    private readonly SourcePartition[] _partitions;
    private readonly InMemoryRecordReader _reader;
    private readonly RecordBatchBuilder _builder;
    private readonly long[] _positions;
    private readonly long[] _upTo;
    private readonly int[] _wanted;

    /// <summary>Makes a tail over the source's partitions.</summary>
    public InMemoryTail(InMemorySource source, TailRequest request, IReadOnlyList<long> ends)
    {
        _source = source;
        _positions = [.. ends.Select((_, partition) => request.From
            .FirstOrDefault(from => from.Partition == partition, new PartitionOffset(partition, 0)).Offset)];
        _upTo = [.. _positions.Select((position, partition) => request.EndOf(partition, position))];
        _wanted = [.. request.Scan.Partitions ?? Enumerable.Range(0, _positions.Length)];
        _partitions = [.. _positions.Select((position, partition) => new SourcePartition(
            $"{source.Definition.Name}[{partition}]", partition, new OffsetRange(position, long.MaxValue)))];
        _builder = new RecordBatchBuilder(request.Definition, request.Scan, _partitions, source.DeadLetters);
        _reader = new InMemoryRecordReader(_builder);
    }

    /// <inheritdoc/>
    public async ValueTask<TailBatch> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before looking, so that nothing added meanwhile is missed.
            Task added = _source.Added;
            bool hasMoved = await TakeAsync(cancellationToken).ConfigureAwait(false);
            hasMoved |= MovePast();
            SourceBatch? rows = _builder.Finish();
            if (hasMoved) { return Batch(rows); }

            await added.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public TailStatus GetStatus()
    {
        long[] ends = _source.GetEnds();
        return new TailStatus(
            [.. _wanted.Select(partition => new PartitionOffset(partition, ends[partition]))], _builder.GetStatistics(), Fault: null);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private TailBatch Batch(SourceBatch? rows) =>
        new(rows, Positions(), _builder.NewestRecordAt) { NewestTimes = _builder.GetStatistics().NewestTimes };

    private PartitionOffset[] Positions() =>
        [.. _wanted.Select(partition => new PartitionOffset(partition, _positions[partition]))];

    /// <summary>Takes records in, up to a full batch; false when there was none.</summary>
    private async ValueTask<bool> TakeAsync(CancellationToken cancellationToken)
    {
        bool hasAny = false;
        foreach (int partition in _wanted)
        {
            if (_builder.IsFull) { break; }

            foreach (InMemoryRecord record in _source.RecordsFrom(
                partition, _positions[partition], _builder.Room))
            {
                if (record.Offset >= _upTo[partition]) { break; }

                cancellationToken.ThrowIfCancellationRequested();
                if (_source.BeforeRecord is { } before)
                {
                    await before(_partitions[partition], record.Offset!.Value, cancellationToken).ConfigureAwait(false);
                }

                _reader.Add(partition, record);
                _positions[partition] = record.Offset!.Value + 1;
                hasAny = true;
            }
        }

        return hasAny;
    }

    /// <summary>Passes offsets that hold no record; true when there were any.</summary>
    private bool MovePast()
    {
        bool hasMoved = false;
        foreach (int partition in _wanted)
        {
            long next = Math.Min(_upTo[partition], _source.NextOffset(partition, _positions[partition]));
            if (next <= _positions[partition]) { continue; }

            _positions[partition] = next;
            _builder.Advance(partition, next);
            hasMoved = true;
        }

        return hasMoved;
    }
}
