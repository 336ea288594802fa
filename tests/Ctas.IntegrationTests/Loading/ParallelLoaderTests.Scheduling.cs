using System.Collections.Concurrent;

using Ctas.Data;
using Ctas.IntegrationTests.Kafka;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Loading;

/// <content>What runs when: overlap, limits, order, shared scans, shared registries.</content>
public sealed partial class ParallelLoaderTests
{
    [Fact]
    public async Task Diamond_MiddleTablesRunTogether()
    {
        string top = await kafka.CreateNumbersAsync("top", 5);
        string left = await kafka.CreateNumbersAsync("left", 3);
        string right = await kafka.CreateNumbersAsync("right", 4);

        // Neither of the two goes on before both are at the gate: were they run one by one, the load would hang.
        var middle = new Gate();
        ConcurrentDictionary<string, string[]> readyAtBottom = new();
        TableRegistry registry = new();
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .UseRegistry(registry)
            .WithMaxParallelism(4)
            .UseSource("left_topic", Held(left, middle.PassAsync))
            .UseSource("right_topic", Held(right, middle.PassAsync))
            .UseSource("bottom_topic", Held(top, _ =>
            {
                foreach (string table in new[] { "b", "c" }) { readyAtBottom[table] = registry[table].Contents(); }

                return Task.CompletedTask;
            }))
            .AddTable($"CREATE TABLE a AS SELECT {NumberTopics.Columns} FROM kafka://{top}")
            .AddTable("CREATE TABLE b AS SELECT a.id, a.n + l.n AS n FROM a JOIN left_topic l ON a.n = l.n")
            .AddTable("CREATE TABLE c AS SELECT a.id, a.n * r.n AS n FROM a JOIN right_topic r ON a.n = r.n")
            .AddTable(
                """
                CREATE TABLE d AS SELECT b.id, b.n AS plus, c.n AS times
                FROM b JOIN c ON b.id = c.id JOIN bottom_topic t ON t.n * 2 = b.n
                """)
            .Build();

        Task<LoadResult> loading = engine.LoadAsync();
        await middle.ArrivedAsync(2);
        middle.Open();
        LoadResult result = await loading.Guarded();

        result.ThrowIfFailed();
        result.Waves.Select(wave => string.Join(',', wave.Tables)).Should().Equal("a", "b,c", "d");
        readyAtBottom["b"].Should().Equal("k0|0", "k1|2", "k2|4");
        readyAtBottom["c"].Should().Equal("k0|0", "k1|1", "k2|4", "k3|9");
        engine.Tables["d"].Contents().Should().Equal("k0|0|0", "k1|2|1", "k2|4|4");
    }

    [Fact]
    public async Task Semaphore_LimitsConcurrency()
    {
        const int tables = 6;
        var progress = new ProgressLog();
        var gate = new Gate();
        int running = 0;
        ConcurrentBag<int> observed = [];
        CtasEngineBuilder builder = new CtasEngineBuilder().WithMaxParallelism(2);
        for (int i = 0; i < tables; i++)
        {
            string topic = await kafka.CreateNumbersAsync("limited", 10 + i);
            builder.UseSource($"topic{i}", new ObservedSource(TopicSource.Of(kafka.BootstrapServers, topic))
            {
                BeforeOpen = token =>
                {
                    observed.Add(Interlocked.Increment(ref running));
                    return gate.PassAsync(token);
                },
                AfterClose = () => Interlocked.Decrement(ref running),
            });
            builder.AddTable($"CREATE TABLE t{i} AS SELECT {NumberTopics.Columns} FROM topic{i}");
        }

        await using CtasEngine engine = builder.Build();
        Task<LoadResult> loading = engine.LoadAsync(progress);

        // Both slots are taken and held while three more reports come: time for a third table, were it let in.
        await gate.ArrivedAsync(2);
        int before = progress.Reports.Count;
        await progress.WaitForAsync(_ => progress.Reports.Count >= before + 3);
        gate.Open();
        LoadResult result = await loading.Guarded();

        result.ThrowIfFailed();
        observed.Should().HaveCount(tables);
        observed.Max().Should().Be(2);
        progress.Reports.Max(report => report.Tables.Count(table => table.State == TableState.Loading)).Should().Be(2);
        for (int i = 0; i < tables; i++)
        {
            engine.Tables[$"t{i}"].Contents().Should().Equal(NumberTopics.Rows(10 + i));
        }
    }

    [Fact]
    public async Task ConcurrentLoads_ShareOneRegistry()
    {
        const int loaders = 4;
        const int tablesEach = 12;
        string topic = await kafka.CreateNumbersAsync("shared", 50, partitions: 2);
        var registry = new TableRegistry();
        CtasEngine[] engines = [.. Enumerable.Range(0, loaders).Select(loader =>
        {
            CtasEngineBuilder builder = new CtasEngineBuilder().UseKafka(kafka.BootstrapServers).UseRegistry(registry);
            for (int i = 0; i < tablesEach; i += 2)
            {
                builder.AddTable(
                    $"CREATE TABLE t{loader}_{i} AS SELECT ROWKEY AS id, n FROM kafka://{topic} WHERE n >= {i}");
                builder.AddTable(
                    $"CREATE TABLE t{loader}_{i + 1} WITH (table_model = 'compact') AS SELECT n FROM t{loader}_{i}");
            }

            return builder.Build();
        })];

        LoadResult[] results =
            await Task.WhenAll(engines.Select(engine => Task.Run(() => engine.LoadAsync()))).Guarded();

        foreach (LoadResult result in results) { result.ThrowIfFailed(); }

        registry.Tables.Should().HaveCount(loaders * tablesEach);
        registry.Tables.Select(table => table.Name).Should().OnlyHaveUniqueItems();
        for (int loader = 0; loader < loaders; loader++)
        {
            for (int i = 0; i < tablesEach; i += 2)
            {
                registry[$"t{loader}_{i}"].Contents().Should().Equal(NumberTopics.Rows(50 - i, from: i));
                registry[$"t{loader}_{i + 1}"].Contents().Should()
                    .Equal(TableContents.Sorted(Enumerable.Range(i, 50 - i).Select(n => TableContents.Line(n))));
                AssertMetadata($"t{loader}_{i}", TableModel.Standard, [], [$"t{loader}_{i + 1}"], 50 - i);
                AssertMetadata($"t{loader}_{i + 1}", TableModel.Compact, [$"t{loader}_{i}"], [], 50 - i);
            }
        }

        foreach (CtasEngine engine in engines) { await engine.DisposeAsync(); }

        void AssertMetadata(string name, TableModel model, string[] dependencies, string[] dependents, long rows)
        {
            registry.TryGetMetadata(name, out TableMetadata? metadata).Should().BeTrue();
            metadata!.State.Should().Be(TableState.Ready);
            metadata.Model.Should().Be(model);
            metadata.RowCount.Should().Be(rows);
            metadata.Dependencies.Should().Equal(dependencies);
            metadata.Dependents.Should().Equal(dependents);
            metadata.Sql.Should().Contain(name);
        }
    }

    [Fact]
    public async Task SharedTopic_IsScannedOnce()
    {
        await using var embedded = EmbeddedKafka.Start();
        embedded.CreateTopic("numbers", partitions: 2);
        await embedded.ProduceAsync("numbers", NumberTopics.Records(100));
        int forOne = await CountOffsetRequestsAsync(embedded, "SELECT ROWKEY AS id, n FROM kafka://numbers");
        forOne.Should().BePositive();

        int forThree = await CountOffsetRequestsAsync(
            embedded,
            "SELECT ROWKEY AS id, n FROM kafka://numbers",
            "SELECT SUM(n) AS total FROM kafka://numbers",
            "SELECT ROWOFFSET AS o, n FROM kafka://numbers WHERE n < 3");

        forThree.Should().Be(forOne);
        var source = new ObservedSource(TopicSource.Of(embedded.BootstrapServers, "numbers"));
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("numbers", source)
            .AddTable("CREATE TABLE ids AS SELECT ROWKEY AS id FROM numbers WHERE n >= 98")
            .AddTable("CREATE TABLE totals AS SELECT SUM(n) AS total, COUNT(*) AS c FROM numbers")
            .AddTable("CREATE TABLE squares AS SELECT n * n AS square FROM numbers WHERE n < 3")
            .Build();
        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        source.Opened.Should().Be(1);
        engine.Tables["ids"].Contents().Should().Equal("k98", "k99");
        engine.Tables["totals"].Contents().Should().Equal("4950|100");
        engine.Tables["squares"].Contents().Should().Equal("0", "1", "4");
        result.Tables.Should().OnlyContain(table => table.Records == 100);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task SharedTopic_ReadAsStream_IsScannedOnceHoweverManyLoadAtATime(int maxParallelism)
    {
        string left = await kafka.CreateNumbersAsync("left", 3000, partitions: 2);
        string right = await kafka.CreateNumbersAsync("right", 3000, partitions: 2);
        ObservedSource leftStream = Stream(left);
        ObservedSource rightStream = Stream(right);
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("l", leftStream)
            .UseSource("r", rightStream)
            .AddTable("CREATE TABLE ab AS SELECT l.n AS x, r.n AS y FROM l JOIN r ON l.n = r.n WHERE l.n < 5")
            .AddTable("CREATE TABLE ba AS SELECT l.n AS x, r.n AS y FROM r JOIN l ON l.n = r.n WHERE r.n >= 2997")
            .AddTable("CREATE TABLE sums AS SELECT SUM(n) AS total, COUNT(*) AS c FROM l")
            .AddTable("CREATE TABLE few AS SELECT n FROM r LIMIT 1")
            .WithMaxParallelism(maxParallelism)
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.ThrowIfFailed();
        (leftStream.Opened, rightStream.Opened).Should().Be((1, 1));
        (leftStream.Open, rightStream.Open).Should().Be((0, 0));
        engine.Tables["ab"].Contents().Should().Equal("0|0", "1|1", "2|2", "3|3", "4|4");
        engine.Tables["ba"].Contents().Should().Equal("2997|2997", "2998|2998", "2999|2999");
        engine.Tables["sums"].Contents().Should().Equal($"{3000L * 2999 / 2}|3000");
        engine.Tables["few"].RowCount.Should().Be(1);

        ObservedSource Stream(string topic) => new(TopicSource.Of(
            kafka.BootstrapServers,
            new SourceDefinition(topic, new TopicLocation(topic, null))
            {
                Columns = [new SourceColumn("n", DataType.BigInt)],
                Mode = ReadMode.Append,
                BatchRows = 50,
            }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task PriorityWithinWave_IsHonoured(int maxParallelism)
    {
        string topic = await kafka.CreateNumbersAsync("numbers", 2);
        ConcurrentQueue<string> opened = [];
        (string Table, int Priority)[] tables =
            [("blocker", 99), ("low", -1), ("a", 0), ("z", 7), ("b", 0), ("urgent", 10)];
        var firstIsHeld = new Gate();
        IEnumerable<(string, ISource)> sources = tables.Select(table => ($"{table.Table}_topic", Source(table.Table)));
        ParallelLoader loader = NewLoader(
            new TableRegistry(), new LoadOptions { MaxParallelism = maxParallelism }, sources: sources);

        Task<LoadResult> loading = loader.LoadAsync([.. tables.Select(table => new TableDefinition(
            table.Table, $"SELECT n FROM {table.Table}_topic") { Priority = table.Priority })]);
        await firstIsHeld.ArrivedAsync();
        if (maxParallelism == 1) { firstIsHeld.Open(); }

        // With two slots, one is held by the blocker all the time and the others follow one another in the second.
        await HangGuard.UntilAsync(() => maxParallelism == 1 || opened.Count == tables.Length);
        firstIsHeld.Open();
        LoadResult result = await loading.Guarded();

        result.ThrowIfFailed();
        result.Waves.Should().ContainSingle();
        opened.Where(table => table != "blocker").Should().Equal("urgent", "z", "a", "b", "low");

        ISource Source(string table) => Held(topic, token =>
        {
            opened.Enqueue(table);
            return table == "blocker" ? firstIsHeld.PassAsync(token) : Task.CompletedTask;
        });
    }

    private async Task<int> CountOffsetRequestsAsync(EmbeddedKafka embedded, params string[] selects)
    {
        embedded.ClearRequests();
        TableDefinition[] tables = [.. selects.Select((select, i) => new TableDefinition($"t{i}", select))];
        ParallelLoader loader = NewLoader(new TableRegistry(), bootstrapServers: embedded.BootstrapServers);
        (await loader.LoadAsync(tables).Guarded()).ThrowIfFailed();
        return embedded.Requests.Count(request => request.ApiKey == KafkaApiKey.ListOffsets);
    }

    private ObservedSource Held(string topic, Func<CancellationToken, Task> beforeOpen) =>
        new(TopicSource.Of(kafka.BootstrapServers, topic)) { BeforeOpen = beforeOpen };
}
