using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Text;

namespace Ctas.IntegrationTests.Kafka;

public sealed class UseKafkaTests(TestKafka kafka) : IClassFixture<TestKafka>
{
    [Fact]
    public async Task UseKafka_TopicInSql_IsLoadedAndQueried()
    {
        string topic = await kafka.CreateTopicAsync("orders", partitions: 3);
        await kafka.ProduceAsync(topic,
        [
            EmbeddedRecord.Of("a", """{"amount": 10}"""),
            EmbeddedRecord.Of("b", """{"amount": 20}"""),
            EmbeddedRecord.Of("a", """{"amount": 15}"""),
            EmbeddedRecord.Of("c", """{"amount": 30}"""),
            EmbeddedRecord.Tombstone("c"),
        ]);

        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .AddScript($"""
                CREATE TABLE orders (id VARCHAR PRIMARY KEY, amount BIGINT) WITH (topic = '{topic}', value_format = 'JSON');
                CREATE TABLE totals AS SELECT SUM(amount) AS total, COUNT(*) AS n FROM orders;
                """)
            .Build();
        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();

        QueryResult totals = await engine.QueryAsync("SELECT total, n FROM totals");
        totals.Rows.Select(r => (r[0], r[1])).Should().Equal((35L, 2L));
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("compact")]
    public async Task UseKafka_TopicReadByThreeConsumers_GivesTheLastVersionOfEachKey(string model)
    {
        const int Records = 200_000;
        string topic = await kafka.CreateTopicAsync("versions", partitions: 6);
        await kafka.ProduceAsync(topic, Versions(Records));

        using var logs = new ClientLogs();
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .UseLogging(logs)
            .WithMaxDegreeOfParallelism(8)
            .AddScript($"""
                CREATE TABLE versions (id VARCHAR PRIMARY KEY, n BIGINT) WITH (topic = '{topic}', value_format = 'JSON');
                CREATE TABLE upserted WITH (table_model = '{model}') AS SELECT id, n FROM versions;
                CREATE TABLE staged WITH (table_model = '{model}') AS SELECT id, MAX(n) AS n FROM versions GROUP BY id;
                """)
            .Build();
        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();

        // Of k0 to k49999, four versions each, every third was deleted at last.
        string[] expected = TableContents.Sorted(
            Enumerable.Range(150_000, 50_000).Where(n => n % 3 != 0).Select(n => TableContents.Line($"k{n % 50_000}", n)));
        engine.Tables["upserted"].Contents().Should().Equal(expected);
        engine.Tables["staged"].Contents().Should().Equal(expected);
        result["upserted"].Partitions.Should().OnlyContain(partition => partition.Position == partition.End);
        logs.Lines.Should().Contain($"scanning 6 partitions of {topic} with 3 consumers");
    }

    private static IEnumerable<EmbeddedRecord> Versions(int count) => Enumerable.Range(0, count).Select(n =>
        n >= 150_000 && n % 3 == 0 ? EmbeddedRecord.Tombstone($"k{n % 50_000}") : EmbeddedRecord.Of($"k{n % 50_000}", $$"""{"n":{{n}}}"""));

    [Fact]
    public void UseKafka_PropertyTheClientDoesNotKnow_IsRefusedByBuild()
    {
        CtasEngineBuilder builder = new CtasEngineBuilder()
            .UseKafka("localhost:1", new Dictionary<string, string> { ["fetch.wait.max.msec"] = "1" })
            .AddTable("CREATE TABLE t AS SELECT * FROM kafka://orders");

        Action act = () => builder.Build();

        act.Should().Throw<CtasCompilationException>().WithMessage("*fetch.wait.max.ms*");
    }
}
