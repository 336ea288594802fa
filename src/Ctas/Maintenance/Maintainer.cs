using System.Collections.Immutable;
using System.Threading.Channels;
using Ctas.Tables;
using Microsoft.Extensions.Logging;

namespace Ctas.Maintenance;

/// <summary>Keeps tables fresh: takes what sources bring, tick by tick, through every table that depends on it.</summary>
/// <remarks>
/// <code>
/// tails ─► changes of this tick ─► tables in dependency order ─► one publication of all new versions
/// </code>
/// Everything taken in one tick goes through all tables before any of them is published, so that a registry snapshot
/// shows all of them at the same moment. A table that fails is fresh no longer, and with it those that read it; its last
/// version stays readable, and the others go on. Safe for any number of threads; ticks run one after another.
/// </remarks>
internal sealed class Maintainer : IAsyncDisposable
{
    // Timers know no longer ones.
    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);

    private readonly TableRegistry _registry;
    private readonly MaintenanceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _ticking = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private ImmutableArray<MaintainedTable> _tables = [];
    private ImmutableArray<MaintainedTable> _beside = [];
    private ImmutableDictionary<object, IReadOnlyCollection<LiveSource>> _heldBack =
        ImmutableDictionary.Create<object, IReadOnlyCollection<LiveSource>>(ReferenceEqualityComparer.Instance);

    private ImmutableArray<TableDelivery> _finishing = [];
    private ImmutableArray<LiveSource> _sources = [];
    private ImmutableArray<ChangeSubscription> _subscriptions = [];
    private Task? _loop;
    private ITimer? _clock;
    private ITimer? _leaving;

    // Made with the first table: instruments stay until they are disposed of, and an engine may never be built.
    private MaintenanceMetrics? _metrics;
    private TaskCompletionSource _ticked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isDisposed;

    /// <summary>Makes one that has nothing to do yet; it starts no thread.</summary>
    public Maintainer(TableRegistry registry, MaintenanceOptions options, TimeProvider time, ILoggerFactory loggerFactory)
    {
        _time = time;
        _registry = registry;
        _options = options;
        _logger = loggerFactory.CreateLogger<Maintainer>();
    }

    /// <summary>How tables are kept fresh.</summary>
    public MaintenanceOptions Options => _options;

    /// <summary>The tables, each after those it reads.</summary>
    public IReadOnlyList<MaintainedTable> Tables => _tables;

    /// <summary>True while no tick runs because the host said so.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Completes with the next tick. Get it before looking, then look, then wait.</summary>
    public Task Ticked => Volatile.Read(ref _ticked).Task;

    /// <summary>The table of that name, ignoring case; null when it is not kept fresh.</summary>
    public MaintainedTable? Find(string name) =>
        _tables.FirstOrDefault(table => string.Equals(table.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>How fresh a table is. Cheap; asks no broker.</summary>
    public TableFreshness FreshnessOf(MaintainedTable table)
    {
        IReadOnlySet<LiveSource> sources = table.Sources;
        _registry.TryGetMetadata(table.Name, out TableMetadata? metadata);
        return new TableFreshness(
            table.Name,
            metadata?.State ?? TableState.Dropped,
            table.Current.Version,
            sources.Any(source => source.Status is null) ? null : sources.Sum(source => source.LagRecords),
            sources.Max(source => source.Progress.NewestRecordAt),
            [.. sources.SelectMany(source => source.PositionsAt(source.Progress))],
            table.StateBytes,
            sources.Select(source => source.Status?.Fault).FirstOrDefault(fault => fault is not null))
        {
            LagTime = sources.Select(source => source.BehindFor).DefaultIfEmpty().Max(),
            Sink = table.Delivery?.Status,
            RejectedRecords = sources.Sum(source => source.Status?.Statistics.Rejected ?? 0),
            Warnings = [.. sources.SelectMany(source => source.Warnings)],
            LateRows = table.LateRows,
        };
    }

    /// <summary>Waits for the tick that runs, and lets none begin before the result is disposed.</summary>
    public async Task<IDisposable> HoldAsync(CancellationToken cancellationToken)
    {
        await _ticking.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Holding(_ticking);
    }

    /// <summary>Hands the changes of live tables on from the next tick; called while ticks are held.</summary>
    public ChangeSubscription Subscribe(IReadOnlyList<MaintainedTable> tables)
    {
        var subscription = new ChangeSubscription(tables, _options.MaxChangesBehind);
        if (tables.Count > 0) { ImmutableInterlocked.Update(ref _subscriptions, (all, added) => all.Add(added), subscription); }

        return subscription;
    }

    /// <summary>Hands nothing on any more.</summary>
    public void Unsubscribe(ChangeSubscription subscription) =>
        ImmutableInterlocked.Update(ref _subscriptions, (all, gone) => all.Remove(gone), subscription);

    /// <summary>What the sources of live tables hold between two ticks, of those that can be stored.</summary>
    /// <param name="table">Only the sources behind this table; null: all.</param>
    /// <param name="cancellationToken">Cancels the wait for the tick that runs.</param>
    public async Task<IReadOnlyList<CapturedSource>> CaptureAsync(string? table, CancellationToken cancellationToken)
    {
        using IDisposable held = await HoldAsync(cancellationToken).ConfigureAwait(false);
        IEnumerable<LiveSource> sources = table is null ? _sources : Find(table)?.Sources ?? Enumerable.Empty<LiveSource>();
        return
        [
            .. from source in sources
               let captured = source.Capture()
               where captured is not null
               select captured with { Marks = [.. _tables.Where(behind => behind.Sources.Contains(source)).SelectMany(behind => behind.Marks())] },
        ];
    }

    /// <summary>Live tables whose sources do not tell what they have become, as they are between two ticks.</summary>
    /// <param name="table">Only those that hang together with this table; null: all.</param>
    /// <param name="definitionOf">The digest of tables that hang together, of their names and digests.</param>
    /// <param name="cancellationToken">Cancels the wait for the tick that runs.</param>
    /// <returns>What can be stored, and for the others why not.</returns>
    public async Task<(IReadOnlyList<CapturedTables> Captured, IReadOnlyList<(TiedTables Tables, string Reason)> Refused)> CaptureTablesAsync(
        string? table, Func<IEnumerable<(string Name, string Definition)>, string> definitionOf, CancellationToken cancellationToken)
    {
        using IDisposable held = await HoldAsync(cancellationToken).ConfigureAwait(false);
        TiedTables[] tied =
        [
            .. TiedTables.Of(_tables).Where(tables => tables.HaveHistory
                && (table is null || tables.Tables.Any(one => string.Equals(one.Name, table, StringComparison.OrdinalIgnoreCase)))),
        ];
        return (
            [.. tied.Where(tables => tables.WhyNotStored is null).Select(tables => tables.Capture(definitionOf))],
            [.. tied.Where(tables => tables.WhyNotStored is not null).Select(tables => (tables, tables.WhyNotStored!))]);
    }

    /// <summary>A source that signals this maintainer.</summary>
    public LiveSource Follow(SourceToFollow followed) => new(followed, new SourceWatermark(_time, _options.IdlePartitionAfter), _time, Wake);

    /// <summary>Takes tables on, while ticks are held; those they read come before them or are here already.</summary>
    /// <param name="tables">Loaded tables; those that are beside others are seen by nobody before <see cref="Replace"/>.</param>
    /// <param name="sources">The sources they read; the caller starts them when the tables are where they are to go on from.</param>
    public void Attach(IReadOnlyList<MaintainedTable> tables, IReadOnlyList<LiveSource> sources)
    {
        _tables = [.. _tables, .. tables.Where(table => !table.IsBeside)];
        _beside = [.. _beside, .. tables.Where(table => table.IsBeside)];
        _sources = _sources.AddRange(sources);
        if (tables.Count == 0) { return; }

        _metrics ??= new MaintenanceMetrics(() => _tables.Select(FreshnessOf));
        if (tables.Any(table => table.GoesByEventTime)) { BeginEventTime(); }

        WakeWhenRowsLeave();

        MaintenanceLog.Following(_logger, tables.Count, sources.Count);
        _loop ??= Task.Run(LoopAsync);
    }

    /// <summary>Applies what sources have read before they start, while ticks are held, also when they are paused.</summary>
    /// <param name="tables">The tables of the load that read them.</param>
    /// <param name="sources">The sources.</param>
    public void Advance(IReadOnlyList<MaintainedTable> tables, IReadOnlyCollection<LiveSource> sources)
    {
        while (new Tick([.. tables], [.. sources], _options, _registry, _logger) { Now = Now, Metrics = _metrics }.Run())
        {
            // There may be more than a tick takes.
        }
    }

    /// <summary>Puts tables that were kept fresh beside others in their place, while ticks are held.</summary>
    /// <param name="names">The names of all tables that are replaced, also by tables that are loaded once.</param>
    /// <param name="by">The tables that were beside.</param>
    /// <returns>What is left of those that were replaced, for the caller to close; that need not hold ticks.</returns>
    public DetachedTables Replace(IEnumerable<string> names, IReadOnlyList<MaintainedTable> by)
    {
        var gone = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        MaintainedTable[] replaced = [.. _tables.Where(table => gone.Contains(table.Name))];
        foreach (MaintainedTable table in by) { table.IsBeside = false; }

        // Who finds the old one failed finds the new one in its place.
        _tables = [.. _tables.Except(replaced), .. by];
        _beside = [.. _beside.Except(by)];
        WakeWhenRowsLeave();
        return Detach(replaced);
    }

    /// <summary>Lets tables go, while ticks are held, and the sources that nobody reads any more.</summary>
    /// <remarks>A table that reads one of them is fresh no longer: the next tick finds it and says so.</remarks>
    /// <returns>What is left of them, for the caller to close; that need not hold ticks.</returns>
    public DetachedTables Detach(IEnumerable<string> names) => Replace(names, by: []);

    /// <summary>Gives up tables that were kept fresh beside others, while ticks are held.</summary>
    /// <returns>What is left of them, for the caller to close; that need not hold ticks.</returns>
    public DetachedTables GiveUp(IReadOnlyList<MaintainedTable> beside)
    {
        _beside = [.. _beside.Except(beside)];
        return Detach(beside);
    }

    /// <summary>Lets the following ticks take nothing from some sources, for as long as anybody wants it.</summary>
    /// <param name="by">Who wants it; what it wanted before counts no longer.</param>
    /// <param name="sources">The sources; none to let all go.</param>
    public void HoldBack(object by, IReadOnlyCollection<LiveSource> sources)
    {
        NoteRest(_heldBack.GetValueOrDefault(by) ?? []);
        bool hasChanged = ImmutableInterlocked.Update(
            ref _heldBack, (all, some) => some.Count > 0 ? all.SetItem(by, some) : all.Remove(by), sources);
        if (hasChanged && sources.Count == 0) { Wake(); }
    }

    /// <summary>Lets a delivery that takes nothing more write what is queued, and closes it, if need be with the engine.</summary>
    /// <exception cref="MaintenanceException">The sink has not got everything.</exception>
    public async Task FinishAsync(TableDelivery delivery)
    {
        ImmutableInterlocked.Update(ref _finishing, (all, added) => all.Add(added), delivery);
        try { await delivery.FinishAsync().ConfigureAwait(false); }
        finally { ImmutableInterlocked.Update(ref _finishing, (all, ended) => all.Remove(ended), delivery); }
    }

    private DetachedTables Detach(IReadOnlyList<MaintainedTable> tables)
    {
        foreach (MaintainedTable table in tables.Where(table => table.Failure is null))
        {
            table.Fail(new MaintenanceException(
                table.Name, $"table \"{table.Name}\" was dropped or replaced", new InvalidOperationException("The table has gone.")));
        }

        foreach (ChangeSubscription subscription in _subscriptions) { subscription.EndWhenStale(); }

        Wake();
        var read = _tables.Concat(_beside).SelectMany(table => table.Inputs).OfType<SourceInput>().Select(input => input.Source).ToHashSet();
        LiveSource[] unread = [.. _sources.Where(source => !read.Contains(source))];
        _sources = [.. _sources.Where(read.Contains)];
        return new DetachedTables([.. tables.Select(table => table.Delivery).OfType<TableDelivery>()], unread);
    }

    /// <summary>Waits for the tick that runs and lets none move a table that is seen; sources wait when their queues are full.</summary>
    public async Task PauseAsync(CancellationToken cancellationToken)
    {
        using IDisposable holding = await HoldAsync(cancellationToken).ConfigureAwait(false);
        IsPaused = true;
    }

    /// <summary>Lets ticks run again.</summary>
    public void Resume()
    {
        NoteRest(_sources);
        IsPaused = false;
        Wake();
    }

    private static void NoteRest(IEnumerable<LiveSource> sources)
    {
        foreach (LiveSource source in sources) { source.EventTime.NoteRest(); }
    }

    /// <summary>Stops; tables stay as they are.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) { return; }

        await _stopping.CancelAsync().ConfigureAwait(false);

        // How it ended has been told by the tables.
        if (_loop is not null) { await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); }

        MaintainedTable[] tables = [.. _tables, .. _beside];
        await Task.WhenAll(tables.Select(table => table.Delivery).OfType<TableDelivery>().Concat(_finishing)
            .Select(delivery => delivery.DisposeAsync().AsTask())).ConfigureAwait(false);
        foreach (LiveSource source in _sources) { await source.DisposeAsync().ConfigureAwait(false); }

        EndWaits(tables);
        EndSubscriptions(new OperationCanceledException("The engine was disposed."));
        if (_clock is not null) { await _clock.DisposeAsync().ConfigureAwait(false); }

        if (_leaving is not null) { await _leaving.DisposeAsync().ConfigureAwait(false); }

        _metrics?.Dispose();
        _ticking.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Event time may move on without a record: when a partition turns out to be idle.</summary>
    private void BeginEventTime()
    {
        TimeSpan interval = _options.IdlePartitionAfter < MaxWait ? _options.IdlePartitionAfter : MaxWait;
        _clock ??= _time.CreateTimer(_ => Wake(), null, interval, interval);
        Wake();
    }

    private bool RunTick()
    {
        // A pause holds what readers see; what is to replace some of it may well catch up.
        // Asked once: Resume does not wait for ticks, and what this one takes has to go through all that read it.
        bool isPaused = IsPaused;
        if (isPaused && _beside.IsEmpty) { return false; }

        long started = _time.GetTimestamp();
        bool hasApplied = new Tick(isPaused ? _beside : _tables.AddRange(_beside), [.. SourcesToTake(isPaused)], _options, _registry, _logger)
        {
            Now = Now,
            Subscriptions = _subscriptions,
            Metrics = _metrics,
        }.Run();
        _metrics?.Ticked(_time.GetElapsedTime(started), hasApplied);
        WakeWhenRowsLeave();
        return hasApplied;
    }

    private IEnumerable<LiveSource> SourcesToTake(bool isPaused)
    {
        IEnumerable<LiveSource> sources = _sources.Except(_heldBack.Values.SelectMany(some => some));
        return isPaused ? sources.Where(source => SeenReaderOf(source) is null) : sources;
    }

    /// <summary>The table that is seen and reads a source while tables are paused; null where the source may move.</summary>
    public MaintainedTable? WhatHoldsStill(LiveSource source) => IsPaused ? SeenReaderOf(source) : null;

    private MaintainedTable? SeenReaderOf(LiveSource source) => _tables.FirstOrDefault(table => table.Sources.Contains(source));

    /// <summary>Rows become too old without a record; those that do so one after another leave together.</summary>
    private void WakeWhenRowsLeave()
    {
        long next = _tables.Select(table => table.Failure is null ? table.NextLeavesAt : long.MaxValue).DefaultIfEmpty(long.MaxValue).Min();
        if (next == long.MaxValue) { return; }

        _leaving ??= _time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        double wait = Math.Max((next - Now) / 1000.0, _options.RetentionDelay.TotalMilliseconds);
        _leaving.Change(TimeSpan.FromMilliseconds(Math.Clamp(wait, 0, MaxWait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    /// <summary>The clock, in microseconds since 1970.</summary>
    public long Now => (_time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Who waits for a tick learns that there will be none.</summary>
    private void EndWaits(MaintainedTable[] tables)
    {
        foreach (MaintainedTable table in tables.Where(table => table.Failure is null))
        {
            table.Fail(new MaintenanceException(
                table.Name, $"table \"{table.Name}\" is kept fresh no longer: the engine was disposed", new ObjectDisposedException(nameof(Maintainer))));
        }

        Volatile.Read(ref _ticked).TrySetResult();
    }

    private void EndSubscriptions(Exception error)
    {
        foreach (ChangeSubscription subscription in _subscriptions) { subscription.End(error); }
    }

    private void Wake() => _arrivals.Writer.TryWrite(true);

    private async Task LoopAsync()
    {
        try
        {
            while (true)
            {
                await _arrivals.Reader.ReadAsync(_stopping.Token).ConfigureAwait(false);
                await _ticking.WaitAsync(_stopping.Token).ConfigureAwait(false);
                try
                {
                    if (RunTick()) { Wake(); }
                }
                catch (Exception e) when (e is not OperationCanceledException || !_stopping.IsCancellationRequested) { Break(e); }
                finally { _ticking.Release(); }

                Interlocked.Exchange(ref _ticked, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            MaintenanceLog.Stopped(_logger);
        }
    }

    /// <summary>
    /// A mistake of our own, or of the host's logger: nothing is fresh any more, and every table says why. Called while ticks
    /// are held: tables that are loaded after it are kept fresh.
    /// </summary>
    private void Break(Exception e)
    {
        // Who waits for a table or follows it finds its state changed.
        _registry.MarkStale([.. _tables.Select(table => (table.Name, e))]);
        foreach (MaintainedTable table in _tables.Concat(_beside).Where(table => table.Failure is null)) { table.Fail(e); }

        EndSubscriptions(e);
        try { MaintenanceLog.Broken(_logger, e); }
        catch (Exception)
        {
            // It may be this logger that throws. The tables have told the error, and the loop must not end of it.
        }
    }

    private sealed class Holding(SemaphoreSlim ticking) : IDisposable
    {
        private int _isReleased;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReleased, 1) == 0) { ticking.Release(); }
        }
    }
}

/// <summary>What is left of tables that are kept fresh no longer.</summary>
/// <param name="Deliveries">Their ways to sinks.</param>
/// <param name="Sources">The sources that nobody reads any more.</param>
internal sealed record DetachedTables(IReadOnlyList<TableDelivery> Deliveries, IReadOnlyList<LiveSource> Sources)
{
    /// <summary>Stops reading the sources.</summary>
    public Task StopReadingAsync() => Task.WhenAll(Sources.Select(source => source.DisposeAsync().AsTask()));
}
