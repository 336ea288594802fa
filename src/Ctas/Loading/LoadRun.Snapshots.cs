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
                : (LoadKind.Full, $"source \"{scan.Scan.Definition.Name}\" {scan.Scan.WhyNotFollowed}")),
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

        foreach (TableRun run in _runs.Values.Where(run => !run.Table.IsLoaded && run.Tracker.State == TableState.Ready))
        {
            if (_loaded.Find(run.Table.Plan.Name) is not { } table || !snapshots.IsToBeSaved(table)) { continue; }

            try { run.Saved = await Task.Run(() => snapshots.Save(table, _callerCancellation)).ConfigureAwait(false); }
            catch (SnapshotException e)
            {
                LoadLog.TableWarning(_logger, table.Name, e.Message);
                run.Warnings = [.. run.Warnings ?? [], e.Message];
            }
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
                try { run.Saved = await Task.Run(() => snapshots.Save(source, _callerCancellation)).ConfigureAwait(false); }
                catch (SnapshotException e)
                {
                    LoadLog.TableWarning(_logger, run.Table.Plan.Name, e.Message);
                    run.Warnings = [.. run.Warnings ?? [], e.Message];
                }
            }
        }
    }
}
