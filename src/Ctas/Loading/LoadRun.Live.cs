using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Tables;

namespace Ctas.Loading;

/// <content>Where tables go on from when the load has ended: sinks and maintenance.</content>
internal sealed partial class LoadRun
{
    /// <summary>Asks the sinks how far they are; that decides up to where sources are read.</summary>
    private async Task OpenSinksAsync()
    {
        SinkStart[] starts = [.. await _sinks.OpenAsync(_stopping).ConfigureAwait(false)];
        var bounds = new SinkBounds(starts, _sinks.PlaceOf);
        foreach (SinkStart start in starts)
        {
            _starts[start.Table.Plan.Name] = bounds.Conflicts.TryGetValue(start.Table, out SinkStart? rival) ? start.ConflictsWith(rival) : start;
        }

        _scans = new ScanGroups(_graph.Tables.Where(table => !table.IsLoaded), _services, StoredSourceOf, bounds) { Snapshots = Snapshots };
    }

    /// <summary>Waits until tables that were loaded up to what sinks have show what there was when the load began.</summary>
    private async Task CatchUpAsync()
    {
        if (_services.Maintainer is not { } maintainer) { return; }

        foreach (LoadedLiveTable live in _runs.Values.Select(run => run.Live).OfType<LoadedLiveTable>())
        {
            if (maintainer.Find(live.Name) is not { } table) { continue; }

            foreach ((string name, FollowedScan followed) in live.Sources)
            {
                await LiveTables.CatchUpAsync(maintainer, table, name, followed.LogEnds, _stopping).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Writes rows to a sink once. When that fails the table has failed, and can be read all the same.</summary>
    private async Task DeliverAsync(TableRun run, PlannedSink sink, ITable table)
    {
        try { await _sinks.WriteOnceAsync(sink, table, _stopping).ConfigureAwait(false); }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            Undeliver(run, new LoadException(
                table.Name, LoadPhase.Delivering, $"the load was cut off before sink \"{sink.Name}\" had all rows", isTransient: true));
        }
        catch (LoadException e) { Undeliver(run, e); }
    }

    private void Undeliver(TableRun run, LoadException error)
    {
        run.Error = error;
        _services.Registry.MarkStale([(run.Table.Plan.Name, error)]);
        LoadLog.TableFailed(_logger, run.Table.Plan.Name, error.Phase, error);
        _progress.Change(
            run.Tracker,
            tracker => (tracker.State, tracker.Phase, tracker.Error) = (TableState.Failed, error.Phase, error.Message));
    }

    /// <summary>What live tables hold stays as it is while others that read them are loaded.</summary>
    private async Task<IDisposable?> HoldAsync() =>
        _services.Maintainer is { } maintainer && _graph.Tables.Any(table => !table.IsLoaded
            && (table.Plan.Emit != EmitMode.Snapshot || maintainer.Find(table.Plan.Name) is not null))
            ? await maintainer.HoldAsync(_stopping).ConfigureAwait(false)
            : null;

    private async Task AttachLiveAsync()
    {
        if (_services.Maintainer is not { } maintainer) { return; }

        string[] replaced =
        [
            .. _runs.Values.Where(run => !run.Table.IsLoaded && run.Tracker.State is TableState.Ready or TableState.Live)
                .Select(run => run.Table.Plan.Name).Where(name => maintainer.Find(name) is not null),
        ];
        IReadOnlyList<TableDelivery> before =
            replaced.Length > 0 ? await maintainer.DetachAsync(replaced).ConfigureAwait(false) : [];

        // A sink has one writer: the one before it ends first.
        Task closing = Task.WhenAll(before.Select(delivery => delivery.DisposeAsync().AsTask()));

        LoadedLiveTable[] loaded = [.. _graph.Tables.Select(table => _runs[table.Plan.Name].Live).OfType<LoadedLiveTable>()];
        if (loaded.Length > 0) { LiveTables.Attach(loaded, maintainer, _sinks, closing); }

        // Sinks of tables that were not loaded after all.
        foreach (SinkStart start in _starts.Values.Except(loaded.Select(live => live.Sink).OfType<SinkStart>()))
        {
            await start.Writer.DisposeAsync().ConfigureAwait(false);
        }
    }
}
