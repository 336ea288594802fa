using System.Threading.Channels;
using Ctas.Sinks;
using Microsoft.Extensions.Logging;

namespace Ctas.Maintenance;

/// <summary>One table's way to its sink: its rows, and then what every tick changes, in order.</summary>
/// <remarks>
/// <code>
/// tick ─► Offer ─► bounded queue ─► pump: a round of ticks ─► sink, commit with the positions behind the last tick
/// </code>
/// Ticks are offered by the one thread that runs them and never wait. The pump runs on its own; when it has fallen too far
/// behind, the sources wait or the delivery fails, as the options say; when the sink refuses for good, the delivery fails, and
/// the table goes on without it.
/// </remarks>
internal sealed class TableDelivery : IAsyncDisposable
{
    private static readonly TimeSpan IdleCommitInterval = TimeSpan.FromMinutes(1);

    // Brokers forget positions, and the names of producers, that nobody has used for days.
    private static readonly TimeSpan QuietCommitInterval = TimeSpan.FromHours(1);

    private readonly DeliveryTarget _target;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<QueuedTick> _queue = Channel.CreateUnbounded<QueuedTick>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    // That it is full and that there is room are told in the order in which they come true; that it has failed, at once by the
    // state of the table and here.
    private readonly Lock _telling = new();

    private OfferedPositions _newest = new(0, []);
    private IReadOnlyList<SinkPosition> _committed;
    private TaskCompletionSource _progressed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;
    private Task _pump = Task.CompletedTask;
    private Task<bool>? _arrival;
    private long _queued;
    private long _offered;
    private long _delivered;
    private long _waitingSince;
    private long _lastCommit;
    private int _isClosed;
    private int _hasFailed;
    private bool _isFull;

    /// <summary>Prepares a delivery; nothing is written before <see cref="Start"/>.</summary>
    public TableDelivery(DeliveryTarget target, DeliveryOptions options, TimeProvider time, ILogger logger)
    {
        _target = target;
        _options = options;
        _time = time;
        _logger = logger;
        _committed = target.Committed;
    }

    /// <summary>The table that is delivered.</summary>
    public string Table => _target.Table;

    /// <summary>True when the sink keeps the positions behind what it has.</summary>
    public bool KeepsPositions => _target.KeepsPositions;

    /// <summary>What the positions belong to.</summary>
    public string Generation => _target.Generation;

    /// <summary>Called once, by whatever thread finds it out, when the delivery has failed.</summary>
    public Action<Exception>? OnFailed { get; set; }

    /// <summary>
    /// Called with true when the queue is full and with false when there is room again, where that is waited out; one call at a
    /// time.
    /// </summary>
    public Action<bool>? OnFull { get; set; }

    /// <summary>How far it is.</summary>
    public SinkStatus Status
    {
        get
        {
            long queued = Interlocked.Read(ref _queued);
            SinkWritten written = _target.Writer.Committed;
            return new SinkStatus(
                _target.Writer.Name,
                queued,
                queued > 0 ? _time.GetElapsedTime(Volatile.Read(ref _waitingSince)) : TimeSpan.Zero,
                written.Records,
                written.Bytes,
                Volatile.Read(ref _committed),
                _target.Writer.Fault,
                Failure)
            {
                Warning = _target.Writer.Warning,
            };
        }
    }

    /// <summary>Why it has failed; who has seen the state of the table changed for that finds it.</summary>
    private Exception? Failure
    {
        get
        {
            lock (_telling) { return _failure; }
        }
    }

    /// <summary>Starts to write.</summary>
    /// <param name="first">What comes before the changes of ticks.</param>
    /// <param name="positions">How far the sources had been read for it.</param>
    /// <param name="free">Completes when nobody else writes to the sink; fails when the sink lacks what came before.</param>
    public void Start(FirstChanges first, IReadOnlyList<SinkPosition> positions, Task free)
    {
        _newest = new OfferedPositions(0, positions);
        _lastCommit = _time.GetTimestamp();
        if (first.Batches is { } batches) { Enqueue(new QueuedTick(batches, positions, first.Count, ++_offered), isBounded: false); }

        DeliveryLog.Delivering(_logger, _target.Table, _target.Writer.Name);
        _pump = Task.Run(() => PumpAsync(free, begun: first.AreAllRows ? positions : []));
    }

    /// <summary>Takes what a tick has done to the table. Never waits.</summary>
    /// <param name="changes">The changes; empty when only the sources have moved.</param>
    /// <param name="positions">How far the sources have been read; empty unless <see cref="KeepsPositions"/>.</param>
    public void Offer(SinkBatch? changes, IReadOnlyList<SinkPosition> positions)
    {
        if (Volatile.Read(ref _failure) is not null) { return; }

        // Sources that move without changes are noted now and then, so that a restart does not begin far back.
        bool isDue = positions.Count > 0 && _time.GetElapsedTime(Interlocked.Read(ref _lastCommit)) >= IdleCommitInterval;
        if (changes is not null || isDue)
        {
            long count = changes?.Changes.Sum(change => (long)change.Count) ?? 0;
            Enqueue(new QueuedTick(changes is null ? [] : [changes], positions, count, ++_offered), isBounded: true);
        }

        // Behind the queue: who reads this first and the queue then has all that belongs to it.
        Volatile.Write(ref _newest, new OfferedPositions(_offered, positions));
    }

    /// <summary>Has the sink keep how far the sources are, also where no change came of it; called while ticks are held.</summary>
    public DeliveryMark Mark()
    {
        if (KeepsPositions && !_newest.Positions.SequenceEqual(Volatile.Read(ref _committed)))
        {
            Enqueue(new QueuedTick([], _newest.Positions, Changes: 0, ++_offered), isBounded: false);
        }

        return new DeliveryMark(this, _offered);
    }

    /// <summary>Waits until the sink has all that was offered before the call.</summary>
    /// <exception cref="MaintenanceException">The delivery has failed.</exception>
    public Task WaitAsync(CancellationToken cancellationToken) => WaitAsync(Interlocked.Read(ref _offered), cancellationToken);

    /// <summary>Waits until the sink has what was offered up to a number.</summary>
    /// <exception cref="MaintenanceException">The delivery has failed.</exception>
    internal async Task WaitAsync(long upTo, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task progressed = Volatile.Read(ref _progressed).Task;
            if (Volatile.Read(ref _failure) is { } failure) { throw _target.Failure(failure); }

            if (Interlocked.Read(ref _delivered) >= upTo) { return; }

            await progressed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes nothing more, delivers what is queued however long it takes, and closes the sink.</summary>
    /// <exception cref="MaintenanceException">The sink has not got everything.</exception>
    public async Task FinishAsync()
    {
        // The table of that name is another one by now.
        OnFailed = null;
        MakeRoom(long.MaxValue);
        _queue.Writer.TryComplete();
        await _pump.ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
        if (Volatile.Read(ref _failure) is { } failure) { throw _target.Failure(failure); }

        if (Interlocked.Read(ref _queued) > 0) { throw _target.Failure(new OperationCanceledException("the engine was disposed")); }
    }

    /// <summary>Takes nothing more, delivers what is queued for a while at most, and closes the sink.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) { return; }

        MakeRoom(long.MaxValue);
        _queue.Writer.TryComplete();
        using (var limit = new CancellationTokenSource(_options.CloseTimeout, _time))
        {
            await _pump.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        long left = Interlocked.Read(ref _queued);
        if (left > 0) { DeliveryLog.NotDelivered(_logger, _target.Writer.Name, _target.Table, left); }

        DeliveryTelemetry.Queued(_target.Writer.Name, -left);
        try { await _target.Writer.DisposeAsync().ConfigureAwait(false); }
        catch (Exception e)
        {
            // What it was to take has been told; that it cannot be closed must not keep others from being closed.
            DeliveryLog.NotClosed(_logger, _target.Writer.Name, e);
        }

        _stopping.Dispose();
    }

    private void Enqueue(QueuedTick tick, bool isBounded)
    {
        long queued = Interlocked.Add(ref _queued, tick.Changes);
        DeliveryTelemetry.Queued(_target.Writer.Name, tick.Changes);
        if (queued == tick.Changes) { Volatile.Write(ref _waitingSince, _time.GetTimestamp()); }

        if (isBounded && queued > _options.MaxQueuedChanges && _options.WhenFull == FullQueuePolicy.Fail)
        {
            Fail(new SinkException(
                _target.Writer.Name,
                $"{queued} changes wait for sink \"{_target.Writer.Name}\", more than the {_options.MaxQueuedChanges} that may"
                + (_target.Writer.Fault is { } fault ? $"; it is being tried again, because {fault}" : ""),
                isTransient: true));
            return;
        }

        _queue.Writer.TryWrite(tick);
        if (isBounded && queued > _options.MaxQueuedChanges) { NoteFull(); }
    }

    private void NoteFull()
    {
        lock (_telling)
        {
            // What takes nothing more makes no room any more either.
            bool isOver = Volatile.Read(ref _failure) is not null || Volatile.Read(ref _isClosed) != 0;
            if (_isFull || isOver) { return; }

            _isFull = true;
            OnFull?.Invoke(true);
        }

        DeliveryLog.Full(_logger, _target.Writer.Name, _target.Table);

        // What has been delivered meanwhile has not found it full.
        MakeRoom(_options.MaxQueuedChanges / 2);
    }

    /// <summary>Says that there is room when no more than this is left in the queue.</summary>
    private void MakeRoom(long atMost)
    {
        lock (_telling)
        {
            if (!_isFull || Interlocked.Read(ref _queued) > atMost) { return; }

            _isFull = false;
            OnFull?.Invoke(false);
        }
    }

    private async Task PumpAsync(Task free, IReadOnlyList<SinkPosition> begun)
    {
        try
        {
            await free.WaitAsync(_stopping.Token).ConfigureAwait(false);
            if (begun.Count > 0) { await _target.Writer.BeginAsync(begun, _stopping.Token).ConfigureAwait(false); }

            while (await IsRoundDueAsync().ConfigureAwait(false)) { await DeliverAsync(TakeRound()).ConfigureAwait(false); }

            // Closed: sources may have moved on since the last change.
            if (KeepsPositions && !_newest.Positions.SequenceEqual(_committed)) { await DeliverAsync(TakeRound()).ConfigureAwait(false); }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // What is left is told when the delivery is closed.
        }
        catch (Exception e) { Fail(e); }
    }

    /// <summary>Waits for ticks, or until positions are to be committed again; false when nothing comes any more.</summary>
    private async Task<bool> IsRoundDueAsync()
    {
        _arrival ??= _queue.Reader.WaitToReadAsync(_stopping.Token).AsTask();
        if (KeepsPositions && _newest.Positions.Count > 0)
        {
            try { await _arrival.WaitAsync(QuietCommitInterval, _time, _stopping.Token).ConfigureAwait(false); }
            catch (TimeoutException) { return true; }
        }

        bool hasTicks = await _arrival.ConfigureAwait(false);
        _arrival = null;
        return hasTicks;
    }

    private DeliveryRound TakeRound()
    {
        OfferedPositions newest = Volatile.Read(ref _newest);
        var round = new DeliveryRound();
        while (round.Changes < _options.MaxChangesPerCommit)
        {
            if (_queue.Reader.TryRead(out QueuedTick? tick))
            {
                round.Add(tick);
                continue;
            }

            // Everything up to there has been taken, and perhaps ticks that were offered since: then their positions count.
            if (newest.LastNumber >= round.LastNumber) { round.Positions = newest.Positions; }

            break;
        }

        return round;
    }

    private async Task DeliverAsync(DeliveryRound round)
    {
        await _target.Writer.WriteAsync(
            round.Batches, KeepsPositions ? round.Positions : [], maxRetries: int.MaxValue, _stopping.Token).ConfigureAwait(false);
        if (_target.Writer.Warning is null) { Volatile.Write(ref _committed, KeepsPositions ? round.Positions : []); }

        Interlocked.Add(ref _queued, -round.Changes);
        DeliveryTelemetry.Queued(_target.Writer.Name, -round.Changes);
        MakeRoom(_options.MaxQueuedChanges / 2);
        Interlocked.Exchange(ref _lastCommit, _time.GetTimestamp());
        Volatile.Write(ref _waitingSince, _time.GetTimestamp());
        if (round.LastNumber > 0) { Interlocked.Exchange(ref _delivered, round.LastNumber); }

        Progress();
    }

    private void Fail(Exception failure)
    {
        if (Interlocked.Exchange(ref _hasFailed, 1) != 0) { return; }

        DeliveryTelemetry.Failed(_target.Writer.Name);
        MaintenanceException told = _target.Failure(failure);
        DeliveryLog.Failed(_logger, _target.Table, _target.Writer.Name, told);

        lock (_telling)
        {
            // Of a table that was dropped or replaced, only the log tells. Of any other, who sees the failure finds its state changed.
            if (Volatile.Read(ref _isClosed) == 0) { OnFailed?.Invoke(told); }

            Volatile.Write(ref _failure, failure);
        }

        MakeRoom(long.MaxValue);
        _queue.Writer.TryComplete();
        _stopping.Cancel();
        Progress();
    }

    private void Progress() =>
        Interlocked.Exchange(ref _progressed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}

/// <summary>A place in a delivery: what a table showed at one moment.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="Number">What had been offered by then.</param>
internal readonly record struct DeliveryMark(TableDelivery Delivery, long Number)
{
    /// <summary>The table.</summary>
    public string Table => Delivery.Table;

    /// <summary>Waits until the sink has what the table showed, and has kept how far the sources had been read for it.</summary>
    /// <exception cref="MaintenanceException">The delivery has failed.</exception>
    public Task WaitAsync(CancellationToken cancellationToken) => Delivery.WaitAsync(Number, cancellationToken);
}

/// <summary>Where a table is delivered to.</summary>
/// <param name="Table">The table.</param>
/// <param name="Writer">The sink; the delivery closes it.</param>
internal sealed record DeliveryTarget(string Table, SinkWriter Writer)
{
    /// <summary>True when positions are committed with what is written.</summary>
    public bool KeepsPositions { get; init; }

    /// <summary>How far the sources had been read for what the sink has; empty for one that begins.</summary>
    public IReadOnlyList<SinkPosition> Committed { get; init; } = [];

    /// <summary>What the positions belong to.</summary>
    public string Generation { get; init; } = "";

    /// <summary>A failure as the table tells it.</summary>
    public MaintenanceException Failure(Exception failure) => new(
        Table, $"table \"{Table}\" is delivered to sink \"{Writer.Name}\" no longer: {failure.Message}", failure);
}
