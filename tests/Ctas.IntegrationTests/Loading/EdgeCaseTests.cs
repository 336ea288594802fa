using Ctas.IntegrationTests.Kafka;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Loading;

/// <summary>Runs alone, because some of its tests measure the memory of the process.</summary>
[CollectionDefinition(nameof(EdgeCaseTests), DisableParallelization = true)]
public sealed class EdgeCaseTestsAlone : ICollectionFixture<TestKafka>;

/// <summary>Suite 5: topics and records that are out of the ordinary.</summary>
[Collection(nameof(EdgeCaseTests))]
public sealed partial class EdgeCaseTests(TestKafka kafka, Xunit.Abstractions.ITestOutputHelper output)
{
    [Fact]
    public async Task EmptyTopic_GivesEmptyReadyTable()
    {
        string topic = await kafka.CreateTopicAsync("empty", partitions: 3);
        await using CtasEngine engine = Builder()
            .AddScript(
                $"""
                CREATE TABLE src (id VARCHAR PRIMARY KEY, n BIGINT, name VARCHAR)
                    WITH (kafka_topic = '{topic}', value_format = 'JSON');
                CREATE TABLE declared AS SELECT * FROM src;
                CREATE TABLE compacted WITH (table_model = 'compact') AS SELECT * FROM src;
                CREATE TABLE inferred AS SELECT * FROM kafka://{topic};
                CREATE TABLE counted AS SELECT COUNT(*) AS c, SUM(n) AS total FROM declared;
                """)
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        foreach (string table in new[] { "declared", "compacted", "inferred" })
        {
            engine.Tables[table].Contents().Should().BeEmpty();
            engine.Tables.Tables.Single(t => t.Name == table).State.Should().Be(TableState.Ready);
            (result[table].Records, result[table].Rows).Should().Be((0L, 0L));
        }

        engine.Tables["declared"].ColumnNames().Should().Equal("id", "n", "name");
        engine.Tables["declared"].TryGet("k0", out _).Should().BeFalse();
        engine.Tables["compacted"].TryGet("k0", out _).Should().BeFalse();
        engine.Tables["counted"].Contents().Should().Equal("0|NULL");
        result["declared"].Partitions.Should().Equal(
            Enumerable.Range(0, 3).Select(p => new PartitionProgress($"{topic}[{p}]", 0, 0)));
    }

    [Fact]
    public async Task SlowConsumer_BackpressureNotBuffering()
    {
        const int batchRows = 100;
        const int records = 20_000;
        string topic = await kafka.CreateNumbersAsync("many", records, partitions: 2);
        string other = await kafka.CreateNumbersAsync("other", 1);
        var ahead = new List<long>();
        var source = new ObservedSource(Source(topic, d => d with { BatchRows = batchRows }))
        {
            // The consumer is slow because it does something else between reads: it reads another topic.
            BeforeRead = async (scan, delivered, _) =>
            {
                if (delivered % (20 * batchRows) == 0) { await Source(other).ReadAllAsync(); }

                ahead.Add(scan.GetStatistics().Records - delivered);
            },
        };
        await using CtasEngine engine = Builder()
            .UseSource("many", source)
            .AddTable("CREATE TABLE numbers AS SELECT ROWKEY AS id, n FROM many")
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        engine.Tables["numbers"].Contents().Should().Equal(NumberTopics.Rows(records));

        // Two batches wait, one waits for its turn, one is being filled.
        ahead.Should().HaveCountGreaterThan(records / batchRows / 2);
        ahead.Max().Should().BePositive().And.BeLessThanOrEqualTo(4 * batchRows);
    }

    [Fact]
    public async Task RecordLargerThanBatch_Loads()
    {
        string topic = await kafka.CreateTopicAsync("large");
        string large = new string('x', 400_000) + "end";
        await kafka.ProduceAsync(topic,
        [
            EmbeddedRecord.Of("small", """{"text":"a"}"""),
            EmbeddedRecord.Of("large", $$"""{"text":"{{large}}"}"""),
            EmbeddedRecord.Of("larger", $$"""{"text":"{{large + large}}"}"""),
            EmbeddedRecord.Of("last", """{"text":"z"}"""),
        ]);
        await using CtasEngine engine = Builder()
            .AddTable(
                $"""
                CREATE TABLE texts WITH ('kafka.max.partition.fetch.bytes' = '1000', 'loading.batch_size' = '2') AS
                SELECT ROWKEY AS id, text FROM kafka://{topic}
                """)
            .AddTable($"CREATE TABLE compacted WITH (table_model = 'compact') AS SELECT id, text FROM texts")
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        foreach (string table in new[] { "texts", "compacted" })
        {
            engine.Tables[table].Contents().Should()
                .Equal($"larger|{large + large}", $"large|{large}", "last|z", "small|a");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(8192)]
    public async Task DuplicateKeysAcrossBatches_LastWins(int batchRows)
    {
        const int keys = 7;
        string topic = await kafka.CreateTopicAsync("updates", partitions: 3);
        var last = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var records = new List<EmbeddedRecord>();
        for (int i = 0; i < 300; i++)
        {
            string key = $"k{(i * 5 % 13) % keys}";
            last[key] = i;
            records.Add(EmbeddedRecord.Of(key, $$"""{"version":{{i}}}"""));
        }

        await kafka.ProduceAsync(topic, records);
        await using CtasEngine engine = Builder()
            .UseSource("updates", Source(topic, d => d with { BatchRows = batchRows }))
            .AddTable("CREATE TABLE latest AS SELECT ROWKEY AS id, version FROM updates")
            .AddTable("CREATE TABLE early AS SELECT ROWKEY AS id, version FROM updates WHERE version < 290")
            .AddTable("CREATE TABLE total AS SELECT SUM(version) AS s, COUNT(*) AS c FROM updates")
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        engine.Tables["latest"].Contents().Should().Equal(last.Select(e => TableContents.Line(e.Key, e.Value)));

        // Superseded versions are gone before the WHERE: they do not come back where it drops the last one.
        engine.Tables["early"].Contents().Should()
            .Equal(last.Where(e => e.Value < 290).Select(e => TableContents.Line(e.Key, e.Value)));
        engine.Tables["total"].Contents().Should().Equal(TableContents.Line(last.Values.Sum(), keys));
        result["latest"].Records.Should().Be(300);
        foreach ((string key, int version) in last)
        {
            engine.Tables["latest"].TryGet(key, out Ctas.Data.Row row).Should().BeTrue();
            Convert.ToInt32(row["version"], null).Should().Be(version);
        }
    }

    private CtasEngineBuilder Builder() => new CtasEngineBuilder().UseKafka(kafka.BootstrapServers);

    private ISource Source(string topic, Func<SourceDefinition, SourceDefinition>? change = null)
    {
        var definition = new SourceDefinition(topic, new TopicLocation(topic, null));
        return TopicSource.Of(kafka.BootstrapServers, change?.Invoke(definition) ?? definition);
    }
}
