using Ctas.Planning;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tables.Snapshots;

namespace Ctas.Loading;

/// <content>Live tables that go on from where they were stored, with what their operators had kept.</content>
internal sealed partial class LoadRun
{
    /// <summary>Publishes a table that goes on from where it was stored; false when it is to be loaded in full.</summary>
    private async Task<bool> TryRestoreAsync(TableRun run, CancellationToken cancellationToken)
    {
        if (_restores?.Of(run.Table) is not { } restore) { return false; }

        bool isTried = restore.IsStored;
        if (isTried)
        {
            await restore.RunAsync(leaving => RestoreAsync(restore, leaving), cancellationToken).ConfigureAwait(false);
        }

        if (restore.Stored is null)
        {
            // The changelogs may come from disk all the same.
            if (isTried || restore.IsWarning) { NoteFull(run, restore.Reason, restore.IsWarning); }

            return false;
        }

        _scans.Leave(run.Table);
        _services.Registry.Publish([run.Publication!]);
        Published(run);
        return true;
    }

    /// <summary>Takes up all tables of a file; nothing of them is visible yet.</summary>
    private async Task RestoreAsync(LiveRestore restore, CancellationToken cancellationToken)
    {
        try
        {
            using SnapshotBundle file = Snapshots!.OpenLive(restore.Stored!);
            var stored = new StoredLiveTables(file, _options.MaxDegreeOfParallelism, cancellationToken);
            IReadOnlyDictionary<string, SharedScan> scans = _scans.At(restore.Tables, stored.ReadSources());

            // Of all tables at once: a scan is there until each of them has let go of it.
            Dictionary<string, Dictionary<string, ScanSubscription>> places = restore.Tables.ToDictionary(
                table => table.Plan.Name, table => PlacesOf(table.Plan, scans), StringComparer.OrdinalIgnoreCase);
            restore.Hold(places.Values.SelectMany(place => place.Values));
            IReadOnlyDictionary<string, StoredLiveTable> tables = stored.ReadTables();
            List<TablePublication> restored = [];
            foreach (TableToLoad table in restore.Tables)
            {
                TableRun run = _runs[table.Plan.Name];
                await RestoreAsync(run, restore, places[table.Plan.Name], tables[table.Plan.Name], _inputs.Tables.With(restored), cancellationToken).ConfigureAwait(false);
                restored.Add(run.Publication!);
            }
        }
        catch (NotContinuedException e) { await RejectAsync(restore, e.Message, e.IsDamage).ConfigureAwait(false); }
        catch (BookmarkException e) { await RejectAsync(restore, e.Message).ConfigureAwait(false); }
        catch (Exception e) when (e is SnapshotFormatException or IOException or UnauthorizedAccessException)
        {
            await RejectAsync(restore, $"the stored snapshot cannot be used: {e.Message}", isDamage: true).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or SourceException or LoadException or TableDataException or Execution.ExecutionException)
        {
            await RejectAsync(restore, $"what is stored could not be taken up: {e.Message}").ConfigureAwait(false);
        }
    }

    private async Task RestoreAsync(
        TableRun run,
        LiveRestore restore,
        Dictionary<string, ScanSubscription> scans,
        StoredLiveTable stored,
        RegistrySnapshot tables,
        CancellationToken cancellationToken)
    {
        TablePlan plan = run.Table.Plan;
        var load = new TableLoad(plan, scans, _services.Registry, _options, phase => _progress.Change(run.Tracker, tracker => tracker.Phase = phase))
        {
            Tables = tables,
            Statements = _services.Statements,
            StoredLive = stored,
            Maintenance = _services.Maintainer!.Options,
            Snapshots = Snapshots,
        };
        restore.Hold(load);
        _progress.Change(run.Tracker, tracker => tracker.Scans = [.. scans.Values.Select(scan => scan.Scan)]);
        ITable table = await load.RunAsync(cancellationToken).ConfigureAwait(false);
        SharedScan[] grown = [.. scans.Values.Select(scan => scan.Scan).Where(scan => scan.Partitions.Any(partition => partition.LogEnd > partition.Range.End))];
        foreach (SharedScan scan in grown.Where(scan => scan.Definition.Mode != ReadMode.Append)) { RequireYoung(scan); }

        bool hasGrown = grown.Length > 0 || run.Table.Producers.Any(producer => _runs[producer].Kind == LoadKind.Continued);
        (run.Kind, run.KindReason) = (
            hasGrown ? LoadKind.Continued : LoadKind.Restored, $"the snapshot of {restore.Stored!.CreatedAt:u}");
        Prepare(run, load, table);
        run.Live = load.Live! with { Sink = _starts.GetValueOrDefault(table.Name) };
    }

    private static Dictionary<string, ScanSubscription> PlacesOf(TablePlan plan, IReadOnlyDictionary<string, SharedScan> scans) =>
        plan.SourceNames.ToDictionary(source => source, source => new ScanSubscription(scans[source]), StringComparer.OrdinalIgnoreCase);

    private void RequireYoung(SharedScan changelog)
    {
        if (changelog.Stored is not { Source: var stored }) { return; }

        if (Snapshots!.WhyTooOld(stored, changelog.TombstoneRetention) is { } reason) { throw new NotContinuedException(reason); }
    }

    /// <summary>What is stored cannot be used after all: the tables are as if nothing had been stored.</summary>
    private async Task RejectAsync(LiveRestore restore, string reason, bool isDamage = false)
    {
        foreach (TableRun run in restore.Tables.Select(table => _runs[table.Plan.Name]))
        {
            (run.Kind, run.KindReason, run.Publication, run.Live, run.Warnings) = (LoadKind.Full, "", null, null, null);
        }

        bool isOn = restore.Tables.Any(table => LoadProperties.Unified(table.Plan.Properties) == UnifiedLoading.On);
        await restore.RejectAsync(reason, isDamage || isOn).ConfigureAwait(false);
    }

    /// <summary>What keeps live tables from going on, as seen from what is stored of their sources.</summary>
    private string? WhyNotRestoredFrom(IReadOnlyList<TableToLoad> tables, IReadOnlyList<StoredSource> stored) =>
        _storedSinks.WhyNot(SinksOf(tables), stored);

    /// <summary>Tables that have gone on from where they were stored are silent up to what each sink has.</summary>
    private void NoteSinksOfRestored()
    {
        foreach (LiveRestore restore in _restores?.Used ?? [])
        {
            IReadOnlyList<SinkStart> starts = SinksOf(restore.Tables);
            _ahead = [.. _ahead.Except(starts), .. _storedSinks.Ahead(starts, restore.Stored!.Sources)];
        }
    }

    private SinkStart[] SinksOf(IReadOnlyList<TableToLoad> tables) =>
        [.. tables.Select(table => _starts.GetValueOrDefault(table.Plan.Name)).OfType<SinkStart>()];

    /// <summary>What of a live table of this load keeps it from going on from where it was stored, as seen before anything is read.</summary>
    private string? WhyNotRestored(TableToLoad table)
    {
        string name = table.Plan.Name;
        if (LoadProperties.Unified(table.Plan.Properties) == UnifiedLoading.Off) { return "loading.unified is 'false'"; }

        if (_replacements.Contains(name)) { return $"table \"{name}\" replaces another"; }

        if (_starts.GetValueOrDefault(name)?.Failure is not null) { return $"the sink of table \"{name}\" cannot go on"; }

        string? other = table.Producers.FirstOrDefault(producer =>
            !_runs.TryGetValue(producer, out TableRun? run) || run.Table is { IsLoaded: true } or { Plan.Emit: EmitMode.Snapshot });
        return other is null ? null : $"table \"{name}\" reads \"{other}\", which does not go on with it";
    }
}
