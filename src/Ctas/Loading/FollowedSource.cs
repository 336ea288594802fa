using System.Globalization;
using Ctas.Data;
using Ctas.Sources;
using Ctas.Tables.Snapshots;

namespace Ctas.Loading;

/// <summary>
/// The stored rows of a changelog that live tables follow, while it is read: says whether they fit, and how the read came
/// to its rows. Used by one scan.
/// </summary>
/// <remarks>
/// A live table is not stored itself. What it follows is, with the offsets behind it: the next start reads the rows from
/// disk and the records since then from the topic, and computes the tables again. Each file is right by itself, whatever
/// moment the others are of.
/// </remarks>
internal sealed class FollowedSource
{
    private readonly TableSnapshots _snapshots;
    private readonly bool _isOn;
    private SnapshotHeader? _header;

    /// <summary>Looks what is stored of a source.</summary>
    /// <param name="definition">The source.</param>
    /// <param name="request">What is read of it.</param>
    /// <param name="snapshots">Where it may be stored.</param>
    /// <param name="isOn">True when a snapshot that cannot be used is a warning.</param>
    public FollowedSource(SourceDefinition definition, ScanRequest request, TableSnapshots snapshots, bool isOn)
    {
        (_snapshots, _isOn) = (snapshots, isOn);
        Source = definition.Name;
        Definition = snapshots.DefinitionOf(definition, request);
        StoredDecision decision = snapshots.Find(NameOf(Source), Definition, isOn);
        (_header, Reason, IsWarning) = (decision.Snapshot, decision.Reason, decision.IsWarning);
        if (request.UpTo is { } upTo && Stored is { } stored && !IsWithin(stored, upTo)) { Reject("the sink of a table has less than what is stored"); }
    }

    /// <summary>The source's name in SQL.</summary>
    public string Source { get; }

    /// <summary>The digest of what is read.</summary>
    public string Definition { get; }

    /// <summary>How the read came to its rows; final when it has ended.</summary>
    public LoadKind Kind { get; private set; }

    /// <summary>Why the source was read from its start, or which snapshot was used.</summary>
    public string Reason { get; private set; }

    /// <summary>True when the user should know of the reason.</summary>
    public bool IsWarning { get; private set; }

    /// <summary>Behind which offsets to read on; null to read from the start.</summary>
    public ScanBookmark? Bookmark => Stored is not { } stored
        ? null
        : new ScanBookmark(stored.Identity, stored.Partitions.ToDictionary(partition => partition.Id, partition => partition.Position));

    /// <summary>The columns that were inferred for the stored rows; null where they are declared.</summary>
    public Schema? KnownSchema => Stored?.Schema;

    /// <summary>When it ended at what is stored; null where nothing is.</summary>
    public DateTimeOffset? ReadAt => Stored?.ReadAt;

    /// <summary>Why new records may not tell all that has changed; null where they do.</summary>
    /// <param name="tombstoneRetention">For how long the source keeps tombstones; null where that is not known.</param>
    public string? WhyTooOld(TimeSpan? tombstoneRetention) => Stored is { } stored ? _snapshots.WhyTooOld(stored, tombstoneRetention) : null;

    private StoredSource? Stored => _header?.Sources[0];

    /// <summary>The name under which a source is stored; no table has it, unless in quotes.</summary>
    public static string NameOf(string source) => $"source {source}";

    /// <summary>The offset at which the rows of a partition begin; null for one that is not stored.</summary>
    public long? StartOf(int partition) => Stored?.Partitions.FirstOrDefault(stored => stored.Id == partition)?.Start;

    /// <summary>The stored rows.</summary>
    /// <exception cref="NotContinuedException">The file is damaged.</exception>
    public IEnumerable<SourceBatch> ReadRows(int maxDegreeOfParallelism, CancellationToken cancellationToken) =>
        _snapshots.ReadRows(_header!, maxDegreeOfParallelism, cancellationToken).Select(rows => new SourceBatch(_header!.Schema, rows));

    /// <summary>Notes that the stored rows and the records behind them are what the source holds.</summary>
    public void Accept(bool hasNewRecords) => (Kind, Reason) = (
        hasNewRecords ? LoadKind.Continued : LoadKind.Restored,
        string.Create(CultureInfo.InvariantCulture, $"the snapshot of {_header!.CreatedAt:u}"));

    /// <summary>Notes that the stored rows cannot be used: the source is read from its start.</summary>
    public void Reject(string reason, bool isDamage = false) =>
        (_header, Reason, IsWarning) = (null, reason, isDamage || _isOn);

    private static bool IsWithin(StoredSource stored, IReadOnlyList<PartitionOffset> upTo) => stored.Partitions.All(partition =>
        partition.Position <= partition.Start
        || upTo.Any(offset => offset.Partition == partition.Id && offset.Offset >= partition.Position));

    /// <summary>What a snapshot of the source needs beside its rows and positions; null when it cannot be stored.</summary>
    /// <param name="scan">The scan that has read it.</param>
    /// <param name="staged">What it held.</param>
    /// <param name="schema">The columns it is followed with.</param>
    public SnapshotHeader? Header(SharedScan scan, StagedTable staged, Schema schema)
    {
        // A column that has held nothing but NULL has no type yet, and would get one by being stored.
        bool isSettled = scan.Definition.Columns is not null || SchemaUnion.AreSame(staged.Inferred, staged.Schema);
        if (scan.Identity is not { } identity || !schema.HasKey || !isSettled || scan.Definition.Start.Kind == StartKind.Latest)
        {
            return null;
        }

        return new SnapshotHeader(NameOf(Source), Definition, schema, RowCount: 0, Guid.Empty)
        {
            Sources =
            [
                new StoredSource(
                    Source,
                    identity,
                    scan.Definition.Columns is null ? staged.Inferred : null,
                    [.. scan.Partitions.Select(partition => new StoredPartition(
                        partition.Id, partition.Name, scan.StartOf(partition), partition.Range.End))])
                {
                    ReadAt = scan.ReadAt,
                },
            ],
        };
    }
}
