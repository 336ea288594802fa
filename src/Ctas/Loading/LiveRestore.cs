using Ctas.Tables.Snapshots;

namespace Ctas.Loading;

/// <summary>Live tables of a load that hang together: they go on from where they were stored, all of them, or none does.</summary>
/// <remarks>
/// The first of them that runs takes up all; each is published when its own turn comes. Safe for concurrent use.
/// </remarks>
/// <param name="tables">The tables, each after those it reads.</param>
/// <param name="decision">What is stored of them, or why that is not used.</param>
internal sealed class LiveRestore(IReadOnlyList<TableToLoad> tables, StoredDecision decision) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<TableLoad> _loads = [];
    private readonly List<ScanSubscription> _scans = [];
    private readonly CancellationTokenSource _leaving = new();
    private Task? _restoring;

    /// <summary>The tables, each after those it reads.</summary>
    public IReadOnlyList<TableToLoad> Tables => tables;

    /// <summary>True when something was stored that might fit.</summary>
    public bool IsStored { get; } = decision.Snapshot is not null;

    /// <summary>The header of what is stored; null when it is not used.</summary>
    public SnapshotHeader? Stored { get; private set; } = decision.Snapshot;

    /// <summary>Why it is not used.</summary>
    public string Reason { get; private set; } = decision.Reason;

    /// <summary>True when the user should know of the reason.</summary>
    public bool IsWarning { get; private set; } = decision.IsWarning;

    /// <summary>Takes the tables up, once; everybody waits for that.</summary>
    /// <param name="restore">Takes them up, or calls <see cref="RejectAsync"/>; cancelled when the load ends before.</param>
    /// <param name="cancellationToken">Ends the wait, of one table alone.</param>
    public Task RunAsync(Func<CancellationToken, Task> restore, CancellationToken cancellationToken)
    {
        lock (_lock) { _restoring ??= Task.Run(() => restore(_leaving.Token), CancellationToken.None); }

        return _restoring.WaitAsync(cancellationToken);
    }

    /// <summary>Keeps the places of all tables in what they read until they are published.</summary>
    public void Hold(IEnumerable<ScanSubscription> scans) => _scans.AddRange(scans);

    /// <summary>Keeps what a table holds until it is published.</summary>
    public void Hold(TableLoad load) => _loads.Add(load);

    /// <summary>What is stored cannot be used: all tables are loaded in full.</summary>
    public async Task RejectAsync(string reason, bool isWarning)
    {
        (Stored, Reason, IsWarning) = (null, reason, isWarning);
        await LetGoAsync().ConfigureAwait(false);
    }

    /// <summary>Lets go of what the load has held, once nobody takes tables up any more; the tables stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync().ConfigureAwait(false);
        if (_restoring is { } restoring) { await restoring.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); }

        await LetGoAsync().ConfigureAwait(false);
        _leaving.Dispose();
    }

    private async Task LetGoAsync()
    {
        foreach (TableLoad load in _loads) { load.Dispose(); }

        foreach (ScanSubscription scan in _scans) { await scan.ReleaseAsync().ConfigureAwait(false); }

        _loads.Clear();
        _scans.Clear();
    }
}
