using System.Collections;
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
        foreach (MemoryShape shape in MemoryShape.All.Where(shape => options.Asks(shape.Name)))
        {
            await using ShapeTopic topic = await ShapeTopic.FillAsync(
                shape, ReferenceEquals(shape, MemoryShape.Orders) ? options.Rows : options.Rows / 5);
            foreach (string model in (string[])["compact", "standard"])
            {
                foreach (Comparison comparison in await AgainstLoopsAsync(topic, model, options.Repetitions)) { yield return comparison; }
            }

            if (!ReferenceEquals(shape, MemoryShape.Orders)) { continue; }

            foreach (Comparison comparison in await OfBatchesAsync(topic, options.Repetitions)) { yield return comparison; }

            yield return await AllocatedAsync(topic);
        }
    }

    private static async Task<Comparison[]> AgainstLoopsAsync(ShapeTopic topic, string model, int repetitions)
    {
        double[] seconds = await Measure.SecondsAsync(
            repetitions,
            () => LoadAsync(topic, model),
            () => ThrowAway(topic, fetchWait: null),
            () => ThrowAway(topic, QuickFetches),
            () => KeepRecords(topic, QuickFetches));
        Target? Aim(double ratio) => model == "compact" ? new Target(ratio, IsAtLeast: true) : null;
        Comparison Against(string peer, double theirs, Target? target) => new(
            $"Kafka topic, {topic.Shape.Name} → {model} table", peer, topic.Records / seconds[0], topic.Records / theirs, "records/s", target);
        return
        [
            Against("bare Consume() loop, byte[], defaults", seconds[1], Aim(1.5)),
            Against("bare Consume() loop, byte[], fetch.wait.max.ms = 10", seconds[2], Aim(1.5)),
            Against("loop into a dictionary of records, fetch.wait.max.ms = 10", seconds[3], Aim(3)),
        ];
    }

    private static async Task<Comparison[]> OfBatchesAsync(ShapeTopic topic, int repetitions)
    {
        (string Text, string Properties)[] batches =
        [
            ("batches of 8192", ""),
            ("batches of 512", ", 'loading.batch_size' = '512'"),
            ("batches of 2048", ", 'loading.batch_size' = '2048'"),
            ("batches of 65536", ", 'loading.batch_size' = '65536'"),
            ("fixed batches of 8192", ", 'batch.strategy' = 'fixed'"),
            ("adaptive batches from 2048", ", 'loading.batch_size' = '2048', 'batch.strategy' = 'adaptive'"),
        ];
        double[] seconds = await Measure.SecondsAsync(
            repetitions, [.. batches.Select(batch => (Func<Task>)(() => LoadAsync(topic, "compact", batch.Properties)))]);
        return
        [
            .. Enumerable.Range(1, batches.Length - 1).Select(choice => new Comparison(
                $"Kafka topic → compact table, {batches[choice].Text}", batches[0].Text,
                topic.Records / seconds[choice], topic.Records / seconds[0], "records/s", Target: null)),
        ];
    }

    private static async Task<Comparison> AllocatedAsync(ShapeTopic topic)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await LoadAsync(topic, "compact");
        double allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        return new Comparison(
            "allocated while loading a compact table", "64 bytes", allocated / topic.Records, 64, "B/record", new Target(1, IsAtLeast: false));
    }

    private static async Task LoadAsync(ShapeTopic topic, string model, string sourceProperties = "")
    {
        await using CtasEngine engine = topic.LoadInto(model, sourceProperties).Build();
        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();
        Check(result[topic.Shape.Name].Records, topic.Records);
    }

    private static Task ThrowAway(ShapeTopic topic, int? fetchWait)
    {
        Consume(topic, fetchWait, _ => { });
        return Task.CompletedTask;
    }

    private static Task KeepRecords(ShapeTopic topic, int? fetchWait)
    {
        (ICollection rows, Action<byte[], byte[]> keep) = topic.Shape.JsonDictionary();
        Consume(topic, fetchWait, message => keep(message.Key, message.Value));
        Check(rows.Count, topic.Records);
        return Task.CompletedTask;
    }

    private static void Consume(ShapeTopic topic, int? fetchWait, Action<Message<byte[], byte[]>> take)
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
            .Select(partition => new TopicPartitionOffset(topic.Shape.Name, partition, Offset.Beginning)));
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
