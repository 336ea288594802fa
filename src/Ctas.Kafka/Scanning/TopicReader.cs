using System.Text;

using Confluent.Kafka;

using Ctas.Kafka.Consuming;
using Ctas.Sources;

namespace Ctas.Kafka.Scanning;

/// <summary>
/// Reads the captured ranges of a topic's partitions into batches: to the captured end and no further, each record
/// once, across transient faults. Single-threaded; every call blocks.
/// </summary>
/// <remarks>
/// A partition is done when the <em>position</em> reaches its end. The offsets before the end need not hold a record:
/// transaction markers, aborted and compacted records leave holes that only the position passes.
/// With the position goes the leadership (leader epoch, KIP-320) of the record before it, so that a connection made later
/// notices when an unclean election has cut the log in between, even where it has grown beyond the position again.
/// </remarks>
internal sealed class TopicReader : IDisposable
{
    // How long a wait for records may hold up cancellation.
    private static readonly TimeSpan FetchWait = TimeSpan.FromMilliseconds(100);

    // How long an answer that tells whether the brokers are back may hold up reading.
    private static readonly TimeSpan AnswerWait = TimeSpan.FromSeconds(1);

    private readonly TopicScanSetup _setup;
    private readonly PartitionReading[] _partitions;
    private readonly PartitionReading?[] _byId;
    private readonly RecordBatchBuilder _builder;
    private readonly KafkaRetry _retry;
    private readonly bool _needsHeaders;
    private ITopicConsumer? _consumer;
    private bool _isAssigned;

    // Met behind records that are handed on first.
    private KafkaFaultException? _met;
    private int _open;
    private long _lastProgress;
    private long _fetched;
    private bool _hasAskedForTopic;

    /// <param name="setup">What is read, and with what.</param>
    /// <param name="builder">Takes the records.</param>
    /// <param name="share">Ordinals of the partitions that this reader reads; null for all.</param>
    public TopicReader(TopicScanSetup setup, RecordBatchBuilder builder, IReadOnlyList<int>? share = null)
    {
        _setup = setup;
        _builder = builder;
        _needsHeaders = builder.ReadsHeaders || setup.DeadLetters is not null;
        _retry = new KafkaRetry(setup.IsTail ? setup.Options with { MaxRetries = int.MaxValue } : setup.Options, setup.TimeProvider, CountRetry);
        IEnumerable<int> ordinals = share ?? Enumerable.Range(0, setup.Partitions.Count);
        _partitions = [.. ordinals.Select(ordinal => new PartitionReading(ordinal, setup.Partitions[ordinal]))];
        _byId = new PartitionReading?[_partitions.Max(p => p.Id) + 1];
        foreach (PartitionReading partition in _partitions)
        {
            _byId[partition.Id] = partition;
            partition.LeaderEpoch = setup.LeaderEpochs.GetValueOrDefault(partition.Id);
        }

        _open = _partitions.Count(p => !p.IsDone);
        _lastProgress = setup.TimeProvider.GetTimestamp();
    }

    /// <summary>A consumer to begin with, which the reader owns from then on; null: it makes its own.</summary>
    public ITopicConsumer? Connected
    {
        init => _consumer = value;
    }

    /// <summary>The next batch, null when every partition has reached its captured end.</summary>
    /// <exception cref="SourceException">The read failed, at once or after the last retry.</exception>
    public SourceBatch? ReadBatch(CancellationToken cancellationToken)
    {
        while (_open > 0)
        {
            try { _retry.Execute(Fill, cancellationToken); }
            catch (KafkaFaultException e) { throw Failure(e); }

            if (_builder.Finish() is { } batch) { return batch; }
        }

        return null;
    }

    /// <summary>Looks at the topic once more when all of it was read, and waits for the dead letters.</summary>
    /// <exception cref="SourceException">Dead letters did not arrive.</exception>
    public void Conclude()
    {
        ReportAddedPartitions();
        _setup.DeadLetters?.Flush();
        _builder.Finish();
    }

    /// <summary>
    /// What has arrived, for a read without an end: waits for a moment at most; null when no record came.
    /// </summary>
    /// <exception cref="SourceException">The read cannot go on from <see cref="Positions"/>; what came before was handed on.</exception>
    public SourceBatch? ReadAvailable(CancellationToken cancellationToken)
    {
        try { _retry.Execute(FillOnce, cancellationToken); }
        catch (KafkaFaultException e) { throw Failure(e); }

        return _builder.Finish();
    }

    /// <summary>The next offset to read of every partition.</summary>
    public PartitionOffset[] Positions() => [.. _partitions.Select(p => new PartitionOffset(p.Id, p.Position))];

    /// <summary>The leadership under which every partition has come to its position; null where that is not known.</summary>
    public Dictionary<int, int?> LeaderEpochs() => _partitions.ToDictionary(p => p.Id, p => p.LeaderEpoch);

    /// <summary>The end of every partition as far as the client knows it; it asks nobody.</summary>
    public PartitionOffset[] KnownEnds() =>
        [.. _partitions.Select(p => new PartitionOffset(p.Id, Math.Max(p.Position, _consumer?.GetEnd(p.Id) ?? 0)))];

    /// <summary>The numbers of partitions that are not among those read.</summary>
    /// <exception cref="KafkaFaultException">The brokers did not answer.</exception>
    public int[] AddedPartitions() =>
        [.. Ask(consumer => consumer.GetPartitions()).Except(_setup.Partitions.Select(p => p.Id))];

    /// <summary>True when the client has heard the end of every partition that is read.</summary>
    public bool HasHeardEnds => _consumer is { } consumer && _partitions.All(p => p.IsDone || consumer.GetEnd(p.Id) >= 0);

    /// <summary>True when the leaders of all partitions answer; it asks them, and waits for a moment at most.</summary>
    /// <exception cref="KafkaFaultException">There is no client.</exception>
    public bool IsAnswered() =>
        (_consumer ??= _setup.Connect()).AreAnswering([.. _partitions.Select(p => p.Id)], AnswerWait);

    /// <summary>Looks at the topic.</summary>
    /// <exception cref="KafkaFaultException">What was seen does not allow to go on, or the brokers did not answer.</exception>
    public void Check(Action<ITopicConsumer> check) => Ask(consumer =>
    {
        check(consumer);
        return true;
    });

    public void Dispose() => Disconnect();

    /// <summary>Asks the consumer that reads, or another where brokers have refused that one: it may read on, yet is answered no more.</summary>
    private T Ask<T>(Func<ITopicConsumer, T> question)
    {
        try { return question(_consumer ??= _setup.Connect()); }
        catch (KafkaFaultException e) when (e.Fault.MayPass)
        {
            using ITopicConsumer another = _setup.Connect();
            return question(another);
        }
    }

    private void FillOnce(CancellationToken cancellationToken)
    {
        if (_met is { } met)
        {
            _met = null;
            throw met;
        }

        PartitionOffset[] before = Positions();
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            ITopicConsumer consumer = Connect();
            Fetch(consumer, FetchWait);

            // The client hands over one record as soon as it comes; what came with it is there as well.
            if (_builder.RowCount > 0 && !_builder.IsFull) { Fetch(consumer, TimeSpan.Zero); }
        }
        catch (KafkaFaultException e)
        {
            Disconnect();

            // What came first does not wait until the fault has passed, nor is it decoded again where that ends the read.
            if (Positions().AsSpan().SequenceEqual(before)) { throw; }

            _met = e;
        }
    }

    /// <summary>Takes what has arrived; true when nothing had.</summary>
    private bool Fetch(ITopicConsumer consumer, TimeSpan wait)
    {
        ReadOnlySpan<ConsumedMessage> messages = consumer.Fetch(_builder.Room, wait);
        try
        {
            foreach (ref readonly ConsumedMessage message in messages)
            {
                Take(in message, consumer);

                // Whatever is told behind the last end does not concern the read.
                if (_open == 0) { return false; }
            }
        }
        finally { NoteLeaders(messages, consumer); }

        CheckHealth(consumer, messages.IsEmpty);
        return messages.IsEmpty;
    }

    /// <summary>Takes down under which leadership each partition has come to where it is.</summary>
    private void NoteLeaders(ReadOnlySpan<ConsumedMessage> messages, ITopicConsumer consumer)
    {
        for (int i = 0; i < messages.Length; i++)
        {
            ref readonly ConsumedMessage message = ref messages[i];
            bool isLastOfRun = i + 1 == messages.Length || messages[i + 1].Partition != message.Partition || messages[i + 1].Error != ErrorCode.NoError;
            if (!isLastOfRun || message.Error != ErrorCode.NoError) { continue; }

            PartitionReading partition = _byId[message.Partition]!;
            if (partition.Position == message.Offset + 1) { partition.LeaderEpoch = consumer.GetLeaderEpoch(in message); }
        }
    }

    // Reads until the batch is full, the ends are reached, or nothing comes for a moment: rows are not held back then, unless
    // their number is fixed.
    private void Fill(CancellationToken cancellationToken)
    {
        try
        {
            ITopicConsumer consumer = Connect();
            bool isIdle = false;
            bool holdsBack = _setup.Definition.BatchStrategy == BatchStrategy.Fixed;
            while (_open > 0 && !_builder.IsFull && (holdsBack || !isIdle || _builder.RowCount == 0))
            {
                cancellationToken.ThrowIfCancellationRequested();
                isIdle = Fetch(consumer, FetchWait);
            }
        }
        catch (KafkaFaultException)
        {
            // A new consumer, positioned by us, cannot hand over anything twice or leave something out.
            Disconnect();
            throw;
        }
    }

    private void Take(in ConsumedMessage message, ITopicConsumer consumer)
    {
        if (message.Error == ErrorCode.NoError) { TakeRecord(in message, consumer); }
        else if (message.Error == ErrorCode.Local_PartitionEOF) { TakeEnd(in message, consumer); }
        else { TakeError(in message, consumer); }
    }

    private void TakeRecord(in ConsumedMessage message, ITopicConsumer consumer)
    {
        PartitionReading partition = _byId[message.Partition]!;

        // Fetched before the partition was paused, or handed over again after the read was taken up anew.
        if (partition.IsDone || message.Offset < partition.Position) { return; }

        // What arrived after the end was captured is not part of the snapshot, but shows that the end is reached.
        if (message.Offset >= partition.End)
        {
            MoveTo(partition, partition.End, consumer);
            return;
        }

        _builder.Add(new SourceRecord
        {
            PartitionOrdinal = partition.Ordinal,
            Offset = message.Offset,
            TimestampMilliseconds = consumer.GetTimestamp(in message),
            HasKey = message.HasKey,
            Key = message.Key,
            IsTombstone = message.IsTombstone,
            Value = message.Value,
            Headers = _needsHeaders ? consumer.GetHeaders(in message) : null,
        });
        partition.MoveTo(message.Offset + 1);
        if (partition.IsDone) { Close(partition, consumer); }
    }

    private void TakeEnd(in ConsumedMessage message, ITopicConsumer consumer)
    {
        PartitionReading partition = _byId[message.Partition]!;
        if (partition.IsDone) { return; }

        MoveTo(partition, message.Offset, consumer);
        if (partition.IsDone || partition.IsEndless) { return; }

        // The broker has nothing more, yet the end was further on: a lagging replica will catch up, a cut log will not.
        long end = consumer.QueryOffsets([partition.Id], Offset.End.Value)[0];
        if (end < partition.End)
        {
            throw new KafkaFaultException(
                new KafkaFault(ErrorCode.Local_LogTruncation, $"its log ends at offset {end} now", partition.Id));
        }
    }

    private void TakeError(in ConsumedMessage message, ITopicConsumer consumer)
    {
        string reason = Encoding.UTF8.GetString(message.Value);
        int? partition = message.Partition >= 0 ? message.Partition : null;
        var fault = new KafkaFault(
            message.Error, reason.Length > 0 ? reason : new Error(message.Error).Reason, partition);
        if (partition is { } id && fault.Code is ErrorCode.OffsetOutOfRange or ErrorCode.Local_AutoOffsetReset) { CheckLog(fault, id, consumer); }

        if (!fault.IsAboutGroups) { throw new KafkaFaultException(fault); }
    }

    // Retention moves the start of a log past the position; nothing else takes an offset out of the log that it was.
    private void CheckLog(KafkaFault fault, int partition, ITopicConsumer consumer)
    {
        long position = _byId[partition]!.Position;
        long start = consumer.QueryOffsets([partition], Offset.Beginning.Value)[0];
        if (start > position) { return; }

        // The position is there again, yet what led to it is not: another leader has written other records.
        long end = consumer.QueryOffsets([partition], Offset.End.Value)[0];
        if (position <= end) { throw new KafkaFaultException(fault with { Code = ErrorCode.Local_LogTruncation }); }

        throw new KafkaFaultException(KafkaFault.TopicMadeAnew($"it has offsets {start} to {end} now", partition));
    }

    private void CheckHealth(ITopicConsumer consumer, bool isIdle)
    {
        KafkaFault? fault = consumer.TakeClientFault();
        if (fault is not null && (isIdle || !fault.IsTransient)) { throw new KafkaFaultException(fault); }

        // Transaction markers move the position without a message; aborted and compacted records move only what is fetched.
        bool hasMoved = !isIdle;
        foreach (PartitionReading partition in isIdle ? _partitions : [])
        {
            if (partition.IsDone) { continue; }

            PartitionPosition position = consumer.GetPosition(partition.Id);
            if (position.Offset <= partition.Position) { continue; }

            MoveTo(partition, position.Offset, consumer);
            if (partition.Position == position.Offset) { partition.LeaderEpoch = position.LeaderEpoch; }

            hasMoved = true;
        }

        long fetched = isIdle && !_setup.IsTail ? consumer.GetFetched() : _fetched;
        hasMoved |= fetched > _fetched;
        _fetched = fetched;
        if (hasMoved) { (_lastProgress, _hasAskedForTopic) = (_setup.TimeProvider.GetTimestamp(), false); }
        else if (!_setup.IsTail) { CheckStall(consumer); }
    }

    /// <summary>A read that has an end must come to it.</summary>
    private void CheckStall(ITopicConsumer consumer)
    {
        TimeSpan silence = _setup.TimeProvider.GetElapsedTime(_lastProgress);
        if (silence >= _setup.Options.StallTimeout)
        {
            string reason = $"nothing came for {_setup.Options.StallTimeout.TotalSeconds:0.###} s";
            throw new KafkaFaultException(new KafkaFault(ErrorCode.Local_TimedOut, reason));
        }

        // Of a topic that was deleted the client goes on to ask for the leaders, and says nothing.
        if (_hasAskedForTopic || silence < _setup.Options.MissingTopicTimeout) { return; }

        _hasAskedForTopic = true;
        consumer.GetPartitions();
    }

    private void MoveTo(PartitionReading partition, long position, ITopicConsumer consumer)
    {
        if (position <= partition.Position) { return; }

        partition.MoveTo(position);
        _builder.Advance(partition.Ordinal, partition.Position);
        if (partition.IsDone) { Close(partition, consumer); }
    }

    private void Close(PartitionReading partition, ITopicConsumer consumer)
    {
        _open--;
        if (_open > 0) { consumer.Pause(partition.Id); }
    }

    private ITopicConsumer Connect()
    {
        _consumer ??= _setup.Connect();
        if (!_isAssigned)
        {
            IEnumerable<PartitionReading> open = _partitions.Where(p => !p.IsDone);
            _consumer.Assign([.. open.Select(p => new PartitionPosition(p.Id, p.Position) { LeaderEpoch = p.LeaderEpoch })]);
            _isAssigned = true;
            _lastProgress = _setup.TimeProvider.GetTimestamp();
        }

        return _consumer;
    }

    private void Disconnect()
    {
        _consumer?.Dispose();
        _consumer = null;
        _isAssigned = false;
        _fetched = 0;
    }

    private void CountRetry(KafkaFault fault, TimeSpan delay)
    {
        _setup.OnFault?.Invoke(fault);
        _setup.Fault?.Note(fault);
        _builder.CountRetry();
        PartitionReading partition = Concerned(fault);
        ScanLog.Retrying(_setup.Logger, partition.Name, partition.Position, delay, fault.Reason);
    }

    private void ReportAddedPartitions()
    {
        try
        {
            int[] added = AddedPartitions();
            if (added.Length > 0) { _builder.Warn(ScanMessages.PartitionsAdded(_setup.Topic, added)); }
        }
        catch (KafkaFaultException e)
        {
            // The snapshot is complete all the same.
            _builder.Warn(ScanMessages.PartitionsNotChecked(_setup.Topic, e.Fault.Reason));
        }
    }

    private PartitionReading Concerned(KafkaFault fault) =>
        (fault.Partition is { } id && id < _byId.Length ? _byId[id] : null) ?? Array.Find(_partitions, p => !p.IsDone) ?? _partitions[0];

    private SourceException Failure(KafkaFaultException e)
    {
        PartitionReading partition = Concerned(e.Fault);
        string message = ScanMessages.Failed(e.Fault, partition, _setup.Options.MaxRetries);
        return new SourceException(_setup.Definition.Name, message, e.Fault.IsTransient, e)
        {
            Partition = partition.Name,
            Offset = partition.Position,
        };
    }
}
