using System.Buffers;
using Ctas.Data;

namespace Ctas.Sinks;

/// <summary>
/// Makes records of the changes of a table. With a key, a record a key and change: the new row, or a tombstone where it
/// was deleted; the retraction half of an update is no record. Without a key, a record an insertion.
/// </summary>
/// <remarks>Single-threaded; buffers are used again, so that a record costs no allocation.</remarks>
public sealed class SinkRecords
{
    private readonly SinkDefinition _definition;
    private readonly ArrayBufferWriter<byte> _key = new(64);
    private readonly ArrayBufferWriter<byte> _value = new(256);
    private readonly TickKeys _tick = new();
    private Schema? _schema;
    private RowEncoder _keys = null!;
    private RowEncoder _values = null!;
    private int _timestamp;

    /// <summary>Makes an encoder for a sink's formats.</summary>
    public SinkRecords(SinkDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        _definition = definition;
    }

    /// <summary>Calls the writer with each record of a batch, in order.</summary>
    /// <returns>What they came to.</returns>
    /// <exception cref="SinkException">
    /// A row of a table without a key was retracted, which records without keys cannot tell, or a value has no form in
    /// the sink's format.
    /// </exception>
    public SinkWritten Write(SinkBatch batch, SinkRecordWriter writer)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(writer);
        Prepare(batch.Schema);
        ChangeBatch[] changes = [.. batch.Changes.Select(change => change.Densify())];
        bool hasRetractions = Array.Exists(changes, change => change.Weights is { } weights && weights.AsSpan().IndexOfAnyInRange(int.MinValue, -1) >= 0);
        if (!hasRetractions) { return WriteInsertions(changes, writer); }

        return batch.Schema.HasKey ? WriteChanges(changes, writer) : throw Retracted(batch.Table);
    }

    private SinkWritten WriteInsertions(ChangeBatch[] changes, SinkRecordWriter writer)
    {
        var written = default(SinkWritten);
        foreach (ChangeBatch batch in changes)
        {
            for (int row = 0; row < batch.Rows.RowCount; row++)
            {
                _key.ResetWrittenCount();
                if (_schema!.HasKey) { _keys.Write(batch.Rows, row, _key); }

                written = WriteRow(batch.Rows, row, _key.WrittenSpan, writer, written);
            }
        }

        return written;
    }

    private SinkWritten WriteChanges(ChangeBatch[] changes, SinkRecordWriter writer)
    {
        _tick.Read(changes, _keys);
        var written = default(SinkWritten);
        int number = 0;
        foreach (ChangeBatch batch in changes)
        {
            for (int row = 0; row < batch.Rows.RowCount; row++, number++)
            {
                if (batch.Weights is not { } weights || weights[row] > 0)
                {
                    written = WriteRow(batch.Rows, row, _tick[number], writer, written);
                }
                else if (!_tick.IsReplaced(number))
                {
                    writer(new SinkRecord { HasKey = true, Key = _tick[number], IsTombstone = true });
                    written = new SinkWritten(written.Records + 1, written.Bytes + _tick[number].Length);
                }
            }
        }

        return written;
    }

    private SinkWritten WriteRow(Batch rows, int row, ReadOnlySpan<byte> key, SinkRecordWriter writer, SinkWritten written)
    {
        _value.ResetWrittenCount();
        _values.Write(rows, row, _value);
        var record = new SinkRecord
        {
            HasKey = _schema!.HasKey,
            Key = key,
            Value = _value.WrittenSpan,
            TimestampMilliseconds = TimeOf(rows, row),
        };
        writer(in record);
        return new SinkWritten(written.Records + 1, written.Bytes + record.Size);
    }

    private long? TimeOf(Batch rows, int row)
    {
        if (_timestamp < 0 || rows[_timestamp].IsNull(row)) { return null; }

        return rows[_timestamp] is FixedColumn<long> { Type.Kind: DataTypeKind.Timestamp } micros
            ? Math.Max(0, micros.Values[row] / 1000)
            : Math.Max(0, ((FixedColumn<long>)rows[_timestamp]).Values[row]);
    }

    private void Prepare(Schema schema)
    {
        if (ReferenceEquals(schema, _schema)) { return; }

        int[] key = [.. schema.Key];
        int[] rest = [.. Enumerable.Range(0, schema.Fields.Count).Except(key)];
        if (key.Length > 0) { _keys = RowEncoder.OfKey(_definition, schema, key); }

        _values = RowEncoder.OfValue(_definition, schema, rest);
        _timestamp = TimestampOf(schema);
        _schema = schema;
    }

    /// <summary>The column of the row's time: the one that was named, else a TIMESTAMP called ROWTIME; −1 for none.</summary>
    private int TimestampOf(Schema schema)
    {
        int column = schema.IndexOf(_definition.TimestampColumn ?? "ROWTIME");
        DataTypeKind? kind = column < 0 ? null : schema.Fields[column].Type.Kind;
        if (kind == DataTypeKind.Timestamp || (kind == DataTypeKind.BigInt && _definition.TimestampColumn is not null)) { return column; }

        return _definition.TimestampColumn is { } named
            ? throw new SinkException(
                _definition.Name,
                column < 0
                    ? $"sink \"{_definition.Name}\" takes the time of its records from column \"{named}\", which the table does not have"
                    : $"sink \"{_definition.Name}\" takes the time of its records from column \"{named}\", which is {schema.Fields[column].Type} and no TIMESTAMP or BIGINT",
                isTransient: false)
            : -1;
    }

    private SinkException Retracted(string table) => new(
        _definition.Name,
        $"table \"{table}\" has no key, so that sink \"{_definition.Name}\" cannot be told that a row of it is gone",
        isTransient: false);
}
