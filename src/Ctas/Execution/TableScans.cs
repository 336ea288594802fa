using Ctas.Data;
using Ctas.Planning;
using Ctas.Tables;
using Ctas.Tables.Indexes;

namespace Ctas.Execution;

/// <summary>Reads tables for scans: by looking rows up where the plan says which, else whole.</summary>
internal static class TableScans
{
    // Looking up a row costs about what scanning so many does.
    private const int ScannedForLookup = 16;

    private const int GatheredRows = 64 * 1024;

    /// <summary>The rows that a scan needs of a version, and perhaps more.</summary>
    public static IEnumerable<Batch> Read(ITable table, LogicalScan scan) =>
        scan.Lookup is not null && table.Snapshot() is Table version
            ? Read(version, scan, Find(version, scan.Lookup, version.RowCount / ScannedForLookup))
            : table.Scan(scan.Columns);

    /// <summary>Those of them that a join has keys for, and perhaps more.</summary>
    public static IEnumerable<Batch> Read(ITable table, LogicalScan scan, ScanKeys keys)
    {
        if (table.Snapshot() is not Table version) { return table.Scan(scan.Columns); }

        // What the constants of a condition find may be less than what the keys of the join do.
        long maxRows = version.RowCount / ScannedForLookup;
        IReadOnlyList<int>? rows = scan.Lookup is { } lookup ? Find(version, lookup, Math.Min(maxRows, keys.RowCount)) : null;
        var search = new BatchSearch(version, keys.Lookup.Columns, keys.Lookup.IsKey);
        return Read(version, scan, rows ?? search.TryFind(keys.Rows, maxRows));
    }

    private static IEnumerable<Batch> Read(Table version, LogicalScan scan, IReadOnlyList<int>? rows) => rows is null
        ? version.Scan(scan.Columns)
        : rows.Chunk(GatheredRows).Select(some => TableRows.Gather(version.Store, some, scan.Columns));

    /// <summary>Numbers of the rows; null where there are more, or the index is not there.</summary>
    private static IReadOnlyList<int>? Find(Table version, ScanLookup lookup, long maxRows)
    {
        if (lookup.IsKey)
        {
            int row = version.NumberOf(new TableKey([.. lookup.Equal.Select(ValueOf)]));
            return row < 0 ? [] : [row];
        }

        var search = new ColumnSearch([.. lookup.Columns], [.. lookup.Equal.Select(ValueOf)])
        {
            Lower = lookup.Lower is { } lower ? ValueOf(lower.Value) : KeyValue.Null,
            Upper = lookup.Upper is { } upper ? ValueOf(upper.Value) : KeyValue.Null,
            IncludesLower = lookup.Lower is { IsInclusive: true },
            IncludesUpper = lookup.Upper is { IsInclusive: true },
        };
        return IndexSearch.TryFind(version, search, maxRows);
    }

    private static KeyValue ValueOf(ConstantExpression constant) => constant.Value switch
    {
        string text => text,
        byte[] bytes => bytes,
        bool boolean => boolean,
        double number => number,
        int day when constant.Type.Kind == DataTypeKind.Date => ColumnValues.ToDate(day),
        int number => number,
        long time when constant.Type.Kind == DataTypeKind.Time => ColumnValues.ToTime(time),
        long moment when constant.Type.Kind == DataTypeKind.Timestamp => ColumnValues.ToTimestamp(moment),
        long number => number,
        Int128 unscaled => KeyValue.OfDecimal(unscaled, constant.Type.Scale),
        Interval interval => interval,
        var other => throw new System.Diagnostics.UnreachableException($"No key value of {other?.GetType().Name}."),
    };
}
