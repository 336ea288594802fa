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
        SinkStart[] starts = [.. await _sinks.OpenAsync(WaitFor, _stopping).ConfigureAwait(false)];
        var bounds = new SinkBounds(starts, _sinks.PlaceOf);
        _ahead = bounds.Ahead;
        _storedSinks = new StoredSinks(bounds, _sinks.PlaceOf);
        foreach (SinkStart start in starts)
        {
            _starts[start.Table.Plan.Name] = bounds.Conflicts.TryGetValue(start.Table, out SinkStart? rival) ? start.ConflictsWith(rival) : start;
        }

        _scans = new ScanGroups(_graph.Tables.Where(table => !table.IsLoaded), _services, StoredSourceOf, bounds) { Snapshots = Snapshots };
    }

    private void WaitFor(TableToLoad table, SinkWriter? sink) => _runs[table.Plan.Name].Tracker.Sink = sink;

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
        _progress.Change(run.Tracker, tracker => tracker.Phase = LoadPhase.Delivering);
        try
        {
            await _sinks.WriteOnceAsync(sink, table, writer => WaitFor(run.Table, writer), _stopping).ConfigureAwait(false);
            _progress.Change(run.Tracker, tracker => tracker.Phase = LoadPhase.Publishing);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            Undeliver(run, new LoadException(
                table.Name, LoadPhase.Delivering, $"the load was cut off before sink \"{sink.Name}\" had all rows", isTransient: true));
        }
        catch (LoadException e) { Undeliver(run, e); }
        catch (Exception e)
        {
            // Whatever a sink of the host throws belongs to this table: the others are loaded.
            Undeliver(run, new LoadException(table.Name, LoadPhase.Delivering, e.Message, isTransient: false, e));
        }
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

    /// <summary>Hands loaded tables to maintenance: from now on they follow what they read.</summary>
    private async Task<IReadOnlyList<MaintainedTable>> AttachLiveAsync()
    {
        LoadedLiveTable[] loaded = [.. _graph.Tables.Select(table => _runs[table.Plan.Name].Live).OfType<LoadedLiveTable>()];
        IReadOnlyList<MaintainedTable> live = [];
        if (_services.Maintainer is { } maintainer && loaded.Length > 0)
        {
            // Whatever has been cancelled: tables that are visible must not stay behind.
            using IDisposable held = await maintainer.HoldAsync(CancellationToken.None).ConfigureAwait(false);
            ConnectedTables connected = LiveTables.Connect(
                loaded, maintainer, name => _runs.TryGetValue(name, out TableRun? run) && !run.Table.IsLoaded, _replacements.Contains);
            live = connected.Tables;
            IReadOnlyList<MaintainedTable> changed = _inputs.Replay(live);
            maintainer.Attach(live, connected.Sources);
            NoteSinksOfRestored();
            try
            {
                await StartAsync(loaded, live, changed, maintainer).ConfigureAwait(false);
                await BringToSinksAsync(live, maintainer).ConfigureAwait(false);
            }
            finally
            {
                foreach (LiveSource source in connected.Sources) { source.Start(); }
            }
        }

        // Sinks of tables that were not loaded after all.
        foreach (SinkStart start in _starts.Values.Except(loaded.Select(table => table.Sink).OfType<SinkStart>()))
        {
            await start.Writer.DisposeAsync().ConfigureAwait(false);
        }

        return live;
    }

    private async Task StartAsync(
        LoadedLiveTable[] loaded, IReadOnlyList<MaintainedTable> live, IReadOnlyList<MaintainedTable> changed, Maintainer maintainer)
    {
        _services.Registry.Advance([.. changed.Where(table => !table.IsBeside).Select(table => new TableAdvance(table.Current))]);
        foreach (MaintainedTable table in changed) { table.Show(); }

        foreach ((LoadedLiveTable table, MaintainedTable maintained) in loaded.Zip(live))
        {
            if (maintained is { IsBeside: false, Failure: { } failure })
            {
                Undeliver(_runs[table.Name], new LoadException(table.Name, LoadPhase.Publishing, failure.Message, isTransient: true, failure));
            }

            // What the sink goes on from is there already, or comes soon; anything else begins when the table is in its place.
            if (table.Sink is not { } start || _ahead.Contains(start) || (maintained.IsBeside && start.Positions.Count == 0)) { continue; }

            if (maintainer.Find(table.Name) is { IsBeside: false, Delivery: { } failed } replaced && replaced != maintained)
            {
                await failed.DisposeAsync().ConfigureAwait(false);
            }

            _sinks.Deliver(start, maintained, replaced: null, free: Task.CompletedTask);
        }
    }

    /// <summary>
    /// Takes tables on from where they were loaded to where each sink stands that has more: from there on it takes changes too.
    /// </summary>
    private async Task BringToSinksAsync(IReadOnlyList<MaintainedTable> live, Maintainer maintainer)
    {
        foreach (SinkStart start in _ahead)
        {
            if (live.FirstOrDefault(table => table.Name == start.Table.Plan.Name) is not { } table) { continue; }

            try
            {
                foreach (LiveSource source in table.Sources) { await source.ReadUpToAsync(start.Of(source.Place), _stopping).ConfigureAwait(false); }

                maintainer.Advance(live, table.Sources);
                _sinks.Deliver(start, table, replaced: null, free: Task.CompletedTask);
            }
            catch (Exception e) when (e is Sources.SourceException || (e is OperationCanceledException && _stopping.IsCancellationRequested))
            {
                await start.Writer.DisposeAsync().ConfigureAwait(false);
                Undeliver(_runs[start.Table.Plan.Name], new LoadException(
                    start.Table.Plan.Name,
                    LoadPhase.Delivering,
                    $"the table could not be brought to what sink \"{start.Writer.Name}\" has: {e.Message}",
                    isTransient: true,
                    e));
            }
        }
    }
}
