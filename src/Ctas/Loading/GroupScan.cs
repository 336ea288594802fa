using System.Collections.Immutable;
using Ctas.Sources;

namespace Ctas.Loading;

/// <summary>
/// A read of the partitions that a group gives to this process: until all of them are read, the group may take some away
/// and give others. Used by one reader, but for what tells how far it is.
/// </summary>
/// <remarks>
/// <code>
/// share ─► drop partitions that are not in it ─► read those that are missing ─► share … ─► nothing is missing: hand on
/// </code>
/// Each partition is read by a scan of its own, some of them side by side, from its start to the end captured then, and is
/// compacted by itself, so that its rows can leave as if they had never been read. Nothing is handed on before the share is whole.
/// </remarks>
internal sealed class GroupScan : ISourceScan
{
    /// <summary>More scans than this at a time make the brokers the bottleneck.</summary>
    private const int MaxScans = 4;

    private readonly ISource _source;
    private readonly IGroupMember _member;
    private readonly ScanRequest _request;
    private readonly Action<long> _checkBytes;
    private readonly Lock _checking = new();
    private ImmutableArray<PartitionRead> _reads = [];
    private Queue<SourceBatch>? _batches;

    /// <summary>Prepares a read; nothing is opened before the first <see cref="ReadAsync"/>.</summary>
    /// <param name="source">The source whose partitions are shared out.</param>
    /// <param name="member">Tells which of them are read here.</param>
    /// <param name="request">What to read of each.</param>
    /// <param name="checkBytes">Told of the bytes held after each batch; throws when they are too many.</param>
    public GroupScan(ISource source, IGroupMember member, ScanRequest request, Action<long> checkBytes)
    {
        (_source, _member, _request, _checkBytes) = (source, member, request, checkBytes);
        if (request.UpTo is not null || request.Bookmark is not null)
        {
            throw Refused("it cannot be read on from stored offsets, which may belong to the share of another member");
        }
    }

    /// <summary>The share that was read; null before it is whole.</summary>
    public GroupShare? Share { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<SourcePartition> Partitions => [.. Reads.Select(read => read.Partition)];

    private ImmutableArray<PartitionRead> Reads => ImmutableInterlocked.InterlockedCompareExchange(ref _reads, default, default);

    /// <inheritdoc/>
    public async ValueTask<SourceBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_batches is null)
        {
            Share = await ReadShareAsync(cancellationToken).ConfigureAwait(false);
            _batches = new Queue<SourceBatch>(Reads.SelectMany(read => read.Rows.TakeBatches()));
            CheckKeys(_batches);
        }

        return _batches.TryDequeue(out SourceBatch? batch) ? batch : null;
    }

    /// <inheritdoc/>
    public ScanStatistics GetStatistics()
    {
        ScanStatistics[] parts = [.. Reads.Select(read => read.Scan.GetStatistics())];
        return ScanStatistics.OfParts(parts, [.. parts.SelectMany(part => part.Positions)]);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<GroupShare> ReadShareAsync(CancellationToken cancellationToken)
    {
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Clamp(_request.MaxDegreeOfParallelism, 1, MaxScans),
            CancellationToken = cancellationToken,
        };
        while (true)
        {
            GroupShare share = await _member.GetShareAsync(cancellationToken).ConfigureAwait(false);
            ImmutableInterlocked.Update(
                ref _reads, (reads, kept) => reads.RemoveAll(read => !kept.Contains(read.Partition.Id)), share.Partitions);
            int[] missing = [.. share.Partitions.Except(Reads.Select(read => read.Partition.Id))];
            if (missing.Length == 0) { return share; }

            await Parallel.ForEachAsync(missing, options, ReadPartitionAsync).ConfigureAwait(false);
        }
    }

    /// <summary>Reads a partition to its end, or until it is taken away; then nothing of it is left.</summary>
    private async ValueTask ReadPartitionAsync(int partition, CancellationToken cancellationToken)
    {
        GroupShare share = await _member.GetShareAsync(cancellationToken).ConfigureAwait(false);
        if (!share.Partitions.Contains(partition)) { return; }

        ISourceScan scan = await _source.OpenAsync(_request with { Partitions = [partition] }, cancellationToken).ConfigureAwait(false);
        await using (scan.ConfigureAwait(false))
        {
            var read = new PartitionRead(scan.Partitions[0], scan, new ChangelogCompactor(_source.Definition.NullKey));
            ImmutableInterlocked.Update(ref _reads, (reads, added) => [.. reads.Append(added).OrderBy(other => other.Partition.Id)], read);
            while (await scan.ReadAsync(cancellationToken).ConfigureAwait(false) is { } batch)
            {
                if (share.Ended.IsCancellationRequested)
                {
                    share = await _member.GetShareAsync(cancellationToken).ConfigureAwait(false);
                    if (!share.Partitions.Contains(partition))
                    {
                        ImmutableInterlocked.Update(ref _reads, (reads, gone) => reads.Remove(gone), read);
                        return;
                    }
                }

                read.Add(batch);
                CheckBytes();
            }
        }
    }

    private void CheckBytes()
    {
        lock (_checking) { _checkBytes(Reads.Sum(read => read.Bytes)); }
    }

    // One reader of all partitions would have met records with and without a key side by side.
    private void CheckKeys(IReadOnlyCollection<SourceBatch> batches)
    {
        if (_source.Definition is { Mode: ReadMode.Auto, NullKey: NullKeyPolicy.Error }
            && batches.Any(batch => batch.Schema.HasKey)
            && batches.Any(batch => !batch.Schema.HasKey))
        {
            throw Refused("records of one partition have keys, those of another have none; set mode, or null_key to skip or append");
        }
    }

    private SourceException Refused(string reason) => new(
        _source.Definition.Name, $"source \"{_source.Definition.Name}\" cannot be shared out: {reason}", isTransient: false);

    /// <summary>A partition of the share, as far as it is read. Its scan's statistics outlive the scan.</summary>
    /// <remarks>Filled by one reader; its bytes are told to others meanwhile.</remarks>
    private sealed class PartitionRead(SourcePartition partition, ISourceScan scan, ChangelogCompactor rows)
    {
        private long _bytes;

        public SourcePartition Partition => partition;

        public ISourceScan Scan => scan;

        public ChangelogCompactor Rows => rows;

        public long Bytes => Volatile.Read(ref _bytes);

        public void Add(SourceBatch batch)
        {
            rows.Add(batch);
            Volatile.Write(ref _bytes, rows.SizeInBytes);
        }
    }
}
