using System.Globalization;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>What became of every table of a load. Immutable.</summary>
/// <param name="Tables">One entry per table, in wave order, then by name.</param>
/// <param name="Waves">The waves in order.</param>
/// <param name="Duration">From the call to the end.</param>
public sealed record LoadResult(
    IReadOnlyList<TableLoadResult> Tables, IReadOnlyList<WaveResult> Waves, TimeSpan Duration)
{
    /// <summary>True when every table is loaded.</summary>
    public bool IsSuccess => Tables.All(table => table.IsLoaded);

    /// <summary>Tables that are loaded, those of an earlier load included.</summary>
    public IEnumerable<TableLoadResult> Successful => Tables.Where(table => table.IsLoaded);

    /// <summary>Tables whose own load failed.</summary>
    public IEnumerable<TableLoadResult> Failed => Tables.Where(table => table.State == TableState.Failed);

    /// <summary>Tables that were not tried because a producer is missing, or because the load stopped early.</summary>
    public IEnumerable<TableLoadResult> Skipped => Tables.Where(table => table.State == TableState.Skipped);

    /// <summary>Tables that a timeout of the whole load or a fail-fast stop cut off.</summary>
    public IEnumerable<TableLoadResult> Cancelled => Tables.Where(table => table.State == TableState.Cancelled);

    /// <summary>The result of one table.</summary>
    /// <exception cref="KeyNotFoundException">The load had no such table.</exception>
    public TableLoadResult this[string table] =>
        Tables.FirstOrDefault(entry => string.Equals(entry.Name, table, StringComparison.OrdinalIgnoreCase))
        ?? throw new KeyNotFoundException($"The load had no table \"{table}\".");

    /// <summary>Throws when a table is not loaded; the message tells of each.</summary>
    /// <exception cref="AggregateException">Holds the <see cref="LoadException"/> of every failed table.</exception>
    public void ThrowIfFailed()
    {
        if (IsSuccess) { return; }

        throw new AggregateException(Missing, Failed.Select(table => table.Error).OfType<Exception>());
    }

    /// <summary>How many tables are loaded, in which time, and a line for each that is not.</summary>
    public override string ToString()
    {
        string loaded = string.Create(
            CultureInfo.InvariantCulture,
            $"{Successful.Count()} of {Tables.Count} tables loaded in {Duration.TotalSeconds:0.###} s");
        return IsSuccess ? loaded : loaded + Environment.NewLine + Missing;
    }

    private string Missing =>
        string.Join(Environment.NewLine, Tables.Where(table => !table.IsLoaded).Select(table => table.ToString()));
}

/// <summary>What became of one table. Immutable.</summary>
/// <param name="Name">The table.</param>
/// <param name="Wave">Number of its wave, from 1.</param>
/// <param name="State">Ready, Failed, Skipped or Cancelled.</param>
public sealed record TableLoadResult(string Name, int Wave, TableState State)
{
    /// <summary>True when the table can be read.</summary>
    public bool IsLoaded => State is TableState.Ready or TableState.Live;

    /// <summary>True when an earlier load had loaded it and this one had nothing to do.</summary>
    public bool WasLoadedBefore { get; init; }

    /// <summary>How it came to its rows.</summary>
    public LoadKind Kind { get; init; }

    /// <summary>Why it was loaded in full, or which snapshot it was made from; empty without snapshots.</summary>
    public string KindReason { get; init; } = "";

    /// <summary>Bytes of the snapshot that was stored when the load ended; 0 when none was.</summary>
    public long SnapshotBytes { get; init; }

    /// <summary>Why it failed; null otherwise.</summary>
    public LoadException? Error { get; init; }

    /// <summary>The table because of which this one was skipped; null otherwise.</summary>
    public string? SkippedBecauseOf { get; init; }

    /// <summary>
    /// Skipped: this table, the one it was skipped because of, and so on to the one that failed; empty otherwise.
    /// </summary>
    public IReadOnlyList<string> CauseChain { get; init; } = [];

    /// <summary>Rows of the table.</summary>
    public long Rows { get; init; }

    /// <summary>Source records read, rejected ones and tombstones included.</summary>
    public long Records { get; init; }

    /// <summary>Bytes of keys and values read.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes the table keeps in memory.</summary>
    public long TableBytes { get; init; }

    /// <summary>Records left out by policy.</summary>
    public long Rejected { get; init; }

    /// <summary>The first few rejected records, with position and reason.</summary>
    public IReadOnlyList<RejectedRecord> RejectedSamples { get; init; } = [];

    /// <summary>Times a read was taken up again after a transient fault.</summary>
    public int Retries { get; init; }

    /// <summary>Where the read of each source partition ended.</summary>
    public IReadOnlyList<PartitionProgress> Partitions { get; init; } = [];

    /// <summary>What else the user should know: partitions added meanwhile, columns widened.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Parts of its query that ran once, for it and for other tables of its wave.</summary>
    public IReadOnlyList<SharedPartResult> SharedParts { get; init; } = [];

    /// <summary>Since its producers were ready until it had a slot.</summary>
    public TimeSpan QueueTime { get; init; }

    /// <summary>From the slot to the end.</summary>
    public TimeSpan RunTime { get; init; }

    /// <summary>Start of its run, from the start of the load.</summary>
    public TimeSpan StartedAt { get; init; }

    /// <summary>One line: name, state and reason.</summary>
    public override string ToString() => State switch
    {
        TableState.Failed => $"{Name}: failed: {Error?.Message}",
        TableState.Skipped when CauseChain.Count > 1 => $"{Name}: skipped because of {string.Join(" because of ", CauseChain.Skip(1))}",
        _ => $"{Name}: {State.ToString().ToLowerInvariant()}",
    };
}

/// <summary>A part of the queries of several tables that ran once. Immutable.</summary>
/// <param name="Description">What it does at last, as EXPLAIN writes it.</param>
/// <param name="Tables">The tables that had asked for its rows when this one had read them, sorted.</param>
/// <param name="RowsRead">Rows it read of tables and sources.</param>
/// <param name="Rows">Rows it gave.</param>
/// <param name="Bytes">What these took in memory until the last of the tables had read them.</param>
public sealed record SharedPartResult(
    string Description, IReadOnlyList<string> Tables, long RowsRead, long Rows, long Bytes);

/// <summary>One wave of a load.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Tables">Its tables, sorted.</param>
/// <param name="Duration">From the start of its first table to the end of its last; zero when none ran.</param>
public sealed record WaveResult(int Number, IReadOnlyList<string> Tables, TimeSpan Duration);
