namespace Ctas.Tables.Versions;

/// <summary>How one version differs from the one before. Immutable.</summary>
/// <param name="Before">The version before.</param>
/// <param name="After">The version.</param>
/// <param name="Rows">A pair for each row that changed: its number before and after; −1 is no row.</param>
internal sealed record VersionChanges(Table Before, Table After, IReadOnlyList<(int Old, int New)> Rows);

/// <summary>A version in the history of a table, and the promise of the next. Safe for any number of threads.</summary>
internal sealed class HistoryNode(TableHistory history, long version, VersionChanges? changes = null)
{
    private readonly TaskCompletionSource<HistoryNode?> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile VersionChanges? _changes = changes;

    /// <summary>The history it belongs to.</summary>
    public TableHistory History => history;

    /// <summary>The version's number.</summary>
    public long Version => version;

    /// <summary>How it differs from the version before; null when that is no longer kept.</summary>
    public VersionChanges? Changes => _changes;

    /// <summary>The next version when it is published; null when there will be none.</summary>
    public Task<HistoryNode?> Next => _next.Task;

    /// <summary>Shows the next version to streams.</summary>
    public void Continue(HistoryNode next) => _next.SetResult(next);

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
    private readonly Queue<(HistoryNode Before, HistoryNode Node)> _unseen = new();
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

    /// <summary>Adds a version, which streams do not see yet.</summary>
    public void Add(VersionChanges changes)
    {
        var node = new HistoryNode(this, changes.After.Version, changes);
        changes.After.Node = node;
        _unseen.Enqueue((_newest, node));
        _newest = node;
        _kept.Enqueue(node);
        _changes += changes.Rows.Count;
        while (_changes > _maxChanges && _kept.Count > 1)
        {
            HistoryNode dropped = _kept.Dequeue();
            _changes -= dropped.Changes!.Rows.Count;
            _oldest = dropped;
            dropped.Drop();
        }
    }

    /// <summary>Shows the versions that were added to streams.</summary>
    public void Show()
    {
        while (_unseen.TryDequeue(out (HistoryNode Before, HistoryNode Node) next)) { next.Before.Continue(next.Node); }
    }

    /// <summary>The node of a version that streams have seen.</summary>
    /// <exception cref="TableChangesLostException">It is older than what is kept.</exception>
    public HistoryNode Find(long version)
    {
        HistoryNode node = _oldest;
        while (node.Version < version && node.Next is { IsCompletedSuccessfully: true, Result: { } next }) { node = next; }

        return node.Version == version ? node : throw new TableChangesLostException(_table, version);
    }
}
