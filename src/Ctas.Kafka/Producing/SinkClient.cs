using Confluent.Kafka;

using Ctas.Kafka.Consuming;
using Ctas.Sinks;

using Microsoft.Extensions.Logging;

namespace Ctas.Kafka.Producing;

/// <summary>The Kafka client's producer, and consumers that stand for the sink's groups; they never join them.</summary>
internal sealed class SinkClient : ISinkClient
{
    private const int ErrorPollMilliseconds = 100;

    // How soon a wait for brokers that do not answer can be cancelled.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    private readonly KafkaSinkSettings _settings;
    private readonly Action<Error> _onError;
    private readonly ILogger _logger;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly Dictionary<string, IConsumer<byte[], byte[]>> _groups = [];
    private Error? _refused;

    private int Slices => (int)Math.Ceiling(_settings.Timeout / Slice);

    /// <summary>Makes the client; it connects by itself.</summary>
    /// <param name="settings">Its properties.</param>
    /// <param name="onError">Told of every error of the connection as it happens, by a thread of the client.</param>
    /// <param name="logger">Where to log.</param>
    public SinkClient(KafkaSinkSettings settings, Action<Error> onError, ILogger logger)
    {
        (_settings, _onError, _logger) = (settings, onError, logger);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(settings.ForProducer())
            .SetLogHandler((_, line) => SinkLog.Client(_logger, line.Facility, line.Message))
            .SetErrorHandler((_, error) => _onError(error))
            .Build();
    }

    public void TakeOver(CancellationToken cancellationToken)
    {
        for (int left = Slices; ; left--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                _producer.InitTransactions(Slice);
                return;
            }
            catch (KafkaException e) when (left > 1 && new KafkaFault(e.Error.Code, e.Error.Reason).IsTransient)
            {
                // It is under way, and the next call waits for the same.
            }
        }
    }

    public void Begin()
    {
        Interlocked.Exchange(ref _refused, null);
        _producer.BeginTransaction();
    }

    public void Produce(string topic, in SinkRecord record, CancellationToken cancellationToken)
    {
        var message = new Message<byte[]?, byte[]?>
        {
            Key = record.HasKey ? record.Key.ToArray() : null,
            Value = record.IsTombstone ? null : record.Value.ToArray(),
            Timestamp = record.TimestampMilliseconds is { } time ? new Timestamp(time, TimestampType.CreateTime) : Timestamp.Default,
        };
        while (true)
        {
            try
            {
                _producer.Produce(topic, message, OnDelivered);
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                // The queue is as long as it may be: what is in it goes first.
                cancellationToken.ThrowIfCancellationRequested();
                _producer.Poll(Slice);
            }
        }
    }

    public void Flush(CancellationToken cancellationToken)
    {
        int missing = int.MaxValue;
        for (int left = Slices; missing > 0 && left > 0; left--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            missing = _producer.Flush(Slice);
        }

        if (Interlocked.Exchange(ref _refused, null) is { } error) { throw new KafkaException(error); }

        if (missing > 0) { throw new KafkaException(ErrorCode.Local_TimedOut); }
    }

    public void SendPositions(IReadOnlyList<SinkPosition> positions) =>
        _producer.SendOffsetsToTransaction(Offsets(positions), GroupOf(_settings.Group).ConsumerGroupMetadata, _settings.Timeout);

    public void Commit()
    {
        // Without a time: the client takes what is left of the transaction's, and is not of two minds with the brokers afterwards.
        try { _producer.CommitTransaction(); }
        catch (KafkaTxnRequiresAbortException) when (Interlocked.Exchange(ref _refused, null) is { } error)
        {
            // The client only says that there were refused records: the record knows why.
            throw new KafkaTxnRequiresAbortException(error);
        }
    }

    public void Abort() => _producer.AbortTransaction();

    public void KeepPositions(string group, IReadOnlyList<SinkPosition> positions)
    {
        IConsumer<byte[], byte[]> consumer = GroupOf(group);
        Ask(consumer, () =>
        {
            consumer.Commit(Offsets(positions));
            return true;
        });
    }

    public IReadOnlyList<SinkPosition> GetPositions(string group, IReadOnlyCollection<string> topics)
    {
        // Over the consumer: a producer that asks for a topic creates it.
        IConsumer<byte[], byte[]> consumer = GroupOf(group);
        using IAdminClient admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        TopicMetadata[] described = Ask<TopicMetadata[]>(
            consumer, () => [.. topics.SelectMany(name => admin.GetMetadata(name, _settings.Timeout).Topics)]);
        foreach (TopicMetadata topic in described.Where(topic => topic.Error.IsError)) { RequireGone(topic, consumer); }

        IEnumerable<TopicPartition> partitions =
            from topic in described
            from partition in topic.Partitions
            select new TopicPartition(topic.Topic, new Partition(partition.PartitionId));
        return
        [
            .. Ask(consumer, () => consumer.Committed(partitions, _settings.Timeout))
                .Where(committed => committed.Offset.Value >= 0)
                .Select(committed => new SinkPosition(committed.Topic, committed.Partition.Value, committed.Offset.Value)),
        ];
    }

    public void Dispose()
    {
        foreach (IConsumer<byte[], byte[]> group in _groups.Values) { group.Dispose(); }

        _producer.Dispose();
    }

    /// <summary>
    /// Throws unless a topic that was not described does not exist. A broker that has just started may not know it yet;
    /// that positions are kept for it tells.
    /// </summary>
    private void RequireGone(TopicMetadata topic, IConsumer<byte[], byte[]> consumer)
    {
        if (topic.Error.Code != ErrorCode.UnknownTopicOrPart) { throw new KafkaException(topic.Error); }

        // There are positions of all partitions, or of none.
        TopicPartition first = new(topic.Topic, new Partition(0));
        try
        {
            if (consumer.Committed([first], _settings.Timeout)[0].Offset.Value < 0) { return; }
        }
        catch (TopicPartitionOffsetException e) when (e.Results[0].Error.Code == ErrorCode.UnknownTopicOrPart) { return; }

        throw new KafkaException(new Error(
            ErrorCode.Local_UnknownTopic, $"it has positions in topic \"{topic.Topic}\", which the brokers do not know at the moment"));
    }

    private static IEnumerable<TopicPartitionOffset> Offsets(IReadOnlyList<SinkPosition> positions) =>
        positions.Select(position => new TopicPartitionOffset(
            position.Source, new Partition(position.Partition), new Offset(position.Offset)));

    private IConsumer<byte[], byte[]> GroupOf(string group)
    {
        if (_groups.TryGetValue(group, out IConsumer<byte[], byte[]>? known)) { return known; }

        return _groups[group] = new ConsumerBuilder<byte[], byte[]>(_settings.ForGroup(group))
            .SetLogHandler((_, line) => SinkLog.Client(_logger, line.Facility, line.Message))
            .SetErrorHandler((_, error) => _onError(error))
            .Build();
    }

    /// <summary>Makes a request of a consumer, and takes its errors meanwhile: it tells them to who polls it.</summary>
    /// <remarks>Ends with the request, whatever polling throws: nobody may close the consumer under it.</remarks>
    internal static T Ask<T>(IConsumer<byte[], byte[]> consumer, Func<T> request)
    {
        Task<T> asking = Task.Factory.StartNew(
            request, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            while (Task.WaitAny([asking], ErrorPollMilliseconds) < 0) { consumer.Consume(TimeSpan.Zero); }
        }
        finally { Task.WaitAny(asking); }

        return asking.GetAwaiter().GetResult();
    }

    private void OnDelivered(DeliveryReport<byte[]?, byte[]?> report)
    {
        if (report.Error.IsError) { Interlocked.CompareExchange(ref _refused, report.Error, null); }
    }
}
