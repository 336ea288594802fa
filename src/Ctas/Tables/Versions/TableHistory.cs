using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Versions;

/// <summary>How one version differs from the one before. Immutable.</summary>
/// <param name="Before">The version before.</param>
/// <param name="After">The version.</param>
/// <param name="Rows">A pair for each row that changed: its number before and after; −1 is no row.</param>
internal sealed record VersionChanges(Table Before, Table After, IReadOnlyList<(int Old, int New)> Rows);

/// <summary>A version in the history of a table, and the promise of the next. Safe for any number of threads.</summary>
internal sealed class HistoryNode(TableHistory history, long version)
{
    private readonly TaskCompletionSource<HistoryNode?> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile VersionChanges? _changes;

    /// <summary>The history it belongs to.</summary>
    public TableHistory History => history;

    /// <summary>The version's number.</summary>
    public long Version => version;

    /// <summary>How it differs from the version before; null when that is no longer kept.</summary>
    public VersionChanges? Changes => _changes;

    /// <summary>The next version when it is published; null when there will be none.</summary>
    public Task<HistoryNode?> Next => _next.Task;

    /// <summary>Publishes the next version.</summary>
    public void Continue(HistoryNode next, VersionChanges changes)
    {
        next._changes = changes;
        _next.SetResult(next);
    }

    /// <summary>There will be no next version.</summary>
    public void End(Exception? error)
    {
        if (error is null) { _next.TrySetResult(null); }
        else
        {
            _next.TrySetException(error);

            // There may be no stream to see it.
            _ = _next.Task.Exception;
        }
    }

    /// <summary>Lets go of what the version changed.</summary>
    public void Drop() => _changes = null;
}

/// <summary>The changes of the last versions of a table: what streams read that are behind. One writer, many readers.</summary>
/// <remarks>
/// Row numbers of two neighbouring versions are kept, not rows. When there are too many, the oldest are dropped, also when
/// a stream has not read them: the writer never waits, and memory stays bounded.
/// </remarks>
internal sealed class TableHistory
{
    private readonly Queue<HistoryNode> _kept = new();
    private readonly string _table;
    private readonly int _maxChanges;
    private HistoryNode _newest;
    private volatile HistoryNode _oldest;
    private long _changes;

    /// <summary>Begins with a version.</summary>
    /// <param name="first">The version.</param>
    /// <param name="maxChanges">Changed rows to keep; the newest version's are always kept.</param>
    public TableHistory(Table first, int maxChanges)
    {
        _table = first.Name;
        _maxChanges = maxChanges;
        _newest = new HistoryNode(this, first.Version);
        _oldest = _newest;
    }

    /// <summary>The version published last.</summary>
    public HistoryNode Newest => _newest;

    /// <summary>Adds a version, which streams see from now on.</summary>
    public void Add(VersionChanges changes)
    {
        var node = new HistoryNode(this, changes.After.Version);
        changes.After.Node = node;
        HistoryNode before = _newest;
        _newest = node;
        _kept.Enqueue(node);
        _changes += changes.Rows.Count;
        before.Continue(node, changes);
        while (_changes > _maxChanges && _kept.Count > 1)
        {
            HistoryNode dropped = _kept.Dequeue();
            _changes -= dropped.Changes!.Rows.Count;
            _oldest = dropped;
            dropped.Drop();
        }
    }

    /// <summary>The node of a version that has been published.</summary>
    /// <exception cref="TableChangesLostException">It is older than what is kept.</exception>
    public HistoryNode Find(long version)
    {
        HistoryNode node = _oldest;
        while (node.Version < version && node.Next is { IsCompletedSuccessfully: true, Result: { } next }) { node = next; }

        return node.Version == version ? node : throw new TableChangesLostException(_table, version);
    }

    /// <summary>Reads a table's rows and then its changes, or the changes after a version.</summary>
    /// <remarks><inheritdoc cref="ITable.ChangesAsync" path="/remarks/node()"/></remarks>
    public static async IAsyncEnumerable<TableChange> ReadAsync(
        Table table, long fromVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (fromVersion == 0)
        {
            foreach (Row row in table.Rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new TableChange(TableChangeKind.Snapshot, table.Version, OldRow: null, row);
            }
        }

        HistoryNode? node = table.Node;
        if (fromVersion != 0 && node is not null) { node = node.History.Find(fromVersion); }

        while (node is not null && await node.Next.WaitAsync(cancellationToken).ConfigureAwait(false) is { } next)
        {
            VersionChanges changes = next.Changes ?? throw new TableChangesLostException(table.Name, node.Version);
            foreach ((int old, int @new) in changes.Rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return ToChange(changes, old, @new);
            }

            node = next;
        }
    }

    private static TableChange ToChange(VersionChanges changes, int old, int @new)
    {
        TableChangeKind kind = old < 0 ? TableChangeKind.Insert : @new < 0 ? TableChangeKind.Delete : TableChangeKind.Update;
        return new TableChange(
            kind,
            changes.After.Version,
            old < 0 ? null : new Row(changes.Before.Store, old),
            @new < 0 ? null : new Row(changes.After.Store, @new));
    }
}
