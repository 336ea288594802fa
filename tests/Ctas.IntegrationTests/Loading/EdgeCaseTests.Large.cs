using Confluent.Kafka;

using Ctas.Data;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Sources;
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
    public async Task LargeTopic_SupersededVersions_AreLetGo()
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
            latest.TryGet($"k{key}", out Row row).Should().BeTrue();
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

    [Fact]
    [Trait("Category", "Large")]
    public async Task VeryLargeTopic_MemoryStaysBounded()
    {
        await using var embedded = EmbeddedKafka.Start();
        var seconds = new Dictionary<int, double>();
        foreach (int records in new[] { 100_000, 1_000_000, 10_000_000 })
        {
            embedded.CreateTopic($"orders{records}", partitions: 64);
            await embedded.ProduceAsync($"orders{records}", Orders(records), CompressionType.Zstd);
            seconds[records] = await CpuSecondsAsync(embedded, records);
        }

        double exponent = Math.Log(seconds[10_000_000] / seconds[100_000]) / Math.Log(100);
        (long peak, long table) = await PeakAsync(embedded, 10_000_000);

        output.WriteLine($"seconds of all cores {string.Join(" ", seconds.Select(time => $"{time.Key}: {time.Value:0.00}"))}; exponent {exponent:0.00}");
        output.WriteLine($"peak {peak >> 20} MiB while loading, table {table >> 20} MiB");
        exponent.Should().BeLessThan(1.1);
        peak.Should().BeGreaterThan(table * 9 / 10).And.BeLessThan((table * 13 / 10) + (256L << 20));
    }

    /// <summary>What a load costs this process, brokers included, whatever else the machine does meanwhile.</summary>
    private static async Task<double> CpuSecondsAsync(EmbeddedKafka embedded, int records)
    {
        await using CtasEngine engine = OrdersEngine(TopicSource.Of(embedded.BootstrapServers, OrderSource(records)));
        TimeSpan before = Environment.CpuUsage.TotalTime;
        LoadResult result = await engine.LoadAsync().WaitAsync(TimeSpan.FromMinutes(5));
        double spent = (Environment.CpuUsage.TotalTime - before).TotalSeconds;

        result.ThrowIfFailed();
        (result["t"].Records, result["t"].Rows).Should().Be((records, records));
        var random = new Random(1);
        for (int look = 0; look < 1_000; look++)
        {
            int n = random.Next(records);
            engine.Tables["t"].TryGet($"order-{n}", out Row row).Should().BeTrue();
            (row["customer"], row["amount"]).Should().Be(($"c{n % 5_000}", (long)n % 1_000));
        }

        return spent;
    }

    /// <summary>The most that is alive while the table is loaded, and what the table takes in the end.</summary>
    private static async Task<(long Peak, long Table)> PeakAsync(EmbeddedKafka embedded, int records)
    {
        await Task.Yield(); // Away from the stack of the load before, which holds its table.
        long before = SettledBytes();
        long peak = 0;
        int reads = 0;
        var source = new ObservedSource(TopicSource.Of(embedded.BootstrapServers, OrderSource(records)))
        {
            BeforeRead = (_, _, _) =>
            {
                if (reads++ % 40 == 0) { peak = Math.Max(peak, LiveBytes() - before); }

                return Task.CompletedTask;
            },
        };
        await using CtasEngine engine = OrdersEngine(source);
        (await engine.LoadAsync().WaitAsync(TimeSpan.FromMinutes(8))).ThrowIfFailed();
        peak = Math.Max(peak, LiveBytes() - before);
        reads.Should().BeGreaterThan(500);
        return (peak, engine.Tables["t"].Memory.Total);
    }

    private static CtasEngine OrdersEngine(ISource source) => new CtasEngineBuilder()
        .UseSource("orders", source)
        .AddTable("CREATE TABLE t WITH (table_model = 'compact') AS SELECT id, customer, amount, status FROM orders")
        .Build();

    private static SourceDefinition OrderSource(int records) => new("orders", new TopicLocation($"orders{records}", null))
    {
        Columns =
        [
            new("id", DataType.Varchar, SourceColumnRole.Key), new("customer", DataType.Varchar),
            new("amount", DataType.BigInt), new("status", DataType.Varchar),
        ],
        Mode = ReadMode.Changelog,
    };

    // Neighbours lie in one partition, so that batches compress well: a partition of the embedded cluster keeps 5 MB.
    private static IEnumerable<EmbeddedRecord> Orders(int records) => Enumerable.Range(0, records).Select(n => EmbeddedRecord.Of(
        $"order-{n}", $$"""{"customer":"c{{n % 5_000}}","amount":{{n % 1_000}},"status":"{{(n % 3 == 0 ? "paid" : "open")}}"}""") with
    {
        Partition = n / 2_000 % 64,
    });

    /// <summary>What is alive when pools and finalizers have let go of what was there before.</summary>
    private static long SettledBytes()
    {
        long bytes = LiveBytes();
        while (true)
        {
            GC.WaitForPendingFinalizers();
            long again = LiveBytes();
            if (bytes - again < 1 << 20) { return again; }

            bytes = again;
        }
    }

    private static long LiveBytes()
    {
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}
