using System.Text;
using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Sources;

/// <summary>Feeds text records to a builder and shows the rows as text.</summary>
internal sealed class RecordFeed
{
    private readonly RecordBatchBuilder _builder;
    private long _nextOffset;

    public RecordFeed(SourceDefinition? definition = null, ScanRequest? request = null, IDeadLetterSink? deadLetters = null)
    {
        SourcePartition[] partitions = [new("orders[2]", 2, new OffsetRange(0, long.MaxValue))];
        _builder = new RecordBatchBuilder(definition ?? Define(), request ?? new ScanRequest(), partitions, deadLetters);
    }

    public RecordBatchBuilder Builder => _builder;

    public static SourceDefinition Define(params SourceColumn[] columns) =>
        new("orders", new InMemoryLocation("orders")) { Columns = columns.Length == 0 ? null : columns };

    public RecordFeed Add(string? value, string? key = null) =>
        Add(value is null ? null : Encoding.UTF8.GetBytes(value), key is null ? null : Encoding.UTF8.GetBytes(key));

    public RecordFeed Add(byte[]? value, byte[]? key = null, IRecordHeaders? headers = null, long timestamp = 0)
    {
        _builder.Add(new SourceRecord
        {
            PartitionOrdinal = 0,
            Offset = _nextOffset++,
            TimestampMilliseconds = timestamp,
            HasKey = key is not null,
            Key = key,
            IsTombstone = value is null,
            Value = value,
            Headers = headers,
        });
        return this;
    }

    public SourceBatch Finish() => _builder.Finish() ?? throw new InvalidOperationException("There is no row.");

    public ScanStatistics Statistics()
    {
        _builder.Finish();
        return _builder.GetStatistics();
    }

    public static object?[][] Rows(SourceBatch batch) =>
        [.. Enumerable.Range(0, batch.Rows.RowCount).Select(row => Values(batch.Rows, row))];

    public static object?[] Values(Batch batch, int row)
    {
        var values = new object?[batch.Columns.Length];
        for (int ordinal = 0; ordinal < values.Length; ordinal++) { values[ordinal] = batch[ordinal].GetValue(row); }

        return values;
    }
}
