using Confluent.Kafka;

using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Tables;
using Ctas.Text;

namespace Ctas.IntegrationTests.Loading;

/// <content>Progress, and properties that reach what they are about.</content>
public sealed partial class ParallelLoaderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Progress_ReportsEveryStateAndExactPercent(bool asStream)
    {
        await using var embedded = EmbeddedKafka.Start(brokers: 2);
        embedded.CreateTopic("numbers", partitions: 2);
        embedded.MoveLeader("numbers", 0, 1);
        embedded.MoveLeader("numbers", 1, 2);
        EmbeddedRecord[] records = [.. NumberTopics.Records(100).Select((r, i) => r with { Partition = i % 4 / 3 })];
        await embedded.ProduceAsync("numbers", records);

        // Of 100 records 75 can be had at once. Broker 2 holds the others back until it has been restarted.
        embedded.FailNextOnBroker(2, KafkaApiKey.Fetch, new InjectedFault(ErrorCode.NoError, TimeSpan.FromMinutes(10)));
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(embedded.BootstrapServers)
            .AddTable("CREATE TABLE sums AS SELECT SUM(n) AS total FROM numbers")
            .AddTable("CREATE TABLE numbers AS SELECT ROWKEY AS id, n FROM kafka://numbers")
            .Build();
        var progress = new ProgressLog();

        Task loading = asStream
            ? DrainAsync(engine.LoadWithProgressAsync(), progress)
            : engine.LoadAsync(progress);
        LoadProgress held = await progress.WaitForAsync(
            report => report.Tables.Any(table => table is { Name: "numbers", Records: 75 }));
        embedded.SetBrokerDown(2);
        embedded.SetBrokerUp(2);
        await loading.Guarded();

        held.Tables[0].Percent.Should().Be(75);
        held.Tables[0].Partitions.Should().Equal(
            new PartitionProgress("numbers[0]", 75, 75), new PartitionProgress("numbers[1]", 0, 25));
        held.Percent.Should().Be(37.5);
        foreach (string table in new[] { "numbers", "sums" })
        {
            IReadOnlyList<TableProgress> reports = progress.Of(table);
            Distinct(reports.Select(r => r.State)).Should()
                .Equal(TableState.Waiting, TableState.Loading, TableState.Ready);
            reports.Select(r => r.Percent).Should().BeInAscendingOrder();
            reports.Select(r => r.Records).Should().BeInAscendingOrder();
            reports.Where(r => r.Percent == 100).Should().OnlyContain(r => r.State == TableState.Ready);
        }

        progress.Reports.Select(report => report.Percent).Should().BeInAscendingOrder();
        LoadProgress last = progress.Reports[^1];
        last.Percent.Should().Be(100);
        TableProgress numbers = last.Tables.Single(table => table.Name == "numbers");
        (numbers.Wave, numbers.Records, numbers.Rows).Should().Be((1, 100L, 100L));
        numbers.Bytes.Should().Be(records.Sum(r => (long)r.Key!.Length + r.Value!.Length));
        numbers.Partitions.Should().Equal(
            new PartitionProgress("numbers[0]", 75, 75), new PartitionProgress("numbers[1]", 25, 25));
        TableProgress sums = last.Tables.Single(table => table.Name == "sums");
        (sums.Wave, sums.Rows).Should().Be((2, 1L));
        engine.Tables["sums"].Contents().Should().Equal("4950");
    }

    [Fact]
    public async Task Properties_SelectModelAndReachTheConsumer()
    {
        ShopTopics shop = await ShopTopics.ProduceAsync(kafka);
        using var logs = new ClientLogs();
        string select = $"SELECT ROWKEY AS id, name, country FROM kafka://{shop.UsersTopic}";
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .UseLogging(logs)
            .AddTable($"CREATE TABLE standard_users WITH (table_model = 'standard') AS {select}")
            .AddTable($"CREATE TABLE compact_users WITH ('table_model' = 'compact') AS {select}")
            .AddTable($"CREATE TABLE default_users AS {select}")
            .Build();
        (await engine.LoadAsync().Guarded()).ThrowIfFailed();

        (string Table, TableModel Model)[] models =
        [
            ("standard_users", TableModel.Standard), ("compact_users", TableModel.Compact),
            ("default_users", TableModel.Standard),
        ];
        foreach ((string table, TableModel model) in models)
        {
            engine.Tables[table].Model.Should().Be(model);
            engine.Tables[table].Contents().Should().Equal(shop.UserRows);
        }

        // The client of its own accord says nothing; that it speaks of this category shows that it got the property.
        logs.Lines.Should().NotContain(line => line.Contains("Fetch topic", StringComparison.Ordinal));
        await using CtasEngine talkative = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .UseLogging(logs)
            .AddTable($"CREATE TABLE users WITH ('kafka.debug' = 'fetch') AS {select}")
            .Build();
        (await talkative.LoadAsync().Guarded()).ThrowIfFailed();
        talkative.Tables["users"].Contents().Should().Equal(shop.UserRows);
        logs.Lines.Should().Contain(line => line.Contains($"Fetch topic {shop.UsersTopic}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("table_modle = 'compact'", "table_model")]
    [InlineData("table_model = 'columnar'", "compact")]
    [InlineData("'kafka.fetch.min.bites' = '1'", "fetch.min.bytes")]
    [InlineData("'kafka.fetch.min.bytes' = 'many'", "fetch.min.bytes")]
    [InlineData("'kafka.enable.auto.commit' = 'true'", "enable.auto.commit")]
    public void Properties_UnknownOrUnfit_AreRefused(string property, string named)
    {
        CtasEngineBuilder builder = new CtasEngineBuilder()
            .UseKafka("localhost:1")
            .AddTable($"CREATE TABLE t WITH ({property}) AS SELECT n FROM kafka://numbers");

        Action act = () => builder.Build();

        Diagnostic diagnostic = act.Should().Throw<CtasCompilationException>().Which.Diagnostics
            .Should().ContainSingle().Which;
        $"{diagnostic.Message} {diagnostic.Hint}".Should().Contain(named);
    }

    private static async Task DrainAsync(IAsyncEnumerable<LoadProgress> reports, ProgressLog log)
    {
        await foreach (LoadProgress report in reports) { log.Report(report); }
    }

    private static List<TableState> Distinct(IEnumerable<TableState> states)
    {
        var distinct = new List<TableState>();
        foreach (TableState state in states)
        {
            if (distinct.Count == 0 || distinct[^1] != state) { distinct.Add(state); }
        }

        return distinct;
    }
}
