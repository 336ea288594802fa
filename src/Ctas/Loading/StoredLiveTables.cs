using Ctas.Data;
using Ctas.Execution.Incremental;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables.Snapshots;

namespace Ctas.Loading;

/// <summary>Reads what <see cref="TiedTables.Capture"/> has stored, part by part, in the order in which it was. Used by one load.</summary>
/// <remarks>Every method throws <see cref="SnapshotFormatException"/> or <see cref="IOException"/> where the file is damaged.</remarks>
/// <param name="file">The file; closed by its owner.</param>
/// <param name="maxDegreeOfParallelism">Threads to read on.</param>
/// <param name="cancellationToken">Stops between blocks.</param>
internal sealed class StoredLiveTables(SnapshotBundle file, int maxDegreeOfParallelism, CancellationToken cancellationToken)
{
    /// <summary>All sources, which come before the tables.</summary>
    public IReadOnlyList<StoredScan> ReadSources()
    {
        var sources = new List<StoredScan>();
        foreach (StoredSource source in file.Header.Sources) { sources.Add(ReadSource(source)); }

        return sources;
    }

    /// <summary>All tables by name.</summary>
    public IReadOnlyDictionary<string, StoredLiveTable> ReadTables()
    {
        var tables = new Dictionary<string, StoredLiveTable>(StringComparer.OrdinalIgnoreCase);
        foreach (StoredInput table in file.Header.Inputs) { tables[table.Table] = ReadTable(table.Stamp); }

        return file.IsAtEnd ? tables : throw new SnapshotFormatException("it has more parts than tables");
    }

    private StoredScan ReadSource(StoredSource source)
    {
        var state = new StateReader([NextBatch(), NextBatch()]);
        Batch times = state.Next(DataType.BigInt, DataType.BigInt);
        long[] progress = state.NextRow(2);
        PartitionTime[] newest =
        [
            .. Enumerable.Range(0, times.RowCount).Select(row =>
                new PartitionTime((int)StateReader.Numbers(times[0])[row], StateReader.Numbers(times[1])[row])),
        ];
        IReadOnlyList<SourceBatch> rows = [];
        if (progress[1] != 0)
        {
            (Schema schema, IReadOnlyList<Batch> batches) = file.Next(maxDegreeOfParallelism, cancellationToken);
            rows = [.. batches.Select(batch => new SourceBatch(schema, batch))];
        }

        return new StoredScan(source, new StoredEventTime(newest, progress[0]), rows);
    }

    private StoredLiveTable ReadTable(Guid plan)
    {
        long sections = new StateReader([NextBatch()]).NextRow(1)[0];
        (Schema schema, IReadOnlyList<Batch> rows) = file.Next(maxDegreeOfParallelism, cancellationToken);
        var state = new List<Batch>();
        for (long section = 0; section < sections; section++) { state.Add(NextBatch()); }

        return new StoredLiveTable(schema, rows, plan, new StateReader(state));
    }

    private Batch NextBatch() => file.NextBatch(maxDegreeOfParallelism, cancellationToken);
}

/// <summary>A source as it was stored with the tables that follow it.</summary>
/// <param name="Source">Its positions.</param>
/// <param name="EventTime">How far event time had come.</param>
/// <param name="Rows">The rows of a changelog; none of a stream.</param>
internal sealed record StoredScan(StoredSource Source, StoredEventTime EventTime, IReadOnlyList<SourceBatch> Rows)
{
    /// <summary>Where its partitions are read on, and nothing is read before.</summary>
    public IReadOnlyList<PartitionOffset> Positions =>
        [.. Source.Partitions.Select(partition => new PartitionOffset(partition.Id, partition.Position))];

    /// <summary>The offset at which the rows of a partition begin; null for one that is not stored.</summary>
    public long? StartOf(int partition) => Source.Partitions.FirstOrDefault(stored => stored.Id == partition)?.Start;
}

/// <summary>A live table as it was stored.</summary>
/// <param name="Schema">Its columns.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Plan">The digest of what its operators were.</param>
/// <param name="State">What they had kept; given once.</param>
internal sealed record StoredLiveTable(Schema Schema, IReadOnlyList<Batch> Rows, Guid Plan, StateReader State);
