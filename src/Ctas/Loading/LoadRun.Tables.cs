using Ctas.Planning;
using Ctas.Tables;
using Ctas.Tables.Snapshots;

namespace Ctas.Loading;

/// <content>How one table comes to its rows and enters the registry.</content>
internal sealed partial class LoadRun
{
    private async Task LoadAndPublishAsync(TableRun run, CancellationToken cancellationToken)
    {
        if (_starts.GetValueOrDefault(run.Table.Plan.Name)?.Failure is { } failure)
        {
            _scans.Leave(run.Table);
            throw failure;
        }

        if (await TryRestoreAsync(run, cancellationToken).ConfigureAwait(false)) { return; }

        IReadOnlyDictionary<string, ScanSubscription> scans = _scans.Subscribe(run.Table);
        try
        {
            await WaitForProducersAsync(run.Table, cancellationToken).ConfigureAwait(false);
            if (await TryContinueAsync(run, scans, cancellationToken).ConfigureAwait(false)) { return; }

            if (_stored.TryGetValue(run.Table.Plan.Name, out StoredDecision? stored) && stored.Snapshot is not null)
            {
                await ReleaseAsync(scans).ConfigureAwait(false);
                scans = _scans.SubscribeInFull(run.Table);
            }

            await LoadAsync(run, scans, stored: null, cancellationToken).ConfigureAwait(false);
        }
        finally { await ReleaseAsync(scans).ConfigureAwait(false); }
    }

    /// <summary>Loads the table from its stored snapshot and what came since then; false when that does not fit.</summary>
    private async Task<bool> TryContinueAsync(
        TableRun run, IReadOnlyDictionary<string, ScanSubscription> scans, CancellationToken cancellationToken)
    {
        if (!_stored.TryGetValue(run.Table.Plan.Name, out StoredDecision? stored)) { return false; }

        if (stored.Snapshot is null)
        {
            NoteFull(run, stored.Reason, stored.IsWarning);
            return false;
        }

        try
        {
            await LoadAsync(run, scans, new StoredTable(stored.Snapshot, Snapshots!), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (NotContinuedException e)
        {
            bool isOn = LoadProperties.Unified(run.Table.Plan.Properties) == UnifiedLoading.On;
            NoteFull(run, e.Message, e.IsDamage || isOn);
            return false;
        }
    }

    private async Task LoadAsync(
        TableRun run,
        IReadOnlyDictionary<string, ScanSubscription> scans,
        StoredTable? stored,
        CancellationToken cancellationToken)
    {
        _progress.Change(run.Tracker, tracker => tracker.Scans = [.. scans.Values.Select(scan => scan.Scan)]);
        TableParts? parts = _parts.Of(run.Table.Plan.Name);
        using var load = new TableLoad(
            run.Table.Plan,
            scans,
            _services.Registry,
            _options,
            phase => _progress.Change(run.Tracker, tracker => tracker.Phase = phase))
        {
            Tables = _inputs.Tables,
            Statements = _services.Statements,
            Profile = _services.Analysed?.ProfileOf(run.Table.Plan.Name),
            Stored = stored,
            Parts = parts,
            Maintenance = _services.Maintainer?.Options ?? new(),
            Snapshots = Snapshots,
        };
        ITable table = await load.RunAsync(cancellationToken).ConfigureAwait(false);
        run.SharedParts = parts?.Results ?? [];
        _progress.Change(run.Tracker, tracker => (tracker.Phase, tracker.RowsRead) = (LoadPhase.Publishing, load.RowsRead));
        if (stored is not null)
        {
            run.Kind = load.Kind;
            run.KindReason = $"the snapshot of {stored.Header.CreatedAt:u}";
        }

        bool isFromChangelogs = load.Live is not null || scans.Values.Any(scan => scan.Scan.Followed is { Kind: not LoadKind.Full });
        if (stored is null && Snapshots is not null && isFromChangelogs) { NoteFollowed(run, scans.Values); }

        Prepare(run, load, table);
        bool isHeldBack = _replacements.Contains(table.Name);
        if (isHeldBack) { HoldBack(run, load, table); }
        else { _services.Registry.Publish([run.Publication!]); }

        run.Live = load.Live is { } live ? live with { Sink = _starts.GetValueOrDefault(table.Name) } : null;
        if (isHeldBack) { _progress.Change(run.Tracker, tracker => tracker.Phase = LoadPhase.CatchingUp); }
        else { Published(run); }
    }

    private static async Task ReleaseAsync(IReadOnlyDictionary<string, ScanSubscription> scans)
    {
        foreach (ScanSubscription scan in scans.Values) { await scan.ReleaseAsync().ConfigureAwait(false); }
    }

    private void NoteFull(TableRun run, string reason, bool isWarning)
    {
        run.KindReason = reason;
        if (isWarning) { run.SnapshotWarnings.Add($"loaded in full: {reason}"); }

        LoadLog.NotContinued(_logger, run.Table.Plan.Name, reason);
    }

    /// <summary>Makes a table ready for others to see.</summary>
    private void Prepare(TableRun run, TableLoad load, ITable table)
    {
        run.Warnings =
        [
            .. run.SnapshotWarnings,
            .. run.Tracker.Scans.SelectMany(scan => scan.GetStatistics()?.Warnings ?? []),
            .. load.Statistics is { FirstSkipped: { } first } execution
                ? [$"{execution.RowsSkipped} rows left out, the first because of: {first.Message}"]
                : Array.Empty<string>(),
        ];
        SecondaryIndexes.Build(table, run.Table.Indexes, _services.Registry);
        Snapshots?.Remember(table, load.Contents(Snapshots));
        run.Publication = new TablePublication(table, load.Positions(), run.Warnings, IsLive: load.Live is not null)
        {
            IsAppendOnly = load.Live?.Query.Plan.Kind == ChangeKind.AppendOnly,
            Reservation = load.Held,
        };
        run.RowsSkipped = load.Statistics?.RowsSkipped ?? 0;
        run.TableBytes = table.Memory.Total;
        run.LoadedAt = _progress.Elapsed;
    }

    /// <summary>Tells of a table that everybody sees, and writes it to its sink where that is done once.</summary>
    private void Published(TableRun run)
    {
        (ITable table, _, IReadOnlyList<string>? warnings, bool isLive) = run.Publication!;
        _loaded.Add(table);
        if (!isLive) { WatchShares(run, table); }

        foreach (string warning in warnings ?? []) { LoadLog.TableWarning(_logger, table.Name, warning); }

        _progress.Change(run.Tracker, tracker => tracker.Rows = table.RowCount);
        End(run, isLive ? TableState.Live : TableState.Ready, error: null);
        TableLoadResult result = run.ToResult();
        LoadLog.TableReady(_logger, table.Name, table.RowCount, result.Records, result.RunTime);
        if (run.Table.Plan.Sink is { } sink && (run.Live is null || _services.Maintainer is null))
        {
            run.Delivery = Task.Run(() => DeliverAsync(run, sink, table), CancellationToken.None);
        }
    }

    private StoredSource? StoredSourceOf(TablePlan table, string source) =>
        _stored.GetValueOrDefault(table.Name)?.Snapshot?.Sources
            .FirstOrDefault(stored => string.Equals(stored.Name, source, StringComparison.OrdinalIgnoreCase));

    /// <summary>Tables of other loads that share the registry may still be on their way.</summary>
    private async Task WaitForProducersAsync(TableToLoad table, CancellationToken cancellationToken)
    {
        foreach (string producer in table.Producers.Where(producer => !_runs.ContainsKey(producer)))
        {
            await _services.Registry.WaitForReadyAsync(
                producer, Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A live table notices by what it follows.</summary>
    private void WatchShares(TableRun run, ITable table)
    {
        foreach (SharedScan scan in run.Tracker.Scans)
        {
            if (scan.Share is { } share) { _services.Groups!.Watch(table, scan.Definition, share); }
        }
    }
}
