using System.Runtime.ExceptionServices;

namespace Ctas.Loading;

/// <summary>A table to run and where it stands in the graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Wave">Number of its wave, from 1.</param>
/// <param name="Priority">Higher starts first within a wave.</param>
/// <param name="Producers">Tables of the same run that must be loaded first.</param>
internal sealed record ScheduledTable(string Name, int Wave, int Priority, IReadOnlyList<string> Producers);

/// <summary>How a table's run ended.</summary>
internal enum RunOutcome
{
    Loaded,
    Failed,
    Cancelled,
}

/// <summary>What a scheduler asks of its owner. Calls come from any thread, at most one at a time per table.</summary>
internal interface ITableRunner
{
    /// <summary>Loads one table; never throws.</summary>
    Task<RunOutcome> RunAsync(string table, CancellationToken cancellationToken);

    /// <summary>The table will not run, because <paramref name="cause"/> is not loaded.</summary>
    void Skip(string table, string cause);

    /// <summary>The table will not run, because the load was stopped.</summary>
    void Cancel(string table);
}

/// <summary>Runs a graph of tables, so many at a time, each as soon as its producers are loaded.</summary>
/// <remarks>
/// No barrier between waves: a table waits for its own producers only, so the whole takes no longer than the critical
/// path where slots suffice. Among tables that could start, the order is wave, priority (higher first), name.
/// </remarks>
internal sealed class TableScheduler
{
    private readonly Lock _lock = new();
    private readonly ITableRunner _runner;
    private readonly int _maxParallelism;
    private readonly bool _failFast;
    private readonly Dictionary<string, ScheduledTable> _waiting = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _missingProducers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<ScheduledTable>> _consumers = new(StringComparer.OrdinalIgnoreCase);
    private readonly PriorityQueue<ScheduledTable, (int Wave, int Priority, string Name)> _ready = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping;
    private int _running;
    private int _telling;
    private ExceptionDispatchInfo? _fault;

    private TableScheduler(ITableRunner runner, int maxParallelism, bool failFast, CancellationToken cancellationToken)
    {
        _runner = runner;
        _maxParallelism = maxParallelism;
        _failFast = failFast;
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Runs every table once or tells why not; returns when none is left.</summary>
    /// <param name="tables">A graph without cycles; producers outside of it count as loaded.</param>
    /// <param name="runner">Does the work.</param>
    /// <param name="maxParallelism">Tables that run at the same time, at least 1.</param>
    /// <param name="failFast">True to stop everything at the first failure.</param>
    /// <param name="cancellationToken">Cancels what runs and starts nothing more; the task still ends normally.</param>
    public static async Task RunAsync(
        IReadOnlyCollection<ScheduledTable> tables,
        ITableRunner runner,
        int maxParallelism,
        bool failFast,
        CancellationToken cancellationToken)
    {
        var scheduler = new TableScheduler(runner, maxParallelism, failFast, cancellationToken);
        using (scheduler._stopping)
        {
            scheduler.Enqueue(tables);
            scheduler.StartReady();
            await using (cancellationToken.Register(scheduler.StartReady).ConfigureAwait(false))
            {
                await scheduler._ended.Task.ConfigureAwait(false);
            }

            scheduler._fault?.Throw();
        }
    }

    private void Enqueue(IReadOnlyCollection<ScheduledTable> tables)
    {
        foreach (ScheduledTable table in tables) { _waiting.Add(table.Name, table); }

        foreach (ScheduledTable table in tables)
        {
            string[] producers =
                [.. table.Producers.Where(_waiting.ContainsKey).Distinct(StringComparer.OrdinalIgnoreCase)];
            _missingProducers[table.Name] = producers.Length;
            foreach (string producer in producers)
            {
                if (!_consumers.TryGetValue(producer, out List<ScheduledTable>? consumers))
                {
                    _consumers[producer] = consumers = [];
                }

                consumers.Add(table);
            }

            if (producers.Length == 0) { MakeReady(table); }
        }
    }

    private void MakeReady(ScheduledTable table) => _ready.Enqueue(table, (table.Wave, -table.Priority, table.Name));

    private void StartReady()
    {
        List<ScheduledTable> starting = [];
        List<string> cancelled = [];
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
            {
                cancelled.AddRange(_waiting.Keys);
                _waiting.Clear();
                _ready.Clear();
            }

            // Nobody may see the run ended before its last word is told.
            _telling++;
            while (_running < _maxParallelism && _ready.TryDequeue(out ScheduledTable? table, out _))
            {
                _waiting.Remove(table.Name);
                _running++;
                starting.Add(table);
            }
        }

        foreach (string table in cancelled) { Tell(() => _runner.Cancel(table)); }

        lock (_lock) { _telling--; }

        foreach (ScheduledTable table in starting) { _ = Task.Run(() => RunOneAsync(table), CancellationToken.None); }

        EndWhenIdle();
    }

    private async Task RunOneAsync(ScheduledTable table)
    {
        RunOutcome outcome = RunOutcome.Failed;
        try { outcome = await _runner.RunAsync(table.Name, _stopping.Token).ConfigureAwait(false); }
        catch (Exception e) { KeepFault(e); }

        List<(string Table, string Cause)> skipped = [];
        lock (_lock)
        {
            if (outcome == RunOutcome.Loaded) { ReleaseConsumers(table); }
            else if (outcome == RunOutcome.Failed && _failFast) { SkipAll(table.Name, skipped); }
            else if (outcome == RunOutcome.Failed || !_stopping.IsCancellationRequested)
            {
                SkipConsumers(table.Name, skipped);
            }
        }

        foreach ((string skippedTable, string cause) in skipped) { Tell(() => _runner.Skip(skippedTable, cause)); }

        if (outcome == RunOutcome.Failed && _failFast) { await _stopping.CancelAsync().ConfigureAwait(false); }

        lock (_lock) { _running--; }

        StartReady();
    }

    private void ReleaseConsumers(ScheduledTable table)
    {
        foreach (ScheduledTable consumer in _consumers.GetValueOrDefault(table.Name) ?? [])
        {
            if (--_missingProducers[consumer.Name] == 0 && _waiting.ContainsKey(consumer.Name)) { MakeReady(consumer); }
        }
    }

    private void SkipConsumers(string cause, List<(string Table, string Cause)> skipped)
    {
        var causes = new Queue<string>([cause]);
        while (causes.TryDequeue(out string? producer))
        {
            foreach (ScheduledTable consumer in _consumers.GetValueOrDefault(producer) ?? [])
            {
                if (!_waiting.Remove(consumer.Name)) { continue; }

                skipped.Add((consumer.Name, producer));
                causes.Enqueue(consumer.Name);
            }
        }
    }

    private void SkipAll(string cause, List<(string Table, string Cause)> skipped)
    {
        SkipConsumers(cause, skipped);
        skipped.AddRange(_waiting.Keys.Order(StringComparer.Ordinal).Select(table => (table, cause)));
        _waiting.Clear();
        _ready.Clear();
    }

    private void Tell(Action word)
    {
        try { word(); }
        catch (Exception e) { KeepFault(e); }
    }

    /// <summary>A runner that throws is a bug of ours: the run still ends, and then throws it.</summary>
    private void KeepFault(Exception fault)
    {
        lock (_lock) { _fault ??= ExceptionDispatchInfo.Capture(fault); }
    }

    private void EndWhenIdle()
    {
        lock (_lock)
        {
            if (_running == 0 && _telling == 0 && _waiting.Count == 0) { _ended.TrySetResult(); }
        }
    }
}
