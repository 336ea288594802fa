using Ctas.Data;

namespace Ctas.Sources;

/// <summary>
/// Turns raw records into batches of rows: decodes keys and values by format into typed columns, infers what is not
/// declared, applies the policies for keys and malformed records, and counts. Single-threaded, except for
/// <see cref="GetStatistics"/>.
/// </summary>
/// <remarks>
/// Every batch carries the columns asked for, in order; key columns of a changelog that were not come after them.
/// With inferred columns a later batch may have more or wider columns. A record that proves malformed leaves no trace in
/// the batch.
/// </remarks>
public sealed partial class RecordBatchBuilder
{
    // Larger pools of strings are left to the batches made so far, so that superseded rows do not keep them alive.
    private const long MaxPoolBytes = 32 << 20;

    private readonly SourceDefinition _definition;
    private readonly IReadOnlyList<SourcePartition> _partitions;
    private readonly IDeadLetterSink? _deadLetters;
    private readonly RowColumns _columns;
    private readonly ScanCounters _counters;
    private readonly BatchSizing _sizing;
    private readonly long _maxRecords;
    private int _batchRows;
    private readonly bool _keepsKeysTogether;
    private readonly bool _tellsNewFields;
    private Bitmap? _tombstones;
    private Bitmap? _keyless;
    private bool? _isChangelog;
    private bool _hasRows;

    // Where the current record lies.
    private int _partitionOrdinal;
    private long _offset;
    private long _lineNumber;
    private long _newestMilliseconds;

    /// <summary>Makes a builder for one scan.</summary>
    /// <param name="definition">What the source was declared as.</param>
    /// <param name="request">Which columns are wanted.</param>
    /// <param name="partitions">The partitions of the scan, by ordinal.</param>
    /// <param name="deadLetters">Needed for <see cref="RecordErrorPolicy.DeadLetter"/>.</param>
    /// <exception cref="ArgumentException">The definition does not hold, see <see cref="Validate"/>.</exception>
    public RecordBatchBuilder(
        SourceDefinition definition,
        ScanRequest request,
        IReadOnlyList<SourcePartition> partitions,
        IDeadLetterSink? deadLetters = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(partitions);
        if (Validate(definition) is [var mistake, ..]) { throw new ArgumentException(mistake, nameof(definition)); }

        if (definition.OnError == RecordErrorPolicy.DeadLetter && deadLetters is null)
        {
            throw new ArgumentException("The dead_letter policy needs a sink for the records.", nameof(deadLetters));
        }

        _definition = definition;
        _partitions = partitions;
        _deadLetters = deadLetters;
        _columns = new RowColumns(definition, request);
        _counters = new ScanCounters(partitions);
        _sizing = new BatchSizing(definition, request.GivesBatchesBack);
        _batchRows = _sizing.Rows;
        _maxRecords = definition.MaxRecords ?? long.MaxValue;
        _keepsKeysTogether = request.KeepsKeysTogether;
        _tellsNewFields = request.TellsNewFields;
        _predicting = new PredictingJsonDecoder(_valueFields, _columns);
        _predictingLines = new PredictingJsonDecoder(_valueFields, _columns) { IsLineEndForeign = true };
        _valueFormat = definition.ValueFormat ?? RecordFormat.Json;
        ReadsHeaders = _columns.Delivered.Exists(
            column => column.Source.Role is SourceColumnRole.Header or SourceColumnRole.Headers);
        _isKeyInValue = definition.KeyFormat == RecordFormat.None
            && (definition.Columns ?? []).Any(column => column.Role == SourceColumnRole.Key);
        DecideMode();
    }

    /// <summary>Rows waiting for <see cref="Finish"/>.</summary>
    public int RowCount { get; private set; }

    /// <summary>True when the batch has its full number of rows and should be handed on.</summary>
    public bool IsFull => RowCount >= _batchRows;

    /// <summary>Records that can be added before the batch is full.</summary>
    public int Room => Math.Max(0, _batchRows - RowCount);

    /// <summary>The latest time of a record added so far; null before the first that has one.</summary>
    public DateTimeOffset? NewestRecordAt => _newestMilliseconds > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(_newestMilliseconds) : null;

    /// <summary>True when some column asks for headers; otherwise they need not be given.</summary>
    public bool ReadsHeaders { get; }

    /// <summary>False to decode every record in the general way: what the quick ways must equal.</summary>
    internal bool Predicts { get; init; } = true;

    /// <summary>Mistakes of a definition that show without reading anything, as full sentences; empty when none.</summary>
    public static IReadOnlyList<string> Validate(SourceDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var mistakes = new List<string>();
        foreach (SourceColumn column in definition.Columns ?? [])
        {
            if (column.Role == SourceColumnRole.Headers && !HeaderType.TakesHeaders(column.Type))
            {
                mistakes.Add($"Column \"{column.Name}\" reads all headers; "
                    + $"its type is {HeaderType.Headers}, or VARCHAR for JSON text, not {column.Type}.");
            }

            if (column.Role == SourceColumnRole.Header && column.HeaderKey is null)
            {
                mistakes.Add($"Column \"{column.Name}\" reads a header but names none.");
            }
        }

        int values = (definition.Columns ?? []).Count(column => column.Role == SourceColumnRole.Value);
        int keys = (definition.Columns ?? []).Count(column => column.Role == SourceColumnRole.Key);
        if (definition.ValueFormat == RecordFormat.Kafka && values > 1)
        {
            mistakes.Add($"Value format KAFKA holds one value, but {values} value columns are declared.");
        }

        if (definition.ValueFormat == RecordFormat.None && values > 0)
        {
            string named = definition.Columns!.First(column => column.Role == SourceColumnRole.Value).Name;
            mistakes.Add($"Value format NONE reads no value, but column \"{named}\" is declared; mark it KEY or leave it out.");
        }

        if (!definition.WrapsSingleValue && values != 1)
        {
            mistakes.Add($"wrap_single_value = false says that a value is one column, but {values} are declared.");
        }

        if (definition.KeyFormat == RecordFormat.Kafka && keys > 1)
        {
            mistakes.Add($"Key format KAFKA holds one value, but {keys} key columns are declared.");
        }

        bool hasHeaderLine = definition.Location is FileLocation;
        if (definition.ValueFormat == RecordFormat.Delimited && definition.Columns is null && !hasHeaderLine)
        {
            mistakes.Add("Value format DELIMITED has no field names; declare the columns in their order.");
        }

        if (TimestampMistake(definition) is { } timestamp) { mistakes.Add(timestamp); }

        if (definition.BatchRows < 1) { mistakes.Add("A batch needs at least one row."); }

        return mistakes;
    }

    private static string? TimestampMistake(SourceDefinition definition)
    {
        if (definition is not { TimestampColumn: { } name, Columns: { } columns }) { return null; }

        SourceColumn? column = columns.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase));
        return column switch
        {
            // A field of JSON has its name, and needs no column.
            null when definition.ValueFormat is null or RecordFormat.Json => null,
            null => $"The property \"timestamp\" names column \"{name}\", which is not declared.",
            { Role: not (SourceColumnRole.Value or SourceColumnRole.Key) } =>
                $"The property \"timestamp\" names column \"{name}\", which is no field of the records.",
            { Type.Kind: DataTypeKind.BigInt or DataTypeKind.Timestamp or DataTypeKind.Varchar or DataTypeKind.Unknown } => null,
            _ => $"Column \"{name}\" gives ROWTIME; its type is BIGINT for milliseconds, TIMESTAMP or VARCHAR, not {column.Type}.",
        };
    }

    /// <summary>Adds one record; the rows it gives, if any, are in the current batch.</summary>
    /// <remarks>Records of one partition are added in offset order. No allocation for a record like those before it.</remarks>
    /// <exception cref="SourceException">
    /// The record is malformed or has no key and the policy says to fail, or there are more than
    /// <see cref="SourceDefinition.MaxRecords"/>. The scan is over.
    /// </exception>
    public void Add(in SourceRecord record)
    {
        Count(record);
        if (_isChangelog is null) { ObserveKey(record); }

        int row = RowCount;
        string? failure = DecodeKey(record, row);
        if (failure is null && !record.IsTombstone) { failure = DecodeValue(record, row); }

        failure ??= AppendPseudoColumns(record);
        if (failure is not null)
        {
            TakeBack(row);
            Reject(record, failure);
            return;
        }

        if (_isChangelog == true && !ApplyKeyPolicy(record, row)) { return; }

        if (record.IsTombstone && _isChangelog == true)
        {
            _tombstones ??= new Bitmap(_batchRows);
            _tombstones[row] = true;
        }

        _columns.CompleteRow(row);
        RowCount++;
        _hasRows = true;
    }

    /// <summary>The waiting rows as a batch, null when there are none. Also publishes the statistics.</summary>
    public SourceBatch? Finish()
    {
        _counters.Publish();
        if (RowCount == 0) { return null; }

        var columns = new Column[_columns.Delivered.Count];
        for (int ordinal = 0; ordinal < columns.Length; ordinal++)
        {
            ValueColumn column = _columns.Delivered[ordinal];
            columns[ordinal] = column.Finish(_keepsKeysTogether && _columns.Key.Contains(column) ? long.MaxValue : MaxPoolBytes);
        }

        var batch = new SourceBatch(
            _columns.Schema, new Batch(columns, RowCount), TakeBits(ref _tombstones), TakeBits(ref _keyless));
        _sizing.HandOn(RowCount);
        _batchRows = _sizing.Rows;
        RowCount = 0;
        return batch;
    }

    /// <summary>Says, when a batch has been handed on, whether it had to wait for its reader: adaptive batches grow by that.</summary>
    public void Adapt(bool isReaderBehind)
    {
        _sizing.Adapt(isReaderBehind);
        if (RowCount == 0) { _batchRows = _sizing.Rows; }
    }

    /// <summary>The next offset to read of a partition, where it moves without a record: markers, holes, the end.</summary>
    public void Advance(int partitionOrdinal, long position) => _counters.Positions[partitionOrdinal] = position;

    /// <summary>Counts that the read was taken up again after a transient fault.</summary>
    public void CountRetry()
    {
        _counters.Retries++;
        _counters.Publish();
    }

    /// <summary>Adds something the user should know to the statistics.</summary>
    public void Warn(string warning) => _counters.Warn(warning);

    /// <summary>The counts as of the last <see cref="Finish"/> or <see cref="CountRetry"/>. Safe for any thread.</summary>
    public ScanStatistics GetStatistics() => _counters.Published;

    private void Count(in SourceRecord record)
    {
        (_partitionOrdinal, _offset, _lineNumber) = (record.PartitionOrdinal, record.Offset, record.LineNumber);
        _newestMilliseconds = Math.Max(_newestMilliseconds, record.TimestampMilliseconds);
        _counters.Records++;
        _counters.Bytes += record.Key.Length + record.Value.Length;
        _counters.Positions[_partitionOrdinal] = _offset + 1;
        if (_counters.Records > _maxRecords)
        {
            throw Failure($"more than {_definition.MaxRecords} records, the limit of loading.bulk.max_records, at {Place()}");
        }
    }

    private void Reject(in SourceRecord record, string reason)
    {
        if (_definition.OnError == RecordErrorPolicy.Fail)
        {
            string wayOut = _tellsNewFields ? "; columns and types were found in earlier records, load again to widen them" : "";
            throw Failure($"cannot decode the record at {Place()}: {reason}{wayOut}");
        }

        var rejection = new RejectedRecord(PartitionName, _offset, reason);
        _counters.Reject(rejection);
        if (_definition.OnError == RecordErrorPolicy.DeadLetter) { _deadLetters!.Write(record, rejection); }
    }

    private SourceException Failure(string message)
    {
        _counters.Publish();
        return new SourceException(_definition.Name, message, isTransient: false)
        {
            Partition = PartitionName,
            Offset = _offset,
        };
    }

    private string Place() => _lineNumber > 0
        ? $"{PartitionName} line {_lineNumber} (byte {_offset})"
        : $"{PartitionName}@{_offset}";

    private string PartitionName => _partitions[_partitionOrdinal].Name;

    private void TakeBack(int row) => _columns.TruncateTo(row);

    private Bitmap? TakeBits(ref Bitmap? bits)
    {
        if (bits is null) { return null; }

        var exact = new Bitmap(RowCount);
        bits.Words[..exact.Words.Length].CopyTo(exact.Words);
        bits = null;
        return exact;
    }
}
