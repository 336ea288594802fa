using Confluent.Kafka;

namespace Ctas.Kafka.Testing;

/// <content>Producing records and asking for offsets.</content>
public sealed partial class EmbeddedKafka
{
    private readonly Lock _creatingProducers = new();
    private readonly PartitionCapacity _capacity = new();
    private readonly Dictionary<CompressionType, IProducer<byte[]?, byte[]?>> _producers = [];

    /// <summary>Produces records in order and returns when the brokers have them all.</summary>
    /// <param name="topic">The topic; it is created with four partitions if it does not exist.</param>
    /// <param name="records">The records; enumerated once.</param>
    /// <param name="compression">How the batches are compressed; none by default.</param>
    /// <param name="cancellationToken">Stops producing; records sent so far stay.</param>
    /// <exception cref="KafkaException">A record was refused, or not acknowledged within 30 s.</exception>
    /// <exception cref="InvalidOperationException">
    /// A partition cannot hold that much and has dropped its oldest records: spread them over more partitions, or
    /// compress them.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public Task ProduceAsync(
        string topic,
        IEnumerable<EmbeddedRecord> records,
        CompressionType compression = CompressionType.None,
        CancellationToken cancellationToken = default) =>
        Task.Run(() => Produce(topic, records, compression, cancellationToken), cancellationToken);

    /// <summary>Produces records in order and returns when the brokers have them all.</summary>
    /// <inheritdoc cref="ProduceAsync"/>
    public void Produce(
        string topic,
        IEnumerable<EmbeddedRecord> records,
        CompressionType compression = CompressionType.None,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentNullException.ThrowIfNull(records);
        using var delivery = new ProducedRecords(Producer(compression));
        foreach (EmbeddedRecord record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            delivery.Send(topic, record, cancellationToken);
        }

        delivery.WaitForAll(cancellationToken);
        _capacity.Check(topic, delivery.Bytes, delivery.Partitions, partition => GetOffsets(topic, partition).Start);
    }

    /// <summary>The offsets [Start, End) of a partition as a client sees them.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <exception cref="KafkaException">The brokers did not answer, or there is no such partition.</exception>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public (long Start, long End) GetOffsets(string topic, int partition)
    {
        var configuration = new ConsumerConfig { BootstrapServers = BootstrapServers, GroupId = "embedded-offsets" };
        using IConsumer<Ignore, Ignore> consumer =
            new ConsumerBuilder<Ignore, Ignore>(configuration).SetLogHandler(static (_, _) => { }).Build();
        return (Query(Offset.Beginning), Query(Offset.End));

        // Not QueryWatermarkOffsets: it loses an error of one of its two requests when the other one succeeds.
        long Query(Offset place) =>
            consumer.OffsetsForTimes(
                [new TopicPartitionTimestamp(topic, partition, new Timestamp(place.Value, TimestampType.CreateTime))],
                TimeSpan.FromSeconds(30))[0].Offset.Value;
    }

    private IProducer<byte[]?, byte[]?> Producer(CompressionType compression)
    {
        lock (_creatingProducers)
        {
            ObjectDisposedException.ThrowIf(_cluster.IsClosed, this);
            if (_producers.TryGetValue(compression, out IProducer<byte[]?, byte[]?>? producer)) { return producer; }

            var configuration = new ProducerConfig
            {
                BootstrapServers = BootstrapServers,
                CompressionType = compression,
                Partitioner = Partitioner.Murmur2Random,
                // In order, once, in large batches, even when the test has faults injected.
                EnableIdempotence = true,
                LingerMs = 5,
                BatchSize = 256 * 1024,
                MessageTimeoutMs = 30_000,
                DeliveryReportFields = "status",
            };
            producer = new ProducerBuilder<byte[]?, byte[]?>(configuration)
                .SetLogHandler(static (_, _) => { })
                .SetErrorHandler(static (_, _) => { })
                .Build();
            _producers.Add(compression, producer);
            return producer;
        }
    }

    private void DisposeProducers()
    {
        lock (_creatingProducers)
        {
            foreach (IProducer<byte[]?, byte[]?> producer in _producers.Values) { producer.Dispose(); }

            _producers.Clear();
        }
    }
}
