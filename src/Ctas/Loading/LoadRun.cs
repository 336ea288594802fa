using System.Collections.Concurrent;
using System.Diagnostics;
using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Tables;
using Ctas.Tables.Snapshots;
using Microsoft.Extensions.Logging;

namespace Ctas.Loading;

/// <summary>One call of LoadAsync: runs a graph of tables and remembers what became of each.</summary>
/// <remarks>A table's record is written by its own run, or by the scheduler's word that it will not run.</remarks>
internal sealed partial class LoadRun : ITableRunner, IDisposable
{
    private readonly LoadGraph _graph;
    private readonly LoadServices _services;
    private readonly ConcurrentDictionary<string, ITable> _loaded;
    private readonly LoadOptions _options;
    private readonly ProgressTracker _progress;
    private readonly TableSinks _sinks;
    private readonly ILogger _logger;
    private readonly Dictionary<string, TableRun> _runs;
    private readonly Dictionary<string, StoredDecision> _stored = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationToken _callerCancellation;
    private readonly Dictionary<string, SinkStart> _starts = new(StringComparer.OrdinalIgnoreCase);
    private CancellationToken _stopping;
    private ScanGroups _scans = null!;

    /// <summary>Prepares a run; the tables have been declared to the registry.</summary>
    public LoadRun(
        LoadGraph graph,
        LoadServices services,
        ConcurrentDictionary<string, ITable> loaded,
        IProgress<LoadProgress>? progress,
        CancellationToken cancellationToken)
    {
        _graph = graph;
        _services = services;
        _loaded = loaded;
        _options = services.Options;
        _logger = services.LoggerFactory.CreateLogger<ParallelLoader>();
        _callerCancellation = cancellationToken;
        _runs = graph.Tables.ToDictionary(
            table => table.Plan.Name, table => new TableRun(table), StringComparer.OrdinalIgnoreCase);
        if (Snapshots is { } snapshots)
        {
            foreach (TableToLoad table in graph.Tables.Where(table => !table.IsLoaded && table.Plan.Emit == EmitMode.Snapshot))
            {
                _stored[table.Plan.Name] = snapshots.Decide(table.Plan);
            }
        }

        _sinks = new TableSinks(services, graph);
        foreach (TableRun run in _runs.Values.Where(run => run.Table.IsLoaded)) { DescribeLoaded(run); }

        TableTracker[] trackers = [.. graph.Tables.Select(table => _runs[table.Plan.Name].Tracker)];
        _progress = new ProgressTracker(trackers, progress, _options.ProgressInterval, services.TimeProvider);
    }

    /// <summary>Runs every table that is not loaded yet.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; what was loaded stays.</exception>
    public async Task<LoadResult> RunAsync()
    {
        using Activity? activity = LoadTelemetry.Activities.StartActivity("ctas.load");
        activity?.SetTag("ctas.tables", _graph.Tables.Count);
        LoadLog.LoadStarted(_logger, _graph.Tables.Count, _graph.WaveCount, _options.MaxParallelism);
        await RunTablesAsync().ConfigureAwait(false);
        _progress.Dispose();
        await SaveAsync().ConfigureAwait(false);
        LoadResult result = ToResult();
        LoadTelemetry.WavesEnded(result.Waves.Count);
        LoadLog.LoadEnded(
            _logger,
            result.Successful.Count(),
            result.Tables.Count,
            result.Duration,
            result.Failed.Count(),
            result.Skipped.Count(),
            result.Cancelled.Count());
        _callerCancellation.ThrowIfCancellationRequested();
        _progress.ThrowIfFailed();
        return result;
    }

    private async Task RunTablesAsync()
    {
        using CancellationTokenSource timeout = After(_options.TotalTimeout);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(_callerCancellation, timeout.Token);
        _stopping = stopping.Token;
        using (await HoldAsync().ConfigureAwait(false))
        {
            await OpenSinksAsync().ConfigureAwait(false);
            ScheduledTable[] scheduled =
            [
                .. from table in _graph.Tables
                   where !table.IsLoaded
                   select new ScheduledTable(table.Plan.Name, table.Wave, table.Priority, table.Producers),
            ];
            await TableScheduler.RunAsync(
                scheduled, this, _options.MaxParallelism, _options.FailFast, _stopping).ConfigureAwait(false);
            await AttachLiveAsync().ConfigureAwait(false);
        }

        await CatchUpAsync().ConfigureAwait(false);
        await Task.WhenAll(_runs.Values.Select(run => run.Delivery)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<RunOutcome> RunAsync(string table, CancellationToken cancellationToken)
    {
        TableRun run = _runs[table];
        Begin(run);
        using Activity? activity = LoadTelemetry.Activities.StartActivity("ctas.load.table");
        activity?.SetTag("ctas.table", table);
        TimeSpan? limit = LoadProperties.Timeout(run.Table.Plan.Properties) ?? _options.TableTimeout;
        using CancellationTokenSource timeout = After(limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        RunOutcome outcome = RunOutcome.Loaded;
        try
        {
            await LoadAndPublishAsync(run, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Cancel(table);
            outcome = RunOutcome.Cancelled;
        }
        catch (Exception e)
        {
            bool isTimeout = e is OperationCanceledException && timeout.IsCancellationRequested;
            Fail(run, isTimeout ? LoadFailures.TimedOut(run.Tracker, limit!.Value) : LoadFailures.Wrap(run.Tracker, e));
            outcome = RunOutcome.Failed;
        }

        activity?.SetTag("ctas.state", run.Tracker.State.ToString());
        LoadTelemetry.TableEnded(run.ToResult());
        return outcome;
    }

    /// <inheritdoc/>
    public void Skip(string table, string cause)
    {
        TableRun run = _runs[table];
        TableRun because = _runs[cause];
        run.CauseChain = [run.Table.Plan.Name, .. because.CauseChain.Count > 0 ? because.CauseChain : [because.Table.Plan.Name]];
        string chain = string.Join(" because of ", run.CauseChain.Skip(1));
        _services.Registry.MarkSkipped(table, because.Table.Plan.Name, _runs[run.CauseChain[^1]].Error);
        LoadLog.TableSkipped(_logger, table, chain);
        _scans.Leave(run.Table);
        End(run, TableState.Skipped, $"skipped because of {chain}");
    }

    /// <inheritdoc/>
    public void Cancel(string table)
    {
        TableRun run = _runs[table];
        string reason = _callerCancellation.IsCancellationRequested ? "cancelled by the caller"
            : _options.FailFast && _runs.Values.Any(other => other.Error is not null) ? "stopped after a failure"
            : $"total timeout of {_options.TotalTimeout} reached";
        _services.Registry.MarkCancelled(table);
        LoadLog.TableCancelled(_logger, table, reason);
        if (run.Tracker.StartedAt is null) { _scans.Leave(run.Table); }

        End(run, TableState.Cancelled, reason);
    }

    /// <inheritdoc/>
    public void Dispose() => _progress.Dispose();

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

    private async Task LoadAndPublishAsync(TableRun run, CancellationToken cancellationToken)
    {
        if (_starts.GetValueOrDefault(run.Table.Plan.Name)?.Failure is { } failure)
        {
            _scans.Leave(run.Table);
            throw failure;
        }

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
        using var load = new TableLoad(
            run.Table.Plan,
            scans,
            _services.Registry.Snapshot(),
            _options,
            phase => _progress.Change(run.Tracker, tracker => tracker.Phase = phase))
        {
            Statements = _services.Statements,
            Profile = _services.Analysed?.ProfileOf(run.Table.Plan.Name),
            Stored = stored,
        };
        ITable table = await load.RunAsync(cancellationToken).ConfigureAwait(false);
        _progress.Change(run.Tracker, tracker => (tracker.Phase, tracker.RowsRead) = (LoadPhase.Publishing, load.RowsRead));
        if (stored is not null)
        {
            run.Kind = load.Kind;
            run.KindReason = $"the snapshot of {stored.Header.CreatedAt:u}";
        }

        if (load.Live is not null && Snapshots is not null) { NoteLive(run, scans.Values); }

        Publish(run, load, table);
        run.Live = load.Live is { } live ? live with { Sink = _starts.GetValueOrDefault(table.Name) } : null;
        if (run.Table.Plan.Sink is { } sink && (run.Live is null || _services.Maintainer is null))
        {
            run.Delivery = Task.Run(() => DeliverAsync(run, sink, table), CancellationToken.None);
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

    private void Publish(TableRun run, TableLoad load, ITable table)
    {
        string[] warnings =
        [
            .. run.SnapshotWarnings,
            .. run.Tracker.Scans.SelectMany(scan => scan.GetStatistics()?.Warnings ?? []),
            .. load.Statistics is { FirstSkipped: { } first } execution
                ? [$"{execution.RowsSkipped} rows left out, the first because of: {first.Message}"]
                : Array.Empty<string>(),
        ];
        SecondaryIndexes.Build(table, run.Table.Indexes, _services.Registry);
        bool isLive = load.Live is not null;
        Snapshots?.Remember(table, load.Contents(Snapshots));
        _services.Registry.Publish([new TablePublication(table, load.Positions(), warnings, isLive)]);
        _loaded[table.Name] = table;
        foreach (string warning in warnings) { LoadLog.TableWarning(_logger, table.Name, warning); }

        run.Warnings = warnings;
        run.RowsSkipped = load.Statistics?.RowsSkipped ?? 0;
        run.TableBytes = table.Memory.Total;
        _progress.Change(run.Tracker, tracker => tracker.Rows = table.RowCount);
        End(run, isLive ? TableState.Live : TableState.Ready, error: null);
        TableLoadResult result = run.ToResult();
        LoadLog.TableReady(_logger, table.Name, table.RowCount, result.Records, result.RunTime);
    }

    /// <summary>What live tables hold stays as it is while others that read them are loaded.</summary>
    private async Task<IDisposable?> HoldAsync() =>
        _services.Maintainer is { } maintainer && _graph.Tables.Any(table => !table.IsLoaded
            && (table.Plan.Emit != EmitMode.Snapshot || maintainer.Find(table.Plan.Name) is not null))
            ? await maintainer.HoldAsync(_callerCancellation).ConfigureAwait(false)
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

    private void Begin(TableRun run)
    {
        _services.Registry.MarkLoading(run.Table.Plan.Name);
        TimeSpan now = _progress.Elapsed;
        run.ReadyToRunAt = run.Table.Producers
            .Select(producer => _runs.TryGetValue(producer, out TableRun? other) ? other.Tracker.EndedAt ?? TimeSpan.Zero : TimeSpan.Zero)
            .DefaultIfEmpty(TimeSpan.Zero)
            .Max();
        _progress.Change(run.Tracker, tracker => (tracker.State, tracker.StartedAt) = (TableState.Loading, now));
        LoadLog.TableStarted(_logger, run.Table.Plan.Name, run.Table.Wave, run.QueueTime);
    }

    private void Fail(TableRun run, LoadException error)
    {
        run.Error = error;
        _services.Registry.MarkFailed(run.Table.Plan.Name, error);
        LoadLog.TableFailed(_logger, run.Table.Plan.Name, error.Phase, error);
        End(run, TableState.Failed, error.Message);
    }

    private void End(TableRun run, TableState state, string? error)
    {
        TimeSpan now = _progress.Elapsed;
        _progress.Change(run.Tracker, tracker => (tracker.State, tracker.EndedAt, tracker.Error) = (state, now, error));
    }

    /// <summary>Null without snapshots, and for a load that is watched: what is not run shows nothing.</summary>
    private TableSnapshots? Snapshots => _services.Analysed is null ? _services.Snapshots : null;

    private void DescribeLoaded(TableRun run)
    {
        ITable table = _services.Registry[run.Table.Plan.Name];
        run.Tracker.State = TableState.Ready;
        run.Tracker.Rows = table.RowCount;
        run.TableBytes = table.Memory.Total;
    }

    private CancellationTokenSource After(TimeSpan? limit) => limit is { } time
        ? new CancellationTokenSource(time, _services.TimeProvider)
        : new CancellationTokenSource();

    private LoadResult ToResult()
    {
        TableLoadResult[] tables = [.. _graph.Tables.Select(table => _runs[table.Plan.Name].ToResult())];
        WaveResult[] waves =
        [
            .. from run in _graph.Tables.Select(table => _runs[table.Plan.Name])
               group run by run.Table.Wave into wave
               orderby wave.Key
               let ran = wave.Where(run => run.Tracker.StartedAt is not null).ToArray()
               select new WaveResult(
                   wave.Key,
                   [.. wave.Select(run => run.Table.Plan.Name)],
                   ran.Length == 0
                       ? TimeSpan.Zero
                       : ran.Max(run => run.Tracker.EndedAt!.Value) - ran.Min(run => run.Tracker.StartedAt!.Value)),
        ];
        return new LoadResult(tables, waves, _progress.Elapsed);
    }
}
