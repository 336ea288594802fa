using Confluent.Kafka;

using CsCheck;

using Ctas.Data;
using Ctas.Kafka;
using Ctas.Kafka.Producing;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Sinks;

/// <summary>
/// A sink with delivery = 'exactly_once': whatever is killed and whenever, a reader of committed records sees each change
/// once, in order.
/// </summary>
public sealed class ExactlyOnceTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);
    private static readonly string[] Steps = ["take-over", "get-positions", "begin", "produce", "send-positions", "commit", "commit-done"];

    public static TheoryData<string, int> Kills
    {
        get
        {
            var kills = new TheoryData<string, int>();
            foreach (string step in Steps)
            {
                for (int occurrence = 1; occurrence <= (step is "take-over" or "get-positions" ? 1 : 3); occurrence++) { kills.Add(step, occurrence); }
            }

            return kills;
        }
    }

    [Theory]
    [MemberData(nameof(Kills))]
    public async Task Kill_AtAStep_RestartShowsEachChangeOnce(string step, int occurrence)
    {
        World world = await World.BeginAsync();
        world.Add(("a", 1), ("b", 2), ("a", 3), ("d", 4), ("a", 200), ("d", 6));
        int seen = 0;
        world.Broker.Kills = at => at == step && ++seen == occurrence;
        await world.RunAsync();
        world.Broker.IsKilled.Should().BeTrue("the step must be reached");
        world.Add(("b", null), ("c", 4), ("b", 5));

        world.Broker.Kills = _ => false;
        await world.RunAsync();

        world.Broker.Committed.Should().Equal(world.EachChangeOnce());
    }

    [Fact]
    public void Kill_AtRandomMoments_RestartsShowEachChangeOnce()
    {
        Gen<(string, int?)> change = Gen.Select(Gen.Int[0, 4].Select(key => "k" + key), Gen.Int[0, 5].Select(n => n == 0 ? null : (int?)n));
        Gen<(string Step, int Occurrence)> kill = Gen.Select(Gen.Int[0, Steps.Length - 1].Select(step => Steps[step]), Gen.Int[1, 6]);
        Gen.Select(Gen.Select(change.List[0, 8], kill).List[1, 4], Gen.Int[1, 4]).Sample(
            (lives, perCommit) => LiveAndDieAsync(lives, perCommit).GetAwaiter().GetResult(), iter: 60, threads: 1);
    }

    [Fact]
    public async Task Restart_OfATableOverATable_ShowsEachChangeOnce()
    {
        var world = new World
        {
            Script = "CREATE TABLE base AS SELECT id, n FROM events EMIT CHANGES; CREATE TABLE t AS SELECT id, n FROM base WHERE n < 100 INTO out WITH (out.topic = 'o', out.delivery = 'exactly_once') EMIT CHANGES",
        };
        await world.RunAsync();
        world.Add(("a", 1), ("b", 2));
        await world.RunAsync();
        world.Add(("a", 3), ("b", null));

        await world.RunAsync();

        world.Broker.Committed.Should().Equal(world.EachChangeOnce());
    }

    [Fact]
    public async Task Restart_ReadsUpToWhatTheSinkHasAndShowsWhatCameSinceWhenLoadReturns()
    {
        var world = new World();
        world.Add(("a", 1));
        await world.RunAsync();
        world.Add(("a", 2), ("c", 3));

        await using CtasEngine engine = world.Engine();
        LoadResult result = await engine.LoadAsync();

        result.ThrowIfFailed();
        result["t"].Partitions.Should().ContainSingle().Which.End.Should().Be(1);
        engine.Tables["t"].Rows.Select(row => row.ToString()).Should().BeEquivalentTo("(a, 2)", "(c, 3)");
    }

    [Fact]
    public async Task Restart_WithAnotherQuery_WritesItsRowsAnew()
    {
        var world = new World();
        world.Add(("a", 1), ("b", 20));
        await world.RunAsync();

        world.Script = World.Filter("n < 10");
        await world.RunAsync();

        world.Broker.Committed.Should().Equal("a={\"n\":1}", "b={\"n\":20}", "a={\"n\":1}");
    }

    [Fact]
    public async Task Restart_TopicMadeAnew_FailsAndSaysSo()
    {
        var world = new World();
        world.Add(("a", 1), ("b", 2));
        await world.RunAsync();
        world.Recreate();
        world.Add(("z", 1));

        await using CtasEngine engine = world.Engine();
        LoadResult result = await engine.LoadAsync();

        result["t"].Error!.Message.Should().Contain("events[0] ends at offset 1, before offset 2, up to which it was read: it was made anew");
        world.Broker.Committed.Should().HaveCount(2);
    }

    [Fact]
    public async Task SecondProcess_ShutsTheFirstOutWhichSaysSo()
    {
        var world = new World();
        world.Add(("a", 1));
        await using CtasEngine first = world.Engine();
        (await first.LoadAsync()).ThrowIfFailed();
        await first.Maintenance.WaitForDeliveryAsync("t").WaitAsync(HangGuard);

        await using CtasEngine second = world.Engine();
        (await second.LoadAsync()).ThrowIfFailed();
        world.Add(("a", 2));
        await world.DeliveredAsync(second);
        await World.Until(() => first.Maintenance.FreshnessOf("t").Sink!.Failure is not null);

        first.Tables.TryGetMetadata("t", out TableMetadata? failed).Should().BeTrue();
        failed!.State.Should().Be(TableState.Failed);
        failed.Failure!.Message.Should().Contain("another process writes to it under the same name")
            .And.Contain("give each application a kafka.transactional.id of its own");
        world.Add(("a", 3));
        await world.DeliveredAsync(second);
        world.Broker.Committed.Should().Equal(world.EachChangeOnce());
    }

    [Fact]
    public async Task Transaction_ThatTheClientGivesUp_IsAbortedAndWrittenAgain()
    {
        World world = await World.BeginAsync();
        int failures = 2;
        world.Broker.Fails = step => step == "commit" && failures-- > 0
            ? new KafkaTxnRequiresAbortException(new Error(ErrorCode.Local_MsgTimedOut, "records timed out"))
            : null;
        world.Add(("a", 1), ("b", 2));

        await world.RunAsync();

        world.Broker.Committed.Should().Equal(world.EachChangeOnce());
    }

    [Fact]
    public async Task Commit_WithoutAnAnswer_IsAskedForAgainAndNotWrittenAgain()
    {
        World world = await World.BeginAsync();
        int failures = 2;
        world.Broker.Fails = step => step == "commit" && failures-- > 0
            ? new KafkaRetriableException(new Error(ErrorCode.Local_TimedOut, "timed out"))
            : null;
        world.Add(("a", 1));

        await world.RunAsync();

        world.Broker.Committed.Should().Equal(world.EachChangeOnce());
    }

    [Fact]
    public async Task Load_AfterTheSinkHasFailed_GoesOnFromWhatItHas()
    {
        var world = new World();
        world.Add(("a", 1));
        await using CtasEngine engine = world.Engine();
        (await engine.LoadAsync()).ThrowIfFailed();
        await world.DeliveredAsync(engine);
        world.Broker.Fails = step => step == "produce" ? new KafkaException(new Error(ErrorCode.TopicAuthorizationFailed, "no rights")) : null;
        world.Add(("b", 2));
        await World.Until(() => engine.Maintenance.FreshnessOf("t").Sink!.Failure is not null);

        world.Broker.Fails = _ => null;
        (await engine.LoadAsync()).ThrowIfFailed();
        world.Add(("b", 3));
        await world.DeliveredAsync(engine);

        world.Broker.Committed.Should().Equal(world.EachChangeOnce());
    }

    [Fact]
    public async Task ReplacedByTheSameQuery_GoesOnFromWhatTheSinkHas()
    {
        var world = new World();
        world.Add(("a", 1));
        await using CtasEngine engine = world.Engine();
        (await engine.LoadAsync()).ThrowIfFailed();
        world.Add(("a", 2));

        await engine.ExecuteAsync(world.Script.Replace("CREATE TABLE", "CREATE OR REPLACE TABLE", StringComparison.Ordinal));
        world.Add(("a", 3));
        await world.DeliveredAsync(engine);

        world.Broker.Committed.Should().Equal(world.EachChangeOnce());
    }

    private static async Task LiveAndDieAsync(
        List<(List<(string Key, int? N)> Changes, (string Step, int Occurrence) Kill)> lives, int perCommit)
    {
        var world = new World { ChangesPerCommit = perCommit };
        await world.RunAsync();
        foreach ((List<(string Key, int? N)> changes, (string step, int occurrence)) in lives)
        {
            world.Add([.. changes]);
            int seen = 0;
            world.Broker.Kills = at => at == step && ++seen == occurrence;
            await world.RunAsync();
        }

        world.Broker.Kills = _ => false;
        await world.RunAsync();
        world.Broker.Committed.Should().Equal(world.EachChangeOnce());
    }

    /// <summary>A topic, the broker, and processes that come and go.</summary>
    private sealed class World
    {
        private readonly List<(string Key, int? N)> _history = [];
        private InMemorySource _events = NewTopic();

        public ScriptedBroker Broker { get; } = new();

        public int ChangesPerCommit { get; init; } = 2;

        public string Script { get; set; } = Filter("n < 100");

        /// <summary>A world whose first process has found the topic empty.</summary>
        public static async Task<World> BeginAsync()
        {
            var world = new World();
            await world.RunAsync();
            return world;
        }

        public static string Filter(string condition) =>
            $"CREATE TABLE t AS SELECT id, n FROM events WHERE {condition} INTO out WITH (out.topic = 'o', out.delivery = 'exactly_once') EMIT CHANGES";

        public void Add(params (string Key, int? N)[] changes)
        {
            foreach ((string key, int? n) in changes)
            {
                _history.Add((key, n));
                _events.Add(InMemoryRecord.FromText(key, n is null ? null : $$"""{"n":{{n}}}"""));
            }
        }

        public void Recreate()
        {
            _events = NewTopic();
            _history.Clear();
        }

        /// <summary>
        /// What the sink shows of rows below 100 when every record is a tick: a record that leaves its row as it is shows nothing.
        /// </summary>
        public IEnumerable<string> EachChangeOnce() => ScriptedSinks.ChangesOf(_history, n => n < 100, n => n);

        public CtasEngine Engine() => new CtasEngineBuilder()
            .UseSource("events", _events)
            .DeliverTo(Broker, ScriptedSinks.Hasty(ChangesPerCommit))
            .AddScript(Script)
            .Build();

        /// <summary>One life of the process, to the end of the topic or to its death.</summary>
        public async Task RunAsync()
        {
            await using CtasEngine engine = Engine();
            LoadResult result = await engine.LoadAsync();
            if (!result.IsSuccess)
            {
                Broker.IsKilled.Should().BeTrue(result["t"].Error?.ToString());
                return;
            }

            await DeliveredAsync(engine);
        }

        public async Task DeliveredAsync(CtasEngine engine)
        {
            if (_history.Count > 0)
            {
                await engine.Maintenance.WaitForRecordAsync("t", new RecordPosition("events", 0, _history.Count - 1)).WaitAsync(HangGuard);
            }

            try { await engine.Maintenance.WaitForDeliveryAsync("t").WaitAsync(HangGuard); }
            catch (MaintenanceException) when (Broker.IsKilled)
            {
                // It is dead.
            }
        }

        public static async Task Until(Func<bool> condition)
        {
            for (long started = Environment.TickCount64; !condition(); await Task.Yield())
            {
                (Environment.TickCount64 - started).Should().BeLessThan(120_000, "the condition must come true");
            }
        }

        private static InMemorySource NewTopic() => new(new SourceDefinition("events", new InMemoryLocation("events"))
        {
            Columns = [new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key), new SourceColumn("n", DataType.BigInt)],
            Mode = ReadMode.Changelog,
            BatchRows = 1,
        });
    }
}
