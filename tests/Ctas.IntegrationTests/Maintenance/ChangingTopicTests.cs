using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Tables;
using Ctas.Tests.Maintenance;

namespace Ctas.IntegrationTests.Maintenance;

/// <summary>Topics that become others while tables follow them: what then happens is defined, and said.</summary>
public sealed class ChangingTopicTests : IAsyncLifetime, IDisposable
{
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(brokers: 1);

    private readonly ClientLogs _logs = new();

    public Task InitializeAsync()
    {
        _kafka.CreateTopic("numbers");
        return _kafka.ProduceAsync("numbers", NumberTopics.Records(5));
    }

    public async Task DisposeAsync() => await _kafka.DisposeAsync();

    public void Dispose() => _logs.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    public async Task TopicMadeAnew_ShorterOrLongerThanBefore_TablesSaySoAndAreLoadedAgain(int records)
    {
        await using CtasEngine engine = await LoadAsync(
            "CREATE TABLE t AS SELECT ROWKEY AS id, n FROM kafka://numbers EMIT CHANGES",
            "CREATE TABLE total AS SELECT SUM(n) AS n FROM t EMIT CHANGES");

        _kafka.DeleteTopic("numbers");
        _kafka.CreateTopic("numbers");
        await _kafka.ProduceAsync("numbers", NumberTopics.Records(records, from: 100));

        RegistrySnapshot stale = await engine.Tables.UntilAsync(moment => moment.Tables.All(table => table.State == TableState.Failed));

        // Whoever looks between deleting and making it finds no topic of that name.
        stale.Tables.Select(table => table.Failure!.Message).Should().HaveCount(2).And.OnlyContain(
            reason => reason.Contains("was made anew") || reason.Contains("is gone") || reason.Contains("not found"));
        _logs.Lines.Should().Contain("table t is kept fresh no longer").And.Contain("table total is kept fresh no longer");

        (await engine.LoadAsync().Guarded()).ThrowIfFailed();
        engine.Tables["t"].Contents().Should().Equal(NumberTopics.Rows(records, from: 100));
        await _kafka.ProduceAsync("numbers", NumberTopics.Records(1, from: 500));
        await engine.Tables.UntilAsync(moment => moment["t"].RowCount == records + 1);
    }

    [Fact]
    public async Task NewField_OfAnInferredSource_IsToldAndBecomesAColumnWhenItIsLoadedAgain()
    {
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT * FROM kafka://numbers EMIT CHANGES");

        await _kafka.ProduceAsync("numbers", [EmbeddedRecord.Of("k5", """{"n":5,"note":"new"}"""), EmbeddedRecord.Of("k6", """{"n":6,"note":"more"}""")]);
        await engine.Tables.UntilAsync(moment => moment["t"].RowCount == 7);

        TableFreshness freshness = engine.Maintenance.FreshnessOf("t");
        freshness.State.Should().Be(TableState.Live, "other columns go on");
        freshness.Warnings.Should().Equal("field \"note\" appeared at numbers[0]@5 and is no column; load again to get it");
        _logs.Lines.Should().Contain(line => line.Contains("field \"note\" appeared"));
        engine.Tables["t"].ColumnNames().Should().Equal("ROWKEY", "n");

        await using CtasEngine again = await LoadAsync("CREATE TABLE t AS SELECT * FROM kafka://numbers EMIT CHANGES");
        again.Tables["t"].ColumnNames().Should().Equal("ROWKEY", "n", "note");
        again.Tables["t"].Contents().Should().Contain("k4|4|NULL").And.Contain("k6|6|more");
    }

    [Theory]
    [InlineData("{\"n\":1.5}", "DOUBLE", "k9|1.5")]
    [InlineData("{\"n\":\"many\"}", "VARCHAR", "k9|many")]
    public async Task WiderType_OfAnInferredColumn_TablesSaySoAndAreLoadedAgain(string value, string type, string row)
    {
        await using CtasEngine engine = await LoadAsync(
            "CREATE TABLE t AS SELECT ROWKEY AS id, n FROM kafka://numbers EMIT CHANGES", "CREATE TABLE u AS SELECT id, n FROM t EMIT CHANGES");

        await _kafka.ProduceAsync("numbers", [EmbeddedRecord.Of("k9", value)]);

        RegistrySnapshot stale = await engine.Tables.UntilAsync(moment => moment.Tables.All(table => table.State == TableState.Failed));
        stale.Tables.Should().OnlyContain(table => table.Failure!.Message.Contains("numbers[0]@5") && table.Failure.Message.Contains("load again to widen"));
        engine.Tables["u"].Contents().Should().Equal(NumberTopics.Rows(5), "the last version stays readable");

        (await engine.LoadAsync().Guarded()).ThrowIfFailed();
        engine.Tables["u"].Schema.Fields[1].Type.ToString().Should().Be(type);
        engine.Tables["u"].Contents().Should().Contain(row);
    }

    [Fact]
    public async Task PoisonRecord_ThatIsSkipped_IsPassedAndCounted()
    {
        await using CtasEngine engine = await LoadAsync(
            "CREATE TABLE t WITH ('on_error' = 'skip') AS SELECT ROWKEY AS id, n FROM kafka://numbers EMIT CHANGES");

        await _kafka.ProduceAsync("numbers", [EmbeddedRecord.Of("bad", "{"), EmbeddedRecord.Of("k5", """{"n":5}""")]);

        await engine.Tables.UntilAsync(moment => moment["t"].RowCount == 6);
        TableFreshness freshness = engine.Maintenance.FreshnessOf("t");
        (freshness.State, freshness.RejectedRecords).Should().Be((TableState.Live, 1L));
        engine.Tables["t"].Contents().Should().Equal(NumberTopics.Rows(6));
    }

    [Fact]
    public async Task Snapshot_OfATopicThatWasMadeAnewAndHasGrownBeyondIt_IsNotContinued()
    {
        using var folder = new SnapshotFolder();
        CtasEngine Build() => new CtasEngineBuilder().UseKafka(_kafka.BootstrapServers).UseSnapshots(folder.Path)
            .AddTable("CREATE TABLE t AS SELECT ROWKEY AS id, n FROM kafka://numbers").Build();
        await using (CtasEngine first = Build()) { (await first.LoadAsync().Guarded()).ThrowIfFailed(); }

        _kafka.DeleteTopic("numbers");
        _kafka.CreateTopic("numbers");
        await _kafka.ProduceAsync("numbers", NumberTopics.Records(40, from: 100));
        await using CtasEngine second = Build();
        LoadResult result = await second.LoadAsync().Guarded();

        result.ThrowIfFailed();
        (result["t"].Kind, result["t"].Records).Should().Be((LoadKind.Full, 40L));
        result["t"].KindReason.Should().Be("topic \"numbers\" was made anew: it has another id");
        second.Tables["t"].Contents().Should().Equal(NumberTopics.Rows(40, from: 100));
    }

    private async Task<CtasEngine> LoadAsync(params string[] tables)
    {
        CtasEngineBuilder builder = new CtasEngineBuilder().UseKafka(_kafka.BootstrapServers, options: new KafkaSourceOptions
        {
            RetryDelay = TimeSpan.FromMilliseconds(20),
            PartitionCheckInterval = TimeSpan.FromMilliseconds(50),
        });
        builder.UseLogging(_logs);
        foreach (string table in tables) { builder.AddTable(table); }

        CtasEngine engine = builder.Build();
        (await engine.LoadAsync().Guarded()).ThrowIfFailed();
        return engine;
    }
}
