using Ctas.Data;

namespace Ctas.Sources;

/// <summary>Something that can be read from a start to a captured end. Safe for concurrent use; each scan is its own.</summary>
public interface ISource
{
    /// <summary>What this source was made from.</summary>
    SourceDefinition Definition { get; }

    /// <summary>
    /// What keeps it from being opened or read and is being waited out, in one line; null, the default, when all is well. Cheap;
    /// may be read by any thread.
    /// </summary>
    string? Fault => null;

    /// <summary>Captures the end of every partition once and starts a read of [start, end).</summary>
    /// <param name="request">Which columns are wanted.</param>
    /// <param name="cancellationToken">Cancels opening, not the scan.</param>
    /// <exception cref="SourceException">The place is missing or could not be reached.</exception>
    /// <exception cref="BookmarkException">The request holds a bookmark that cannot be continued.</exception>
    ValueTask<ISourceScan> OpenAsync(ScanRequest request, CancellationToken cancellationToken);
}

/// <summary>Makes sources for the locations it knows. Registered with the engine's builder.</summary>
public interface ISourceFactory
{
    /// <summary>True when this factory can make a source for the location.</summary>
    bool CanCreate(SourceLocation location);

    /// <summary>Mistakes that can be seen without touching the outside world, as full sentences; empty when there are none.</summary>
    IReadOnlyList<string> Validate(SourceDefinition definition);

    /// <summary>Makes the source; touches nothing outside yet.</summary>
    ISource Create(SourceDefinition definition, SourceServices services);
}

/// <summary>What the engine lends to its sources.</summary>
/// <param name="TimeProvider">The only clock.</param>
/// <param name="LoggerFactory">Where to log.</param>
public sealed record SourceServices(TimeProvider TimeProvider, Microsoft.Extensions.Logging.ILoggerFactory LoggerFactory);

/// <summary>What a scan shall deliver.</summary>
/// <param name="Columns">
/// Columns wanted, pseudo-columns among them, in delivery order; null: all columns that are declared or inferred
/// (a changelog's first inferred column is then ROWKEY, its key).
/// </param>
/// <param name="PseudoColumns">
/// Pseudo-columns wanted behind the inferred ones, named ROWTIME, ROWPARTITION, ROWOFFSET, ROWKEY (not
/// repeated where it is the key already), ROWHEADERS for <see cref="SourceColumnRole.Headers"/>; only with <paramref name="Columns"/> null.
/// </param>
public sealed record ScanRequest(
    IReadOnlyList<SourceColumn>? Columns = null, IReadOnlyList<SourceColumnRole>? PseudoColumns = null)
{
    /// <summary>Threads that the scan may decode on. Default: one, beside that of the caller where the source has its own.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;

    /// <summary>
    /// True when records may be read in any order, so by several threads: columns whose types follow the values, a limit and
    /// batches of a fixed size depend on it.
    /// </summary>
    /// <param name="definition">The source.</param>
    public bool IsOfAnyOrder(SourceDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return definition is { MaxRecords: null, BatchStrategy: not BatchStrategy.Fixed }
            && (Columns ?? definition.Columns) is { } columns
            && columns.All(column => column.Type.Kind is not (DataTypeKind.Unknown or DataTypeKind.Null)
                || column.Role is not (SourceColumnRole.Value or SourceColumnRole.Key));
    }

    /// <summary>Where to read on; null: from the start that the definition says.</summary>
    /// <remarks>Given only to sources whose scans have an <see cref="ISourceScan.Identity"/>.</remarks>
    public ScanBookmark? Bookmark { get; init; }

    /// <summary>
    /// Where to stop: the next offset of each partition, which is its end for this scan; a partition that is not named is not
    /// read. Null: at the ends captured now.
    /// </summary>
    /// <remarks>Given only to sources that can be followed. See <see cref="ScanBounds"/>.</remarks>
    public IReadOnlyList<PartitionOffset>? UpTo { get; init; }

    /// <summary>Numbers of the partitions to read; null, the default, for all.</summary>
    /// <remarks>Given only to sources that can be shared out. See <see cref="IGroupSource"/>.</remarks>
    public IReadOnlyList<int>? Partitions { get; init; }

    /// <summary>True when fields of JSON values that are no columns are told as warnings: the columns were found in earlier records.</summary>
    internal bool TellsNewFields { get; init; }

    /// <summary>True when one pool holds the strings of a key column in all batches: equal codes are equal keys then.</summary>
    internal bool KeepsKeysTogether { get; init; } = true;

    /// <summary>True when the reader of a batch gives its memory back, see <see cref="Batch.GiveBack"/>.</summary>
    internal bool GivesBatchesBack { get; init; }
}

/// <summary>One read of a source. Used by one reader; <see cref="GetStatistics"/> may be called from any thread.</summary>
public interface ISourceScan : IAsyncDisposable
{
    /// <summary>The partitions with their captured ranges.</summary>
    IReadOnlyList<SourcePartition> Partitions { get; }

    /// <summary>
    /// What is read, so exactly that in two scans of equal identity an offset of a partition means the same record.
    /// Null, the default, where that cannot be told: the scan can then not be continued by a later one.
    /// </summary>
    /// <remarks>A scan that has one obeys <see cref="ScanRequest.Bookmark"/>.</remarks>
    string? Identity => null;

    /// <summary>
    /// For how long a changelog keeps its tombstones before they are compacted away; <see cref="TimeSpan.MaxValue"/> where they never
    /// are. Null, the default, where that is not known. Asked of scans that continue a bookmark.
    /// </summary>
    TimeSpan? TombstoneRetention => null;

    /// <summary>The next batch, null when every partition has reached its captured end.</summary>
    /// <remarks>
    /// Records of one partition come in offset order. The source reads ahead by a bounded amount only. A batch belongs to its
    /// reader, who may let its memory serve another one: the source keeps none that a <see cref="RecordBatchBuilder"/> made.
    /// </remarks>
    /// <exception cref="SourceException">The read failed; the scan is over.</exception>
    ValueTask<SourceBatch?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>How far the scan is. Cheap; consistent in itself.</summary>
    ScanStatistics GetStatistics();
}

/// <summary>Offsets [Start, End) of one partition; empty when they are equal.</summary>
/// <param name="Start">First offset, inclusive.</param>
/// <param name="End">Past the last offset, exclusive.</param>
public readonly record struct OffsetRange(long Start, long End)
{
    /// <summary>Number of offsets, which is at least the number of records.</summary>
    public long Length => End - Start;

    /// <summary>True when <paramref name="position"/>, the next offset to read, lies at or past the end.</summary>
    public bool IsReachedBy(long position) => position >= End;
}

/// <summary>One ordered log of a source: a topic's partition, or a file.</summary>
/// <param name="Name">For display: <c>orders[3]</c>, a file path.</param>
/// <param name="Id">Number of the partition within the source.</param>
/// <param name="Range">The captured range, in offsets (topics, in-memory) or bytes (files).</param>
public sealed record SourcePartition(string Name, int Id, OffsetRange Range)
{
    /// <summary>The captured end of the log where the range ends before it; null where it ends there.</summary>
    public long? LogEnd { get; init; }
}

/// <summary>Rows as they were recorded: not yet compacted by key.</summary>
/// <param name="Schema">
/// Columns of <paramref name="Rows"/>. Key ordinals name the columns a changelog is keyed by. Where columns are
/// inferred, a later batch may have more or wider columns than an earlier one.
/// </param>
/// <param name="Rows">The rows; a tombstone has values in key columns only.</param>
/// <param name="Tombstones">Set bits are tombstones; null when there are none.</param>
/// <param name="Keyless">Set bits are rows without a record key; null when every record has a key.</param>
public sealed record SourceBatch(Schema Schema, Batch Rows, Bitmap? Tombstones = null, Bitmap? Keyless = null);

/// <summary>A moment of a scan.</summary>
/// <param name="Records">Records read, rejected ones and tombstones included.</param>
/// <param name="Bytes">Bytes of keys and values read.</param>
/// <param name="Retries">Times the read was taken up again after a transient fault.</param>
/// <param name="Rejected">Records left out by policy.</param>
/// <param name="Positions">Next offset per partition, in the order of <see cref="ISourceScan.Partitions"/>.</param>
/// <param name="RejectedSamples">The first few rejected records.</param>
/// <param name="Warnings">What else the user should know: partitions added meanwhile, columns widened.</param>
public sealed record ScanStatistics(
    long Records,
    long Bytes,
    int Retries,
    long Rejected,
    IReadOnlyList<long> Positions,
    IReadOnlyList<RejectedRecord> RejectedSamples,
    IReadOnlyList<string> Warnings)
{
    /// <summary>The latest ROWTIME read of each partition that had a record; empty where ROWTIME is not read.</summary>
    public IReadOnlyList<PartitionTime> NewestTimes { get; init; } = [];

    /// <summary>The sum of reads that are parts of one.</summary>
    /// <param name="parts">Statistics of each part.</param>
    /// <param name="positions">The positions of the whole.</param>
    public static ScanStatistics OfParts(IReadOnlyCollection<ScanStatistics> parts, IReadOnlyList<long> positions)
    {
        // Each part keeps its first samples, so the first of all are among them.
        IEnumerable<RejectedRecord> samples = parts.SelectMany(part => part.RejectedSamples)
            .OrderBy(sample => sample.Partition, StringComparer.Ordinal).ThenBy(sample => sample.Offset);
        return new ScanStatistics(
            parts.Sum(part => part.Records),
            parts.Sum(part => part.Bytes),
            parts.Sum(part => part.Retries),
            parts.Sum(part => part.Rejected),
            positions,
            [.. samples.Take(ScanCounters.MaxSamples)],
            [.. parts.SelectMany(part => part.Warnings)])
        {
            NewestTimes = [.. parts.SelectMany(part => part.NewestTimes)],
        };
    }
}

/// <summary>An event time of a partition.</summary>
/// <param name="Partition">Number of the partition within the source.</param>
/// <param name="Time">Microseconds since 1970-01-01 UTC.</param>
public readonly record struct PartitionTime(int Partition, long Time);

/// <summary>A record that was left out.</summary>
/// <param name="Partition">The partition's name.</param>
/// <param name="Offset">Where it lies.</param>
/// <param name="Reason">Why, in one line, without the record's content.</param>
public sealed record RejectedRecord(string Partition, long Offset, string Reason);
