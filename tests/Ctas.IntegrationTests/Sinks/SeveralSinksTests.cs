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

/// <summary>Restarts of tables with several sinks that were killed at different positions.</summary>
public sealed class SeveralSinksTests
{
    private const string Apart =
        """
        CREATE TABLE low AS SELECT id, n FROM events WHERE n < 10 INTO a WITH (a.topic = 'a', a.delivery = 'exactly_once') EMIT CHANGES;
        CREATE TABLE high AS SELECT id, n FROM events WHERE n >= 10 INTO b WITH (b.topic = 'b', b.delivery = 'exactly_once') EMIT CHANGES;
        """;

    private const string Chained =
        """
        CREATE TABLE base AS SELECT id, n FROM events WHERE n < 8 EMIT CHANGES;
        CREATE TABLE low AS SELECT id, n FROM base WHERE n < 6 INTO a WITH (a.topic = 'a', a.delivery = 'exactly_once') EMIT CHANGES;
        CREATE TABLE high AS SELECT id, n * 100 AS n FROM base WHERE n > 3 INTO b WITH (b.topic = 'b', b.delivery = 'exactly_once') EMIT CHANGES;
        """;

    private const string Circle =
        """
        CREATE TABLE ps AS SELECT id, n FROM p EMIT CHANGES;
        CREATE TABLE qs AS SELECT id, n FROM q EMIT CHANGES;
        CREATE TABLE rs AS SELECT id, n FROM r EMIT CHANGES;
        CREATE TABLE pq AS SELECT ps.id, ps.n, qs.n AS m FROM ps JOIN qs ON ps.id = qs.id INTO a WITH (a.topic = 'a', a.delivery = 'exactly_once') EMIT CHANGES;
        CREATE TABLE qr AS SELECT qs.id, qs.n, rs.n AS m FROM qs JOIN rs ON qs.id = rs.id INTO b WITH (b.topic = 'b', b.delivery = 'exactly_once') EMIT CHANGES;
        CREATE TABLE rp AS SELECT rs.id, rs.n, ps.n AS m FROM rs JOIN ps ON rs.id = ps.id INTO c WITH (c.topic = 'c', c.delivery = 'exactly_once') EMIT CHANGES;
        """;

    private static readonly string[] Steps = ["take-over", "get-positions", "begin", "produce", "send-positions", "commit", "commit-done"];

    private static readonly KafkaException NoRights = new(new Error(ErrorCode.TopicAuthorizationFailed, "no rights"));

    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    private readonly ScriptedBroker _broker = new();
    private readonly InMemorySource _events = Numbers("events", partitions: 2);

    private readonly List<(string Key, int? N)> _history = [];

    /// <summary>Each step that one of two sinks takes, or both.</summary>
    public static TheoryData<string, int> Kills
    {
        get
        {
            var kills = new TheoryData<string, int>();
            foreach (string step in Steps)
            {
                for (int occurrence = 1; occurrence <= (step is "take-over" or "get-positions" ? 2 : 4); occurrence++) { kills.Add(step, occurrence); }
            }

            return kills;
        }
    }

    [Fact]
    public async Task Restart_SinksStandApartOverOneTopic_EachShowsItsChangesOnce()
    {
        await RunAsync(Apart);
        int produced = 0;
        _broker.Kills = step => step == "produce" && ++produced == 3;
        Add(("x", 1), ("y", 11), ("x", 2), ("y", 12));
        await RunAsync(Apart);
        _broker.Kills = _ => false;
        Add(("x", 3), ("y", 13));

        await RunAsync(Apart);

        Of("x").Should().Equal("x={\"n\":1}", "x={\"n\":2}", "x={\"n\":3}");
        Of("y").Should().Equal("y={\"n\":11}", "y={\"n\":12}", "y={\"n\":13}");
    }

    /// <summary>One sink has a change that the other has not: both show one table, which cannot be in two places.</summary>
    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public async Task Restart_SinksOfOneTableStandApart_EachShowsItsChangesOnce(string refused)
    {
        await using (CtasEngine engine = Engine(Chained))
        {
            (await engine.LoadAsync()).ThrowIfFailed();
            Add(("x", 4));
            await DeliveredAsync(engine);

            _broker.FailsFor = (step, topic) => step == "produce" && topic == refused ? NoRights : null;
            Add(("x", 5), ("y", 4), ("y", null));
            await DeliveredAsync(engine);
        }

        _broker.FailsFor = (_, _) => null;
        Add(("x", 1), ("y", 7), ("x", 9));
        await RunAsync(Chained);

        EachShowsItsChangesOnce();
        _broker.CommittedTo("a").Should().HaveCount(6);
    }

    [Fact]
    public async Task Restart_SinksOfOneTableHaveEachComeFurther_TheirTablesFailAndSayWhy()
    {
        Add(("x", 4), ("y", 5));
        await RunAsync(Chained);
        _events.Add(InMemoryRecord.FromText("z", """{"n":1}""") with { Partition = 1 });
        await RunAsync(Chained);

        _broker.SetPosition("a", partition: 0, 1);
        _broker.SetPosition("a", partition: 1, 1);
        _broker.SetPosition("b", partition: 0, 2);
        _broker.SetPosition("b", partition: 1, 0);
        await using CtasEngine restarted = Engine(Chained);
        LoadResult result = await restarted.LoadAsync();

        result.Failed.Select(table => table.Name).Should().BeEquivalentTo("low", "high");
        result["low"].Error!.Message.Should().Contain("sink \"a\" cannot go on from what it has, because sink \"b\" of table \"high\"");
    }

    /// <summary>Two by two one of them has less; of the three none has.</summary>
    [Fact]
    public async Task Restart_SinksHaveComeFurtherInACircle_TheirTablesFailAndSayWhy()
    {
        InMemorySource[] sources = [Numbers("p"), Numbers("q"), Numbers("r")];
        foreach (InMemorySource source in sources)
        {
            source.Add(InMemoryRecord.FromText("x", """{"n":1}"""));
            source.Add(InMemoryRecord.FromText("x", """{"n":2}"""));
        }

        await using (CtasEngine engine = Engine(Circle, sources))
        {
            (await engine.LoadAsync()).ThrowIfFailed();
            foreach (string table in new[] { "pq", "qr", "rp" }) { await engine.Maintenance.WaitForDeliveryAsync(table).WaitAsync(HangGuard); }
        }

        _broker.SetPosition("a", partition: 0, 1, "q");
        _broker.SetPosition("b", partition: 0, 1, "r");
        _broker.SetPosition("c", partition: 0, 1, "p");
        await using CtasEngine restarted = Engine(Circle, sources);
        LoadResult result = await restarted.LoadAsync();

        result.Failed.Select(table => table.Name).Should().BeEquivalentTo("pq", "qr", "rp");
        result["pq"].Error!.Message.Should().Contain("sink \"a\" cannot go on from what it has, because sink \"");
    }

    [Fact]
    public async Task Restart_TopicEndsBeforeWhatTheSinkThatIsAheadHas_FailsAndSaysSo()
    {
        Add(("x", 4));
        await RunAsync(Chained);
        _broker.SetPosition("b", partition: 0, 9);

        await using CtasEngine restarted = Engine(Chained);
        LoadResult result = await restarted.LoadAsync();

        result.Failed.Should().ContainSingle().Which.Error!.Message.Should()
            .Contain("could not be brought to what sink \"b\" has").And.Contain("it was made anew");
    }

    [Theory]
    [MemberData(nameof(Kills))]
    public async Task Kill_AtAStep_SinksOfOneTableShowEachChangeOnce(string step, int occurrence)
    {
        await RunAsync(Chained);
        Add(("x", 4), ("y", 1), ("y", 7), ("x", 5));
        int seen = 0;
        _broker.Kills = at => at == step && ++seen == occurrence;
        await RunAsync(Chained);
        _broker.IsKilled.Should().BeTrue("the step must be reached");
        _broker.Kills = _ => false;
        Add(("x", null), ("y", 5), ("y", 9));

        await RunAsync(Chained);

        EachShowsItsChangesOnce();
    }

    [Fact]
    public void Kill_AtRandomMoments_SinksOfOneTableShowEachChangeOnce()
    {
        Gen<(string, int?)> change = Gen.Select(Gen.Int[0, 3].Select(key => "k" + key), Gen.Int[0, 9].Select(n => n == 0 ? null : (int?)n));
        Gen<(string Step, int Occurrence)> kill = Gen.Select(Gen.Int[0, Steps.Length - 1].Select(step => Steps[step]), Gen.Int[1, 8]);
        Gen.Select(change.List[0, 8], kill).List[1, 4].Sample(
            lives => new SeveralSinksTests().LiveAndDieAsync(lives).GetAwaiter().GetResult(), iter: 60, threads: 1);
    }

    private async Task LiveAndDieAsync(List<(List<(string Key, int? N)> Changes, (string Step, int Occurrence) Kill)> lives)
    {
        await RunAsync(Chained);
        foreach ((List<(string Key, int? N)> changes, (string step, int occurrence)) in lives)
        {
            Add([.. changes]);
            int seen = 0;
            _broker.Kills = at => at == step && ++seen == occurrence;
            await RunAsync(Chained);
        }

        _broker.Kills = _ => false;
        await RunAsync(Chained);
        EachShowsItsChangesOnce();
    }

    private void EachShowsItsChangesOnce()
    {
        _broker.CommittedTo("a").Should().Equal(ScriptedSinks.ChangesOf(_history, n => n < 6, n => n));
        _broker.CommittedTo("b").Should().Equal(ScriptedSinks.ChangesOf(_history, n => n is > 3 and < 8, n => n * 100));
    }

    private string[] Of(string key) => [.. _broker.Committed.Where(record => record.StartsWith(key + "=", StringComparison.Ordinal))];

    private void Add(params (string Id, int? N)[] rows)
    {
        foreach ((string id, int? n) in rows)
        {
            _events.Add(InMemoryRecord.FromText(id, n is null ? null : $$"""{"n":{{n}}}"""));
            _history.Add((id, n));
        }
    }

    private async Task RunAsync(string script)
    {
        await using CtasEngine engine = Engine(script);
        LoadResult result = await engine.LoadAsync();
        if (!_broker.IsKilled) { result.ThrowIfFailed(); }

        await DeliveredAsync(engine);
    }

    /// <summary>Waits until each sink has everything, or takes nothing any more.</summary>
    private async Task DeliveredAsync(CtasEngine engine)
    {
        foreach (string table in new[] { "low", "high" })
        {
            try
            {
                if (_history.Count > 0) { await engine.Maintenance.WaitForRecordAsync(table, new RecordPosition("events", 0, _history.Count - 1)).WaitAsync(HangGuard); }

                await engine.Maintenance.WaitForDeliveryAsync(table).WaitAsync(HangGuard);
            }
            catch (Exception e) when (e is MaintenanceException or TableNotReadyException)
            {
                // The one that was refused, or was killed before its table was loaded.
            }
        }
    }

    private static InMemorySource Numbers(string name, int partitions = 1) => new(new SourceDefinition(name, new InMemoryLocation(name))
    {
        Columns = [new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key), new SourceColumn("n", DataType.BigInt)],
        Mode = ReadMode.Changelog,
        BatchRows = 1,
    }, partitions);

    private CtasEngine Engine(string script) => Engine(script, [_events]);

    private CtasEngine Engine(string script, IReadOnlyList<InMemorySource> sources) => sources
        .Aggregate(new CtasEngineBuilder(), (builder, source) => builder.UseSource(source.Definition.Name, source))
        .AddScript(script)
        .DeliverTo(_broker, new DeliveryOptions { MaxChangesPerCommit = 1, MaxRetriesOfLoads = 0 })
        .Build();
}
