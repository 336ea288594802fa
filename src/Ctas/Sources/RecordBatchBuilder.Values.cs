using Ctas.Data;

namespace Ctas.Sources;

public sealed partial class RecordBatchBuilder
{
    private readonly RecordFormat _valueFormat;
    private readonly DelimitedFields _fields = new();
    private readonly HeaderText _headerText = new();
    private readonly HeaderArray _headerArray = new();

    private string? DecodeValue(in SourceRecord record, int row)
    {
        bool readsKey = _isKeyInValue || (_isChangelog != true && !record.HasKey);
        RecordPart part = readsKey ? RecordPart.ValueAndKey : RecordPart.Value;
        switch (_valueFormat)
        {
            case RecordFormat.Json:
                return DecodeJsonValue(record.Value, row, part);
            case RecordFormat.Delimited:
                return DecodeDelimited(record.Value, _delimitedValue, part);
            case RecordFormat.Kafka:
                return DecodeKafka(record.Value, _valueColumns, "value");
            default:
                return null;
        }
    }

    private string? DecodeKafka(ReadOnlySpan<byte> bytes, ValueColumn[] columns, string what)
    {
        foreach (ValueColumn column in columns)
        {
            string? failure = column.AppendKafka(bytes);
            if (ReferenceEquals(failure, ValueColumn.MustWiden))
            {
                Widen(column);
                failure = column.AppendKafka(bytes);
            }

            if (failure is not null)
            {
                return $"the {what} is declared {column.Type} but holds {failure}";
            }
        }

        return null;
    }

    private string? DecodeDelimited(ReadOnlySpan<byte> line, ValueColumn?[] columns, RecordPart part)
    {
        if (_fields.Split(line, _definition.Delimiter ?? ',') is { } malformed) { return malformed; }

        if (_fields.Count != columns.Length) { return $"{_fields.Count} fields where {columns.Length} are {_namedIn}"; }

        for (int field = 0; field < columns.Length; field++)
        {
            if (_fields.IsNull(field)) { continue; }

            for (ValueColumn? column = columns[field]; column is not null; column = column.Sibling)
            {
                if (IsRead(column, part) && AppendText(column, _fields[field]) is { } failure) { return failure; }
            }
        }

        return null;
    }

    private string? AppendText(ValueColumn column, ReadOnlySpan<byte> text)
    {
        string? failure = column.AppendText(text);
        if (ReferenceEquals(failure, ValueColumn.MustWiden))
        {
            Widen(column);
            failure = column.AppendText(text);
        }

        return failure is null ? null : Describe(column, failure);
    }

    private void Widen(ValueColumn column)
    {
        if (_columns.Widen(column) is { } widening) { _counters.Warn($"{widening} at {Place()}"); }
    }

    private string? AppendPseudoColumns(in SourceRecord record)
    {
        foreach (ValueColumn column in _pseudoColumns)
        {
            switch (column.Source.Role)
            {
                case SourceColumnRole.RowPartition:
                    column.AppendInteger(_partitions[record.PartitionOrdinal].Id);
                    break;
                case SourceColumnRole.RowOffset:
                    column.AppendInteger(record.Offset);
                    break;
                case SourceColumnRole.RowTime when _columns.EventTime is { } eventTime:
                    if (eventTime.TakeTimestamp() is { } time) { AppendRowTime(column, record.PartitionOrdinal, time); }

                    break;
                case SourceColumnRole.RowTime:
                    if (!Calendar.IsTimestampInMilliseconds(record.TimestampMilliseconds))
                    {
                        return "the record's time is out of range";
                    }

                    AppendRowTime(column, record.PartitionOrdinal, record.TimestampMilliseconds * 1000);
                    break;
                case SourceColumnRole.Header:
                    if (AppendHeader(column, record.Headers) is { } failure) { return Describe(column, failure); }

                    break;
                case SourceColumnRole.Headers when record.Headers is { Count: > 0 } headers:
                    if (column.Type.IsNested) { column.AppendEncoded(_headerArray.Write(headers)); }
                    else { column.AppendString(_headerText.Write(headers)); }

                    break;
            }
        }

        return null;
    }

    private void AppendRowTime(ValueColumn column, int partitionOrdinal, long time)
    {
        column.AppendInteger(time);
        ref long newest = ref _counters.NewestTimes[partitionOrdinal];
        newest = Math.Max(newest, time);
    }

    private static string? AppendHeader(ValueColumn column, IRecordHeaders? headers)
    {
        // The last occurrence counts.
        for (int header = (headers?.Count ?? 0) - 1; header >= 0; header--)
        {
            if (!column.HeaderKey.AsSpan().SequenceEqual(headers!.GetKey(header))) { continue; }

            if (!headers.TryGetValue(header, out ReadOnlySpan<byte> value)) { return null; }

            return column.Type.Kind == DataTypeKind.Bytes ? column.AppendKafka(value) : column.AppendText(value);
        }

        return null;
    }

    private static string Describe(ValueColumn column, string failure) =>
        $"field \"{column.Source.Name}\" is declared {column.Type} but holds {failure}";
}
