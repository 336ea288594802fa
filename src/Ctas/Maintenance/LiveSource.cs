using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Ctas.Data;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tables.Snapshots;
using Ctas.Tables.Versions;

namespace Ctas.Maintenance;

/// <summary>
/// A source that is followed: its tail is read ahead by a bounded amount, and its records become exact changes, in which
/// the old row of a key that was written again is retracted.
/// </summary>
/// <remarks>
/// The pump runs on its own; everything else is called by the one thread that runs ticks, except for what tells how far
/// it is.
/// </remarks>
internal sealed class LiveSource : IAsyncDisposable
{
    private const int BatchesAhead = 4;
    private const long Reachable = long.MinValue;

    // A tail that is cut off brings nothing, and nobody need ask how far behind it is until long after.
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private readonly SourceToFollow _followed;
    private readonly Action _onArrival;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<TailBatch> _batches = Channel.CreateBounded<TailBatch>(
        new BoundedChannelOptions(BatchesAhead) { SingleReader = true, SingleWriter = true });

    private readonly TimeProvider _time;
    private LiveSourceProgress _progress;
    private readonly LagMarks _marks;
    private long _faultySince = Reachable;
    // What was read before the pump began, and where it begins.
    private readonly Queue<TailBatch> _ahead = new();
    private IReadOnlyList<PartitionOffset> _from;
    private Task _pump = Task.CompletedTask;
    private ITimer? _watch;
    private ISourceTail? _tail;
    private string[] _warnings = [];

    /// <summary>Prepares to follow a source; nothing is read before <see cref="Start"/>.</summary>
    /// <param name="followed">The source, where its snapshot ended, and what it held.</param>
    /// <param name="eventTime">How far event time has come in it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onArrival">Called when there is something to take.</param>
    public LiveSource(SourceToFollow followed, SourceWatermark eventTime, TimeProvider time, Action onArrival)
    {
        _time = time;
        _marks = new LagMarks(followed.Positions, time);
        _followed = followed;
        EventTime = eventTime;
        if (followed.EventTime is { } stored) { eventTime.GoOnFrom(stored); }

        eventTime.Note(followed.NewestTimes);
        _onArrival = onArrival;
        _progress = new LiveSourceProgress(followed.Positions, NewestRecordAt: null);
        _from = followed.Positions;
    }

    /// <summary>The source's name in SQL.</summary>
    public string Name => _followed.Definition.Name;

    /// <summary>The topic, or the name where there is none.</summary>
    public string Place => _followed.Definition.Location is TopicLocation topic ? topic.Topic : Name;

    /// <summary>The columns its changes have.</summary>
    public Schema Schema => _followed.Schema;

    /// <summary>How far event time has come.</summary>
    public SourceWatermark EventTime { get; }

    /// <summary>How far changes have been applied.</summary>
    public LiveSourceProgress Progress => Volatile.Read(ref _progress);

    /// <summary>How the tail is; null before it is open.</summary>
    public TailStatus? Status => Volatile.Read(ref _tail)?.GetStatus();

    /// <summary>Offsets that are known and not applied; null before the tail is open.</summary>
    public long? LagRecords
    {
        get
        {
            if (Status is not { } status) { return null; }

            Dictionary<int, long> applied = Progress.Positions.ToDictionary(position => position.Partition, position => position.Offset);
            return status.Ends.Sum(end => Math.Max(0, end.Offset - applied.GetValueOrDefault(end.Partition)));
        }
    }

    /// <summary>
    /// For how long a record has been known that is not applied, or the source could not be asked; zero when neither.
    /// </summary>
    public TimeSpan BehindFor
    {
        get
        {
            NoteKnown();
            long since = Interlocked.Read(ref _faultySince);
            TimeSpan unreachable = since == Reachable ? TimeSpan.Zero : _time.GetElapsedTime(since);
            return unreachable > _marks.Age ? unreachable : _marks.Age;
        }
    }

    /// <summary>Why it cannot be followed any further; null while it can.</summary>
    public Exception? Error { get; private set; }

    /// <summary>The rows of a changelog by key, as of what has been applied; null for a source that only appends.</summary>
    public Table? Rows => _followed.Changelog?.Current;

    /// <summary>Bytes kept to know the old rows.</summary>
    public long StateBytes => _followed.Changelog?.Current.Memory.Total ?? 0;

    /// <summary>What its records have shown that one should know: fields that are no columns. Taken so far.</summary>
    public IReadOnlyList<string> Warnings => Volatile.Read(ref _warnings);

    /// <summary>The warnings that have come since the last call.</summary>
    public IReadOnlyList<string> TakeWarnings()
    {
        if (Status is not { Statistics.Warnings: { Count: > 0 } known }) { return []; }

        string[] added = [.. known.Except(_warnings)];
        if (added.Length > 0) { Volatile.Write(ref _warnings, [.. _warnings, .. added]); }

        return added;
    }

    /// <summary>Reads on up to these offsets and no further, before <see cref="Start"/>; what it reads is there to be taken then.</summary>
    /// <exception cref="SourceException">It cannot be read up to there.</exception>
    public async Task ReadUpToAsync(IReadOnlyList<PartitionOffset> upTo, CancellationToken cancellationToken)
    {
        foreach (PartitionOffset wanted in upTo) { RequireThere(wanted); }

        if (HasComeTo(upTo)) { return; }

        ISourceTail tail = await _followed.Source.OpenTailAsync(
            _followed.Request with { From = _from, UpTo = upTo }, cancellationToken).ConfigureAwait(false);
        await using (tail.ConfigureAwait(false))
        {
            while (!HasComeTo(upTo))
            {
                TailBatch batch = await tail.ReadAsync(cancellationToken).ConfigureAwait(false);
                _ahead.Enqueue(batch);
                _from = batch.Positions;
            }
        }
    }

    /// <summary>Starts to read.</summary>
    public void Start()
    {
        _pump = Task.Run(PumpAsync);
        _watch = _time.CreateTimer(_ => Watch(), null, WatchInterval, WatchInterval);
    }

    /// <summary>
    /// The changes that have arrived, up to so many records; null when there are none. What an earlier call gave counts
    /// as applied from then on.
    /// </summary>
    /// <remarks>A failure of the tail shows as <see cref="Error"/>, behind everything that came before it.</remarks>
    public SourceChanges? Take(int maxRecords)
    {
        List<ChangeBatch> changes = [];
        LiveSourceProgress progress = _progress;
        int records = 0;
        while (records < maxRecords && TryTake(out TailBatch? batch))
        {
            progress = new LiveSourceProgress(batch.Positions, batch.NewestRecordAt ?? progress.NewestRecordAt);
            if (batch.Rows is not { } rows) { continue; }

            EventTime.Note(batch.NewestTimes);
            records += rows.Rows.RowCount;
            Add(rows, changes);
        }

        // The reader completes only when it is empty.
        if (_batches.Reader.Completion is { IsCompleted: true } completion) { Error ??= completion.Exception?.InnerException; }

        return ReferenceEquals(progress, _progress) ? null : new SourceChanges(changes, progress);
    }

    /// <summary>How far that is, partition by partition, as metadata tell it.</summary>
    public IEnumerable<SourcePosition> PositionsAt(LiveSourceProgress progress) => progress.Positions.Select(position => new SourcePosition(
        Name,
        $"{Place}[{position.Partition}]",
        _followed.Starts.FirstOrDefault(start => start.Partition == position.Partition).Offset,
        position.Offset));

    /// <summary>What it holds between two ticks, so that it can be stored; null when it cannot. Ticks are held meanwhile.</summary>
    public CapturedSource? Capture()
    {
        if (_followed is not { Header: { } header, Changelog: { } changelog } || Error is not null) { return null; }

        StoredSource source = header.Sources[0];
        StoredPartition[] partitions = [.. _progress.Positions.Select(position => StoredPartitionOf(source, position))];
        Table rows = changelog.Current;
        return new CapturedSource(
            header with { RowCount = rows.RowCount, Stamp = Guid.NewGuid(), Sources = [source with { Partitions = partitions, ReadAt = ReadAt(source) }] }, rows);
    }

    /// <summary>Why what it has come to cannot be stored with the tables that follow it, to be said of the source; null where it can.</summary>
    public string? WhyNotStored => Error is not null ? "can be followed no further" : _followed.WhyNotStored;

    /// <summary>How far it has been applied between two ticks, as it is stored.</summary>
    public StoredSource StoredAt()
    {
        StoredSource source = _followed.Stored!;
        return source with
        {
            Partitions = [.. _progress.Positions.Select(position => StoredPartitionOf(source, position))],
            ReadAt = ReadAt(source),
        };
    }

    /// <summary>It can be followed no further, because of what its records hold.</summary>
    public void Fail(Exception error) => Error ??= error;

    /// <summary>Says that the changes up to there are visible.</summary>
    public void Applied(LiveSourceProgress progress)
    {
        _followed.Changelog?.Publish();

        // Who sees that a record has been applied finds the source no longer behind because of it.
        _marks.Apply(progress.Positions);
        Volatile.Write(ref _progress, progress);
        NoteKnown();
    }

    /// <summary>Stops reading.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_watch is not null) { await _watch.DisposeAsync().ConfigureAwait(false); }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        _stopping.Dispose();
    }

    // A partition that was added is read from its first record on.
    private StoredPartition StoredPartitionOf(StoredSource source, PartitionOffset position) =>
        (source.Partitions.FirstOrDefault(stored => stored.Id == position.Partition)
            ?? new StoredPartition(position.Partition, $"{Place}[{position.Partition}]", 0, 0)) with
        { Position = position.Offset };

    private void Add(SourceBatch rows, List<ChangeBatch> changes)
    {
        Batch selected = SourceColumns.Select(rows, Schema);
        if (_followed.Changelog is not { } changelog)
        {
            changes.Add(new ChangeBatch(selected));
            return;
        }

        int[]? weights = null;
        if (rows.Tombstones is { } tombstones)
        {
            weights = new int[selected.RowCount];
            for (int row = 0; row < weights.Length; row++) { weights[row] = tombstones[row] ? -1 : 1; }
        }

        changelog.Apply(new ChangeBatch(selected, Selection: null, weights), changes.Add);
    }

    private bool TryTake([NotNullWhen(true)] out TailBatch? batch) => _ahead.TryDequeue(out batch) || _batches.Reader.TryRead(out batch);

    private bool HasComeTo(IReadOnlyList<PartitionOffset> offsets) => offsets.All(wanted =>
    {
        long offset = _from.First(position => position.Partition == wanted.Partition).Offset;
        return offset > wanted.Offset
            ? throw new SourceException(Name, $"source \"{Name}\" is at offset {offset} of partition {wanted.Partition}, past offset {wanted.Offset}", isTransient: false)
            : offset == wanted.Offset;
    });

    // What has been read once and is not there now never will be.
    private void RequireThere(PartitionOffset wanted)
    {
        if (_from.All(position => position.Partition != wanted.Partition)
            || _followed.LogEnds.Any(end => end.Partition == wanted.Partition && end.Offset < wanted.Offset))
        {
            throw new SourceException(
                Name, $"source \"{Name}\" does not reach offset {wanted.Offset} of partition {wanted.Partition}, up to which it was read: it was made anew", isTransient: false);
        }
    }

    /// <summary>When its partitions ended at what has been applied, or earlier.</summary>
    private DateTimeOffset ReadAt(StoredSource followed)
    {
        // Of what was there when it was loaded, nobody knows since when.
        Dictionary<int, long> applied = _progress.Positions.ToDictionary(position => position.Partition, position => position.Offset);
        return _followed.LogEnds.Any(end => end.Offset > applied.GetValueOrDefault(end.Partition))
            ? followed.ReadAt
            : _time.GetUtcNow() - BehindFor;
    }

    private void Watch()
    {
        try { NoteKnown(); }
        catch (Exception)
        {
            // A tail of the host's that cannot tell how it is: who asks for it hears that, and no timer must end the process.
        }
    }

    private void NoteKnown()
    {
        if (Status is not { } status) { return; }

        _marks.Note(status.Ends);
        if (status.Fault is null) { Interlocked.Exchange(ref _faultySince, Reachable); }
        else { Interlocked.CompareExchange(ref _faultySince, _time.GetTimestamp(), Reachable); }
    }

    private async Task PumpAsync()
    {
        try
        {
            ISourceTail tail = await _followed.Source.OpenTailAsync(_followed.Request with { From = _from }, _stopping.Token).ConfigureAwait(false);
            Volatile.Write(ref _tail, tail);

            // Who waits for a table learns that the source can tell how far it is.
            _onArrival();
            await using (tail.ConfigureAwait(false))
            {
                while (true)
                {
                    TailBatch batch = await tail.ReadAsync(_stopping.Token).ConfigureAwait(false);
                    NoteKnown();
                    await _batches.Writer.WriteAsync(batch, _stopping.Token).ConfigureAwait(false);
                    _onArrival();
                }
            }
        }
        catch (Exception e)
        {
            // It belongs to the tables that read the source: the tick finds it and gives it to them. A channel that ends
            // with a cancellation has no error to give.
            bool isOwn = e is OperationCanceledException && !_stopping.IsCancellationRequested;
            _batches.Writer.Complete(isOwn ? new SourceException(Name, e.Message, isTransient: true, e) : e);
            _onArrival();
        }
    }
}

/// <summary>Changes of a source that have arrived.</summary>
/// <param name="Changes">With exact weights, in order; none where offsets passed without records.</param>
/// <param name="Progress">How far they go.</param>
internal sealed record SourceChanges(IReadOnlyList<ChangeBatch> Changes, LiveSourceProgress Progress);

/// <summary>What a source held at one moment, and what to store with it. Immutable.</summary>
/// <param name="Header">The header, positions included.</param>
/// <param name="Rows">The rows.</param>
internal sealed record CapturedSource(SnapshotHeader Header, ITable Rows)
{
    /// <summary>What the sinks of tables behind it must have before it is stored.</summary>
    public IReadOnlyList<DeliveryMark> Marks { get; init; } = [];
}

/// <summary>How far a source has been applied. Immutable.</summary>
/// <param name="Positions">The next offset of every partition.</param>
/// <param name="NewestRecordAt">The latest time of a record among those applied; null while there was none.</param>
internal sealed record LiveSourceProgress(IReadOnlyList<PartitionOffset> Positions, DateTimeOffset? NewestRecordAt);

/// <summary>A source as its snapshot has left it.</summary>
/// <param name="Source">The source.</param>
/// <param name="Request">What to read, and from where.</param>
/// <param name="Schema">The columns that changes shall have, as in the snapshot.</param>
/// <param name="Changelog">The rows by key, for one that is a changelog; null for one that only appends.</param>
internal sealed record SourceToFollow(ITailSource Source, TailRequest Request, Schema Schema, TableWriter? Changelog)
{
    /// <summary>The latest ROWTIME of each partition in the snapshot.</summary>
    public IReadOnlyList<PartitionTime> NewestTimes { get; init; } = [];

    /// <summary>What there was when the snapshot was read, where that ended before; empty where it did not.</summary>
    public IReadOnlyList<PartitionOffset> LogEnds { get; init; } = [];

    /// <summary>How far event time had come where the snapshot goes on from stored tables; null where it began.</summary>
    public StoredEventTime? EventTime { get; init; }

    /// <summary>What is stored of it with the tables that follow it; null where it cannot be.</summary>
    public StoredSource? Stored { get; init; }

    /// <summary>Why it cannot, to be said of the source; null where it can.</summary>
    public string? WhyNotStored { get; init; }

    /// <summary>Where the snapshot started.</summary>
    public required IReadOnlyList<PartitionOffset> Starts { get; init; }

    /// <summary>What a stored snapshot of it needs beside rows and positions; null when it cannot be stored.</summary>
    public SnapshotHeader? Header { get; init; }

    /// <summary>The definition that is read by.</summary>
    public SourceDefinition Definition => Request.Definition;

    /// <summary>Where the snapshot ended.</summary>
    public IReadOnlyList<PartitionOffset> Positions => Request.From;
}
