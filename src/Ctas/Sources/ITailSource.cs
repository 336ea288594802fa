namespace Ctas.Sources;

/// <summary>A source that goes on growing and can be read on from where a snapshot of it ended.</summary>
public interface ITailSource : ISource
{
    /// <summary>Starts to read from the given offsets on, without an end.</summary>
    /// <param name="request">What to read, and from where.</param>
    /// <param name="cancellationToken">Cancels opening, not the tail.</param>
    /// <exception cref="SourceException">The place is missing or could not be reached.</exception>
    ValueTask<ISourceTail> OpenTailAsync(TailRequest request, CancellationToken cancellationToken);
}

/// <summary>The next offset to read of one partition.</summary>
/// <param name="Partition">Number of the partition within the source.</param>
/// <param name="Offset">The next offset to read.</param>
public readonly record struct PartitionOffset(int Partition, long Offset);

/// <summary>What a tail shall deliver.</summary>
/// <param name="Definition">
/// The source's definition as the snapshot found it: columns declared or inferred by then, and the mode, not
/// <see cref="ReadMode.Auto"/>.
/// </param>
/// <param name="Scan">Which columns are wanted.</param>
/// <param name="From">Where each partition goes on; one that is not named is read from its first record.</param>
public sealed record TailRequest(SourceDefinition Definition, ScanRequest Scan, IReadOnlyList<PartitionOffset> From)
{
    /// <summary>
    /// What the snapshot read: <see cref="ISourceScan.Identity"/>. A source that is another one by now cannot be followed. Null
    /// where that was not known.
    /// </summary>
    public string? Identity { get; init; }

    /// <summary>
    /// Where each partition ends for this read: the tail moves its position up to there, past records and holes, and then waits;
    /// of a partition that is not named it reads nothing. Null for a read without an end.
    /// </summary>
    public IReadOnlyList<PartitionOffset>? UpTo { get; init; }

    /// <summary>Where a partition ends for this read, given where it begins.</summary>
    public long EndOf(int partition, long from) => UpTo is null
        ? long.MaxValue
        : UpTo.FirstOrDefault(end => end.Partition == partition, new PartitionOffset(partition, from)).Offset;
}

/// <summary>
/// A read of a source that has no end. Used by one reader; <see cref="GetStatus"/> may be called from any thread.
/// </summary>
public interface ISourceTail : IAsyncDisposable
{
    /// <summary>Waits for records, or for offsets to pass without any, and gives what there is.</summary>
    /// <remarks>
    /// Records of one partition come in offset order, each once, across transient faults, which are outlasted however
    /// long they take. The source reads ahead by a bounded amount only: who does not read holds it up.
    /// </remarks>
    /// <exception cref="SourceException">The read cannot go on; the tail is over.</exception>
    ValueTask<TailBatch> ReadAsync(CancellationToken cancellationToken);

    /// <summary>How the tail is. Cheap.</summary>
    TailStatus GetStatus();
}

/// <summary>What a tail read in one step.</summary>
/// <param name="Rows">The rows; null when offsets passed without any.</param>
/// <param name="Positions">The next offset to read of every partition, behind these rows.</param>
/// <param name="NewestRecordAt">The latest time of a record that the tail has read so far; null before the first.</param>
public sealed record TailBatch(
    SourceBatch? Rows, IReadOnlyList<PartitionOffset> Positions, DateTimeOffset? NewestRecordAt)
{
    /// <summary>
    /// The latest ROWTIME that the tail has read so far of each partition that had a record; empty where ROWTIME is not read.
    /// </summary>
    public IReadOnlyList<PartitionTime> NewestTimes { get; init; } = [];
}

/// <summary>A moment of a tail.</summary>
/// <param name="Ends">The end of every partition as far as it is known here, exclusive; lag is end less position.</param>
/// <param name="Statistics">Counts since the tail was opened.</param>
/// <param name="Fault">What keeps it from reading and is being waited out; null when all is well.</param>
public sealed record TailStatus(IReadOnlyList<PartitionOffset> Ends, ScanStatistics Statistics, string? Fault);
