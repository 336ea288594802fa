namespace Ctas.Loading;

/// <summary>Limits of a load. Immutable.</summary>
public sealed record LoadOptions
{
    /// <summary>Tables that load at the same time. Default: the number of processors, at least 2.</summary>
    public int MaxParallelism { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Threads that the query of one table, or an ad-hoc one, may use. Default: the number of processors.</summary>
    public int MaxDegreeOfParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Longest run of one table, queueing not counted. Default: none. <c>loading.timeout</c> sets it per table.</summary>
    public TimeSpan? TableTimeout { get; init; }

    /// <summary>Longest run of the whole load. Default: none.</summary>
    public TimeSpan? TotalTimeout { get; init; }

    /// <summary>True to start nothing more after the first failure and to cancel what runs. Default: false.</summary>
    public bool FailFast { get; init; }

    /// <summary>Most bytes one table's load may hold (staged records, operator state, result). Default: none. <c>memory.limit</c> sets it per table.</summary>
    public long? TableMemoryBytes { get; init; }

    /// <summary>How often progress is reported while nothing changes state. Default: 100 ms.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(100);
}
