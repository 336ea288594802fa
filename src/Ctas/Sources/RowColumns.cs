using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Sources;

/// <summary>The columns of the batch that is being built: those asked for, then those a changelog needs for its key.</summary>
/// <remarks>Single-threaded. Columns of inferred sources are added as fields appear.</remarks>
internal sealed class RowColumns
{
    // More fields than this are data in the place of names.
    private const int MaxInferredColumns = 2000;

    private readonly SourceDefinition _definition;
    private readonly List<ValueColumn> _delivered = [];
    private readonly List<ValueColumn> _key = [];
    private readonly bool _isLending;
    private int _pseudoColumns;
    private Schema? _schema;

    /// <summary>Makes the columns of a request.</summary>
    public RowColumns(SourceDefinition definition, ScanRequest request)
    {
        _definition = definition;
        _isLending = request.GivesBatchesBack;
        IReadOnlyList<SourceColumn>? columns = request.Columns ?? definition.Columns;
        AddsFields = columns is null;
        foreach (SourceColumn column in columns ?? []) { _delivered.Add(Make(WithPseudoType(column))); }

        if (request.Columns is null)
        {
            foreach (SourceColumnRole role in request.PseudoColumns ?? []) { AddPseudoColumn(role); }
        }

        bool needsEventTime = definition.TimestampColumn is not null
            && _delivered.Exists(column => column.Source.Role == SourceColumnRole.RowTime);
        if (needsEventTime)
        {
            // It holds the value of one record, not one for each row.
            EventTime = new ValueColumn(EventTimeColumn(definition))
            {
                TimestampFormat = definition.TimestampFormat,
                Kernel = ValueKernel.General,
            };
        }
    }

    /// <summary>True when every field of the records becomes a column.</summary>
    public bool AddsFields { get; }

    /// <summary>The columns in delivery order.</summary>
    public List<ValueColumn> Delivered => _delivered;

    /// <summary>The columns of the key, among those delivered; empty while rows are appended.</summary>
    public List<ValueColumn> Key => _key;

    /// <summary>The column that gives ROWTIME; not delivered. Null when records do.</summary>
    public ValueColumn? EventTime { get; }

    /// <summary>The schema of this moment.</summary>
    public Schema Schema => _schema ??= new Schema(
        _delivered.Select(column => new Field(column.Source.Name, column.Type)),
        [.. _key.Select(column => _delivered.IndexOf(column))]);

    /// <summary>Names the key, adding what of it was not asked for: the declared key columns, or else ROWKEY.</summary>
    /// <param name="rows">Rows of the batch so far.</param>
    public void AddKey(int rows)
    {
        SourceColumn[] declared = [.. (_definition.Columns ?? []).Where(column => column.Role == SourceColumnRole.Key)];
        foreach (SourceColumn column in declared) { _key.Add(FindOrAdd(column, rows)); }

        if (declared.Length == 0)
        {
            _key.Add(FindOrAdd(new SourceColumn("ROWKEY", DataType.Varchar, SourceColumnRole.RowKey), rows));
        }

        _schema = null;
    }

    /// <summary>A new column for a field that none reads, and what else reads it; null when there are too many.</summary>
    public ValueColumn? AddField(string name, int rows)
    {
        if (_delivered.Count >= MaxInferredColumns) { return null; }

        ValueColumn column = Make(new SourceColumn(name, DataType.Unknown), rows);
        _delivered.Insert(_delivered.Count - _pseudoColumns, column);
        _schema = null;
        return Link(name, StringComparison.Ordinal);
    }

    /// <summary>Widens an inferred column.</summary>
    /// <returns>What the user should know, null for the first type a column gets.</returns>
    public string? Widen(ValueColumn column)
    {
        DataType before = column.Widen();
        _schema = null;
        if (before.Kind == DataTypeKind.Null) { return null; }

        return $"column \"{column.Source.Name}\" widened from {Shortened(before)} to {Shortened(column.Type)}";
    }

    // A STRUCT of many fields grows field by field.
    private static string Shortened(DataType type) =>
        type.ToString() is { Length: > 120 } text ? text[..120] + "…" : type.ToString();

    /// <summary>
    /// The first column that reads the field; further ones are its <see cref="ValueColumn.Sibling"/>s. A name that
    /// matches exactly wins over one that ignores case.
    /// </summary>
    /// <remarks>A field that is inferred is a column, whatever else reads it.</remarks>
    public ValueColumn? Reading(string field, out bool isExact)
    {
        isExact = true;
        ValueColumn? first = Link(field, StringComparison.Ordinal);
        if (first is null)
        {
            isExact = false;
            first = Link(field, StringComparison.OrdinalIgnoreCase);
        }

        return AddsFields && first is { Sibling: null } && ReferenceEquals(first, EventTime) ? null : first;
    }

    /// <summary>Appends NULL to every column that has no value in <paramref name="row"/> yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void CompleteRow(int row)
    {
        foreach (ValueColumn column in _delivered)
        {
            if (column.Count == row) { column.AppendNull(); }
        }
    }

    /// <summary>Takes back the rows from <paramref name="rows"/> on.</summary>
    public void TruncateTo(int rows)
    {
        foreach (ValueColumn column in _delivered)
        {
            column.TruncateTo(rows);
            column.ExactRow = -1;
        }

        EventTime?.TruncateTo(0);
    }

    private ValueColumn Make(SourceColumn column, int rows = 0) => new(column, rows, _isLending);

    private void AddPseudoColumn(SourceColumnRole role)
    {
        if (_delivered.Exists(column => column.Source.Role == role)) { return; }

        _delivered.Add(Make(role == SourceColumnRole.Headers
            ? new SourceColumn("ROWHEADERS", HeaderType.Headers, role)
            : WithPseudoType(new SourceColumn(role.ToString().ToUpperInvariant(), DataType.Unknown, role))));
        _pseudoColumns++;
    }

    private static SourceColumn WithPseudoType(SourceColumn column) => column.Role switch
    {
        _ when column.Type.Kind != DataTypeKind.Unknown => column,
        SourceColumnRole.RowTime => column with { Type = DataType.Timestamp },
        SourceColumnRole.RowPartition => column with { Type = DataType.Int },
        SourceColumnRole.RowOffset => column with { Type = DataType.BigInt },
        SourceColumnRole.RowKey or SourceColumnRole.Header or SourceColumnRole.Headers =>
            column with { Type = DataType.Varchar },
        _ => column,
    };

    private static SourceColumn EventTimeColumn(SourceDefinition definition)
    {
        string name = definition.TimestampColumn!;
        SourceColumn? declared = definition.Columns?.FirstOrDefault(
            column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase));
        return new SourceColumn(declared?.Name ?? name, DataType.Timestamp, declared?.Role ?? SourceColumnRole.Value);
    }

    private ValueColumn FindOrAdd(SourceColumn wanted, int rows)
    {
        ValueColumn? asked = _delivered.Find(column => column.Source.Role == wanted.Role
            && (wanted.Role == SourceColumnRole.RowKey
                || string.Equals(column.Source.Name, wanted.Name, StringComparison.OrdinalIgnoreCase)));
        if (asked is not null)
        {
            // Where columns are inferred, ROWKEY stands first once it is the key.
            if (AddsFields && wanted.Role == SourceColumnRole.RowKey)
            {
                _delivered.Remove(asked);
                _delivered.Insert(0, asked);
                _pseudoColumns--;
            }

            return asked;
        }

        ValueColumn added = Make(WithPseudoType(wanted), rows);
        if (AddsFields && wanted.Role == SourceColumnRole.RowKey) { _delivered.Insert(0, added); }
        else { _delivered.Add(added); }

        return added;
    }

    private ValueColumn? Link(string field, StringComparison comparison)
    {
        ValueColumn? first = null;
        foreach (ValueColumn column in _delivered) { Link(column, comparison); }

        // The field is a column by itself, in whatever case the event time names it.
        if (EventTime is not null) { Link(EventTime, AddsFields ? StringComparison.OrdinalIgnoreCase : comparison); }

        return first;

        void Link(ValueColumn column, StringComparison names)
        {
            bool reads = column.Source.Role is SourceColumnRole.Value or SourceColumnRole.Key
                && string.Equals(column.Source.Name, field, names);
            if (!reads) { return; }

            column.Sibling = first;
            first = column;
        }
    }
}
