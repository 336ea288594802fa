using System.Collections.Concurrent;
using System.Diagnostics;
using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Tables;
using Microsoft.Extensions.Logging;

namespace Ctas.Loading;

/// <summary>One call of LoadAsync: runs a graph of tables and remembers what became of each.</summary>
/// <remarks>A table's record is written by its own run, or by the scheduler's word that it will not run.</remarks>
internal sealed partial class LoadRun : ITableRunner, IDisposable
{
    private readonly LoadGraph _graph;
    private readonly LoadServices _services;
    private readonly LoadedTables _loaded;
    private readonly LoadOptions _options;
    private readonly ProgressTracker _progress;
    private readonly TableSinks _sinks;
    private readonly ILogger _logger;
    private readonly Dictionary<string, TableRun> _runs;
    private readonly Dictionary<string, StoredDecision> _stored = new(StringComparer.OrdinalIgnoreCase);
    private readonly SharedParts _parts;
    private readonly CancellationToken _callerCancellation;
    private readonly Dictionary<string, SinkStart> _starts = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentBag<Task> _leaving = [];
    private readonly Replacements _replacements;
    private CancellationToken _stopping;
    private LiveInputs _inputs = null!;
    private ScanGroups _scans = null!;
    private IReadOnlyList<SinkStart> _ahead = [];
    private StoredSinks _storedSinks = null!;
    private SinkPatience _patience;
    private LiveRestores? _restores;

    /// <summary>Prepares a run; the tables have been declared to the registry.</summary>
    public LoadRun(
        LoadGraph graph,
        LoadServices services,
        LoadedTables loaded,
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
        _parts = new SharedParts(graph.Tables.Where(SharesParts), services);
        _replacements = new Replacements(graph, services);
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
        try { _inputs = await LiveInputs.BeginAsync(_graph, _services, _stopping).ConfigureAwait(false); }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            foreach (TableRun run in _runs.Values.Where(run => !run.Table.IsLoaded)) { EndCancelled(run); }

            return;
        }

        using (_inputs)
        {
            await OpenSinksAsync().ConfigureAwait(false);
            if (Snapshots is { } snapshots && _services.Maintainer is not null) { _restores = new LiveRestores(_graph, snapshots, WhyNotRestored, WhyNotRestoredFrom); }

            ScheduledTable[] scheduled =
            [
                .. from table in _graph.Tables
                   where !table.IsLoaded
                   select new ScheduledTable(table.Plan.Name, table.Wave, table.Priority, table.Producers),
            ];
            await TableScheduler.RunAsync(
                scheduled, this, _options.MaxParallelism, _options.FailFast, _stopping).ConfigureAwait(false);
            await Task.WhenAll(_leaving).ConfigureAwait(false);
            if (_restores is not null) { await _restores.DisposeAsync().ConfigureAwait(false); }

            IReadOnlyList<MaintainedTable> live = await AttachLiveAsync().ConfigureAwait(false);
            await Task.WhenAll(_replacements.Sets.Select(set => ReplaceAsync(set, live))).ConfigureAwait(false);
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
        finally { await _parts.LeaveAsync(table).ConfigureAwait(false); }

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
        LeaveUnread(run.Table);
        End(run, TableState.Skipped, $"skipped because of {chain}");
    }

    /// <inheritdoc/>
    public void Cancel(string table)
    {
        TableRun run = _runs[table];
        if (run.Tracker.StartedAt is null) { LeaveUnread(run.Table); }

        EndCancelled(run);
    }

    private void EndCancelled(TableRun run)
    {
        string table = run.Table.Plan.Name;
        string reason = _callerCancellation.IsCancellationRequested ? "cancelled by the caller"
            : _options.FailFast && _runs.Values.Any(other => other.Error is not null) ? "stopped after a failure"
            : $"total timeout of {_options.TotalTimeout} reached";
        _services.Registry.MarkCancelled(table);
        LoadLog.TableCancelled(_logger, table, reason);
        End(run, TableState.Cancelled, reason);
    }

    /// <summary>Says for a table that will not run that it reads nothing.</summary>
    private void LeaveUnread(TableToLoad table)
    {
        _scans.Leave(table);
        _leaving.Add(_parts.LeaveAsync(table.Plan.Name));
    }

    /// <inheritdoc/>
    public void Dispose() => _progress.Dispose();

    private void Begin(TableRun run)
    {
        _services.Registry.MarkLoading(run.Table.Plan.Name);
        TimeSpan now = _progress.Elapsed;
        run.ReadyToRunAt = run.Table.Producers
            .Select(producer => _runs.TryGetValue(producer, out TableRun? other) ? other.LoadedAt : TimeSpan.Zero)
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

    /// <summary>What is watched runs by itself; what goes on from elsewhere does not run the same as what begins.</summary>
    private bool SharesParts(TableToLoad table) => _services.Analysed is null && !table.IsLoaded
        && table.Plan.Emit == EmitMode.Snapshot && _stored.GetValueOrDefault(table.Plan.Name)?.Snapshot is null;

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
