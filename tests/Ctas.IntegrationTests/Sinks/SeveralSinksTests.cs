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
        CREATE TABLE low AS SELECT id, n FROM events WHERE n < 10 INTO a WITH (a.topic = 'a', a.delivery = 'exactly_once') EMIT CHANGES;
        CREATE TABLE high AS SELECT id, n * 2 AS n FROM low INTO b WITH (b.topic = 'b', b.delivery = 'exactly_once') EMIT CHANGES;
        """;

    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(30);

    private readonly ScriptedBroker _broker = new();
    private readonly InMemorySource _events = new(new SourceDefinition("events", new InMemoryLocation("events"))
    {
        Columns = [new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key), new SourceColumn("n", DataType.BigInt)],
        Mode = ReadMode.Changelog,
        BatchRows = 1,
    });

    private long _added;

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

    [Fact]
    public async Task Restart_SinksOfOneTableStandApart_TheOneThatCannotGoOnFailsAndSaysWhy()
    {
        await using (CtasEngine engine = Engine(Chained))
        {
            (await engine.LoadAsync()).ThrowIfFailed();
            Add(("x", 1));
            await DeliveredAsync(engine);

            // One sink gets no further; the other does.
            _broker.Fails = step => step == "produce" && Interlocked.Increment(ref _failures) == 1
                ? new Confluent.Kafka.KafkaException(new Confluent.Kafka.Error(Confluent.Kafka.ErrorCode.TopicAuthorizationFailed, "no rights"))
                : null;
            Add(("x", 2));
            await engine.Maintenance.WaitForRecordAsync("high", new RecordPosition("events", 0, _added - 1)).WaitAsync(HangGuard);
            await Task.WhenAll(Swallowed(engine, "low"), Swallowed(engine, "high")).WaitAsync(HangGuard);
        }

        await using CtasEngine restarted = Engine(Chained);
        LoadResult result = await restarted.LoadAsync();

        result.Failed.Should().ContainSingle().Which.Error!.Message.Should().Contain("cannot go on from what it has, because sink");
    }

    private int _failures;

    private static async Task Swallowed(CtasEngine engine, string table)
    {
        try { await engine.Maintenance.WaitForDeliveryAsync(table); }
        catch (MaintenanceException)
        {
            // The one that was refused.
        }
    }

    private string[] Of(string key) => [.. _broker.Committed.Where(record => record.StartsWith(key + "=", StringComparison.Ordinal))];

    private void Add(params (string Id, int N)[] rows)
    {
        foreach ((string id, int n) in rows)
        {
            _events.Add(InMemoryRecord.FromText(id, $$"""{"n":{{n}}}"""));
            _added++;
        }
    }

    private async Task RunAsync(string script)
    {
        await using CtasEngine engine = Engine(script);
        LoadResult result = await engine.LoadAsync();
        if (!_broker.IsKilled) { result.ThrowIfFailed(); }

        await DeliveredAsync(engine);
    }

    private async Task DeliveredAsync(CtasEngine engine)
    {
        foreach (string table in new[] { "low", "high" })
        {
            if (_added > 0) { await engine.Maintenance.WaitForRecordAsync(table, new RecordPosition("events", 0, _added - 1)).WaitAsync(HangGuard); }

            await Swallowed(engine, table).WaitAsync(HangGuard);
        }
    }

    private CtasEngine Engine(string script)
    {
        Func<KafkaSinkSettings, ISinkClient> connect = _broker.NextProcess();
        return new CtasEngineBuilder().UseSource("events", _events).AddScript(script)
            .UseSinkFactory(new KafkaSinkFactory("nowhere:1", new KafkaSourceOptions(), new Dictionary<string, string>())
            {
                Connect = (settings, _, _) => connect(settings),
            })
            .WithOptions(new CtasEngineOptions
            {
                Maintenance = new MaintenanceOptions { MaxRecordsPerTick = 1 },
                Delivery = new DeliveryOptions { MaxChangesPerCommit = 1, MaxRetriesOfLoads = 0 },
            })
            .Build();
    }
}
