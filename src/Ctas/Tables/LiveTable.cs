using System.Diagnostics.CodeAnalysis;
using Ctas.Data;
using Ctas.Tables.Versions;

namespace Ctas.Tables;

/// <summary>A table that is kept fresh, as the registry hands it out: every read is one of the newest version.</summary>
/// <remarks>Safe for many readers; the registry alone moves it on.</remarks>
internal sealed class LiveTable(Table first) : ITable
{
    private volatile Table _newest = first;

    /// <inheritdoc/>
    public string Name => _newest.Name;

    /// <inheritdoc/>
    public Schema Schema => _newest.Schema;

    /// <inheritdoc/>
    public TableModel Model => _newest.Model;

    /// <inheritdoc/>
    public long RowCount => _newest.RowCount;

    /// <inheritdoc/>
    public TableMemory Memory => _newest.Memory;

    /// <inheritdoc/>
    public long Version => _newest.Version;

    /// <inheritdoc/>
    public IEnumerable<Row> Rows => _newest.Rows;

    /// <summary>What all versions share; another table of the same name has another.</summary>
    public TableShape Shape => _newest.Shape;

    /// <summary>The handle of a table; null when it is not kept fresh.</summary>
    public static LiveTable? Of(ITable table, bool isLive) => isLive && table is Table first ? new LiveTable(first) : null;

    /// <summary>Reads go to this version from now on.</summary>
    public void Advance(Table version) => _newest = version;

    /// <inheritdoc/>
    public ITable Snapshot() => _newest;

    /// <inheritdoc/>
    public bool TryGet(string key, out Row row) => _newest.TryGet(key, out row);

    /// <inheritdoc/>
    public bool TryGet(long key, out Row row) => _newest.TryGet(key, out row);

    /// <inheritdoc/>
    public bool TryGet(ReadOnlySpan<byte> utf8Key, out Row row) => _newest.TryGet(utf8Key, out row);

    /// <inheritdoc/>
    public bool TryGet(in TableKey key, out Row row) => _newest.TryGet(key, out row);

    /// <inheritdoc/>
    public IEnumerable<Batch> Scan(OrdinalList? columns = null) => _newest.Scan(columns);

    /// <inheritdoc/>
    public Func<Row, T> GetMapper<[DynamicallyAccessedMembers(RowMapping.NeededMembers)] T>() => _newest.GetMapper<T>();

    /// <inheritdoc/>
    public IAsyncEnumerable<TableChange> ChangesAsync(long fromVersion = 0, CancellationToken cancellationToken = default)
    {
        _newest.RequireKnown(fromVersion);
        return new TableChangeStream(() => _newest, fromVersion, cancellationToken);
    }

    /// <inheritdoc/>
    public override string ToString() => _newest.ToString();
}
