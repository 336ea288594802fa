using Ctas.Maintenance;
using Ctas.Tables;

namespace Ctas.Loading;

/// <content>Tables that take the place of live ones, with those that read them.</content>
internal sealed partial class LoadRun
{
    /// <summary>Shows a table to those of the load that read it only; its memory counts all the same.</summary>
    private void HoldBack(TableRun run, TableLoad load, ITable table)
    {
        load.Held.Dispose();
        MemoryReservation held = _services.Registry.Reserve();
        run.Publication = run.Publication! with { Reservation = held };
        if (held.Hold(table.Memory.Total) is { } refusal)
        {
            run.Publication = null;
            throw new LoadException(table.Name, LoadPhase.Publishing, refusal, isTransient: false);
        }

        _inputs.HoldBack(run.Publication);
    }

    /// <summary>Puts the tables of a set in place of the old ones as soon as they show as much; or none of them.</summary>
    private async Task ReplaceAsync(ReplacementSet set, IReadOnlyList<MaintainedTable> live)
    {
        TableRun[] loaded = [.. set.Tables.Select(table => _runs[table.Plan.Name]).Where(run => run.Publication is not null)];
        MaintainedTable[] beside = [.. live.Where(table => loaded.Any(run => run.Table.Plan.Name == table.Name))];
        if (loaded.Length == 0) { return; }

        if (Missing(set) is { } failure) { await GiveUpAsync(loaded, beside, failure).ConfigureAwait(false); }
        else { await ReplaceAsync(loaded, beside).ConfigureAwait(false); }
    }

    /// <summary>Why the set is not to replace what is there: a table that is fresh would not be any more.</summary>
    private Exception? Missing(ReplacementSet set)
    {
        TableRun? missing = set.Tables.Select(table => _runs[table.Plan.Name])
            .FirstOrDefault(run => run.Publication is null && _services.Maintainer?.Find(run.Table.Plan.Name) is { Failure: null });
        return missing switch
        {
            null => null,
            { Tracker.State: TableState.Cancelled } => new OperationCanceledException(missing.Tracker.Error),
            { Error: { } error } => error,
            _ => new LoadException(
                missing.Table.Plan.Name, LoadPhase.Queued, missing.Tracker.Error ?? "it was not loaded", isTransient: true),
        };
    }

    /// <summary>Waits until the new tables have caught up with those that they replace; ticks are held then.</summary>
    private async Task<IDisposable> CatchUpAsync(TableRun[] loaded, MaintainedTable[] beside)
    {
        TimeSpan? limit = loaded.Min(run => LoadProperties.Timeout(run.Table.Plan.Properties) ?? _options.TableTimeout);
        using CancellationTokenSource timeout = After(limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping, timeout.Token);
        try
        {
            return await new CatchUp(_services.Maintainer!, beside, _services.TimeProvider).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !_stopping.IsCancellationRequested)
        {
            throw new TimeoutException($"timeout of {limit} reached before it had caught up with the table that it replaces");
        }
    }

    private async Task ReplaceAsync(TableRun[] loaded, MaintainedTable[] beside)
    {
        Maintainer maintainer = _services.Maintainer!;
        DetachedTables? detached = null;
        try
        {
            using (await CatchUpAsync(loaded, beside).ConfigureAwait(false))
            {
                string[] names = [.. loaded.Select(run => run.Table.Plan.Name)];
                Dictionary<string, MaintainedTable> replaced = names.Select(maintainer.Find).OfType<MaintainedTable>()
                    .ToDictionary(table => table.Name, StringComparer.OrdinalIgnoreCase);
                Publish(loaded, beside, replaced);
                detached = maintainer.Replace(names, beside);
                DeliverInPlace(beside, replaced, detached.Deliveries);
            }

            foreach (TableRun run in loaded) { Published(run); }
        }
        catch (Exception e) when (detached is null)
        {
            // Whatever it is, what is there stays; each table of the set tells it. What is in its place is not given up.
            await GiveUpAsync(loaded, beside, e).ConfigureAwait(false);
        }
        finally
        {
            if (detached is not null) { await detached.StopReadingAsync().ConfigureAwait(false); }
        }
    }

    /// <summary>Lets readers see the new tables, which go on from the versions of the old ones.</summary>
    private void Publish(TableRun[] loaded, MaintainedTable[] beside, Dictionary<string, MaintainedTable> replaced)
    {
        foreach (MaintainedTable table in beside.Where(table => replaced.ContainsKey(table.Name))) { table.GoOnFrom(replaced[table.Name]); }

        foreach (TableRun run in loaded) { run.Publication = AsItIsNow(run.Publication!, beside); }

        _services.Registry.Publish([.. loaded.Select(run => run.Publication!)]);
    }

    /// <summary>A sink has one writer: the one before it ends first.</summary>
    private void DeliverInPlace(
        MaintainedTable[] tables, Dictionary<string, MaintainedTable> replaced, IReadOnlyList<TableDelivery> before)
    {
        var ending = before.ToDictionary(
            delivery => delivery.Status.Sink,
            delivery => delivery.Status.Failure is null ? _services.Maintainer!.FinishAsync(delivery) : delivery.DisposeAsync().AsTask(),
            StringComparer.OrdinalIgnoreCase);
        foreach (MaintainedTable table in tables.Where(table => table.Delivery is null))
        {
            if (_runs[table.Name].Live!.Sink is not { } start) { continue; }

            Task free = ending.GetValueOrDefault(start.Writer.Name) ?? Task.CompletedTask;
            _sinks.Deliver(start, table, replaced.GetValueOrDefault(table.Name), free);
        }

        // Where nobody waits for it, the log has told.
        foreach (Task end in ending.Values) { _ = end.ContinueWith(task => _ = task.Exception, TaskScheduler.Default); }
    }

    private static TablePublication AsItIsNow(TablePublication loaded, MaintainedTable[] beside) =>
        beside.FirstOrDefault(table => table.Name == loaded.Table.Name) is { } live
            ? loaded with { Table = live.Current, Positions = live.PositionsAt(source => source.Progress) }
            : loaded;

    /// <summary>The old tables stay; what was loaded to replace them goes.</summary>
    private async Task GiveUpAsync(TableRun[] loaded, MaintainedTable[] beside, Exception failure)
    {
        if (_services.Maintainer is { } maintainer && beside.Length > 0)
        {
            DetachedTables detached;
            using (await maintainer.HoldAsync(CancellationToken.None).ConfigureAwait(false)) { detached = maintainer.GiveUp(beside); }

            await detached.StopReadingAsync().ConfigureAwait(false);
            await Task.WhenAll(detached.Deliveries.Select(delivery => delivery.DisposeAsync().AsTask())).ConfigureAwait(false);
        }

        foreach (TableRun run in loaded)
        {
            run.Publication!.Reservation?.Dispose();
            if (_starts.GetValueOrDefault(run.Table.Plan.Name) is { } start
                && !beside.Any(table => table.Name == run.Table.Plan.Name && table.Delivery is not null))
            {
                await start.Writer.DisposeAsync().ConfigureAwait(false);
            }

            if (failure is OperationCanceledException) { Cancel(run.Table.Plan.Name); }
            else { Fail(run, NotReplaced(run, failure)); }
        }
    }

    private static LoadException NotReplaced(TableRun run, Exception failure)
    {
        string table = run.Table.Plan.Name;
        bool isOthers = (failure is MaintenanceException { Table: var stale } && stale != table)
            || (failure is LoadException { Table: var missing } && missing != table);
        return new LoadException(
            table,
            LoadPhase.CatchingUp,
            isOthers ? $"it is replaced together with another table, and {failure.Message}" : failure.Message,
            failure is LoadException { IsTransient: true } or TimeoutException or TablesPausedException,
            failure);
    }
}
