using Ctas;
using Ctas.Data;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;

namespace Ctas.IntegrationTests.Documentation;

/// <summary>The C# of README.md. Between the comments stands what it shows, behind them that it is true.</summary>
internal static class ReadmeSnippets
{
    /// <summary>The topics the examples speak of.</summary>
    public static async Task ProduceAsync(EmbeddedKafka kafka)
    {
        kafka.CreateTopic("users", partitions: 2);
        kafka.CreateTopic("orders", partitions: 2);
        await kafka.ProduceAsync("users",
        [
            EmbeddedRecord.Of("u1", """{"name": "Ada", "country": "GB"}"""),
            EmbeddedRecord.Of("u2", """{"name": "Grace", "country": "US"}"""),
        ]);
        await kafka.ProduceAsync("orders",
        [
            EmbeddedRecord.Of("o1", """{"user_id": "u1", "amount": 10}"""),
            EmbeddedRecord.Of("o2", """{"user_id": "u1", "amount": 32}"""),
            EmbeddedRecord.Of("o3", """{"user_id": "u2", "amount": 7}"""),
        ]);
    }

    [ReadmeSnippet("load")]
    public static async Task LoadAsync(string bootstrapServers)
    {
        // snippet: load
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(bootstrapServers)
            .AddTable("CREATE TABLE users AS SELECT ROWKEY AS id, name, country FROM kafka://users")
            .AddTable("CREATE TABLE orders AS SELECT ROWKEY AS id, user_id, amount FROM kafka://orders")
            .AddTable("""
                CREATE TABLE enriched AS
                SELECT o.id, u.name, u.country, o.amount FROM orders o JOIN users u ON o.user_id = u.id
                """)
            .Build();

        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();

        if (engine.Tables["users"].TryGet("u1", out Row user))
        {
            Console.WriteLine($"{user["name"]} lives in {user["country"]}");
        }

        QueryResult totals = await engine.QueryAsync(
            "SELECT name, SUM(amount) AS total FROM enriched GROUP BY name ORDER BY name");
        foreach (Row row in totals.Rows) { Console.WriteLine($"{row[0]} spent {row[1]}"); }
        // end snippet

        (user["name"], user["country"]).Should().Be(("Ada", "GB"));
        totals.Rows.Select(row => $"{row[0]} spent {row[1]}").Should().Equal("Ada spent 42", "Grace spent 7");
    }
}
