using Ctas.Execution;
using Ctas.Planning;
using Ctas.Planning.Rewrites;

namespace Ctas.Loading;

/// <summary>A part of the queries of several tables that runs once, for all of them. Safe for concurrent readers.</summary>
/// <remarks>
/// It runs in a task of its own, which the first table that needs it starts. A table that fails, is cancelled or runs out of time
/// leaves, and the part goes on for the others; it is stopped, and its rows are let go of, when the last one has left. Its own
/// failure is that of every table that waits for it, and cannot run it by itself.
/// </remarks>
internal sealed class SharedPart : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly LoadInputs _inputs;
    private readonly ExecutionOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<string> _tables;
    private readonly SortedSet<string> _readers = new(StringComparer.OrdinalIgnoreCase);
    private Task<KeptRows>? _run;
    private Task _end = Task.CompletedTask;

    /// <summary>Prepares a part; nothing runs before <see cref="Start"/>.</summary>
    /// <param name="number">By which scans name it.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="inputs">What it reads; released when it has ended.</param>
    /// <param name="options">How it runs; what it holds of the engine's memory is given back when it has ended.</param>
    /// <param name="tables">The tables that may read it; each must leave.</param>
    public SharedPart(int number, LogicalPlan plan, LoadInputs inputs, ExecutionOptions options, IEnumerable<string> tables)
    {
        Number = number;
        Plan = plan;
        _inputs = inputs;
        _options = options;
        _tables = new HashSet<string>(tables, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>By which scans name it.</summary>
    public int Number { get; }

    /// <summary>Its plan, over relations.</summary>
    public LogicalPlan Plan { get; }

    /// <summary>True when all that it reads can be read again: it reads no stream.</summary>
    public bool IsRepeatable => _inputs.Scans.Count == 0;

    /// <summary>True when the part of another table would give the same rows.</summary>
    public bool IsSame(LogicalPlan part, LoadInputs inputs, RowErrorPolicy onRowError) => _options.OnRowError == onRowError
        && PlanComparison.AreSame(Plan, part) && LogicalScans.Of(part).All(scan => inputs.GiveTheSame(scan, _inputs));

    /// <summary>Starts it, unless another table has.</summary>
    public void Start(string table)
    {
        lock (_lock)
        {
            _readers.Add(table);
            _run ??= Task.Run(RunAsync, CancellationToken.None);
        }
    }

    /// <summary>Its rows, once they are all there; it has been started.</summary>
    /// <exception cref="ExecutionException">It failed.</exception>
    public Task<KeptRows> ReadAsync(CancellationToken cancellationToken) => _run!.WaitAsync(cancellationToken);

    /// <summary>Says that a table needs no more of it, or never will.</summary>
    /// <returns>Of the last table: done when nothing of the part runs any more.</returns>
    public Task LeaveAsync(string table)
    {
        lock (_lock)
        {
            if (_tables.Remove(table) && _tables.Count == 0) { _end = DisposeAsync().AsTask(); }

            return _tables.Count == 0 ? _end : Task.CompletedTask;
        }
    }

    /// <summary>What it did, for a table that has read it.</summary>
    public SharedPartResult ToResult(KeptRows rows)
    {
        lock (_lock)
        {
            return new SharedPartResult(
                ExplainText.Describe(Plan), [.. _readers], rows.Statistics.RowsRead, rows.Statistics.RowsEmitted, rows.SizeInBytes);
        }
    }

    /// <summary>Stops it and lets go of its rows; called when the last table leaves.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? run = _run;
        _run = null;
        await _stopping.CancelAsync().ConfigureAwait(false);

        // How it ended was told to whoever waited for it.
        if (run is not null) { await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); }
        else { await ReleaseAsync().ConfigureAwait(false); }

        _options.Held?.Dispose();
        _stopping.Dispose();
    }

    private async Task<KeptRows> RunAsync()
    {
        try
        {
            KeptRows rows = await PlanExecutor.KeepAsync(SharedPlans.Apply(Plan), _inputs, _options, _stopping.Token).ConfigureAwait(false);

            // What the operators held is free again.
            _options.Held?.Hold(rows.SizeInBytes);
            return rows;
        }
        finally { await ReleaseAsync().ConfigureAwait(false); }
    }

    private async Task ReleaseAsync()
    {
        foreach (ScanSubscription scan in _inputs.Scans.Values) { await scan.ReleaseAsync().ConfigureAwait(false); }
    }
}
