using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Ctas.Kafka.Testing;

namespace Ctas.Benchmarks.Live;

/// <summary>A cluster with orders and customers, to which updates of orders are produced.</summary>
internal sealed class LiveTopics : IAsyncDisposable
{
    public const string Orders = "orders";
    public const string Customers = "customers";
    public const int LargeAmount = 500;

    private const int PreparedUpdates = 1 << 16;
    private const int BatchedUpdates = 32;

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(brokers: 1);
    private readonly OrderStream _stream;
    private readonly TopicPartition[] _orderPartition;

    private LiveTopics(int orders, int records)
    {
        // The mock cluster keeps about 5 MB a partition.
        int partitions = Math.Max(4, records / 40_000);
        _orderPartition = [.. Enumerable.Range(0, partitions).Select(partition => new TopicPartition(Orders, partition))];
        _stream = new OrderStream(orders, seed: 7);
        _kafka.CreateTopic(Orders, partitions);
        _kafka.CreateTopic(Customers, 1);
    }

    public string BootstrapServers => _kafka.BootstrapServers;

    public IReadOnlyList<TopicPartition> Partitions =>
        [.. _orderPartition, new TopicPartition(Customers, 0)];

    /// <summary>Fills the topics with so many orders, and makes room for so many records in all.</summary>
    public static async Task<LiveTopics> CreateAsync(int orders, int records)
    {
        var topics = new LiveTopics(orders, records);
        await topics._kafka.ProduceAsync(
            Customers,
            Enumerable.Range(0, topics._stream.Customers).Select(OrderStream.Customer).Select(Record),
            CompressionType.Lz4);
        await topics._kafka.ProduceAsync(
            Orders, Enumerable.Range(0, orders).Select(_ => Record(topics._stream.Insert())), CompressionType.Lz4);
        return topics;
    }

    /// <summary>Produces updates as quickly as possible.</summary>
    public Task UpdateAsync(int updates) => _kafka.ProduceAsync(
        Orders, Enumerable.Range(0, updates).Select(_ => Record(_stream.Update())), CompressionType.Lz4);

    /// <summary>Produces updates at a steady rate, with a probe in every millisecond that has any.</summary>
    public Task UpdateAsync(double updatesPerSecond, TimeSpan duration, LatencyProbes probes) =>
        Task.Factory.StartNew(() => Pace(updatesPerSecond, duration, probes), TaskCreationOptions.LongRunning);

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    private void Pace(double updatesPerSecond, TimeSpan duration, LatencyProbes probes)
    {
        // Producing shares the cores with what is measured: it must cost as little as possible.
        Message<byte[], byte[]>[] updates = [.. Enumerable.Range(0, PreparedUpdates).Select(_ => Message(_stream.Update()))];
        using IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = BootstrapServers,
            LingerMs = 1,
            EnableDeliveryReports = false,
        }).Build();
        long started = Stopwatch.GetTimestamp();
        for (long sent = 0; Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < duration;)
        {
            long due = (long)(elapsed.TotalSeconds * updatesPerSecond);
            if (sent >= due)
            {
                Thread.Sleep(1);
                continue;
            }

            for (; sent < due - 1; sent++)
            {
                producer.Produce(_orderPartition[(int)(sent / BatchedUpdates % _orderPartition.Length)], updates[sent % PreparedUpdates]);
            }

            Probe(producer, probes);
            sent++;
        }

        // One more ends it: it is expected before it is sent.
        probes.Expect(probes.Sent + 1);
        Probe(producer, probes);
        producer.Flush();
    }

    private void Probe(IProducer<byte[], byte[]> producer, LatencyProbes probes)
    {
        Message<byte[], byte[]> probe = Message((LatencyProbes.KeyOf(probes.Sent), _stream.Large()));
        probes.Send();
        producer.Produce(_orderPartition[0], probe);
    }

    private static Message<byte[], byte[]> Message((string Key, byte[] Value) record) =>
        new() { Key = Encoding.UTF8.GetBytes(record.Key), Value = record.Value };

    private static EmbeddedRecord Record((string Key, byte[] Value) record) => new(Encoding.UTF8.GetBytes(record.Key), record.Value);
}
