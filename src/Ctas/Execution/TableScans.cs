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

    /// <summary>The rows that a scan needs of a version, and perhaps more.</summary>
    public static IEnumerable<Batch> Read(ITable table, LogicalScan scan)
    {
        if (scan.Lookup is { } lookup && table.Snapshot() is Table version && Find(version, lookup) is { } rows)
        {
            return rows.Count == 0 ? [] : [TableRows.Gather(version.Store, [.. rows], scan.Columns)];
        }

        return table.Scan(scan.Columns);
    }

    /// <summary>Numbers of the rows; null where scanning is cheaper, or the index is not there.</summary>
    private static IReadOnlyList<int>? Find(Table version, ScanLookup lookup)
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
        return IndexSearch.TryFind(version, search, version.RowCount / ScannedForLookup);
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
