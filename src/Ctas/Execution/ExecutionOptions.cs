using Ctas.Execution.Analysis;

namespace Ctas.Execution;

/// <summary>What happens to a row that an expression cannot be computed for.</summary>
internal enum RowErrorPolicy
{
    /// <summary>The query fails.</summary>
    Fail,

    /// <summary>The row is left out and counted.</summary>
    Skip,
}

/// <summary>How a plan is executed. Immutable.</summary>
/// <param name="OnRowError">What happens to a row that fails; default: the query fails.</param>
internal sealed record ExecutionOptions(RowErrorPolicy OnRowError = RowErrorPolicy.Fail)
{
    /// <summary>What the states of all operators may hold together; default: no limit.</summary>
    public MemoryLimit Memory { get; init; } = MemoryLimit.None;

    /// <summary>What the states hold of the engine's memory; null, the default: that is not counted.</summary>
    public Tables.MemoryReservation? Held { get; init; }

    /// <summary>Where to note what each operator did; null, the default: nowhere, at no cost.</summary>
    public PlanProfile? Profile { get; init; }

    /// <summary>Threads that work on the plan at the same time. Default: 1.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;

    /// <summary>Another thread is not worth its start for fewer rows. Default: 32,768.</summary>
    public int MinRowsPerThread { get; init; } = 32 * 1024;
}

/// <summary>What an execution did.</summary>
/// <param name="RowsRead">Changes the scans gave.</param>
/// <param name="RowsEmitted">Changes the consumer was given.</param>
/// <param name="RowsSkipped">Rows left out because an expression failed on them.</param>
/// <param name="FirstSkipped">Why the first of them was left out; null when none was.</param>
internal sealed record ExecutionStatistics(
    long RowsRead, long RowsEmitted, long RowsSkipped, ExecutionException? FirstSkipped);

/// <summary>Gives the rows of the relations a plan scans.</summary>
internal interface IScanProvider
{
    /// <summary>The changes of a relation, with exactly the columns of <c>scan.Schema</c>, in its order.</summary>
    IAsyncEnumerable<Data.ChangeBatch> ReadAsync(Planning.LogicalScan scan, CancellationToken cancellationToken);

    /// <summary>The same of those rows, and perhaps more, that a join has keys for.</summary>
    IAsyncEnumerable<Data.ChangeBatch> ReadAsync(Planning.LogicalScan scan, ScanKeys keys, CancellationToken cancellationToken) =>
        ReadAsync(scan, cancellationToken);
}

/// <summary>The keys that a join has read on one side, to look up rows of the other. Immutable.</summary>
/// <param name="Lookup">In which columns of which side.</param>
/// <param name="Rows">The keys, in the order of these columns; values may come again, and may be NULL.</param>
internal sealed record ScanKeys(Planning.JoinLookup Lookup, IReadOnlyList<Data.Batch> Rows)
{
    /// <summary>How many.</summary>
    public long RowCount => Rows.Sum(batch => (long)batch.RowCount);
}

/// <summary>Takes the result of a plan.</summary>
internal interface IChangeConsumer
{
    /// <summary>
    /// True when columns, or what shares their memory, may be read after <see cref="Consume"/> has returned. Never changes while a plan
    /// is executed.
    /// </summary>
    bool KeepsColumns => true;

    /// <summary>Takes the next changes. Called by one thread at a time, in order.</summary>
    void Consume(Data.ChangeBatch changes);
}
