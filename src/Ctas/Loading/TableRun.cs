using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>What is remembered of one table during a load. Written by the table's run, read when the load has ended.</summary>
internal sealed class TableRun(TableToLoad table)
{
    public TableToLoad Table { get; } = table;

    public TableTracker Tracker { get; } = new(table.Plan.Name, table.Wave);

    public TimeSpan ReadyToRunAt { get; set; }

    public LoadException? Error { get; set; }

    public IReadOnlyList<string> CauseChain { get; set; } = [];

    public long TableBytes { get; set; }

    public long RowsSkipped { get; set; }

    /// <summary>What maintenance takes on when the load has ended; null for a table that is loaded once.</summary>
    public LoadedLiveTable? Live { get; set; }

    /// <summary>The loaded table, ready for others to see; null before that.</summary>
    public TablePublication? Publication { get; set; }

    /// <summary>When its data was there, for those that read it.</summary>
    public TimeSpan LoadedAt { get; set; }

    /// <summary>Writes its rows to its sink; completed for a table without one, and for one that is kept fresh.</summary>
    public Task Delivery { get; set; } = Task.CompletedTask;

    /// <summary>What was published with the table; null before that.</summary>
    public IReadOnlyList<string>? Warnings { get; set; }

    public LoadKind Kind { get; set; }

    public string KindReason { get; set; } = "";

    public List<string> SnapshotWarnings { get; } = [];

    public SavedSnapshot? Saved { get; set; }

    public IReadOnlyList<SharedPartResult> SharedParts { get; set; } = [];

    public TimeSpan QueueTime => (Tracker.StartedAt ?? ReadyToRunAt) - ReadyToRunAt;

    /// <summary>The table's part of the result; its scans have ended.</summary>
    public TableLoadResult ToResult()
    {
        ScanStatistics[] scans = [.. Tracker.Scans.Select(scan => scan.GetStatistics()).OfType<ScanStatistics>()];
        return new TableLoadResult(Table.Plan.Name, Table.Wave, Tracker.State)
        {
            WasLoadedBefore = Table.IsLoaded,
            Kind = Kind,
            KindReason = KindReason,
            SnapshotBytes = Saved?.Bytes ?? 0,
            Error = Error,
            SkippedBecauseOf = CauseChain.Count > 1 ? CauseChain[1] : null,
            CauseChain = CauseChain,
            Rows = Tracker.Rows,
            Records = scans.Sum(scan => scan.Records),
            Bytes = scans.Sum(scan => scan.Bytes),
            TableBytes = TableBytes,
            SharedParts = SharedParts,
            Rejected = scans.Sum(scan => scan.Rejected) + Tracker.Scans.Sum(scan => scan.KeylessDropped) + RowsSkipped,
            RejectedSamples = [.. scans.SelectMany(scan => scan.RejectedSamples)],
            Retries = scans.Sum(scan => scan.Retries),
            Partitions = Tracker.Partitions(),
            Warnings = Warnings ?? [.. scans.SelectMany(scan => scan.Warnings)],
            QueueTime = QueueTime,
            RunTime = Tracker is { StartedAt: { } started, EndedAt: { } ended } ? ended - started : TimeSpan.Zero,
            StartedAt = Tracker.StartedAt ?? TimeSpan.Zero,
        };
    }
}
