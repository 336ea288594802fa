using Ctas;
using Ctas.Data;
using Ctas.IntegrationTests.Loading;
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
            EmbeddedRecord.Of("u1", """{"name": "Ada", "city": "London"}"""),
            EmbeddedRecord.Of("u2", """{"name": "Grace", "city": "Berlin"}"""),
        ]);
        await kafka.ProduceAsync("orders",
        [
            EmbeddedRecord.Of("o1", """{"user_id": "u1", "amount": 10.00}"""),
            EmbeddedRecord.Of("o2", """{"user_id": "u1", "amount": 32.50}"""),
            EmbeddedRecord.Of("o3", """{"user_id": "u2", "amount": 7.25}"""),
        ]);
    }

    [ReadmeSnippet("load")]
    public static async Task LoadAsync(string bootstrapServers)
    {
        // snippet: load
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(bootstrapServers)
            .AddScript("""
                CREATE TABLE users (id VARCHAR PRIMARY KEY, name VARCHAR, city VARCHAR)
                    WITH (kafka_topic = 'users', value_format = 'JSON');
                CREATE STREAM orders (id VARCHAR KEY, user_id VARCHAR, amount DECIMAL(12, 2))
                    WITH (kafka_topic = 'orders', value_format = 'JSON');
                CREATE TABLE enriched (id PRIMARY KEY, amount, name, city) WITH (table_model = 'compact') AS
                    SELECT o.id, o.amount, u.name, u.city FROM orders o JOIN users u ON o.user_id = u.id;
                CREATE TABLE totals AS
                    SELECT city, COUNT(*) AS orders, SUM(amount) AS total FROM enriched GROUP BY city;
                """)
            .Build();

        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();

        engine.Tables["enriched"].TryGet("o1", out Row order);
        Console.WriteLine($"{order["name"]} of {order["city"]} spent {order["amount"]}");
        QueryResult top = await engine.QueryAsync("SELECT city, total FROM totals ORDER BY total DESC LIMIT 3");
        foreach (Row row in top.Rows) { Console.WriteLine($"{row["city"]}: {row["total"]}"); }
        // end snippet

        order["name"].Should().Be("Ada");
        top.Rows.Select(row => $"{row["city"]}: {row["total"]}").Should().Equal("London: 42.50", "Berlin: 7.25");
    }

    [ReadmeSnippet("cluster")]
    public static Task ConfigureAsync(string bootstrapServers)
    {
        // snippet: cluster
        CtasEngineBuilder builder = new CtasEngineBuilder().UseKafka("broker-1:9093,broker-2:9093", new Dictionary<string, string>
        {
            ["security.protocol"] = "SASL_SSL",
            ["sasl.mechanism"] = "SCRAM-SHA-512",
            ["sasl.username"] = "ctas",
            ["sasl.password"] = Environment.GetEnvironmentVariable("KAFKA_PASSWORD") ?? "",
        });
        // end snippet

        // The client checks the properties when a topic is declared; nothing is connected to.
        CtasEngine engine = builder.AddTable("CREATE TABLE users AS SELECT * FROM kafka://users").Build();
        engine.Plan.Tables.Should().ContainSingle(bootstrapServers);
        return engine.DisposeAsync().AsTask();
    }

    [ReadmeSnippet("functions")]
    public static async Task CallFunctionsAsync(string bootstrapServers)
    {
        // snippet: functions
        await using CtasEngine engine = new CtasEngineBuilder()
            .AddFunction("initials", (string name) => string.Concat(name.Split(' ').Select(word => word[0])))
            .AddFunction("or_zero", (long? number) => number ?? 0) // can be null: NULL is given to it
            .AddTableFunction("words", (string text) => text.Split(' ').AsEnumerable())
            .AddTableFunction(
                "places", // rows of several columns: records, tuples, anything
                (string text) => text.Split(' ').Select((word, place) => (Word: word, Place: place + 1)),
                columns => columns.Add("word", row => row.Word).Add("place", row => row.Place))
            .Build();

        QueryResult result = await engine.QueryAsync(
            "SELECT initials('Ada Lovelace') AS i, or_zero(NULL) AS n, w, place "
            + "FROM words('one two') AS w JOIN places('two one') AS p ON p.word = w");
        // end snippet

        bootstrapServers.Should().NotBeEmpty();
        result.Rows.Select(row => $"{row["i"]} {row["n"]} {row["w"]} {row["place"]}").Should().Equal("AL 0 one 2", "AL 0 two 1");
    }

    [ReadmeSnippet("aggregate")]
    public static async Task AggregateAsync(string bootstrapServers)
    {
        // snippet: aggregate
        await using CtasEngine engine = new CtasEngineBuilder()
            .AddAggregate<double, (double Logs, long Count), double>(
                "geometric_mean",
                seed: () => (0, 0),
                step: (state, value) => (state.Logs + Math.Log(value), state.Count + 1),
                finish: state => Math.Exp(state.Logs / state.Count),
                merge: (left, right) => (left.Logs + right.Logs, left.Count + right.Count)) // lets rows be taken in parts
            .Build();

        QueryResult result = await engine.QueryAsync(
            "SELECT geometric_mean(x) FILTER (WHERE x > 0) AS mean FROM (SELECT 2.0 AS x UNION ALL SELECT 8.0) AS t");
        // end snippet

        bootstrapServers.Should().NotBeEmpty();
        ((double)result.Rows.Single()[0]!).Should().BeApproximately(4, 1e-12);
    }

    [ReadmeSnippet("snapshots")]
    public static async Task StartAgainAsync(string bootstrapServers)
    {
        using var snapshots = new SnapshotFolder();
        string folder = snapshots.Path;

        // snippet: snapshots
        CtasEngine Build() => new CtasEngineBuilder()
            .UseKafka(bootstrapServers)
            .UseSnapshots(folder)
            .AddTable("CREATE TABLE users WITH (table_model = 'compact') AS SELECT * FROM kafka://users")
            .Build();

        await using (CtasEngine first = Build()) { (await first.LoadAsync()).ThrowIfFailed(); }

        await using CtasEngine second = Build();
        TableLoadResult users = (await second.LoadAsync())["users"]; // users.Kind: Restored, Continued or Full
        // end snippet

        (users.Kind, users.Records).Should().Be((LoadKind.Restored, 0L));
        second.Tables["users"].RowCount.Should().Be(users.Rows).And.BePositive();
    }

    [ReadmeSnippet("testing")]
    public static async Task TestAsync(string bootstrapServers)
    {
        // snippet: testing
        await using EmbeddedKafka kafka = EmbeddedKafka.Start(brokers: 3);
        kafka.CreateTopic("users", partitions: 4);
        await kafka.ProduceAsync("users", [EmbeddedRecord.Of("u1", """{"name":"Ada","city":"London"}""")]);
        kafka.SetLatency(1, TimeSpan.FromMilliseconds(20)); // and request errors, brokers down, leader moves …

        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .AddTable("CREATE TABLE users AS SELECT * FROM kafka://users")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        // end snippet

        kafka.BootstrapServers.Should().NotBe(bootstrapServers);
        engine.Tables["users"].RowCount.Should().Be(1);
    }
}
