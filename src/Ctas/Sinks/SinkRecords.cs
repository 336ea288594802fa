using System.Buffers;
using Ctas.Data;

namespace Ctas.Sinks;

/// <summary>Takes one record; key and value are valid during the call.</summary>
/// <param name="key">The key; empty when there is none.</param>
/// <param name="value">The value; empty for a tombstone.</param>
/// <param name="form">Which of them are there.</param>
public delegate void SinkRecordWriter(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, SinkRecordForm form);

/// <summary>What a record of a sink consists of.</summary>
[Flags]
public enum SinkRecordForm
{
    /// <summary>Neither key nor value.</summary>
    None = 0,

    /// <summary>It has a key.</summary>
    HasKey = 1,

    /// <summary>It has a value; without one it is a tombstone.</summary>
    HasValue = 2,
}

/// <summary>
/// Makes records of the changes of a table. With a key, a record a key and change: the new row, or a tombstone where it
/// was deleted; the retraction half of an update is no record. Without a key, a record an insertion.
/// </summary>
/// <remarks>Single-threaded; buffers are used again, so that a record costs no allocation.</remarks>
public sealed class SinkRecords
{
    private readonly SinkDefinition _definition;
    private readonly ArrayBufferWriter<byte> _key = new(64);
    private readonly ArrayBufferWriter<byte> _nextKey = new(64);
    private readonly ArrayBufferWriter<byte> _value = new(256);
    private Schema? _schema;
    private RowEncoder _keys = null!;
    private RowEncoder _values = null!;

    /// <summary>Makes an encoder for a sink's formats.</summary>
    public SinkRecords(SinkDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        _definition = definition;
    }

    /// <summary>Calls the writer with each record of a batch, in order.</summary>
    /// <exception cref="SinkException">
    /// A row of a table without a key was retracted, which records without keys cannot tell, or a value has no form in
    /// the sink's format.
    /// </exception>
    public void Write(SinkBatch batch, SinkRecordWriter writer)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(writer);
        Prepare(batch.Schema);
        ChangeBatch changes = batch.Changes.Densify();
        for (int row = 0; row < changes.Rows.RowCount; row++)
        {
            bool isInsertion = changes.Weights is not { } weights || weights[row] > 0;
            if (batch.Schema.HasKey) { WriteKeyed(changes, row, isInsertion, writer); }
            else if (isInsertion) { WriteRow(changes.Rows, row, writer); }
            else { throw Retracted(batch.Table); }
        }
    }

    private void WriteRow(Batch rows, int row, SinkRecordWriter writer)
    {
        _value.ResetWrittenCount();
        _values.Write(rows, row, _value);
        writer(default, _value.WrittenSpan, SinkRecordForm.HasValue);
    }

    private void WriteKeyed(ChangeBatch changes, int row, bool isInsertion, SinkRecordWriter writer)
    {
        _key.ResetWrittenCount();
        _keys.Write(changes.Rows, row, _key);
        if (!isInsertion)
        {
            if (!IsUpdate(changes, row)) { writer(_key.WrittenSpan, default, SinkRecordForm.HasKey); }

            return;
        }

        _value.ResetWrittenCount();
        _values.Write(changes.Rows, row, _value);
        writer(_key.WrittenSpan, _value.WrittenSpan, SinkRecordForm.HasKey | SinkRecordForm.HasValue);
    }

    /// <summary>True when the row after a retraction is the insertion of the same key.</summary>
    private bool IsUpdate(ChangeBatch changes, int row)
    {
        int next = row + 1;
        if (next == changes.Rows.RowCount || changes.Weights![next] < 0) { return false; }

        _nextKey.ResetWrittenCount();
        _keys.Write(changes.Rows, next, _nextKey);
        return _nextKey.WrittenSpan.SequenceEqual(_key.WrittenSpan);
    }

    private void Prepare(Schema schema)
    {
        if (ReferenceEquals(schema, _schema)) { return; }

        int[] key = [.. schema.Key];
        int[] rest = [.. Enumerable.Range(0, schema.Fields.Count).Except(key)];
        if (key.Length > 0) { _keys = RowEncoder.OfKey(_definition, schema, key); }

        _values = RowEncoder.OfValue(_definition, schema, rest);
        _schema = schema;
    }

    private SinkException Retracted(string table) => new(
        _definition.Name,
        $"table \"{table}\" has no key, so that sink \"{_definition.Name}\" cannot be told that a row of it is gone",
        isTransient: false);
}
