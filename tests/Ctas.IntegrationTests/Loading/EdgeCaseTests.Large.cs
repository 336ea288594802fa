using Confluent.Kafka;

using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Loading;

/// <content>A topic whose records are many times what may be held in memory.</content>
public sealed partial class EdgeCaseTests
{
    private const int LargeRecords = 1_000_000;
    private const int LargeKeys = 20_000;
    private const int LargePayload = 160;

    [Fact]
    [Trait("Category", "Large")]
    public async Task VeryLargeTopic_MemoryStaysBounded()
    {
        await using var embedded = EmbeddedKafka.Start();
        embedded.CreateTopic("large", partitions: 32);
        var last = new (int Version, string Payload)[LargeKeys];
        await embedded.ProduceAsync("large", LargeTopic(last), CompressionType.Zstd);
        long before = LiveBytes();
        long peak = 0;
        long reads = 0;
        var source = new ObservedSource(TopicSource.Of(embedded.BootstrapServers, "large"))
        {
            BeforeRead = (_, _, _) =>
            {
                if (reads++ % 10 == 0) { peak = Math.Max(peak, LiveBytes() - before); }

                return Task.CompletedTask;
            },
        };
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("large", source)
            .AddTable(
                """
                CREATE TABLE latest WITH (table_model = 'compact') AS
                SELECT ROWKEY AS id, version, payload FROM large
                """)
            .Build();

        LoadResult result = await engine.LoadAsync().WaitAsync(TimeSpan.FromMinutes(5));

        result.ThrowIfFailed();
        (result["latest"].Records, result["latest"].Rows).Should().Be((LargeRecords, LargeKeys));
        ITable latest = engine.Tables["latest"];
        latest.RowCount.Should().Be(LargeKeys);
        for (int key = 0; key < LargeKeys; key++)
        {
            latest.TryGet($"k{key}", out Ctas.Data.Row row).Should().BeTrue();
            (Convert.ToInt32(row["version"], null), row["payload"]).Should().Be(last[key]);
        }

        long payloads = (long)LargeRecords * LargePayload;
        reads.Should().BeGreaterThan(100);
        // When the collector and the rewriting of superseded rows last ran decides between a quarter and a half; all of
        // the records together would take more than the payloads.
        peak.Should().BePositive().And.BeLessThan(payloads * 3 / 4);
    }

    private static IEnumerable<EmbeddedRecord> LargeTopic((int Version, string Payload)[] last)
    {
        var random = new Random(5);
        byte[] bytes = new byte[LargePayload / 2];
        for (int version = 0; version < LargeRecords; version++)
        {
            int key = version % LargeKeys;
            random.NextBytes(bytes);
            string payload = Convert.ToHexString(bytes);
            last[key] = (version, payload);
            yield return EmbeddedRecord.Of($"k{key}", $$"""{"version":{{version}},"payload":"{{payload}}"}""");
        }
    }

    private static long LiveBytes()
    {
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}
