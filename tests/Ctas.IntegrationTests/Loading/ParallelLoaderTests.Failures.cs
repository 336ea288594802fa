using Confluent.Kafka;

using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;

using Microsoft.Extensions.Time.Testing;

namespace Ctas.IntegrationTests.Loading;

/// <content>What fails, what that touches, and what limits cut off.</content>
public sealed partial class ParallelLoaderTests
{
    [Fact]
    public async Task PartialWaveFailure_SkipsDependentsOnly()
    {
        string good = await kafka.CreateNumbersAsync("good", 4);
        string bad = await kafka.CreateMalformedAsync("bad", 3);
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .AddTable($"CREATE TABLE a AS SELECT ROWKEY AS id, n FROM kafka://{good}")
            .AddTable($"CREATE TABLE b AS SELECT ROWKEY AS id, n FROM kafka://{bad}")
            .AddTable($"CREATE TABLE c AS SELECT n + 100 AS n FROM kafka://{good}")
            .AddTable("CREATE TABLE d AS SELECT b.n FROM b JOIN a ON a.id = b.id")
            .AddTable("CREATE TABLE e AS SELECT n FROM d UNION ALL SELECT n FROM c")
            .AddTable("CREATE TABLE f AS SELECT COUNT(*) AS c, SUM(n) AS total FROM a")
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.IsSuccess.Should().BeFalse();
        result.Successful.Select(table => table.Name).Should().Equal("a", "c", "f");
        engine.Tables["a"].Contents().Should().Equal(NumberTopics.Rows(4));
        engine.Tables["c"].Contents().Should().Equal("100", "101", "102", "103");
        engine.Tables["f"].Contents().Should().Equal("4|6");

        LoadException failure = result.Failed.Should().ContainSingle().Which.Error!;
        (failure.Table, failure.Phase, failure.IsTransient).Should().Be(("b", LoadPhase.Reading, false));
        (failure.Partition, failure.Offset).Should().Be(($"{bad}[0]", 3L));
        result.Skipped.Select(table => table.Name).Should().Equal("d", "e");
        result["d"].SkippedBecauseOf.Should().Be("b");
        result["d"].CauseChain.Should().Equal("d", "b");
        result["e"].SkippedBecauseOf.Should().Be("d");
        result["e"].CauseChain.Should().Equal("e", "d", "b");
        result["e"].ToString().Should().Be("e: skipped because of d because of b");
        result.Invoking(r => r.ThrowIfFailed()).Should().Throw<AggregateException>()
            .Which.InnerExceptions.Should().Equal(failure);
        engine.Tables.Invoking(t => t["d"]).Should().Throw<TableNotReadyException>();
    }

    [Fact]
    public async Task TableTimeout_FailsThatTableOnly()
    {
        await using var embedded = EmbeddedKafka.Start(brokers: 2);
        embedded.CreateTopic("stalling", partitions: 2);
        embedded.CreateTopic("quick");
        embedded.MoveLeader("stalling", 0, 1);
        embedded.MoveLeader("stalling", 1, 2);
        embedded.MoveLeader("quick", 0, 1);
        await embedded.ProduceAsync(
            "stalling", NumberTopics.Records(100).Select((r, i) => r with { Partition = i % 2 }));
        await embedded.ProduceAsync("quick", NumberTopics.Records(5));

        // Broker 2 tells the ends, but its records come only after ten minutes.
        InjectedFault late = new(ErrorCode.NoError, TimeSpan.FromMinutes(10));
        embedded.FailNextOnBroker(2, KafkaApiKey.Fetch, late, late, late);
        var time = new FakeTimeProvider(Epoch);
        var reads = new TaskCompletionSource<ISourceScan>();
        var stalling = new ObservedSource(TopicSource.Of(embedded.BootstrapServers, "stalling"))
        {
            AfterOpen = (scan, _) =>
            {
                reads.SetResult(scan);
                return Task.CompletedTask;
            },
        };
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(embedded.BootstrapServers)
            .UseSource("stalling", stalling)
            .AddTable("CREATE TABLE stalled AS SELECT ROWKEY AS id, n FROM stalling")
            .AddTable("CREATE TABLE sibling AS SELECT ROWKEY AS id, n FROM kafka://quick")
            .AddTable("CREATE TABLE consumer AS SELECT SUM(n) AS total FROM sibling")
            .AddTable("CREATE TABLE victim AS SELECT n FROM stalled")
            .WithMaxParallelism(3)
            .WithTableTimeout(TimeSpan.FromSeconds(30))
            .UseTimeProvider(time)
            .Build();

        Task<LoadResult> loading = engine.LoadAsync();
        ISourceScan scan = await reads.Task.Guarded();
        await HangGuard.UntilAsync(() => scan.GetStatistics().Records == 50 && IsReady(engine.Tables, "consumer"));
        time.Advance(TimeSpan.FromSeconds(30));
        LoadResult result = await loading.Guarded();

        result.Successful.Select(table => table.Name).Should().BeEquivalentTo("sibling", "consumer");
        engine.Tables["sibling"].Contents().Should().Equal(NumberTopics.Rows(5));
        engine.Tables["consumer"].Contents().Should().Equal("10");
        TableLoadResult stalled = result["stalled"];
        stalled.State.Should().Be(TableState.Failed);
        stalled.Error!.Phase.Should().Be(LoadPhase.Reading);
        stalled.Error.Message.Should().MatchRegex("time(out|d out)").And.Contain("30").And.Contain("reading");
        stalled.Error.IsTransient.Should().BeTrue();
        stalled.Records.Should().Be(50);
        stalled.Partitions.Should().Equal(
            new PartitionProgress("stalling[0]", 50, 50), new PartitionProgress("stalling[1]", 0, 50));
        result["victim"].CauseChain.Should().Equal("victim", "stalled");
        engine.Tables.Invoking(t => t["stalled"]).Should().Throw<TableNotReadyException>();
        engine.Tables.Invoking(t => t.TryGet("stalled", out _)).Should().Throw<TableNotReadyException>();
        engine.Tables.Tables.Single(t => t.Name == "stalled").RowCount.Should().Be(0);
        stalling.Open.Should().Be(0);
    }

    [Fact]
    public async Task FailFast_StopsLaterWork()
    {
        string bad = await kafka.CreateMalformedAsync("bad");
        string good = await kafka.CreateNumbersAsync("good", 3);
        var running = new Gate();
        ObservedSource runningTopic = Held(good, running.PassAsync);
        ObservedSource laterTopic = new(TopicSource.Of(kafka.BootstrapServers, good));
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .UseSource("good_topic", Held(good, _ => Task.CompletedTask))
            .UseSource("bad_topic", Held(bad, _ => running.ArrivedAsync()))
            .UseSource("running_topic", runningTopic)
            .UseSource("later_topic", laterTopic)
            .AddTable("CREATE TABLE a_done AS SELECT ROWKEY AS id, n FROM good_topic")
            .AddTable("CREATE TABLE b_running AS SELECT n FROM running_topic")
            .AddTable("CREATE TABLE c_broken AS SELECT b.n FROM bad_topic b JOIN a_done a ON a.n = b.n")
            .AddTable("CREATE TABLE d_later AS SELECT l.n FROM later_topic l JOIN a_done a ON a.n = l.n")
            .AddTable("CREATE TABLE e_last AS SELECT n FROM d_later")
            .WithMaxParallelism(2)
            .WithFailFast()
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result["a_done"].State.Should().Be(TableState.Ready);
        result["b_running"].State.Should().Be(TableState.Cancelled);
        result["c_broken"].State.Should().Be(TableState.Failed);
        result["d_later"].State.Should().Be(TableState.Skipped);
        result["e_last"].State.Should().Be(TableState.Skipped);
        result["e_last"].CauseChain[^1].Should().Be("c_broken");
        laterTopic.Opened.Should().Be(0);
        runningTopic.Open.Should().Be(0);
        engine.Tables["a_done"].Contents().Should().Equal(NumberTopics.Rows(3));
        engine.Tables.Invoking(t => t["b_running"]).Should().Throw<TableNotReadyException>();
    }

    [Fact]
    public async Task TotalTimeout_CancelsTheRest()
    {
        string topic = await kafka.CreateNumbersAsync("numbers", 3);
        var time = new FakeTimeProvider(Epoch);
        var stuck = new Gate();
        ObservedSource queuedTopic = new(TopicSource.Of(kafka.BootstrapServers, topic));
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .UseSource("stuck_topic", Held(topic, stuck.PassAsync))
            .UseSource("queued_topic", queuedTopic)
            .AddTable($"CREATE TABLE a_done AS SELECT ROWKEY AS id, n FROM kafka://{topic}")
            .AddTable("CREATE TABLE b_stuck AS SELECT n FROM stuck_topic")
            .AddTable("CREATE TABLE c_queued AS SELECT n FROM queued_topic")
            .AddTable("CREATE TABLE d_dependent AS SELECT n FROM b_stuck")
            .WithMaxParallelism(1)
            .WithTotalTimeout(TimeSpan.FromMinutes(5))
            .UseTimeProvider(time)
            .Build();

        Task<LoadResult> loading = engine.LoadAsync();
        await stuck.ArrivedAsync();
        time.Advance(TimeSpan.FromMinutes(5));
        LoadResult result = await loading.Guarded();

        result.IsSuccess.Should().BeFalse();
        result.Tables.Select(table => (table.Name, table.State)).Should().Equal(
            ("a_done", TableState.Ready), ("b_stuck", TableState.Cancelled),
            ("c_queued", TableState.Cancelled), ("d_dependent", TableState.Cancelled));
        queuedTopic.Opened.Should().Be(0);
        engine.Tables["a_done"].Contents().Should().Equal(NumberTopics.Rows(3));
        engine.Tables.Invoking(t => t["b_stuck"]).Should().Throw<TableNotReadyException>();
    }

    [Fact]
    public async Task Cancellation_LeavesNoPartialTable()
    {
        string topic = await kafka.CreateNumbersAsync("numbers", 40);
        var midway = new Gate();
        bool isHolding = true;
        SourceDefinition definition = new(topic, new TopicLocation(topic, null)) { BatchRows = 10 };
        var source = new ObservedSource(TopicSource.Of(kafka.BootstrapServers, definition))
        {
            BeforeRead = (_, delivered, token) =>
                delivered > 0 && isHolding ? midway.PassAsync(token) : Task.CompletedTask,
        };
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .UseSource("held", source)
            .AddTable($"CREATE TABLE a_done AS SELECT ROWKEY AS id, n FROM kafka://{topic}")
            .AddTable("CREATE TABLE b_partial AS SELECT ROWKEY AS id, n FROM held")
            .AddTable("CREATE TABLE c_later AS SELECT n FROM b_partial")
            .WithMaxParallelism(1)
            .Build();
        using var cancellation = new CancellationTokenSource();

        Task<LoadResult> loading = engine.LoadAsync(cancellationToken: cancellation.Token);
        await midway.ArrivedAsync();
        await cancellation.CancelAsync();
        Func<Task> act = () => loading.Guarded();

        await act.Should().ThrowAsync<OperationCanceledException>();
        engine.Tables.Tables.Select(table => (table.Name, table.State, table.RowCount)).Should().Equal(
            ("a_done", TableState.Ready, 40L),
            ("b_partial", TableState.Cancelled, 0L),
            ("c_later", TableState.Cancelled, 0L));
        engine.Tables.Invoking(t => t["b_partial"]).Should().Throw<TableNotReadyException>();
        source.Open.Should().Be(0);

        isHolding = false;
        LoadResult again = await engine.LoadAsync().Guarded();
        again.ThrowIfFailed();
        again["a_done"].WasLoadedBefore.Should().BeTrue();
        engine.Tables["b_partial"].Contents().Should().Equal(NumberTopics.Rows(40));
        engine.Tables["c_later"].RowCount.Should().Be(40);
    }

    private static bool IsReady(TableRegistry registry, string table) =>
        registry.TryGetMetadata(table, out TableMetadata? metadata) && metadata.State == TableState.Ready;
}
