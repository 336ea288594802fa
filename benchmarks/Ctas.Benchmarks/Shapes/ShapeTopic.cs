using System.Text;
using Confluent.Kafka;
using Ctas.Kafka;
using Ctas.Kafka.Testing;

namespace Ctas.Benchmarks.Shapes;

/// <summary>A topic that holds rows of a shape as JSON under their keys, on a cluster of its own.</summary>
internal sealed class ShapeTopic : IOrdersInput
{
    // The mock cluster keeps about 5 MB a partition: enough of them, compressed, hold the whole topic.
    private const int PartitionBytes = 5_700_000;

    private readonly EmbeddedKafka _kafka;

    private ShapeTopic(EmbeddedKafka kafka, MemoryShape shape, int partitions, int records)
    {
        _kafka = kafka;
        Shape = shape;
        Partitions = partitions;
        Records = records;
    }

    public MemoryShape Shape { get; }

    public string BootstrapServers => _kafka.BootstrapServers;

    public int Partitions { get; }

    public int Records { get; }

    /// <summary>A cluster with so many orders in it.</summary>
    public static Task<ShapeTopic> FillAsync(int records) => FillAsync(MemoryShape.Orders, records);

    /// <summary>A cluster with so many rows of a shape in it.</summary>
    public static async Task<ShapeTopic> FillAsync(MemoryShape shape, int records)
    {
        const int sample = 1000;
        double bytes = shape.Json(sample).Average(row => row.Json.Length) * records;
        int partitions = Math.Max(4, (int)Math.Ceiling(bytes / PartitionBytes));
        EmbeddedKafka kafka = EmbeddedKafka.Start(brokers: 1);
        kafka.CreateTopic(shape.Name, partitions);
        var topic = new ShapeTopic(kafka, shape, partitions, records);
        await topic.ProduceAsync(shape.Json(records));
        return topic;
    }

    /// <summary>An engine that loads the topic into a table of the shape's name.</summary>
    public CtasEngineBuilder LoadInto(string model) => LoadInto(model, sourceProperties: "");

    /// <summary>The same, with more properties.</summary>
    /// <param name="model">How it keeps its rows.</param>
    /// <param name="sourceProperties">Further properties of the source, each behind a comma.</param>
    public CtasEngineBuilder LoadInto(string model, string sourceProperties) => new CtasEngineBuilder()
        .UseKafka(BootstrapServers)
        .AddScript($"""
            CREATE TABLE {Shape.Name}_in ({Shape.Declaration(hasKey: true)})
                WITH (kafka_topic = '{Shape.Name}', value_format = 'JSON'{sourceProperties});
            CREATE TABLE {Shape.Name} WITH (table_model = '{model}') AS SELECT * FROM {Shape.Name}_in;
            """);

    /// <summary>Further records, behind those that are there.</summary>
    public Task ProduceAsync(IEnumerable<(string Key, byte[] Json)> rows) => _kafka.ProduceAsync(
        Shape.Name,
        rows.Select((row, number) => new EmbeddedRecord(Encoding.UTF8.GetBytes(row.Key), row.Json) { Partition = number % Partitions }),
        CompressionType.Lz4);

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();
}
