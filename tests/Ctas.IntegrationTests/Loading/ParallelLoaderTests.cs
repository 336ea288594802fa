using Ctas.IntegrationTests.Kafka;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Text;

using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.IntegrationTests.Loading;

/// <summary>Suite 1: from definitions to tables, in waves, in parallel, within limits.</summary>
public sealed partial class ParallelLoaderTests(TestKafka kafka) : IClassFixture<TestKafka>
{
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;

    [Fact]
    public async Task DependencyChain_LoadsInWaves()
    {
        ShopTopics shop = await ShopTopics.ProduceAsync(kafka);
        var progress = new ProgressLog();
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .AddTable(ShopTopics.CreateEnriched)
            .AddTable(shop.CreateUsers)
            .AddTable(shop.CreateOrders)
            .Build();

        LoadResult result = await engine.LoadAsync(progress).Guarded();

        result.ThrowIfFailed();
        result.Waves.Select(wave => string.Join(',', wave.Tables)).Should().Equal("orders,users", "enriched");
        engine.Tables["users"].Contents().Should().Equal(shop.UserRows);
        engine.Tables["orders"].Contents().Should().Equal(shop.OrderRows);
        engine.Tables["enriched"].Contents().Should().Equal(shop.EnrichedRows);
        shop.EnrichedRows.Should().NotBeEmpty();
        foreach (LoadProgress report in progress.Reports)
        {
            if (StateOf(report, "enriched") is TableState.Waiting) { continue; }

            StateOf(report, "users").Should().Be(TableState.Ready);
            StateOf(report, "orders").Should().Be(TableState.Ready);
        }
    }

    [Fact]
    public async Task CircularDependency_IsRefusedBeforeAnyRead()
    {
        await using var embedded = EmbeddedKafka.Start();
        embedded.CreateTopic("numbers");
        TableDefinition[] tables =
        [
            new("other", "SELECT n FROM kafka://numbers"),
            new("a", "SELECT n FROM b"),
            new("b", "SELECT n FROM c"),
            new("c", "SELECT n FROM a UNION ALL SELECT n FROM kafka://numbers"),
        ];

        Action build = () => Builder(tables).UseKafka(embedded.BootstrapServers).Build();
        Func<Task> load = () => NewLoader(new TableRegistry(), bootstrapServers: embedded.BootstrapServers)
            .LoadAsync(tables).Guarded();

        Diagnostic diagnostic = build.Should().Throw<CtasCompilationException>().Which.Diagnostics
            .Should().ContainSingle().Which;
        diagnostic.Code.Should().StartWith("CTAS3");
        diagnostic.Message.Should().Contain("a → b → c → a");
        (await load.Should().ThrowAsync<CtasCompilationException>()).WithMessage("*a → b → c → a*");
        embedded.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task MissingDependency_IsRefusedBeforeAnyRead()
    {
        await using var embedded = EmbeddedKafka.Start();
        embedded.CreateTopic("numbers");
        TableDefinition[] tables =
        [
            new("customers", "SELECT n FROM kafka://numbers"),
            new("totals", "SELECT COUNT(*) AS c FROM custmers"),
        ];

        Action build = () => Builder(tables).UseKafka(embedded.BootstrapServers).Build();
        Func<Task> load = () => NewLoader(new TableRegistry(), bootstrapServers: embedded.BootstrapServers)
            .LoadAsync(tables).Guarded();
        Func<Task> loadExplicit = () => NewLoader(new TableRegistry(), bootstrapServers: embedded.BootstrapServers)
            .LoadAsync([tables[0], new("totals", "SELECT n FROM customers") { DependsOn = ["custmers"] }]).Guarded();

        foreach (string message in new[]
        {
            build.Should().Throw<CtasCompilationException>().Which.Message,
            (await load.Should().ThrowAsync<CtasCompilationException>()).Which.Message,
            (await loadExplicit.Should().ThrowAsync<CtasCompilationException>()).Which.Message,
        })
        {
            message.Should().Contain("\"custmers\"").And.Contain("\"customers\"").And.Contain("totals");
        }

        embedded.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("SELECT p.id FROM p JOIN q ON p.id = q.id LEFT JOIN r ON q.id = r.id", "p q r")]
    [InlineData("SELECT q.id FROM p AS q FULL JOIN q AS p ON p.id = q.id", "p q")]
    [InlineData("SELECT id FROM (SELECT id FROM (SELECT id FROM r) AS q) AS p", "r")]
    [InlineData("SELECT id FROM p UNION ALL SELECT id FROM q UNION ALL SELECT id FROM r", "p q r")]
    [InlineData("WITH q AS (SELECT id FROM p), s AS (SELECT id FROM q) SELECT id FROM s", "p")]
    [InlineData("WITH q AS (SELECT id FROM q) SELECT id FROM q", "q")]
    [InlineData("SELECT x.id FROM (WITH q AS (SELECT id FROM p) SELECT id FROM q) AS x JOIN r ON x.id = r.id", "p r")]
    [InlineData("SELECT P.id FROM P JOIN \"q\" AS other ON P.id = other.id", "p q")]
    [InlineData("SELECT 'FROM r' AS id FROM p -- FROM q", "p")]
    public async Task Dependencies_AreExtractedFromSql(string select, string dependencies)
    {
        CtasEngineBuilder builder = new CtasEngineBuilder().UseSource("origin", InMemorySource.FromJson("origin"));
        foreach (string table in new[] { "p", "q", "r", "s" })
        {
            builder.AddTable($"CREATE TABLE {table} AS SELECT id FROM origin");
        }

        await using CtasEngine engine = builder.AddTable($"CREATE TABLE result AS {select}").Build();

        engine.Plan.Tables.Single(table => table.Name == "result").Dependencies.Should().Equal(dependencies.Split(' '));
        engine.Plan.Tables.Single(table => table.Name == "p").Dependencies.Should().BeEmpty();
    }

    [Theory]
    [InlineData("SELECT id FROM p WHERE id IN (SELECT id FROM q)")]
    [InlineData("SELECT id FROM p WHERE EXISTS (SELECT 1 FROM q WHERE q.id = p.id)")]
    [InlineData("SELECT id, (SELECT COUNT(*) FROM q) AS c FROM p")]
    [InlineData("SELECT id FROM p ORDER BY (SELECT MAX(id) FROM q)")]
    public void Dependencies_AreExtractedFromSubqueriesInExpressions(string select)
    {
        // Not all of these can be run yet, but all count in the graph: q reads the table that reads q.
        CtasEngineBuilder builder = new CtasEngineBuilder()
            .UseSource("origin", InMemorySource.FromJson("origin"))
            .AddTable("CREATE TABLE p AS SELECT id FROM origin")
            .AddTable("CREATE TABLE q AS SELECT id FROM result")
            .AddTable($"CREATE TABLE result AS {select}");

        Action act = () => builder.Build();

        act.Should().Throw<CtasCompilationException>().Which.Diagnostics
            .Should().Contain(diagnostic => diagnostic.Message.Contains("q → result → q", StringComparison.Ordinal));
    }

    [Fact]
    public async Task EmptyList_Succeeds()
    {
        var progress = new ProgressLog();

        LoadResult result = await NewLoader(new TableRegistry()).LoadAsync([], progress).Guarded();

        result.IsSuccess.Should().BeTrue();
        result.Tables.Should().BeEmpty();
        result.Waves.Should().BeEmpty();
        progress.Reports.Should().OnlyContain(report => report.Percent == 100 && report.Tables.Count == 0);
        result.ThrowIfFailed();
    }

    private static TableState StateOf(LoadProgress report, string table) =>
        report.Tables.Single(entry => entry.Name == table).State;

    private static CtasEngineBuilder Builder(IEnumerable<TableDefinition> tables) => tables.Aggregate(
        new CtasEngineBuilder(),
        (builder, table) => builder.AddTable($"CREATE TABLE {table.Name} AS {table.Select}"));

    private ParallelLoader NewLoader(
        TableRegistry registry, LoadOptions? options = null, TimeProvider? time = null, string? bootstrapServers = null,
        params IEnumerable<(string Name, ISource Source)> sources)
    {
        SourceCatalog catalog =
            SourceCatalog.Files.With(TopicSource.Factory(bootstrapServers ?? kafka.BootstrapServers));
        foreach ((string name, ISource source) in sources) { catalog = catalog.With(name, source); }

        return new ParallelLoader(
            registry, catalog, options ?? new LoadOptions(), time ?? TimeProvider.System, NullLoggerFactory.Instance);
    }
}
