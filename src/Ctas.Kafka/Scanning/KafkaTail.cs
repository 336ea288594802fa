using System.Diagnostics;
using System.Threading.Channels;

using Confluent.Kafka;

using Ctas.Kafka.Consuming;
using Ctas.Sources;

using Microsoft.Extensions.Logging;

namespace Ctas.Kafka.Scanning;

/// <summary>
/// A read of a topic that has no end. Its own thread consumes and decodes; it stops when two batches wait. Partitions
/// that are added are found at intervals and read from their first record on.
/// </summary>
internal sealed class KafkaTail : ISourceTail
{
    private const int BatchesAhead = 2;

    // How often a topic that the brokers do not know is looked for.
    private static readonly TimeSpan MissingTopicDelay = TimeSpan.FromMilliseconds(500);

    // Compaction leaves the newest segment of a log alone: who is hardly behind misses nothing, however short tombstones are kept.
    // A lag of a minute never comes to this, although it is told too long by the time that a batch waits for its reader.
    private static readonly TimeSpan LeastRetention = TimeSpan.FromMinutes(2);

    private readonly KafkaSourceSetup _setup;
    private readonly TailRequest _request;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _disposal = new();
    private readonly TaskCompletionSource _threadEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<TailBatch> _batches = Channel.CreateBounded<TailBatch>(
        new BoundedChannelOptions(BatchesAhead) { SingleReader = true, SingleWriter = true });

    private PartitionOffset[] _positions;
    private Dictionary<int, int?> _leaderEpochs = [];
    private readonly UnreadAge _unread;
    private TailStatus _status;
    private string? _identity;
    private TimeSpan? _tombstoneRetention;
    private string? _fault;
    private long _lastCheck;
    private long? _missingSince;
    private long _rejected;
    private volatile bool _isReading;
    private int _isDisposed;

    /// <summary>Starts to read.</summary>
    public KafkaTail(KafkaSourceSetup setup, TailRequest request, ILogger logger)
    {
        _setup = setup;
        _request = request;
        _logger = logger;
        _positions = [.. request.From];
        _identity = request.Identity;
        _unread = new UnreadAge(_positions, setup.Services.TimeProvider);
        _status = new TailStatus(_positions, new ScanStatistics(0, 0, 0, 0, [], [], []), Fault: null);
        new Thread(Run) { IsBackground = true, Name = $"ctas tail {Topic}" }.Start();
    }

    // A group says which partitions are read, also of those that are added; so does where they end.
    private bool IsShared => _request.Scan.Partitions is not null || _request.UpTo is not null;

    private string Topic => ((TopicLocation)_request.Definition.Location).Topic;

    public async ValueTask<TailBatch> ReadAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);

        // A failed read comes out of the wait, after the batches before it.
        while (await _batches.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_batches.Reader.TryRead(out TailBatch? batch)) { return batch; }
        }

        throw new UnreachableException("A tail ended without an error.");
    }

    public TailStatus GetStatus() => Volatile.Read(ref _status);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) { return; }

        await _disposal.CancelAsync().ConfigureAwait(false);
        await _threadEnded.Task.ConfigureAwait(false);
        _disposal.Dispose();
    }

    private void Run()
    {
        DeadLetterTopic? deadLetters = null;
        try
        {
            deadLetters = _setup.CreateDeadLetters(_disposal.Token);
            while (true)
            {
                try { ReadUntilPartitionsChange(deadLetters); }
                catch (Exception e) when (MissingTopic(e) is { } fault && MayComeBack()) { WaitForTopic(fault); }
            }
        }
        catch (Exception e)
        {
            // Whatever it is, it belongs to the reader of the batches, not to this thread.
            _batches.Writer.Complete(e is KafkaFaultException fault ? NotOpened(fault) : e);
        }
        finally
        {
            deadLetters?.Dispose();
            _threadEnded.SetResult();
        }
    }

    private static KafkaFault? MissingTopic(Exception e) =>
        (e as KafkaFaultException ?? e.InnerException as KafkaFaultException)?.Fault is { IsMissingTopic: true } fault ? fault : null;

    // Without its id another topic of that name would be taken for this one.
    private bool MayComeBack()
    {
        if (!CapturedRanges.HasTopicId(_identity)) { return false; }

        TimeProvider time = _setup.Services.TimeProvider;
        return time.GetElapsedTime(_missingSince ??= time.GetTimestamp()) < _setup.Options.MissingTopicTimeout;
    }

    private void WaitForTopic(KafkaFault fault)
    {
        _isReading = false;
        Fail(fault);
        ScanLog.WaitingForTopic(_logger, Topic);
        Task.Delay(MissingTopicDelay, _setup.Services.TimeProvider, _disposal.Token).GetAwaiter().GetResult();
    }

    private SourceException NotOpened(KafkaFaultException e) => new(
        _request.Definition.Name, ScanMessages.NotOpened(e.Fault, Topic, _setup.Brokers, _setup.Options.MaxRetries), e.Fault.IsTransient, e);

    private void ReadUntilPartitionsChange(DeadLetterTopic? deadLetters)
    {
        TimeProvider time = _setup.Services.TimeProvider;
        ITopicConsumer? consumer = null;
        _isReading = false;
        new KafkaRetry(_setup.Options with { MaxRetries = int.MaxValue }, time, (fault, _) => Fail(fault))
            .Execute(_ => (consumer, _positions) = ConnectAndPlace(), _disposal.Token);
        SourcePartition[] partitions = [.. _positions.Select(from => new SourcePartition(
            $"{Topic}[{from.Partition}]", from.Partition, new OffsetRange(from.Offset, _request.EndOf(from.Partition, from.Offset))))];
        var builder = new RecordBatchBuilder(_request.Definition, _request.Scan, partitions, deadLetters);
        var setup = new TopicScanSetup(
            _request.Definition, Topic, partitions, Connect, _setup.Options, time, _logger, deadLetters)
        {
            IsTail = true,
            OnFault = Fail,
            LeaderEpochs = _leaderEpochs,
        };
        using var reader = new TopicReader(setup, builder) { Connected = consumer };
        ScanLog.Following(_logger, Topic, partitions.Length);
        _lastCheck = time.GetTimestamp();
        _rejected = 0;
        _isReading = true;
        try
        {
            while (!HasAddedPartitions(reader)) { ReadOnce(reader, builder, deadLetters); }
        }
        finally { _leaderEpochs = reader.LeaderEpochs(); }
    }

    private void ReadOnce(TopicReader reader, RecordBatchBuilder builder, DeadLetterTopic? deadLetters)
    {
        SourceBatch? rows = reader.ReadAvailable(_disposal.Token);
        _missingSince = null;
        PartitionOffset[] positions = reader.Positions();
        bool hasMoved = rows is not null || !positions.AsSpan().SequenceEqual(_positions);

        // That nothing came says nothing: the brokers have to have answered, and told how much there is.
        if (_fault is not null && reader.HasHeardEnds && (hasMoved || reader.IsAnswered())) { _fault = null; }

        ScanStatistics statistics = builder.GetStatistics();
        if (statistics.Rejected > _rejected)
        {
            // A malformed record is passed only when the dead-letter topic has it.
            deadLetters?.Flush();
            _rejected = statistics.Rejected;
        }

        Publish(Furthest(_status.Ends, reader.KnownEnds()), statistics);
        if (rows is not null) { RequireTombstones(); }

        if (reader.HasHeardEnds) { _unread.Note(positions, _status.Ends); }

        if (!hasMoved) { return; }

        _positions = positions;
        Hand(new TailBatch(rows, positions, builder.NewestRecordAt) { NewestTimes = statistics.NewestTimes });
    }

    /// <summary>What was not read for so long need not tell any more which keys were deleted.</summary>
    private void RequireTombstones()
    {
        if (_request.Definition.Mode != ReadMode.Changelog || _tombstoneRetention is not { } kept) { return; }

        TimeSpan age = _unread.Age;
        if (age <= (kept > LeastRetention ? kept : LeastRetention)) { return; }

        throw new SourceException(
            _request.Definition.Name, ScanMessages.TombstonesMayBeGone(Topic, age, kept), isTransient: false);
    }

    /// <summary>A consumer, and where every partition that there is goes on.</summary>
    private (ITopicConsumer Consumer, PartitionOffset[] Positions) ConnectAndPlace()
    {
        ITopicConsumer consumer = Connect();
        try
        {
            _tombstoneRetention = _request.Definition.Mode == ReadMode.Changelog ? consumer.GetTombstoneRetention() : null;
            IReadOnlyList<int> ids = IsShared ? [] : consumer.GetPartitions();
            int[] added = [.. ids.Except(_positions.Select(position => position.Partition))];
            if (added.Length == 0) { return (consumer, _positions); }

            IReadOnlyList<long> starts = consumer.QueryOffsets(added, Offset.Beginning.Value);
            return (consumer,
            [
                .. _positions.Concat(added.Zip(starts, (id, start) => new PartitionOffset(id, Math.Max(0, start))))
                    .OrderBy(position => position.Partition),
            ]);
        }
        catch
        {
            consumer.Dispose();
            throw;
        }
    }

    /// <summary>A consumer of the topic that has been followed so far, and of no other one of that name.</summary>
    private ITopicConsumer Connect()
    {
        ITopicConsumer consumer = _setup.Connect(new ConsumerSession(Tell, _disposal.Token) { HasConnectedBefore = true, IsTail = true });
        try
        {
            CheckIdentity(consumer);
            return consumer;
        }
        catch
        {
            consumer.Dispose();
            throw;
        }
    }

    private void CheckIdentity(ITopicConsumer consumer)
    {
        if (CapturedRanges.Identity(consumer, Topic) is not { } identity) { return; }

        _identity ??= identity;
        if (CapturedRanges.AreDifferent(identity, _identity)) { throw new KafkaFaultException(KafkaFault.TopicMadeAnew("another topic has its name now")); }
    }

    /// <summary>Looks at the topic from time to time; true when it has got partitions that have to be read as well.</summary>
    /// <exception cref="KafkaFaultException">The topic is another one, or missing.</exception>
    private bool HasAddedPartitions(TopicReader reader)
    {
        TimeProvider time = _setup.Services.TimeProvider;
        if (time.GetElapsedTime(_lastCheck) < _setup.Options.PartitionCheckInterval) { return false; }

        _lastCheck = time.GetTimestamp();
        try
        {
            reader.Check(CheckIdentity);
            int[] added = IsShared ? [] : reader.AddedPartitions();
            if (added.Length > 0) { ScanLog.PartitionsJoin(_logger, Topic, string.Join(", ", added)); }

            return added.Length > 0;
        }
        catch (KafkaFaultException e) when (e.Fault.Code != ErrorCode.UnknownTopicId && !e.Fault.IsMissingTopic)
        {
            // Reading goes on, and the question is asked again.
            ScanLog.PartitionsNotChecked(_logger, Topic, e.Fault.Reason);
            return false;
        }
    }

    // While it reads, other brokers may well answer: what comes, or does not, tells how it is.
    private void Tell(KafkaFault fault)
    {
        if (!_isReading) { Fail(fault); }
    }

    private void Fail(KafkaFault fault)
    {
        // That no broker is there says less than why one is not.
        if (fault.Code == ErrorCode.Local_AllBrokersDown && _fault is not null) { return; }

        _fault = ClientReason.Of(fault.Reason);
        Publish(_status.Ends, _status.Statistics);
    }

    // What was known of a partition stays known while a new consumer has heard nothing yet.
    private static PartitionOffset[] Furthest(IReadOnlyList<PartitionOffset> known, PartitionOffset[] heard) =>
        [.. heard.Select(end => end with { Offset = Math.Max(end.Offset, known.FirstOrDefault(before => before.Partition == end.Partition).Offset) })];

    private void Publish(IReadOnlyList<PartitionOffset> ends, ScanStatistics statistics) =>
        Volatile.Write(ref _status, new TailStatus(ends, statistics, _fault));

    private void Hand(TailBatch batch)
    {
        if (_batches.Writer.TryWrite(batch)) { return; }

        // A thread of its own may block: this is the backpressure.
        _batches.Writer.WriteAsync(batch, _disposal.Token).AsTask().GetAwaiter().GetResult();
    }
}
