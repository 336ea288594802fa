using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>One read of a source for every table of a wave that needs it. Safe for concurrent subscribers.</summary>
/// <remarks>
/// <code>
///            ┌─ staged: compacted by key, schema final ─► every subscriber, once complete
/// ISourceScan┤
///            └─ streamed: a linked list of batches ─────► each subscriber at its own place
/// </code>
/// Streaming waits for the slowest subscriber that has begun to read, so read-ahead is bounded. A subscriber that has
/// not begun does not hold up one that has: batches are kept for it (one copy for all), which rules out deadlocks
/// between joins that read two shared sources in opposite order.
/// </remarks>
internal sealed class SharedScan : IAsyncDisposable
{
    private const int MaxBatchesAhead = 8;

    private readonly ISource _source;
    private readonly ScanRequest _request;
    private readonly long? _maxStagedBytes;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly List<Reader> _readers = [];
    private readonly TaskCompletionSource<ISourceScan> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<StagedTable> _staged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _advanced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Node? _first;

    // The pump knows no other place: a local of it would keep every batch behind that place alive.
    private Node _last;
    private Task? _pump;
    private int _subscribers;
    private int _notBegun;
    private bool _isSharedFurther;
    private long _produced;
    private ISourceScan? _scan;

    /// <summary>Prepares a scan; nothing is opened before <see cref="OpenAsync"/>.</summary>
    /// <param name="source">What to read.</param>
    /// <param name="request">Which columns.</param>
    /// <param name="isStaged">True to read everything before anything is handed on.</param>
    /// <param name="maxStagedBytes">More bytes held for staging fail the read; null: no limit.</param>
    /// <param name="subscribers">Tables that will read it; each must release its <see cref="ScanSubscription"/>.</param>
    public SharedScan(ISource source, ScanRequest request, bool isStaged, int subscribers, long? maxStagedBytes)
    {
        _maxStagedBytes = maxStagedBytes;
        _source = source;
        _request = request;
        IsStaged = isStaged;
        _subscribers = subscribers;
        _notBegun = subscribers;
        _first = _last = new Node();
    }

    /// <summary>True when everything is read before anything is handed on.</summary>
    public bool IsStaged { get; }

    /// <summary>What staging holds of the engine's memory; null: that is not counted.</summary>
    public MemoryReservation? Held { get; init; }

    /// <summary>The source.</summary>
    public ISource Source => _source;

    /// <summary>The columns that were asked for.</summary>
    public ScanRequest Request => _request;

    /// <summary>True when the batches of a changelog are handed on as they were read: its versions have to be applied.</summary>
    public bool IsUpserted => !IsStaged && Definition.Mode == ReadMode.Changelog;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>When the read began: the ends of its partitions were captured since then.</summary>
    public DateTimeOffset BegunAt { get; private set; }

    /// <summary>
    /// When its partitions ended where it has ended, or earlier: of a read that was to end before what there is, nobody knows.
    /// </summary>
    public DateTimeOffset ReadAt => Partitions.Any(partition => partition.LogEnd > partition.Range.End)
        ? Stored?.Source.ReadAt ?? Followed?.ReadAt ?? DateTimeOffset.MinValue
        : Stored?.Source.ReadAt ?? BegunAt;

    /// <summary>The definition of the source.</summary>
    public SourceDefinition Definition => _source.Definition;

    /// <summary>What keeps the source from being read and is being waited out; null when all is well.</summary>
    public string? Fault => _source.Fault ?? Member?.Fault;

    /// <summary>The partitions, empty before the scan is open.</summary>
    public IReadOnlyList<SourcePartition> Partitions => Volatile.Read(ref _scan)?.Partitions ?? [];

    /// <summary>How far the scan is; null before it is open.</summary>
    public ScanStatistics? GetStatistics() => Volatile.Read(ref _scan)?.GetStatistics();

    /// <summary>What the source's offsets belong to; null before it is open, and where it cannot tell.</summary>
    public string? Identity => Volatile.Read(ref _scan)?.Identity;

    /// <summary>For how long the source keeps tombstones; null where that is not known.</summary>
    public TimeSpan? TombstoneRetention => Volatile.Read(ref _scan)?.TombstoneRetention;

    /// <summary>Columns of the source as earlier records showed them; null when none are known.</summary>
    public Schema? KnownSchema { get; init; }

    /// <summary>What is stored of a changelog that is followed afterwards; null for other reads.</summary>
    public FollowedSource? Followed { get; init; }

    /// <summary>What live tables have made of the source up to where this read begins; null where it begins anew.</summary>
    public StoredScan? Stored { get; init; }

    /// <summary>What keeps it from being stored where <see cref="Followed"/> is null, to be said of the source.</summary>
    public string WhyNotFollowed { get; init; } = "is no changelog that can be stored";

    /// <summary>The membership that tells which partitions are read here; null where all are.</summary>
    public IGroupMember? Member { get; init; }

    /// <summary>The partitions that were read for a member of a group; null before they are, and for other reads.</summary>
    public GroupShare? Share => (Volatile.Read(ref _scan) as GroupScan)?.Share;

    /// <summary>The offset at which the rows of a partition begin: before the range that is read where they were stored.</summary>
    public long StartOf(SourcePartition partition) => Followed?.StartOf(partition.Id) ?? Stored?.StartOf(partition.Id) ?? partition.Range.Start;

    /// <summary>Bytes held for staging so far.</summary>
    public long StagedBytes { get; private set; }

    /// <summary>Records left out at the end of staging, because keys appeared after them.</summary>
    public long KeylessDropped { get; private set; }

    /// <summary>Captures the ends and starts reading; the first caller does it, the others wait for it.</summary>
    public Task OpenAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_first is not null) { _pump ??= Task.Run(PumpAsync, CancellationToken.None); }
        }

        return _opened.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Everything the source held, compacted by key where it is a changelog. Shared: immutable.</summary>
    public Task<StagedTable> ReadStagedAsync(CancellationToken cancellationToken) => _staged.Task.WaitAsync(cancellationToken);

    /// <summary>The batches from the first one on. At most once per subscriber.</summary>
    public async IAsyncEnumerable<SourceBatch> StreamAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (Reader reader, Node node) = Begin();
        try
        {
            while (await node.Next.Task.WaitAsync(cancellationToken).ConfigureAwait(false) is { } next)
            {
                yield return next.Batch!;
                node = next;
                Advance(reader);
            }
        }
        finally
        {
            End(reader);
        }
    }

    /// <summary>True when the one subscriber gives the memory of each batch back.</summary>
    public bool GivesBatchesBack => _request.GivesBatchesBack && !Volatile.Read(ref _isSharedFurther);

    /// <summary>One more subscriber, while another has not begun to stream.</summary>
    public void AddSubscriber()
    {
        lock (_lock)
        {
            Volatile.Write(ref _isSharedFurther, true);
            _subscribers++;
            _notBegun++;
        }
    }

    /// <summary>Says that one subscriber needs no more; the last one stops the read and closes the source.</summary>
    /// <param name="hasBegun">True when the subscriber has begun to stream.</param>
    public async ValueTask ReleaseAsync(bool hasBegun)
    {
        lock (_lock)
        {
            if (!hasBegun && --_notBegun == 0) { _first = null; }

            _advanced.TrySetResult();
            if (--_subscribers > 0) { return; }

            _first = null;
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Stops the read and closes the source; called by the release of the last subscriber.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task? pump;
        lock (_lock) { pump = _pump; }

        if (pump is not null) { await pump.ConfigureAwait(false); }

        _stopping.Dispose();
        Held?.Dispose();
    }

    private async Task PumpAsync()
    {
        BegunAt = Time.GetUtcNow();
        try
        {
            if (Followed is { Bookmark: not null } stored && await TryReadOnAsync(stored).ConfigureAwait(false))
            {
                _last.Next.SetResult(null);
                return;
            }

            ISourceScan scan = Member is { } member
                ? new GroupScan(_source, member, _request, CheckStagedBytes)
                : await _source.OpenAsync(_request, _stopping.Token).ConfigureAwait(false);
            await using (scan.ConfigureAwait(false))
            {
                Opened(scan);
                if (IsStaged)
                {
                    TouchedKeys? touched = _request.Bookmark is not null ? new TouchedKeys() : null;
                    Complete(await StageAsync(scan, new ChangelogCompactor(Definition.NullKey, KnownSchema), touched).ConfigureAwait(false));
                }
                else { await StreamAsync(scan).ConfigureAwait(false); }
            }

            _last.Next.SetResult(null);
        }
        catch (Exception e)
        {
            // Every subscriber gets the failure; the task itself ends well, so that releasing never throws it again.
            _opened.TrySetException(e);
            _staged.TrySetException(e);
            _last.Next.TrySetException(e);
            _ = _opened.Task.Exception;
            _ = _staged.Task.Exception;
            _ = _last.Next.Task.Exception;
        }
    }

    /// <summary>Reads stored rows, and the records since then; false when they do not fit.</summary>
    private async Task<bool> TryReadOnAsync(FollowedSource stored)
    {
        try
        {
            ISourceScan scan = await _source.OpenAsync(_request with { Bookmark = stored.Bookmark }, _stopping.Token).ConfigureAwait(false);
            await using (scan.ConfigureAwait(false))
            {
                bool hasNewRecords = scan.Partitions.Any(partition => partition.Range.Length > 0 || partition.LogEnd > partition.Range.End);
                if (hasNewRecords && stored.WhyTooOld(scan.TombstoneRetention) is { } reason) { throw new NotContinuedException(reason); }

                var staging = new ChangelogCompactor(Definition.NullKey, stored.KnownSchema);
                foreach (SourceBatch rows in stored.ReadRows(_request.MaxDegreeOfParallelism, _stopping.Token)) { staging.Add(rows); }

                Opened(scan);
                StagedTable staged = await StageAsync(scan, staging, touched: null).ConfigureAwait(false);
                if (staged.IsNewSchema) { throw new NotContinuedException($"records of \"{Definition.Name}\" have other columns"); }

                stored.Accept(hasNewRecords);
                Complete(staged);
                return true;
            }
        }
        catch (BookmarkException e) { stored.Reject(e.Message); }
        catch (NotContinuedException e) { stored.Reject(e.Message, e.IsDamage); }

        return false;
    }

    private void Opened(ISourceScan scan)
    {
        Volatile.Write(ref _scan, scan);
        _opened.TrySetResult(scan);
    }

    private async Task<StagedTable> StageAsync(ISourceScan scan, ChangelogCompactor staging, TouchedKeys? touched)
    {
        foreach (SourceBatch rows in Stored?.Rows ?? []) { staging.Add(rows); }

        while (await scan.ReadAsync(_stopping.Token).ConfigureAwait(false) is { } batch)
        {
            CheckLimit(scan);
            touched?.Add(batch);
            staging.Add(batch);
            CheckStagedBytes(staging.SizeInBytes);
        }

        CheckLimit(scan);
        StagedTable staged = staging.Finish();
        return touched is null ? staged : staged with { TouchedKeys = touched.Finish(staged.Schema) };
    }

    /// <summary>Hands batches on as they come.</summary>
    private async Task StreamAsync(ISourceScan scan)
    {
        while (await scan.ReadAsync(_stopping.Token).ConfigureAwait(false) is { } batch)
        {
            CheckLimit(scan);
            var next = new Node { Batch = batch };
            _last.Next.SetResult(next);
            _last = next;
            lock (_lock) { _produced++; }

            await WaitForReadersAsync().ConfigureAwait(false);
        }

        CheckLimit(scan);
    }

    private void Complete(StagedTable staged)
    {
        KeylessDropped = staged.KeylessDropped;
        _staged.TrySetResult(staged);
    }

    private void CheckStagedBytes(long bytes)
    {
        StagedBytes = bytes;
        if (StagedBytes > _maxStagedBytes)
        {
            throw new SourceException(
                Definition.Name,
                $"source \"{Definition.Name}\" takes {StagedBytes} bytes, more than the memory budget of {_maxStagedBytes}",
                isTransient: false);
        }

        if (Held?.Hold(StagedBytes) is { } refusal)
        {
            throw new SourceException(
                Definition.Name, $"source \"{Definition.Name}\" takes too much memory: {refusal}", isTransient: false);
        }
    }

    private void CheckLimit(ISourceScan scan)
    {
        if (Definition.MaxRecords is { } limit && scan.GetStatistics().Records > limit)
        {
            throw new SourceException(
                Definition.Name, $"source \"{Definition.Name}\" holds more than {limit} records, the limit of loading.bulk.max_records", isTransient: false);
        }
    }

    private async Task WaitForReadersAsync()
    {
        while (true)
        {
            Task advanced;
            lock (_lock)
            {
                if (_advanced.Task.IsCompleted) { _advanced = new(TaskCreationOptions.RunContinuationsAsynchronously); }

                // Nobody has begun: stay just ahead of the first one to come.
                bool isFarAhead = _readers.Count == 0
                    ? _produced >= MaxBatchesAhead
                    : _readers.Exists(reader => _produced - reader.Consumed >= MaxBatchesAhead);
                if (!isFarAhead) { return; }

                advanced = _advanced.Task;
            }

            await advanced.WaitAsync(_stopping.Token).ConfigureAwait(false);
        }
    }

    private (Reader Reader, Node First) Begin()
    {
        lock (_lock)
        {
            Node first = _first ?? throw new InvalidOperationException("The scan has been released.");
            if (--_notBegun == 0) { _first = null; }

            var reader = new Reader();
            _readers.Add(reader);
            _advanced.TrySetResult();
            return (reader, first);
        }
    }

    private void Advance(Reader reader)
    {
        lock (_lock)
        {
            reader.Consumed++;
            _advanced.TrySetResult();
        }
    }

    private void End(Reader reader)
    {
        lock (_lock)
        {
            _readers.Remove(reader);
            _advanced.TrySetResult();
        }
    }

    /// <summary>A place in the list of batches; the next one is filled in when it has been read, null at the end.</summary>
    private sealed class Node
    {
        public SourceBatch? Batch { get; init; }

        public TaskCompletionSource<Node?> Next { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>How many batches one subscriber has taken.</summary>
    private sealed class Reader
    {
        public long Consumed { get; set; }
    }
}

/// <summary>One reader's place in a shared scan. Used by one execution.</summary>
internal sealed class ScanSubscription(SharedScan scan)
{
    private bool _hasBegun;
    private bool _isReleased;

    /// <summary>The scan.</summary>
    public SharedScan Scan { get; } = scan;

    /// <summary>The batches from the first one on; once only.</summary>
    public IAsyncEnumerable<SourceBatch> StreamAsync(CancellationToken cancellationToken)
    {
        _hasBegun = true;
        return Scan.StreamAsync(cancellationToken);
    }

    /// <summary>Another place in the scan; this one is not released and has not begun to stream.</summary>
    public ScanSubscription Again()
    {
        Scan.AddSubscriber();
        return new ScanSubscription(Scan);
    }

    /// <summary>Says that the reader needs no more; once is enough.</summary>
    public ValueTask ReleaseAsync() => Interlocked.Exchange(ref _isReleased, true) ? ValueTask.CompletedTask : Scan.ReleaseAsync(_hasBegun);
}
