using Ctas.Maintenance;
using Ctas.Tables;

namespace Ctas.Loading;

/// <content>What comes from stored snapshots, and what is stored when the load ends.</content>
internal sealed partial class LoadRun
{
    /// <summary>
    /// A live table, or one that shares what such a table follows, is computed again: it comes from snapshots as far as everything
    /// does that it is made of.
    /// </summary>
    private void NoteFollowed(TableRun run, IEnumerable<ScanSubscription> scans)
    {
        IEnumerable<(LoadKind Kind, string Reason)> inputs =
        [
            .. scans.Select(scan => scan.Scan.Followed is { } followed
                ? (followed.Kind, followed.Reason)
                : (LoadKind.Full, _restores?.Of(run.Table)?.Reason ?? $"source \"{scan.Scan.Definition.Name}\" {scan.Scan.WhyNotFollowed}")),
            .. run.Table.Producers.Where(_runs.ContainsKey).Select(producer => (_runs[producer].Kind, $"as table \"{producer}\"")),
        ];
        (run.Kind, run.KindReason) = inputs.DefaultIfEmpty((Kind: LoadKind.Full, Reason: "it reads no source")).MinBy(input => input.Kind);
        foreach (FollowedSource followed in scans.Select(scan => scan.Scan.Followed).OfType<FollowedSource>())
        {
            if (followed.Kind == LoadKind.Full) { NoteFull(run, followed.Reason, followed.IsWarning); }
        }
    }

    /// <summary>Stores what this run has loaded; that a table could not be stored leaves it as it is.</summary>
    private async Task SaveAsync()
    {
        if (Snapshots is not { SavesAfterLoad: true } snapshots || _callerCancellation.IsCancellationRequested) { return; }

        _patience = snapshots.PatienceOf(_services.Delivery.CloseTimeout);
        foreach (TableRun run in _runs.Values.Where(run => !run.Table.IsLoaded && run.Tracker.State == TableState.Ready))
        {
            if (_loaded.Find(run.Table.Plan.Name) is not { } table || !snapshots.IsToBeSaved(table)) { continue; }

            await SaveAsync(run, [], () => snapshots.Save(table, _callerCancellation)).ConfigureAwait(false);
        }

        await SaveLiveAsync(snapshots).ConfigureAwait(false);
    }

    /// <summary>Stores the changelogs that the live tables of this run follow, and that were not on disk as they are.</summary>
    private async Task SaveLiveAsync(TableSnapshots snapshots)
    {
        TableRun[] runs = [.. _runs.Values.Where(run => run.Live is not null && run.Kind != LoadKind.Restored)];
        var saved = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (TableRun run in runs)
        {
            IReadOnlyList<CapturedSource> sources =
                await _services.Maintainer!.CaptureAsync(run.Table.Plan.Name, _callerCancellation).ConfigureAwait(false);
            foreach (CapturedSource source in sources.Where(source => saved.Add(source.Header.Table)))
            {
                await SaveAsync(run, source.Marks, () => snapshots.Save(source, _callerCancellation)).ConfigureAwait(false);
            }

            if (!saved.Contains(run.Table.Plan.Name)) { await SaveTiedAsync(run, snapshots, saved).ConfigureAwait(false); }
        }
    }

    /// <summary>Stores the live tables that hang together with one, where their sources do not tell what they have become.</summary>
    private async Task SaveTiedAsync(TableRun run, TableSnapshots snapshots, HashSet<string> saved)
    {
        (IReadOnlyList<CapturedTables> captured, IReadOnlyList<(TiedTables Tables, string Reason)> refused) = await _services.Maintainer!
            .CaptureTablesAsync(run.Table.Plan.Name, TableSnapshots.DefinitionOf, _callerCancellation).ConfigureAwait(false);
        foreach (CapturedTables tables in captured)
        {
            saved.UnionWith(tables.TableNames);
            await SaveAsync(run, tables.Marks, () => snapshots.Save(tables, _callerCancellation)).ConfigureAwait(false);
        }

        foreach ((TiedTables tables, string reason) in refused)
        {
            saved.UnionWith(tables.Tables.Select(table => table.Name));
            LoadLog.LiveNotStored(_logger, run.Table.Plan.Name, reason);
            if (LoadProperties.Unified(run.Table.Plan.Properties) == UnifiedLoading.On)
            {
                run.Warnings = [.. run.Warnings ?? [], $"not stored: {reason}"];
            }
        }
    }

    private async Task SaveAsync(TableRun run, IEnumerable<DeliveryMark> marks, Func<SavedSnapshot> save)
    {
        try
        {
            await Snapshots!.WaitForSinksAsync(marks, _patience, _callerCancellation).ConfigureAwait(false);
            run.Saved = await Task.Run(save).ConfigureAwait(false);
        }
        catch (SnapshotException e)
        {
            LoadLog.TableWarning(_logger, run.Table.Plan.Name, e.Message);
            run.Warnings = [.. run.Warnings ?? [], e.Message];
        }
    }
}
