using Confluent.Kafka;

using Ctas.Sinks;

using Microsoft.Extensions.Logging;

namespace Ctas.Kafka.Producing;

/// <summary>The Kafka client's producer, and the consumer that stands for the sink's group; it never joins it.</summary>
internal sealed class SinkClient : ISinkClient
{
    private readonly KafkaSinkSettings _settings;
    private readonly ILogger _logger;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly Lazy<IConsumer<byte[], byte[]>> _group;
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
        _group = new Lazy<IConsumer<byte[], byte[]>>(CreateGroup);
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
        _producer.SendOffsetsToTransaction(Offsets(positions), _group.Value.ConsumerGroupMetadata, _settings.Timeout);

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

    public void KeepPositions(IReadOnlyList<SinkPosition> positions) => _group.Value.Commit(Offsets(positions));

    public IReadOnlyList<SinkPosition> GetPositions(IReadOnlyCollection<string> topics)
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
            .. _group.Value.Committed(partitions, _settings.Timeout)
                .Where(committed => committed.Offset.Value >= 0)
                .Select(committed => new SinkPosition(committed.Topic, committed.Partition.Value, committed.Offset.Value)),
        ];
    }

    public void Dispose()
    {
        if (_group.IsValueCreated) { _group.Value.Dispose(); }

        _producer.Dispose();
    }

    private static IEnumerable<TopicPartitionOffset> Offsets(IReadOnlyList<SinkPosition> positions) =>
        positions.Select(position => new TopicPartitionOffset(
            position.Source, new Partition(position.Partition), new Offset(position.Offset)));

    private IConsumer<byte[], byte[]> CreateGroup() =>
        new ConsumerBuilder<byte[], byte[]>(_settings.ForGroup())
            .SetLogHandler((_, line) => SinkLog.Client(_logger, line.Facility, line.Message))
            .SetErrorHandler((_, error) => SinkLog.ClientError(_logger, _settings.Name, error.Reason))
            .Build();

    private void OnDelivered(DeliveryReport<byte[]?, byte[]?> report)
    {
        if (report.Error.IsError) { Interlocked.CompareExchange(ref _refused, report.Error, null); }
    }
}
