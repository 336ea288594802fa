using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Ctas.Benchmarks.Shapes;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>A topic loaded into a table against a bare Consume() loop that throws the messages away.</summary>
internal sealed class KafkaComparisons : IComparisonSuite
{
    private const string Topic = "orders";

    public string Name => "kafka";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        // The mock cluster keeps about 5 MB a partition: enough of them, compressed, hold the whole topic.
        int partitions = Math.Max(4, options.Rows / 50_000);
        await using EmbeddedKafka kafka = EmbeddedKafka.Start(brokers: 1);
        kafka.CreateTopic(Topic, partitions);
        await kafka.ProduceAsync(
            Topic,
            OrderRow.Generate(options.Rows).Select((order, row) =>
                new EmbeddedRecord(Encoding.UTF8.GetBytes(order.Id), order.ToJson()) { Partition = row % partitions }),
            CompressionType.Lz4);

        foreach (string model in (string[])["compact", "standard"])
        {
            double[] seconds = await Measure.SecondsAsync(
                options.Repetitions,
                () => LoadAsync(kafka.BootstrapServers, model, options.Rows),
                () => Consume(kafka.BootstrapServers, partitions, options.Rows));
            yield return new Comparison(
                $"Kafka topic → {model} table",
                "bare Consume() loop, byte[], defaults",
                options.Rows / seconds[0],
                options.Rows / seconds[1],
                "records/s",
                model == "compact" ? new Target(1.5, IsAtLeast: true) : null);
        }
    }

    private static async Task LoadAsync(string bootstrapServers, string model, int rows)
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(bootstrapServers)
            .AddScript($"""
                CREATE TABLE orders_in (id VARCHAR PRIMARY KEY, customer VARCHAR, status VARCHAR, quantity BIGINT, amount DOUBLE, city VARCHAR)
                    WITH (kafka_topic = '{Topic}', value_format = 'JSON');
                CREATE TABLE orders WITH (table_model = '{model}') AS SELECT * FROM orders_in;
                """)
            .Build();
        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();
        Check(result["orders"].Records, rows);
    }

    private static Task Consume(string bootstrapServers, int partitions, int rows)
    {
        var configuration = new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "bench", EnablePartitionEof = true };
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(configuration).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(Topic, partition, Offset.Beginning)));
        int ended = 0;
        long records = 0;
        while (ended < partitions)
        {
            ConsumeResult<byte[], byte[]> result = consumer.Consume();
            if (result.IsPartitionEOF) { ended++; }
            else { records++; }
        }

        consumer.Close();
        Check(records, rows);
        return Task.CompletedTask;
    }

    private static void Check(long records, int rows)
    {
        if (records != rows) { throw new InvalidOperationException($"{records} of {rows} records were read; the topic has lost some."); }
    }
}
