using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Ctas.Benchmarks.Shapes;
using Ctas.Loading;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>A topic loaded into a table against loops written by hand over the same topic.</summary>
/// <remarks>
/// The mock cluster does not wake fetches that wait for records, so that a consumer with default settings mostly sleeps; a
/// load sets fetch.wait.max.ms to 10, and each loop is measured with that as well.
/// </remarks>
internal sealed class KafkaComparisons : IComparisonSuite
{
    private const int QuickFetches = 10;

    public string Name => "kafka";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        await using OrdersTopic topic = await OrdersTopic.FillAsync(options.Rows);

        foreach (string model in (string[])["compact", "standard"])
        {
            double[] seconds = await Measure.SecondsAsync(
                options.Repetitions,
                () => LoadAsync(topic, model),
                () => ThrowAway(topic, fetchWait: null),
                () => ThrowAway(topic, QuickFetches),
                () => KeepRecords(topic, QuickFetches));
            Target? Aim(double ratio) => model == "compact" ? new Target(ratio, IsAtLeast: true) : null;
            Comparison Against(string peer, double theirs, Target? target) => new(
                $"Kafka topic → {model} table", peer, options.Rows / seconds[0], options.Rows / theirs, "records/s", target);
            yield return Against("bare Consume() loop, byte[], defaults", seconds[1], Aim(1.5));
            yield return Against("bare Consume() loop, byte[], fetch.wait.max.ms = 10", seconds[2], Aim(1.5));
            yield return Against("loop into a dictionary of records, fetch.wait.max.ms = 10", seconds[3], Aim(3));
        }

        (string Text, string Properties)[] batches =
        [
            ("batches of 8192", ""),
            ("batches of 512", ", 'loading.batch_size' = '512'"),
            ("batches of 2048", ", 'loading.batch_size' = '2048'"),
            ("batches of 65536", ", 'loading.batch_size' = '65536'"),
            ("fixed batches of 8192", ", 'batch.strategy' = 'fixed'"),
            ("adaptive batches from 2048", ", 'loading.batch_size' = '2048', 'batch.strategy' = 'adaptive'"),
        ];
        double[] bySize = await Measure.SecondsAsync(
            options.Repetitions, [.. batches.Select(batch => (Func<Task>)(() => LoadAsync(topic, "compact", batch.Properties)))]);
        for (int choice = 1; choice < batches.Length; choice++)
        {
            yield return new Comparison(
                $"Kafka topic → compact table, {batches[choice].Text}",
                batches[0].Text,
                options.Rows / bySize[choice],
                options.Rows / bySize[0],
                "records/s",
                Target: null);
        }

        long before = GC.GetTotalAllocatedBytes(precise: true);
        await LoadAsync(topic, "compact");
        double allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        yield return new Comparison(
            "allocated while loading a compact table", "64 bytes", allocated / options.Rows, 64, "B/record", new Target(1, IsAtLeast: false));
    }

    private static async Task LoadAsync(OrdersTopic topic, string model, string sourceProperties = "")
    {
        await using CtasEngine engine = topic.LoadInto(model, sourceProperties).Build();
        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();
        Check(result["orders"].Records, topic.Records);
    }

    private static Task ThrowAway(OrdersTopic topic, int? fetchWait)
    {
        Consume(topic, fetchWait, _ => { });
        return Task.CompletedTask;
    }

    private static Task KeepRecords(OrdersTopic topic, int? fetchWait)
    {
        var orders = new Dictionary<string, OrderRow>();
        Consume(topic, fetchWait, message => orders[Encoding.UTF8.GetString(message.Key)] =
            JsonSerializer.Deserialize<OrderRow>(message.Value, JsonSerializerOptions.Web)!);
        Check(orders.Count, topic.Records);
        return Task.CompletedTask;
    }

    private static void Consume(OrdersTopic topic, int? fetchWait, Action<Message<byte[], byte[]>> take)
    {
        var configuration = new ConsumerConfig
        {
            BootstrapServers = topic.BootstrapServers,
            GroupId = "bench",
            EnablePartitionEof = true,
            FetchWaitMaxMs = fetchWait,
        };
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(configuration).Build();
        consumer.Assign(Enumerable.Range(0, topic.Partitions)
            .Select(partition => new TopicPartitionOffset(OrdersTopic.Name, partition, Offset.Beginning)));
        int ended = 0;
        long records = 0;
        while (ended < topic.Partitions)
        {
            ConsumeResult<byte[], byte[]> result = consumer.Consume();
            if (result.IsPartitionEOF)
            {
                ended++;
                continue;
            }

            records++;
            take(result.Message);
        }

        consumer.Close();
        Check(records, topic.Records);
    }

    private static void Check(long records, int rows)
    {
        if (records != rows) { throw new InvalidOperationException($"{records} of {rows} records were read; the topic has lost some."); }
    }
}
