using System.Text;
using Confluent.Kafka;
using Ctas.Kafka;
using Ctas.Kafka.Testing;

namespace Ctas.Benchmarks.Shapes;

/// <summary>A topic that holds orders, on a cluster of its own.</summary>
internal sealed class OrdersTopic : IOrdersInput
{
    public const string Name = "orders";

    private readonly EmbeddedKafka _kafka;

    private OrdersTopic(EmbeddedKafka kafka, int partitions, int records)
    {
        _kafka = kafka;
        Partitions = partitions;
        Records = records;
    }

    public string BootstrapServers => _kafka.BootstrapServers;

    public int Partitions { get; }

    public int Records { get; }

    /// <summary>A cluster with so many orders in it.</summary>
    public static async Task<OrdersTopic> FillAsync(int records)
    {
        // The mock cluster keeps about 5 MB a partition: enough of them, compressed, hold the whole topic.
        int partitions = Math.Max(4, records / 50_000);
        EmbeddedKafka kafka = EmbeddedKafka.Start(brokers: 1);
        kafka.CreateTopic(Name, partitions);
        await kafka.ProduceAsync(
            Name,
            OrderRow.Generate(records).Select((order, row) =>
                new EmbeddedRecord(Encoding.UTF8.GetBytes(order.Id), order.ToJson()) { Partition = row % partitions }),
            CompressionType.Lz4);
        return new OrdersTopic(kafka, partitions, records);
    }

    /// <summary>An engine that loads the topic into the table <c>orders</c>.</summary>
    public CtasEngineBuilder LoadInto(string model) => LoadInto(model, sourceProperties: "");

    /// <summary>The same, with more properties.</summary>
    /// <param name="model">How it keeps its rows.</param>
    /// <param name="sourceProperties">Further properties of the source, each behind a comma.</param>
    public CtasEngineBuilder LoadInto(string model, string sourceProperties) => new CtasEngineBuilder()
        .UseKafka(BootstrapServers)
        .AddScript($"""
            CREATE TABLE orders_in (id VARCHAR PRIMARY KEY, {OrderRow.OtherColumns})
                WITH (kafka_topic = '{Name}', value_format = 'JSON'{sourceProperties});
            CREATE TABLE orders WITH (table_model = '{model}') AS SELECT * FROM orders_in;
            """);

    /// <summary>Further orders, with keys of their own, behind those that are there.</summary>
    public Task ProduceMoreAsync(int records) => _kafka.ProduceAsync(
        Name,
        OrderRow.Generate(records, seed: 4711).Select((order, row) =>
            new EmbeddedRecord(Encoding.UTF8.GetBytes(order.Id), order.ToJson()) { Partition = row % Partitions }),
        CompressionType.Lz4);

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();
}
