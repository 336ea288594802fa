using System.Runtime.CompilerServices;
using Ctas.Execution;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Tables;

namespace Ctas;

/// <summary>Tables declared in SQL, loaded into this process. Made by <see cref="CtasEngineBuilder"/>.</summary>
/// <remarks>
/// Safe for any number of threads. Loads and statements that change tables run one after another; queries and lookups
/// never wait for them.
/// </remarks>
public sealed class CtasEngine : IAsyncDisposable
{
    private readonly LoadServices _services;
    private readonly ParallelLoader _loader;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly CancellationTokenSource _disposing = new();
    private readonly ScriptPlan _script;
    private readonly LoadGraph _graph;
    private ScriptPlan _known;
    private bool _hasDropped;
    private bool _isDisposed;

    internal CtasEngine(LoadServices services, IReadOnlyList<string> scripts)
    {
        _services = services;
        _loader = new ParallelLoader(services);
        Maintenance = new TableMaintenance(services.Maintainer!, services.Registry, services.TimeProvider);
        _script = LoadPlanning.Plan(scripts, services);
        _known = _script;
        _graph = LoadGraphs.Build(_script);
        Plan = LoadPlans.Describe(_graph);
        Queries = [.. _script.Statements.Select(StatementText.OfQuery).OfType<string>()];
    }

    /// <summary>The tables: lookups, metadata, snapshots, health.</summary>
    public TableRegistry Tables => _services.Registry;

    /// <summary>The tables that are kept fresh: how far they are, waiting for a record, pause and resume.</summary>
    public TableMaintenance Maintenance { get; }

    /// <summary>What <see cref="LoadAsync"/> loads, and in which waves.</summary>
    public LoadPlan Plan { get; }

    /// <summary>The SELECT, SHOW, DESCRIBE and EXPLAIN statements of the scripts, in order; run them when the tables are loaded.</summary>
    public IReadOnlyList<string> Queries { get; }

    /// <summary>Loads every table that is not loaded yet.</summary>
    /// <param name="progress">Told of every change of state, and at intervals; calls never overlap.</param>
    /// <param name="cancellationToken">Stops the load; tables already published stay.</param>
    /// <returns>What became of every table; failed tables do not make this throw.</returns>
    /// <exception cref="TableRegistrationException">A name is taken, or there would be too many: nothing was read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled, or the engine disposed.</exception>
    public Task<LoadResult> LoadAsync(
        IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            async token =>
            {
                await DropOnceAsync(token).ConfigureAwait(false);
                return await _loader.LoadAsync(_graph, progress, token).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>As <see cref="LoadAsync"/>, giving its progress as a stream that ends with the load.</summary>
    /// <remarks>A slow reader misses moments, but no change of state. Leaving the loop cancels the load.</remarks>
    public async IAsyncEnumerable<LoadProgress> LoadWithProgressAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var progress = new ProgressStream();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task load = RunAsync();
        try
        {
            await foreach (LoadProgress moment in progress.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return moment;
            }
        }
        finally
        {
            await leaving.CancelAsync().ConfigureAwait(false);
            await load.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task RunAsync()
        {
            Exception? error = null;
            try { await LoadAsync(progress, leaving.Token).ConfigureAwait(false); }
            catch (Exception e)
            {
                error = e;
                throw;
            }
            finally { progress.Complete(error); }
        }
    }

    /// <summary>Stores loaded tables, whatever is stored of them already.</summary>
    /// <remarks>
    /// Of a live table the changelogs are stored that it follows, with the offsets behind them, and of one of streams or with
    /// windows itself with all that hang together with it: between two ticks, and without holding up readers, or ticks while
    /// it is written. Where one has a sink that keeps positions, that is waited for until it has what the table shows, for
    /// <see cref="DeliveryOptions.CloseTimeout"/> at most; what a sink has not got by then is not stored.
    /// </remarks>
    /// <param name="table">The table; null for all that can be stored.</param>
    /// <param name="cancellationToken">Stops between groups of rows; what was stored before stays.</param>
    /// <returns>What was stored.</returns>
    /// <exception cref="InvalidOperationException">The engine has no snapshots: the builder's UseSnapshots was not called.</exception>
    /// <exception cref="SnapshotException">A table could not be stored; what was stored of it before still is.</exception>
    /// <exception cref="TableNotReadyException">The table has no data yet.</exception>
    public Task<IReadOnlyList<SavedSnapshot>> SaveSnapshotAsync(
        string? table = null, CancellationToken cancellationToken = default)
    {
        TableSnapshots snapshots = _services.Snapshots
            ?? throw new InvalidOperationException("The engine has no snapshots: call UseSnapshots on its builder.");
        return ChangeAsync(token => SaveAsync(snapshots, table, token), cancellationToken);
    }

    /// <summary>Runs a SELECT over the loaded tables, all of them at one moment.</summary>
    /// <exception cref="Text.CtasCompilationException">The SQL holds mistakes; all of them at once.</exception>
    /// <exception cref="TableNotReadyException">It reads a table that has no data yet.</exception>
    /// <exception cref="ExecutionException">An expression failed on a row.</exception>
    public Task<QueryResult> QueryAsync(string sql, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sql);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        LoadServices services = _services.ForQueries(_known);
        return Task.Run(() => TableQueries.RunAsync(sql, services, cancellationToken), cancellationToken);
    }

    /// <summary>As <see cref="QueryAsync"/>, over tables that are as fresh as asked for.</summary>
    /// <param name="sql">The SELECT.</param>
    /// <param name="staleness">How far behind their sources tables may be, and how long to wait.</param>
    /// <param name="cancellationToken">Stops waiting and running.</param>
    /// <exception cref="Text.CtasCompilationException">The SQL holds mistakes; all of them at once.</exception>
    /// <exception cref="TableNotReadyException">It reads a table that has no data yet.</exception>
    /// <exception cref="TableTooStaleException">A table is further behind, and was until the time ran out.</exception>
    /// <exception cref="MaintenanceException">A table is kept fresh no longer.</exception>
    /// <exception cref="ExecutionException">An expression failed on a row.</exception>
    public async Task<QueryResult> QueryFreshAsync(
        string sql, StalenessPolicy staleness, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sql);
        ArgumentNullException.ThrowIfNull(staleness);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await Maintenance.RequireAsync(QueryPlanner.ReferencedRelations(sql), staleness, cancellationToken).ConfigureAwait(false);
        return await QueryAsync(sql, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs a SELECT over the loaded tables without an end: its rows at one moment, and then what every tick changes in them.
    /// </summary>
    /// <remarks>
    /// The first moment has all rows; the others are those in which the result changed, in order, none left out, each
    /// consistent over all tables that are read. EMIT CHANGES may be written or not. The stream ends after the first moment
    /// when no table it reads is kept fresh. Leaving the loop ends it. It runs on the time of its reader: tables never
    /// wait, and what waits for a slow reader is bounded by <see cref="MaintenanceOptions.MaxChangesBehind"/>.
    /// </remarks>
    /// <exception cref="Text.CtasCompilationException">The SQL holds mistakes, or the result cannot be kept right.</exception>
    /// <exception cref="TableNotReadyException">It reads a table that has no data yet.</exception>
    /// <exception cref="ExecutionException">An expression failed on a row.</exception>
    /// <exception cref="MaintenanceException">A table it reads is kept fresh no longer, was dropped or replaced.</exception>
    /// <exception cref="QueryChangesLostException">The reader has fallen too far behind; begin again.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled, or the engine disposed.</exception>
    public IAsyncEnumerable<QueryChanges> QueryChangesAsync(string sql, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sql);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ChangeQueries.RunAsync(sql, _services.ForQueries(_known), cancellationToken);
    }

    /// <summary>As <see cref="QueryChangesAsync"/>, pushed to observers: each subscription is a stream of its own.</summary>
    /// <remarks>
    /// Observers are called as those of <see cref="ITable.ObserveChanges"/>. What <see cref="QueryChangesAsync"/> throws comes to
    /// OnError, mistakes in the SQL included; when the engine is disposed of, an <see cref="OperationCanceledException"/>.
    /// </remarks>
    public IObservable<QueryChanges> ObserveQueryChanges(string sql)
    {
        ArgumentNullException.ThrowIfNull(sql);
        return new ObservableSequence<QueryChanges>(leaving => QueryChangesAsync(sql, leaving));
    }

    /// <summary>Runs statements of any kind in order, and gives the rows of the last one that has any.</summary>
    /// <remarks>CREATE … AS SELECT loads at once; CREATE OR REPLACE swaps the new table in when it is complete.</remarks>
    /// <returns>Rows of the last SELECT, SHOW, DESCRIBE or EXPLAIN; an empty result without columns when there is none.</returns>
    /// <exception cref="Text.CtasCompilationException">The SQL holds mistakes; nothing was run.</exception>
    /// <exception cref="LoadException">A table could not be loaded; the one it would have replaced stays.</exception>
    public Task<QueryResult> ExecuteAsync(string sql, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sql);
        return ChangeAsync(
            async token =>
            {
                ScriptPlan script = LoadPlanning.Plan([sql], _services, _known);
                QueryResult result = await StatementRunner.RunAsync(
                    script, _services.ForQueries(_known), _loader, token)
                    .ConfigureAwait(false);
                _known = script;
                return result;
            },
            cancellationToken);
    }

    /// <summary>The logical plan of a SELECT over loaded tables, as text.</summary>
    /// <exception cref="Text.CtasCompilationException">The SQL holds mistakes; all of them at once.</exception>
    public string Explain(string sql)
    {
        ArgumentNullException.ThrowIfNull(sql);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ExplainText.Render(TableQueries.Plan(sql, Tables.Snapshot(), _services.ForQueries(_known)).Plan);
    }

    /// <summary>Runs a SELECT, or loads the table of a CREATE … AS SELECT, and tells what each operator did.</summary>
    /// <returns>
    /// The plan as text, one operator a line: rows it was given and gave, batches, runs, time of its own in
    /// milliseconds, most bytes its state held, bytes it scanned. The rows of a SELECT are dropped.
    /// </returns>
    /// <exception cref="Text.CtasCompilationException">The SQL holds mistakes; nothing was run.</exception>
    /// <exception cref="TableNotReadyException">It reads a table that has no data yet.</exception>
    /// <exception cref="ExecutionException">A row could not be computed, or a limit was exceeded.</exception>
    /// <exception cref="LoadException">The table could not be loaded.</exception>
    public async Task<string> ExplainAnalyzeAsync(string sql, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sql);
        return PlanAnalysis.Render(
            await ExecuteAsync("EXPLAIN ANALYZE " + sql, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Cancels what runs and waits for it. Tables can still be read by whoever holds them.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) { return; }

        await _disposing.CancelAsync().ConfigureAwait(false);
        await _changing.WaitAsync().ConfigureAwait(false);
        await _services.Maintainer!.DisposeAsync().ConfigureAwait(false);
        await _services.Groups!.DisposeAsync().ConfigureAwait(false);
        _changing.Dispose();
        _disposing.Dispose();
    }

    private async Task<T> ChangeAsync<T>(Func<CancellationToken, Task<T>> change, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        await _changing.WaitAsync(either.Token).ConfigureAwait(false);
        try { return await change(either.Token).ConfigureAwait(false); }
        finally { _changing.Release(); }
    }

    private async Task<IReadOnlyList<SavedSnapshot>> SaveAsync(TableSnapshots snapshots, string? table, CancellationToken cancellationToken)
    {
        Maintainer maintainer = _services.Maintainer!;
        IReadOnlyList<CapturedSource> sources = await maintainer.CaptureAsync(table, cancellationToken).ConfigureAwait(false);
        (IReadOnlyList<CapturedTables> live, IReadOnlyList<(TiedTables Tables, string Reason)> refused) =
            await maintainer.CaptureTablesAsync(table, TableSnapshots.DefinitionOf, cancellationToken).ConfigureAwait(false);
        SinkPatience patience = snapshots.PatienceOf(_services.Delivery.CloseTimeout);
        if (table is not null)
        {
            if (refused is [(_, var reason), ..]) { throw new SnapshotException(table, reason, isTransient: false); }

            DeliveryMark[] marks = [.. sources.SelectMany(source => source.Marks), .. live.SelectMany(tables => tables.Marks)];
            await snapshots.WaitForSinksAsync(marks, patience, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            sources = await snapshots.ThoseThatSinksHaveAsync(sources, source => source.Marks, patience, cancellationToken).ConfigureAwait(false);
            live = await snapshots.ThoseThatSinksHaveAsync(live, tables => tables.Marks, patience, cancellationToken).ConfigureAwait(false);
        }

        return await Task.Run(() => snapshots.Save(table, Tables, sources, live, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A script's DROP statements make room for its tables: before its first load, and never again.</summary>
    private async Task DropOnceAsync(CancellationToken cancellationToken)
    {
        if (_hasDropped) { return; }

        foreach (DropStatement drop in _script.Statements.OfType<DropStatement>())
        {
            if (!Tables.TryGetMetadata(drop.Name, out _)) { continue; }

            await LiveTables.DropAsync(drop.Name, drop.Cascade, _services, cancellationToken).ConfigureAwait(false);
        }

        _hasDropped = true;
    }
}
