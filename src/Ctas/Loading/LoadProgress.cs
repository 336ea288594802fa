using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>A moment of a load: every table with its state. Immutable.</summary>
/// <param name="Tables">One entry per table, in wave order, then by name.</param>
/// <param name="Elapsed">Since the load started.</param>
public sealed record LoadProgress(IReadOnlyList<TableProgress> Tables, TimeSpan Elapsed)
{
    /// <summary>Mean of the tables' percentages, 0 to 100. Never falls during a load. 100 for no tables.</summary>
    public double Percent => Tables.Count == 0 ? 100 : Tables.Average(table => table.Percent);

    /// <summary>Records read so far, over all tables.</summary>
    public long Records => Tables.Sum(table => table.Records);

    /// <summary>The longest of the tables' remaining times; null while none is known.</summary>
    public TimeSpan? Remaining => Tables.Max(table => table.Remaining);
}

/// <summary>A moment of one table's load. Immutable.</summary>
/// <param name="Name">The table.</param>
/// <param name="Wave">Number of its wave, from 1.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Phase">What the load is doing; the last phase once it has ended.</param>
/// <param name="Records">Source records read for it, rejected ones included; rows for a table that reads tables only.</param>
/// <param name="Bytes">Bytes of keys and values read for it.</param>
/// <param name="Rows">Rows of the table; 0 before it is published.</param>
/// <param name="Percent">
/// 0 to 100, from the captured offsets: exact, since the ends are known. 100 exactly when the table is loaded.
/// </param>
/// <param name="Elapsed">Since the table left the queue; zero before.</param>
/// <param name="Partitions">Its source partitions; empty before they are known and for tables that read tables only.</param>
/// <param name="Error">Why it failed, was skipped or cancelled, in one line; null otherwise.</param>
public sealed record TableProgress(
    string Name,
    int Wave,
    TableState State,
    LoadPhase Phase,
    long Records,
    long Bytes,
    long Rows,
    double Percent,
    TimeSpan Elapsed,
    IReadOnlyList<PartitionProgress> Partitions,
    string? Error)
{
    /// <summary>
    /// What keeps its sources from being read, or its sink from being written to, and is being waited out; null when all is well
    /// and when the table has ended.
    /// </summary>
    public string? Fault { get; init; }

    /// <summary>Records per second since the table left the queue.</summary>
    public double RecordsPerSecond => Elapsed > TimeSpan.Zero ? Records / Elapsed.TotalSeconds : 0;

    /// <summary>Time left at the present rate; null before anything is read and after the end.</summary>
    public TimeSpan? Remaining => State == TableState.Loading && Percent is > 0 and < 100
        ? Elapsed * ((100 - Percent) / Percent)
        : null;
}

/// <summary>A moment of one source partition.</summary>
/// <param name="Name">For display: <c>orders[3]</c>, a file path.</param>
/// <param name="Position">The next offset to read.</param>
/// <param name="End">The captured end, exclusive.</param>
public readonly record struct PartitionProgress(string Name, long Position, long End)
{
    /// <summary>Offsets still to read.</summary>
    public long Lag => Math.Max(0, End - Position);
}

/// <summary>What a table's load does.</summary>
public enum LoadPhase
{
    /// <summary>Waits for its producers or for a free slot.</summary>
    Queued,

    /// <summary>Finds its sources and captures their ends.</summary>
    Opening,

    /// <summary>Reads and compacts source records.</summary>
    Reading,

    /// <summary>Binds its SELECT to the schemas that were found.</summary>
    Planning,

    /// <summary>Runs its SELECT.</summary>
    Executing,

    /// <summary>Enters the registry.</summary>
    Publishing,

    /// <summary>Reads its stored snapshot.</summary>
    Restoring,

    /// <summary>Writes its rows to its sink; they can be read meanwhile.</summary>
    Delivering,

    /// <summary>Is loaded, and kept fresh beside the table that it replaces until it shows as much as that one.</summary>
    CatchingUp,
}
