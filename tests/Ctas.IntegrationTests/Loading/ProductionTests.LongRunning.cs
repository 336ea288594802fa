using System.Runtime.CompilerServices;

using Confluent.Kafka;

using Ctas.Data;
using Ctas.IntegrationTests.Kafka;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Loading;

/// <content>Loads that take long: because brokers are slow, and because faults have to be waited out.</content>
public sealed partial class ProductionTests
{
    [Fact]
    public async Task LongRunningLoad_StaysStableAndCompletes()
    {
        // Every answer is late, and brings one small batch a partition.
        const int bursts = 100;
        const int burstRecords = 400;
        await using var brokers = EmbeddedKafka.Start();
        brokers.CreateTopic("numbers", partitions: 2);
        for (int burst = 0; burst < bursts; burst++)
        {
            await brokers.ProduceAsync("numbers", NumberTopics.Records(burstRecords, from: burst * burstRecords));
        }

        brokers.SetLatency(EmbeddedKafka.AllBrokers, TimeSpan.FromMilliseconds(20));
        brokers.ClearRequests();
        List<WeakReference> batches = [];
        int mostAlive = 0;
        var source = new ObservedSource(TopicSource.Of(brokers.BootstrapServers, SlowNumbers()))
        {
            AfterRead = batch =>
            {
                batches.Add(new WeakReference(batch));
                if (batches.Count % 10 == 0) { mostAlive = Math.Max(mostAlive, CountAlive(batches)); }
            },
        };
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("numbers", source)
            .AddTable("CREATE TABLE t AS SELECT n % 7 AS g, COUNT(*) AS c, SUM(n) AS total FROM numbers GROUP BY n % 7")
            .Build();

        (await engine.LoadAsync().Guarded()).ThrowIfFailed();

        engine.Tables["t"].Contents().Should().Equal(TableContents.Sorted(
            Enumerable.Range(0, bursts * burstRecords).GroupBy(n => n % 7)
                .Select(group => TableContents.Line(group.Key, group.Count(), group.Sum(n => (long)n)))));
        brokers.Requests.Count(request => request.ApiKey == KafkaApiKey.Fetch).Should().BeGreaterThan(bursts / 4, "the load went on for long");
        batches.Should().HaveCountGreaterThan(100);
        mostAlive.Should().BeLessThan(24, "what is read ahead is bounded, and what is applied is let go");
    }

    [Fact]
    public async Task LongRunningLoad_HoursOfSlowAnswersAndFaults_CompletesWithEachRecordOnce()
    {
        const int records = 2_000;
        var topic = new ScriptedTopic(new InstantTime());
        ScriptedPartition partition = topic.AddPartition().Records(records);
        int faults = 0;
        for (int fetch = 1; fetch <= 700; fetch++)
        {
            int number = fetch;
            topic.BeforeFetch(fetch, () =>
            {
                topic.Time.Advance(TimeSpan.FromSeconds(50));
                if (number % 40 != 0) { return; }

                faults++;
                partition.Errors.Enqueue(ErrorCode.Local_Transport);
            });
        }

        (TableLoadResult result, IReadOnlyList<TimeSpan> waits) = await LoadScriptedAsync(topic, new KafkaSourceOptions());

        (result.State, result.Records, result.Rows).Should().Be((TableState.Ready, (long)records, (long)records));
        result.Retries.Should().Be(faults, "slow answers are no stall").And.BeGreaterThan(10);
        waits.Should().HaveCount(result.Retries);
        topic.Delivered.Should().Be(records, "no record is fetched twice");
        (topic.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Should().BeGreaterThan(TimeSpan.FromHours(6));
    }

    private static SourceDefinition SlowNumbers() => new("numbers", new TopicLocation("numbers", null))
    {
        Columns = [new SourceColumn("n", DataType.BigInt)],
        Mode = ReadMode.Append,
        BatchRows = 200,
        ClientProperties = new Dictionary<string, string> { ["max.partition.fetch.bytes"] = "4096" },
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CountAlive(List<WeakReference> batches)
    {
        GC.Collect();
        return batches.Count(batch => batch.IsAlive);
    }
}
