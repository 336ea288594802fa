using System.Text;
using Confluent.Kafka;
using Ctas.Benchmarks.Shapes;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>A start from a stored snapshot against a start that reads the whole topic: opening the topic is part of both.</summary>
internal sealed class SnapshotComparisons : IComparisonSuite
{
    private const string Topic = "orders";

    public string Name => "snapshot";

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
            DirectoryInfo folder = Directory.CreateTempSubdirectory("ctas-snapshots-");
            await LoadAsync(kafka.BootstrapServers, model, folder.FullName, LoadKind.Full);
            double[] seconds = await Measure.SecondsAsync(
                options.Repetitions,
                () => LoadAsync(kafka.BootstrapServers, model, folder.FullName, LoadKind.Restored),
                () => LoadAsync(kafka.BootstrapServers, model, folder: null, LoadKind.Full));
            folder.Delete(recursive: true);
            yield return new Comparison(
                $"Snapshot → {model} table",
                "full load of the topic",
                options.Rows / seconds[0],
                options.Rows / seconds[1],
                "rows/s",
                new Target(10, IsAtLeast: true));
        }
    }

    private static async Task LoadAsync(string bootstrapServers, string model, string? folder, LoadKind expected)
    {
        CtasEngineBuilder builder = new CtasEngineBuilder()
            .UseKafka(bootstrapServers)
            .AddScript($"""
                CREATE TABLE orders_in (id VARCHAR PRIMARY KEY, customer VARCHAR, status VARCHAR, quantity BIGINT, amount DOUBLE, city VARCHAR)
                    WITH (kafka_topic = '{Topic}', value_format = 'JSON');
                CREATE TABLE orders WITH (table_model = '{model}') AS SELECT * FROM orders_in;
                """);
        if (folder is not null) { builder.UseSnapshots(folder); }

        await using CtasEngine engine = builder.Build();
        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();
        if (result["orders"].Kind != expected)
        {
            throw new InvalidOperationException($"The table was {result["orders"].Kind}: {result["orders"].KindReason}.");
        }
    }
}
