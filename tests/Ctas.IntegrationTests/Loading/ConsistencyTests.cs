using Confluent.Kafka;
using Ctas.IntegrationTests.Kafka;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Loading;

/// <summary>Suite 3: what is true of all tables together, whatever failed.</summary>
public sealed partial class ConsistencyTests(TestKafka kafka) : IClassFixture<TestKafka>
{
    [Fact]
    public async Task WaveFailure_CascadesThroughThreeWaves()
    {
        string good = await kafka.CreateNumbersAsync("good", 3);
        string bad = await kafka.CreateMalformedAsync("bad");
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .AddTable($"CREATE TABLE root AS SELECT n FROM kafka://{bad}")
            .AddTable($"CREATE TABLE other AS SELECT n FROM kafka://{good}")
            .AddTable("CREATE TABLE second AS SELECT r.n FROM root r JOIN other o ON o.n = r.n")
            .AddTable("CREATE TABLE third AS SELECT n FROM second UNION ALL SELECT n FROM other")
            .AddTable("CREATE TABLE fourth AS SELECT COUNT(*) AS c FROM third")
            .AddTable("CREATE TABLE beside AS SELECT n + 1 AS n FROM other")
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.Waves.Select(wave => string.Join(',', wave.Tables)).Should()
            .Equal("other,root", "beside,second", "third", "fourth");
        result.Tables.Select(table => (table.Name, table.State)).Should().Equal(
            ("other", TableState.Ready), ("root", TableState.Failed),
            ("beside", TableState.Ready), ("second", TableState.Skipped),
            ("third", TableState.Skipped), ("fourth", TableState.Skipped));
        result["fourth"].CauseChain.Should().Equal("fourth", "third", "second", "root");
        result["third"].CauseChain.Should().Equal("third", "second", "root");
        result["second"].CauseChain.Should().Equal("second", "root");
        engine.Tables["beside"].Contents().Should().Equal("1", "2", "3");
        foreach (string table in new[] { "second", "third", "fourth" })
        {
            engine.Tables.Invoking(t => t[table]).Should().Throw<TableNotReadyException>()
                .Which.State.Should().Be(TableState.Skipped);
        }
    }

    [Fact]
    public async Task NoRollback_SuccessfulTablesRemainUsable()
    {
        ShopTopics shop = await ShopTopics.ProduceAsync(kafka);
        string bad = await kafka.CreateMalformedAsync("bad");
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .AddTable(shop.CreateUsers)
            .AddTable(shop.CreateOrders)
            .AddTable(ShopTopics.CreateEnriched)
            .AddTable($"CREATE TABLE broken AS SELECT e.id FROM enriched e JOIN kafka://{bad} b ON b.n = e.amount")
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.Failed.Select(table => table.Name).Should().Equal("broken");
        engine.Tables["users"].Contents().Should().Equal(shop.UserRows);
        engine.Tables["orders"].Contents().Should().Equal(shop.OrderRows);
        engine.Tables["enriched"].Contents().Should().Equal(shop.EnrichedRows);
        (string id, (string name, string country)) = shop.Users.First();
        engine.Tables["users"].TryGet(id, out Ctas.Data.Row row).Should().BeTrue();
        (row["name"], row["country"]).Should().Be((name, country));
        QueryResult query = await engine.QueryAsync(
            "SELECT country, COUNT(*) AS c, SUM(amount) AS total FROM enriched GROUP BY country").Guarded();
        query.Contents().Should().Equal(TableContents.Sorted(
            from line in shop.EnrichedRows
            let values = line.Split('|')
            group int.Parse(values[3], null) by values[2] into byCountry
            select TableContents.Line(byCountry.Key, byCountry.Count(), byCountry.Sum())));
    }

    [Fact]
    public async Task RetryOfFailedTables_CompletesTheGraph()
    {
        await using var embedded = EmbeddedKafka.Start();
        embedded.CreateTopic("good");
        embedded.CreateTopic("guarded");
        await embedded.ProduceAsync("good", NumberTopics.Records(4));
        await embedded.ProduceAsync("guarded", NumberTopics.Records(6));
        embedded.SetTopicError("guarded", ErrorCode.TopicAuthorizationFailed);
        ObservedSource good = new(TopicSource.Of(embedded.BootstrapServers, "good"));
        ObservedSource guarded = new(TopicSource.Of(embedded.BootstrapServers, "guarded"));
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("good", good)
            .UseSource("guarded", guarded)
            .AddTable("CREATE TABLE a AS SELECT ROWKEY AS id, n FROM good")
            .AddTable("CREATE TABLE b AS SELECT ROWKEY AS id, n FROM guarded")
            .AddTable("CREATE TABLE c AS SELECT b.id, a.n FROM a JOIN b ON a.id = b.id")
            .AddTable("CREATE TABLE d AS SELECT SUM(n) AS total FROM c")
            .Build();

        LoadResult first = await engine.LoadAsync().Guarded();
        ITable a = engine.Tables["a"];
        embedded.SetTopicError("guarded", ErrorCode.NoError);
        LoadResult second = await engine.LoadAsync().Guarded();

        first.Tables.Select(table => table.State).Should()
            .Equal(TableState.Ready, TableState.Failed, TableState.Skipped, TableState.Skipped);
        first["b"].Error!.Message.Should().Contain("not authorized");
        second.ThrowIfFailed();
        second.Tables.Select(table => (table.Name, table.WasLoadedBefore)).Should()
            .Equal(("a", true), ("b", false), ("c", false), ("d", false));
        engine.Tables["a"].Should().BeSameAs(a, "what is there is not loaded again");
        good.Opened.Should().Be(1);
        guarded.Opened.Should().Be(2);
        engine.Tables["b"].Contents().Should().Equal(NumberTopics.Rows(6));
        engine.Tables["c"].Contents().Should().Equal(NumberTopics.Rows(4));
        engine.Tables["d"].Contents().Should().Equal("6");

        LoadResult third = await engine.LoadAsync().Guarded();
        third.ThrowIfFailed();
        third.Tables.Should().OnlyContain(table => table.WasLoadedBefore);
        guarded.Opened.Should().Be(2);
    }

    [Fact]
    public async Task FailedReplace_KeepsOldTable()
    {
        string good = await kafka.CreateNumbersAsync("good", 5);
        string bad = await kafka.CreateMalformedAsync("bad", 100);
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .AddTable($"CREATE TABLE kept AS SELECT ROWKEY AS id, n FROM kafka://{good}")
            .AddTable("CREATE TABLE dependent AS SELECT SUM(n) AS total FROM kept")
            .Build();
        (await engine.LoadAsync().Guarded()).ThrowIfFailed();
        ITable before = engine.Tables["kept"];

        Func<Task> act = () => engine.ExecuteAsync(
            $"CREATE OR REPLACE TABLE kept AS SELECT ROWKEY AS id, n * 2 AS n FROM kafka://{bad}").Guarded();

        LoadException failure = (await act.Should().ThrowAsync<LoadException>()).Which;
        (failure.Table, failure.Offset).Should().Be(("kept", 100L));
        engine.Tables["kept"].Should().BeSameAs(before);
        engine.Tables["kept"].Contents().Should().Equal(NumberTopics.Rows(5));
        engine.Tables.TryGetMetadata("kept", out TableMetadata? metadata).Should().BeTrue();
        metadata!.State.Should().Be(TableState.Ready);
        metadata.Sql.Should().Contain(good).And.NotContain(bad);
        (await engine.QueryAsync("SELECT SUM(n) AS total FROM kept").Guarded()).Contents().Should().Equal("10");

        await engine.ExecuteAsync(
            $"CREATE OR REPLACE TABLE kept AS SELECT ROWKEY AS id, n * 2 AS n FROM kafka://{good}").Guarded();
        engine.Tables["kept"].Contents().Should().Equal("k0|0", "k1|2", "k2|4", "k3|6", "k4|8");
        before.Contents().Should().Equal(NumberTopics.Rows(5), "who holds the old table finishes on it");
        LoadResult again = await engine.LoadAsync().Guarded();
        again.ThrowIfFailed();
        again.Tables.Should().OnlyContain(table => table.WasLoadedBefore);
    }

    [Fact]
    public async Task SameInput_SameResult_AnyParallelism()
    {
        ShopTopics shop = await ShopTopics.ProduceAsync(kafka, users: 200, orders: 2000);
        Dictionary<string, string[]>? expected = null;
        foreach (int maxParallelism in new[] { 1, 2, 8 })
        {
            await using CtasEngine engine = new CtasEngineBuilder()
                .UseKafka(kafka.BootstrapServers)
                .WithMaxParallelism(maxParallelism)
                .AddTable(shop.CreateUsers)
                .AddTable(shop.CreateOrders)
                .AddTable(ShopTopics.CreateEnriched)
                .AddTable(
                    """
                    CREATE TABLE by_country WITH (table_model = 'compact') AS
                    SELECT country, COUNT(*) AS c, SUM(amount) AS total,
                        MIN(id) AS first_id, COUNT(DISTINCT name) AS names
                    FROM enriched GROUP BY country
                    """)
                .AddTable("CREATE TABLE large AS SELECT id, amount FROM orders WHERE amount > 1500")
                .AddTable(
                    """
                    CREATE TABLE silent AS SELECT u.id FROM users u LEFT JOIN orders o ON o.user_id = u.id
                    WHERE o.id IS NULL
                    """)
                .AddTable("CREATE TABLE ids AS SELECT id FROM large UNION ALL SELECT id FROM silent")
                .Build();
            (await engine.LoadAsync().Guarded()).ThrowIfFailed();

            Dictionary<string, string[]> contents =
                engine.Tables.Tables.ToDictionary(table => table.Name, table => engine.Tables[table.Name].Contents());
            contents.Should().HaveCount(7);
            contents["enriched"].Should().Equal(shop.EnrichedRows);
            contents["large"].Should().Equal(TableContents.Sorted(
                from order in shop.Orders
                where order.Value.Amount > 1500
                select TableContents.Line(order.Key, order.Value.Amount)));
            expected ??= contents;
            foreach ((string table, string[] rows) in expected)
            {
                contents[table].Should().Equal(rows, "{0} with {1} at a time", table, maxParallelism);
            }
        }
    }
}
