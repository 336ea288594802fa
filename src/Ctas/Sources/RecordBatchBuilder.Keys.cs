using Ctas.Data;

namespace Ctas.Sources;

public sealed partial class RecordBatchBuilder
{
    private readonly JsonFieldMap _keyFields = new();
    private readonly bool _isKeyInValue;
    private ValueColumn[] _keyColumns = [];
    private ValueColumn[] _textKeyColumns = [];
    private ValueColumn[] _valueColumns = [];
    private ValueColumn[] _pseudoColumns = [];
    private ValueColumn?[] _delimitedKey = [];
    private ValueColumn?[] _delimitedValue = [];
    private string? _firstKeyless;
    private string _namedIn = "declared";

    private void DecideMode()
    {
        if (_definition.Mode == ReadMode.Changelog || (_definition.Mode == ReadMode.Auto && _isKeyInValue))
        {
            BecomeChangelog();
        }
        else
        {
            if (_definition.Mode == ReadMode.Append) { _isChangelog = false; }

            FindColumns();
        }
    }

    private void BecomeChangelog()
    {
        _isChangelog = true;
        _columns.AddKey(RowCount);
        FindColumns();
    }

    private void FindColumns()
    {
        List<ValueColumn> columns = [.. _columns.Delivered];
        if (_columns.EventTime is { } eventTime) { columns.Add(eventTime); }

        _keyColumns = [.. columns.Where(column => column.Source.Role == SourceColumnRole.Key)];
        _textKeyColumns = [.. columns.Where(column => column.Source.Role == SourceColumnRole.RowKey)];
        _valueColumns = [.. columns.Where(column => column.Source.Role == SourceColumnRole.Value)];
        _pseudoColumns = [.. columns.Where(column => column.Source.Role is not
            (SourceColumnRole.Value or SourceColumnRole.Key or SourceColumnRole.RowKey))];
        _delimitedKey = ByDeclaredOrder([SourceColumnRole.Key]);
        _delimitedValue = ByDeclaredOrder(
            _isKeyInValue ? [SourceColumnRole.Value, SourceColumnRole.Key] : [SourceColumnRole.Value]);
    }

    /// <summary>Names the fields of the delimited values that follow: the header line of a file.</summary>
    /// <remarks>Fields that no column reads are left out, or become columns where columns are inferred.</remarks>
    internal void NameFields(IReadOnlyList<string> names)
    {
        _delimitedValue = [.. names.Select(name =>
            _columns.Reading(name, out _) ?? (_columns.AddsFields ? AddNamedField(name) : null))];
        _namedIn = "in the header";
    }

    private ValueColumn AddNamedField(string name)
    {
        if (_hasRows) { _counters.Warn($"column \"{name}\" appeared in a later file"); }

        return _columns.AddField(name, RowCount) ?? throw Failure("too many fields to infer columns; declare the columns");
    }

    // Delimited fields have no names: their order is that of the declared columns.
    private ValueColumn?[] ByDeclaredOrder(SourceColumnRole[] roles) =>
    [
        .. (_definition.Columns ?? [])
            .Where(column => roles.Contains(column.Role))
            .Select(column => _columns.Reading(column.Name, out _)),
    ];

    // Under Auto the first record with a key makes a changelog of the source; the null-key policy then also holds for
    // the records before it. Rows that have been handed on already carry no key, so whoever compacts sees them.
    private void ObserveKey(in SourceRecord record)
    {
        if (!record.HasKey)
        {
            _firstKeyless ??= Place();
            return;
        }

        if (_firstKeyless is not null && _definition.NullKey == NullKeyPolicy.Error)
        {
            throw Failure($"the record at {_firstKeyless} has no key, but the one at {Place()} has; "
                + "set mode, or null_key to skip or append");
        }

        BecomeChangelog();
        for (int row = 0; row < RowCount; row++) { MarkKeyless(row); }
    }

    private string? DecodeKey(in SourceRecord record, int row)
    {
        if (!record.HasKey) { return null; }

        foreach (ValueColumn column in _textKeyColumns)
        {
            if (column.AppendString(record.Key) is not null) { return "the key is not UTF-8 text"; }
        }

        if (_keyColumns.Length == 0) { return null; }

        return _definition.KeyFormat switch
        {
            RecordFormat.Json => DecodeJson(record.Key, _keyFields, row, RecordPart.Key),
            RecordFormat.Delimited => DecodeDelimited(record.Key, _delimitedKey, RecordPart.Key),
            RecordFormat.Kafka => DecodeKafka(record.Key, _keyColumns, "key"),
            _ => null,
        };
    }

    /// <returns>False when the record has no key and is left out.</returns>
    private bool ApplyKeyPolicy(in SourceRecord record, int row)
    {
        foreach (ValueColumn column in _columns.Key)
        {
            if (column.Count > row) { return true; }
        }

        if (_definition.NullKey == NullKeyPolicy.Error)
        {
            throw Failure($"the record at {Place()} has no key; set null_key to skip or append");
        }

        // A tombstone without a key deletes nothing and is no row either.
        if (_definition.NullKey == NullKeyPolicy.Skip || record.IsTombstone)
        {
            TakeBack(row);
            _counters.Reject(new RejectedRecord(PartitionName, _offset, "the record has no key"));
            return false;
        }

        MarkKeyless(row);
        return true;
    }

    private void MarkKeyless(int row)
    {
        _keyless ??= new Bitmap(_batchRows);
        _keyless[row] = true;
    }
}
