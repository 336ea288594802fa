using Ctas.Data;
using Ctas.Planning;
using Ctas.Tables;

namespace Ctas.Execution.Incremental;

/// <summary>
/// A table in which joins look up the rows of a scan, instead of keeping them: in the version that it had before the tick.
/// Single-threaded.
/// </summary>
/// <remarks>
/// Whoever runs ticks moves it on to the version that shows a tick when that has been kept, and lets it go with the query: a
/// version that is held holds everything that was replaced since.
/// </remarks>
/// <param name="scan">The scan.</param>
internal sealed class LookedUpTable(LogicalScan scan)
{
    private Table? _version;
    private int[] _ordinals = [];
    private OrdinalList _columns = OrdinalList.Empty;

    /// <summary>The scan.</summary>
    public LogicalScan Scan => scan;

    /// <summary>Goes on to a version; its columns are those of the versions before it.</summary>
    public void MoveTo(Table version)
    {
        if (_ordinals.Length != scan.Schema.Fields.Count)
        {
            _ordinals = scan.IsSource
                ? [.. scan.Schema.Fields.Select(field => version.Schema.IndexOf(field.Name))]
                : [.. scan.Columns];
            _columns = new OrdinalList(_ordinals);
        }

        _version = version;
    }

    /// <summary>Lets the version go: nothing will be looked up any more.</summary>
    public void Release() => _version = null;

    /// <summary>The rows of keys, with the columns of the scan.</summary>
    /// <param name="keys">The keys of the join, a column for each; none twice, and none with NULL.</param>
    /// <param name="lookup">How they are found.</param>
    public Batch Find(Column[] keys, JoinLookup lookup)
    {
        Table version = _version ?? throw new System.Diagnostics.UnreachableException($"No version of \"{scan.Relation}\" to look rows up in.");
        OrdinalList columns = scan.IsSource ? new OrdinalList([.. lookup.Columns.Select(column => _ordinals[column])]) : lookup.Columns;
        var asked = new Batch([.. lookup.Keys.Select(key => keys[key])], keys[0].Length);
        int[]? rows = new BatchSearch(version, columns, lookup.IsKey).TryFind([asked], long.MaxValue);
        return rows is null
            ? throw new System.Diagnostics.UnreachableException($"An index of \"{scan.Relation}\" has gone.")
            : TableRows.Gather(version.Store, rows, _columns);
    }
}
