using System.Text;

namespace Ctas.Sources;

/// <summary>Gives records that are held in memory to a batch builder, with their headers. Single-threaded.</summary>
internal sealed class InMemoryRecordReader(RecordBatchBuilder builder) : IRecordHeaders
{
    private InMemoryRecord _current = new();

    int IRecordHeaders.Count => _current.Headers.Count;

    /// <summary>Adds a record that has its offset.</summary>
    public void Add(int partition, InMemoryRecord record)
    {
        _current = record;
        builder.Add(new SourceRecord
        {
            PartitionOrdinal = partition,
            Offset = record.Offset!.Value,
            TimestampMilliseconds = record.TimestampMilliseconds,
            HasKey = record.Key is not null,
            Key = record.Key,
            IsTombstone = record.Value is null,
            Value = record.Value,
            Headers = record.Headers.Count > 0 ? this : null,
        });
    }

    ReadOnlySpan<byte> IRecordHeaders.GetKey(int header) => Encoding.UTF8.GetBytes(_current.Headers[header].Key);

    bool IRecordHeaders.TryGetValue(int header, out ReadOnlySpan<byte> value)
    {
        value = _current.Headers[header].Value;
        return _current.Headers[header].Value is not null;
    }
}
