using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Sources;

/// <summary>A source of records held in memory: for tests of host applications, and for data that is already there.</summary>
/// <remarks>
/// Behaves as a topic does: partitions, offsets that may have gaps, tombstones, formats, policies; a scan reads what was
/// there when it was opened. Safe for concurrent use.
/// </remarks>
public sealed class InMemorySource : ITailSource
{
    private readonly Lock _adding = new();
    private readonly List<InMemoryRecord>[] _records;
    private readonly long[] _ends;
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes an empty source.</summary>
    /// <param name="definition">Formats, columns and policies, as for a topic.</param>
    /// <param name="partitionCount">Number of partitions, at least 1.</param>
    /// <exception cref="ArgumentException">The definition does not hold.</exception>
    public InMemorySource(SourceDefinition definition, int partitionCount = 1)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitionCount, 1);
        if (RecordBatchBuilder.Validate(definition) is [var mistake, ..])
        {
            throw new ArgumentException(mistake, nameof(definition));
        }

        Definition = definition;
        _records = new List<InMemoryRecord>[partitionCount];
        _ends = new long[partitionCount];
        for (int partition = 0; partition < partitionCount; partition++) { _records[partition] = []; }
    }

    /// <inheritdoc/>
    public SourceDefinition Definition { get; }

    /// <summary>Where malformed records go under <see cref="RecordErrorPolicy.DeadLetter"/>.</summary>
    public IDeadLetterSink? DeadLetters { get; init; }

    /// <summary>What its offsets belong to; the source itself by default, so that bookmarks end with the process.</summary>
    internal string Identity { get; init; } = $"memory://{Guid.NewGuid():N}";

    /// <summary>Called before each record, so that a test can fail or hold a scan at a place.</summary>
    internal Func<SourcePartition, long, CancellationToken, ValueTask>? BeforeRecord { get; init; }

    /// <summary>A source of JSON values without keys.</summary>
    public static InMemorySource FromJson(string name, params IEnumerable<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var source = new InMemorySource(new SourceDefinition(name, new InMemoryLocation(name)));
        foreach (string value in values) { source.Add(InMemoryRecord.FromText(key: null, value)); }

        return source;
    }

    /// <summary>A source of typed rows; those with an equal key replace each other when the schema has a key.</summary>
    /// <param name="name">The name in SQL.</param>
    /// <param name="schema">Columns and key.</param>
    /// <param name="rows">Values in the forms of <see cref="Column.GetValue"/>, in the order of the columns.</param>
    /// <exception cref="ArgumentException">A row does not fit the schema.</exception>
    public static InMemorySource FromRows(string name, Schema schema, params IEnumerable<object?[]> rows)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(rows);
        var definition = new SourceDefinition(name, new InMemoryLocation(name))
        {
            Columns =
            [
                .. schema.Fields.Select((field, ordinal) => new SourceColumn(
                    field.Name, field.Type, schema.Key.Contains(ordinal) ? SourceColumnRole.Key : SourceColumnRole.Value)),
            ],
            KeyFormat = RecordFormat.None,
            Mode = schema.HasKey ? ReadMode.Changelog : ReadMode.Append,
        };
        var source = new InMemorySource(definition);
        foreach (object?[] row in rows) { source.Add(new InMemoryRecord { Value = RowJson.Write(schema, row) }); }

        return source;
    }

    /// <summary>Appends a record. Scans that are open do not see it, tails do.</summary>
    /// <returns>This source.</returns>
    /// <exception cref="ArgumentException">There is no such partition, or the offset lies before its end.</exception>
    public InMemorySource Add(InMemoryRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentOutOfRangeException.ThrowIfNegative(record.Partition, nameof(record));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(record.Partition, _records.Length, nameof(record));
        lock (_adding)
        {
            long offset = record.Offset ?? _ends[record.Partition];
            if (offset < _ends[record.Partition])
            {
                throw new ArgumentException(
                    $"Offset {offset} lies before the end of partition {record.Partition}.", nameof(record));
            }

            _records[record.Partition].Add(record with { Offset = offset });
            _ends[record.Partition] = offset + 1;
            WakeTails();
        }

        return this;
    }

    /// <summary>Moves the end of a partition without a record, as transaction markers and compaction do.</summary>
    /// <returns>This source.</returns>
    public InMemorySource AdvanceEnd(int partition, long end)
    {
        lock (_adding)
        {
            _ends[partition] = Math.Max(end, _ends[partition]);
            WakeTails();
        }

        return this;
    }

    /// <inheritdoc/>
    public ValueTask<ISourceScan> OpenAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_adding)
        {
            var partitions = new SourcePartition[_records.Length];
            var records = new InMemoryRecord[_records.Length][];
            for (int partition = 0; partition < partitions.Length; partition++)
            {
                records[partition] = [.. _records[partition].Where(record => IsWanted(record, partition))];
                long start = Definition.Start.Kind == StartKind.Latest ? _ends[partition]
                    : records[partition] is [var first, ..] ? first.Offset!.Value : _ends[partition];
                partitions[partition] = new SourcePartition(
                    $"{Definition.Name}[{partition}]", partition, new OffsetRange(start, _ends[partition]));
            }

            if (request.Bookmark is { } bookmark)
            {
                partitions = [.. ScanBookmarks.Apply(bookmark, Identity, partitions)];
                for (int partition = 0; partition < partitions.Length; partition++)
                {
                    long from = partitions[partition].Range.Start;
                    records[partition] = [.. records[partition].Where(record => record.Offset >= from)];
                }
            }

            partitions = [.. ScanBounds.Apply(request.UpTo, Definition, partitions)];
            for (int partition = 0; request.UpTo is not null && partition < partitions.Length; partition++)
            {
                long end = partitions[partition].Range.End;
                records[partition] = [.. records[partition].Where(record => record.Offset < end)];
            }

            partitions = [.. ScanBounds.Only(request.Partitions, Definition, partitions)];
            return ValueTask.FromResult<ISourceScan>(
                new InMemoryScan(this, request, partitions, [.. partitions.Select(partition => records[partition.Id])]));
        }
    }

    /// <inheritdoc/>
    public ValueTask<ISourceTail> OpenTailAsync(TailRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<ISourceTail>(new InMemoryTail(this, request, GetEnds()));
    }

    /// <summary>Completes when something is added. Get it before looking, then look, then wait.</summary>
    internal Task Added
    {
        get
        {
            lock (_adding) { return _added.Task; }
        }
    }

    /// <summary>The end of every partition, exclusive.</summary>
    internal long[] GetEnds()
    {
        lock (_adding) { return [.. _ends]; }
    }

    /// <summary>Records of a partition from an offset on, at most so many.</summary>
    internal InMemoryRecord[] RecordsFrom(int partition, long offset, int count)
    {
        lock (_adding)
        {
            List<InMemoryRecord> records = _records[partition];
            int first = FirstFrom(records, offset);
            return [.. CollectionsMarshal.AsSpan(records).Slice(first, Math.Min(count, records.Count - first))];
        }
    }

    /// <summary>Where the next record from an offset on lies; the end when there is none.</summary>
    internal long NextOffset(int partition, long offset)
    {
        lock (_adding)
        {
            int first = FirstFrom(_records[partition], offset);
            return first < _records[partition].Count ? _records[partition][first].Offset!.Value : _ends[partition];
        }
    }

    private static int FirstFrom(List<InMemoryRecord> records, long offset)
    {
        (int low, int high) = (0, records.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (records[middle].Offset < offset) { low = middle + 1; }
            else { high = middle; }
        }

        return low;
    }

    private void WakeTails()
    {
        _added.SetResult();
        _added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private bool IsWanted(InMemoryRecord record, int partition) => Definition.Start switch
    {
        { Kind: StartKind.Latest } => false,
        { Kind: StartKind.Timestamp, Timestamp: var from } =>
            record.TimestampMilliseconds >= from.ToUnixTimeMilliseconds(),
        { Kind: StartKind.Offsets, Offsets: { } offsets } => record.Offset >= offsets.GetValueOrDefault(partition),
        _ => true,
    };
}
