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
