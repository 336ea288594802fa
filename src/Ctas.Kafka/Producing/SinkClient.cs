using Confluent.Kafka;

using Ctas.Sinks;

using Microsoft.Extensions.Logging;

namespace Ctas.Kafka.Producing;

/// <summary>The Kafka client's producer, and consumers that stand for the sink's groups; they never join them.</summary>
internal sealed class SinkClient : ISinkClient
{
    private readonly KafkaSinkSettings _settings;
    private readonly ILogger _logger;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly Dictionary<string, IConsumer<byte[], byte[]>> _groups = [];
    private Error? _refused;

    /// <summary>Makes the client; it connects by itself.</summary>
    public SinkClient(KafkaSinkSettings settings, ILogger logger)
    {
        _settings = settings;
        _logger = logger;
        _producer = new ProducerBuilder<byte[]?, byte[]?>(settings.ForProducer())
            .SetLogHandler((_, line) => SinkLog.Client(_logger, line.Facility, line.Message))
            .SetErrorHandler((_, error) => SinkLog.ClientError(_logger, _settings.Name, error.Reason))
            .Build();
    }

    public void TakeOver() => _producer.InitTransactions(_settings.Timeout);

    public void Begin()
    {
        Interlocked.Exchange(ref _refused, null);
        _producer.BeginTransaction();
    }

    public void Produce(string topic, in SinkRecord record)
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
                _producer.Poll(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    public void Flush()
    {
        int missing = _producer.Flush(_settings.Timeout);
        if (Interlocked.Exchange(ref _refused, null) is { } error) { throw new KafkaException(error); }

        if (missing > 0) { throw new KafkaException(ErrorCode.Local_TimedOut); }
    }

    public void SendPositions(IReadOnlyList<SinkPosition> positions) =>
        _producer.SendOffsetsToTransaction(Offsets(positions), GroupOf(_settings.Group).ConsumerGroupMetadata, _settings.Timeout);

    public void Commit()
    {
        try { _producer.CommitTransaction(_settings.Timeout); }
        catch (KafkaTxnRequiresAbortException) when (Interlocked.Exchange(ref _refused, null) is { } error)
        {
            // The client only says that there were refused records: the record knows why.
            throw new KafkaTxnRequiresAbortException(error);
        }
    }

    public void Abort() => _producer.AbortTransaction(_settings.Timeout);

    public void KeepPositions(string group, IReadOnlyList<SinkPosition> positions) => GroupOf(group).Commit(Offsets(positions));

    public IReadOnlyList<SinkPosition> GetPositions(string group, IReadOnlyCollection<string> topics)
    {
        using IAdminClient metadata = new DependentAdminClientBuilder(_producer.Handle).Build();
        TopicPartition[] partitions =
        [
            .. from name in topics
               from topic in metadata.GetMetadata(name, _settings.Timeout).Topics
               from partition in topic.Partitions
               select new TopicPartition(topic.Topic, new Partition(partition.PartitionId)),
        ];
        return
        [
            .. GroupOf(group).Committed(partitions, _settings.Timeout)
                .Where(committed => committed.Offset.Value >= 0)
                .Select(committed => new SinkPosition(committed.Topic, committed.Partition.Value, committed.Offset.Value)),
        ];
    }

    public void Dispose()
    {
        foreach (IConsumer<byte[], byte[]> group in _groups.Values) { group.Dispose(); }

        _producer.Dispose();
    }

    private static IEnumerable<TopicPartitionOffset> Offsets(IReadOnlyList<SinkPosition> positions) =>
        positions.Select(position => new TopicPartitionOffset(
            position.Source, new Partition(position.Partition), new Offset(position.Offset)));

    private IConsumer<byte[], byte[]> GroupOf(string group)
    {
        if (_groups.TryGetValue(group, out IConsumer<byte[], byte[]>? known)) { return known; }

        return _groups[group] = new ConsumerBuilder<byte[], byte[]>(_settings.ForGroup(group))
            .SetLogHandler((_, line) => SinkLog.Client(_logger, line.Facility, line.Message))
            .SetErrorHandler((_, error) => SinkLog.ClientError(_logger, _settings.Name, error.Reason))
            .Build();
    }

    private void OnDelivered(DeliveryReport<byte[]?, byte[]?> report)
    {
        if (report.Error.IsError) { Interlocked.CompareExchange(ref _refused, report.Error, null); }
    }
}
