using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Versions;

/// <summary>A table's rows and then its changes, or the changes after a version.</summary>
/// <remarks>
/// Who reads holds the version whose rows or changes are being given, and no earlier one: a stream may go on for as long as the
/// table, and each version keeps alive whatever has been replaced since.
/// </remarks>
/// <param name="start">The version to begin with, asked for by each enumeration.</param>
/// <param name="fromVersion">0 to begin with the rows.</param>
/// <param name="leaving">Ends every enumeration.</param>
internal sealed class TableChangeStream(Func<Table> start, long fromVersion, CancellationToken leaving) : IAsyncEnumerable<TableChange>
{
    /// <inheritdoc/>
    public IAsyncEnumerator<TableChange> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        ReadAsync(new Beginning(start()), fromVersion, leaving).GetAsyncEnumerator(cancellationToken);

    private static async IAsyncEnumerable<TableChange> ReadAsync(
        Beginning beginning, long fromVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (fromVersion == 0)
        {
            foreach (TableChange row in beginning.Rows())
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return row;
            }
        }

        string name = beginning.Name;
        HistoryNode? node = beginning.Leave(fromVersion);
        while (node is not null && await node.Next.WaitAsync(cancellationToken).ConfigureAwait(false) is { } next)
        {
            VersionChanges changes = next.Changes ?? throw new TableChangesLostException(name, node.Version);
            foreach (TableChange change in ChangesOf(changes))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return change;
            }

            node = next;
        }
    }

    private static IEnumerable<TableChange> ChangesOf(VersionChanges changes)
    {
        foreach ((int old, int @new) in changes.Rows)
        {
            TableChangeKind kind = old < 0 ? TableChangeKind.Insert : @new < 0 ? TableChangeKind.Delete : TableChangeKind.Update;
            yield return new TableChange(
                kind,
                changes.After.Version,
                old < 0 ? null : new Row(changes.Before.Store, old),
                @new < 0 ? null : new Row(changes.After.Store, @new));
        }
    }

    /// <summary>The version that an enumeration begins with, until it has given its rows.</summary>
    private sealed class Beginning(Table table)
    {
        private Table? _table = table;

        public string Name { get; } = table.Name;

        public IEnumerable<TableChange> Rows()
        {
            foreach (Row row in _table!.Rows) { yield return new TableChange(TableChangeKind.Snapshot, _table!.Version, OldRow: null, row); }
        }

        /// <summary>Lets go of the version: the place behind which changes are wanted; null when there will be none.</summary>
        public HistoryNode? Leave(long fromVersion)
        {
            (HistoryNode? node, long version) = (_table!.Node, _table.Version);
            _table = null;
            return fromVersion == 0 || fromVersion == version ? node : node?.History.Find(fromVersion);
        }
    }
}
