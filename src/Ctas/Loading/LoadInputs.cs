using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>What the query of a table reads: tables, all at one moment, and sources through their scans.</summary>
/// <param name="tables">The tables.</param>
/// <param name="scans">The sources by name; the caller releases them.</param>
/// <remarks>Used by one execution at a time.</remarks>
internal sealed class LoadInputs(RegistrySnapshot tables, IReadOnlyDictionary<string, ScanSubscription> scans) : IScanProvider
{
    private readonly Dictionary<string, StagedTable> _staged = new(StringComparer.OrdinalIgnoreCase);
    private long _rowsRead;

    /// <summary>The tables.</summary>
    public RegistrySnapshot Tables => tables;

    /// <summary>The sources by name.</summary>
    public IReadOnlyDictionary<string, ScanSubscription> Scans => scans;

    /// <summary>Sources that have been read whole.</summary>
    public IReadOnlyDictionary<string, StagedTable> Staged => _staged;

    /// <summary>Rows read from tables so far.</summary>
    public long RowsRead => Volatile.Read(ref _rowsRead);

    /// <summary>Bytes held of sources that were read whole.</summary>
    public long StagedBytes => scans.Values.Sum(scan => scan.Scan.StagedBytes);

    /// <summary>Captures the ends of all sources.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        foreach (ScanSubscription scan in scans.Values) { await scan.Scan.OpenAsync(cancellationToken).ConfigureAwait(false); }
    }

    /// <summary>Reads the sources that must be there whole before they are used.</summary>
    public async Task StageAsync(CancellationToken cancellationToken)
    {
        foreach ((string name, ScanSubscription scan) in scans.Where(scan => scan.Value.Scan.IsStaged))
        {
            _staged[name] = await scan.Scan.ReadStagedAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ChangeBatch> ReadAsync(LogicalScan scan, CancellationToken cancellationToken) => scan.IsSource
        ? ReadSourceAsync(scan, cancellationToken)
        : ReadTableAsync(TableScans.Read(tables[scan.Relation], scan), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ChangeBatch> ReadAsync(LogicalScan scan, ScanKeys keys, CancellationToken cancellationToken) =>
        ReadTableAsync(TableScans.Read(tables[scan.Relation], scan, keys), cancellationToken);

    /// <summary>A relation as it is now; null when there is none.</summary>
    public RelationInfo? Describe(string name)
    {
        if (scans.TryGetValue(name, out ScanSubscription? scan))
        {
            return scan.Scan.Definition.Columns is null
                ? SourceSchemas.Describe(name, scan.Scan.Definition, _staged[name].Schema) with { Statistics = SizeOf(name, scan) }
                : SourceSchemas.Describe(name, scan.Scan.Definition) with { Statistics = SizeOf(name, scan) };
        }

        return tables.TryGet(name, out _) ? LoadPlanning.Find(tables, name) : null;
    }

    /// <summary>True when a scan gives the same rows of these inputs as of others.</summary>
    public bool GiveTheSame(LogicalScan scan, LoadInputs others)
    {
        object? origin = OriginOf(scan);
        return origin is not null && ReferenceEquals(origin, others.OriginOf(scan));
    }

    /// <summary>The same inputs for a part of the query that runs by itself; the caller releases its scans.</summary>
    /// <param name="part">What will be read; none of its sources has been streamed here.</param>
    public LoadInputs For(LogicalPlan part)
    {
        var streamed = new Dictionary<string, ScanSubscription>(StringComparer.OrdinalIgnoreCase);
        foreach (string source in StreamedBy(part)) { streamed[source] = scans[source].Again(); }

        var inputs = new LoadInputs(tables, streamed);
        foreach ((string name, StagedTable staged) in _staged) { inputs._staged.Add(name, staged); }

        return inputs;
    }

    /// <summary>Releases the scans of sources that are streamed, but not by a plan.</summary>
    public async Task ReleaseUnreadAsync(LogicalPlan plan)
    {
        HashSet<string> read = [.. StreamedBy(plan)];
        foreach ((string name, ScanSubscription scan) in scans.Where(scan => !scan.Value.Scan.IsStaged && !read.Contains(scan.Key)))
        {
            await scan.ReleaseAsync().ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<ChangeBatch> ReadTableAsync(
        IEnumerable<Batch> batches, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (Batch batch in batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _rowsRead += batch.RowCount;
            yield return new ChangeBatch(batch);
        }
    }

    private async IAsyncEnumerable<ChangeBatch> ReadSourceAsync(
        LogicalScan scan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_staged.TryGetValue(scan.Relation, out StagedTable? staged))
        {
            int[] ordinals = OrdinalsOf(scan, staged.Schema);
            foreach (ChangeBatch batch in staged.Batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return batch with { Rows = batch.Rows.Select(ordinals) };
            }
        }
        else
        {
            ScanSubscription source = scans[scan.Relation];
            await foreach (SourceBatch batch in source.StreamAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return new ChangeBatch(
                    batch.Rows.Select(OrdinalsOf(scan, batch.Schema)), Selection: null, WeightsOf(batch));
                if (source.Scan.GivesBatchesBack) { batch.Rows.GiveBack(); }
            }
        }
    }

    private object? OriginOf(LogicalScan scan)
    {
        if (scan.IsSource) { return _staged.GetValueOrDefault(scan.Relation) ?? (object?)scans.GetValueOrDefault(scan.Relation)?.Scan; }

        return tables.TryGet(scan.Relation, out ITable? table) ? table : null;
    }

    private IEnumerable<string> StreamedBy(LogicalPlan plan) => LogicalScans.Of(plan)
        .Where(scan => scan.IsSource && !_staged.ContainsKey(scan.Relation)).Select(scan => scan.Relation).Distinct();

    /// <summary>Rows that are there, else records that offsets tell; the bytes of files tell nothing.</summary>
    private RowCountStatistics? SizeOf(string name, ScanSubscription scan)
    {
        if (_staged.TryGetValue(name, out StagedTable? staged)) { return new RowCountStatistics(staged.RowCount); }

        return scan.Scan.Definition.Location is FileLocation
            ? null
            : new RowCountStatistics(scan.Scan.Partitions.Sum(partition => partition.Range.Length));
    }

    // A tombstone deletes its key.
    private static int[]? WeightsOf(SourceBatch batch)
    {
        if (batch.Tombstones is not { } tombstones) { return null; }

        int[] weights = new int[batch.Rows.RowCount];
        for (int row = 0; row < weights.Length; row++) { weights[row] = tombstones[row] ? -1 : 1; }

        return weights;
    }

    private static int[] OrdinalsOf(LogicalScan scan, Schema schema) =>
        [.. scan.Schema.Fields.Select(field => schema.IndexOf(field.Name))];
}
