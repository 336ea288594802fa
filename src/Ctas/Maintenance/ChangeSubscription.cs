using System.Threading.Channels;
using Ctas.Data;
using Ctas.Tables;

namespace Ctas.Maintenance;

/// <summary>Hands what ticks change in some live tables to one reader, which is slow at its own cost only.</summary>
/// <remarks>
/// <see cref="Offer"/> and <see cref="End"/> are called while ticks are held or by the tick itself; the reader is another
/// thread. What waits for it is bounded: past that the reader gets a <see cref="QueryChangesLostException"/>.
/// </remarks>
/// <param name="tables">The tables.</param>
/// <param name="maxRows">Most changed rows that may wait; one moment may have more when nothing else waits.</param>
internal sealed class ChangeSubscription(IReadOnlyList<MaintainedTable> tables, int maxRows)
{
    private readonly Channel<TickChanges> _moments = Channel.CreateUnbounded<TickChanges>(
        new UnboundedChannelOptions { SingleReader = true });

    private long _waitingRows;

    /// <summary>The tables whose changes it hands on.</summary>
    public IReadOnlyList<MaintainedTable> Tables => tables;

    /// <summary>Hands on what the tick has done to the tables; ends when one of them is kept fresh no longer.</summary>
    /// <param name="version">Version of the registry that shows it.</param>
    public void Offer(long version)
    {
        if (EndWhenStale()) { return; }

        Dictionary<MaintainedTable, TableTick> changed = [];
        int rows = 0;
        foreach (MaintainedTable table in tables)
        {
            if (table.Changes.Count == 0) { continue; }

            changed[table] = new TableTick([.. table.Changes], table.Current);
            rows += table.Changes.Sum(changes => changes.Count);
        }

        if (changed.Count == 0) { return; }

        long waiting = Interlocked.Add(ref _waitingRows, rows);
        if (waiting > maxRows && waiting > rows) { End(new QueryChangesLostException(maxRows)); }
        else { _moments.Writer.TryWrite(new TickChanges(version, changed, rows)); }
    }

    /// <summary>Ends when one of the tables is kept fresh no longer.</summary>
    /// <returns>True when it has ended.</returns>
    public bool EndWhenStale()
    {
        if (tables.FirstOrDefault(table => table.Failure is not null) is not { } stale) { return false; }

        End(stale.Failure!);
        return true;
    }

    /// <summary>Nothing follows; the reader gets what waits for it, and then the error.</summary>
    public void End(Exception error) => _moments.Writer.TryComplete(error);

    /// <summary>The changes of the next tick that has any; null when there are none yet.</summary>
    /// <exception cref="QueryChangesLostException">The reader is too far behind.</exception>
    public TickChanges? TryRead()
    {
        if (_moments.Reader.TryRead(out TickChanges? changes)) { Interlocked.Add(ref _waitingRows, -changes.RowCount); }
        else if (_moments.Reader.Completion.Exception?.InnerException is QueryChangesLostException lost) { throw lost; }

        return changes;
    }

    /// <summary>Waits for the changes of the next tick that has any.</summary>
    /// <exception cref="QueryChangesLostException">The reader is too far behind.</exception>
    /// <exception cref="MaintenanceException">One of the tables is kept fresh no longer.</exception>
    public async ValueTask<TickChanges> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            TickChanges changes = await _moments.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            Interlocked.Add(ref _waitingRows, -changes.RowCount);
            return changes;
        }
        catch (ChannelClosedException e) when (e.InnerException is { } error)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
            throw;
        }
    }
}

/// <summary>What one tick did to some tables.</summary>
/// <param name="Version">Version of the registry that shows it.</param>
/// <param name="Changes">Exact changes of the tables that have any.</param>
/// <param name="RowCount">Changed rows in all.</param>
internal sealed record TickChanges(
    long Version, IReadOnlyDictionary<MaintainedTable, TableTick> Changes, int RowCount);

/// <summary>What one tick did to a table.</summary>
/// <param name="Changes">The exact changes.</param>
/// <param name="Version">The version that shows them.</param>
internal sealed record TableTick(IReadOnlyList<ChangeBatch> Changes, Table Version);
