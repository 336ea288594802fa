using Ctas.Data;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Sinks;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tests.Maintenance;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Sinks;

/// <summary>From EMIT CHANGES to the records of a sink, and what happens when the sink does not take them.</summary>
public sealed class TableDeliveryTests
{
    private const string Live = "CREATE TABLE t AS SELECT id, name FROM users WHERE name <> 'x' INTO out WITH (out.topic = 'o') EMIT CHANGES";
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    private readonly ScriptedSinks _sinks = new();
    private readonly InMemorySource _users = new(new SourceDefinition("users", new InMemoryLocation("users"))
    {
        Columns = [new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key), new SourceColumn("name", DataType.Varchar)],
        Mode = ReadMode.Changelog,
    });

    [Fact]
    public async Task Load_WithoutEmitChanges_WritesTheRowsOnceBeforeItReturns()
    {
        Put("u1", "Ada");
        Put("u2", "Bob");
        await using CtasEngine engine = Engine("CREATE TABLE t AS SELECT id, name FROM users INTO out WITH (out.topic = 'o')");

        (await engine.LoadAsync()).ThrowIfFailed();
        await engine.LoadAsync();

        _sinks.Records.Should().BeEquivalentTo("""u1={"name":"Ada"}""", """u2={"name":"Bob"}""");
        _sinks.Open.Should().Be(0);
    }

    [Fact]
    public async Task Load_SinkRefuses_TableHasFailedAndIsReadByQueriesAndByOtherTables()
    {
        Put("u1", "Ada");
        _sinks.Before = (_, _) => throw new SinkException("out", "topic is forbidden", isTransient: false);
        await using CtasEngine engine = Engine(
            "CREATE TABLE t AS SELECT id, name FROM users INTO out WITH (out.topic = 'o'); CREATE TABLE n AS SELECT COUNT(*) AS n FROM t");

        LoadResult result = await engine.LoadAsync();

        result["t"].State.Should().Be(TableState.Failed);
        result["t"].Error!.Phase.Should().Be(LoadPhase.Delivering);
        result["t"].Error!.Message.Should().Be("could not load table \"t\" (delivering): topic is forbidden");
        result["n"].State.Should().Be(TableState.Ready);
        engine.Tables["t"].RowCount.Should().Be(1);
        engine.Tables.Health().Status.Should().Be(RegistryHealthStatus.Unhealthy);

        _sinks.Before = (_, _) => ValueTask.CompletedTask;
        (await engine.LoadAsync()).ThrowIfFailed();
        _sinks.Records.Should().Equal("""u1={"name":"Ada"}""");
    }

    [Fact]
    public async Task Follow_InsertsUpdatesAndDeletes_BecomeUpsertsAndTombstonesBehindTheRows()
    {
        Put("u1", "Ada");
        await using CtasEngine engine = await LoadAsync(Live);

        await ChangeAsync(engine, ("u2", "Bob"));
        await ChangeAsync(engine, ("u1", "Ida"));
        await ChangeAsync(engine, ("u1", "x"));
        await ChangeAsync(engine, ("u2", null));
        await ChangeAsync(engine, ("u1", "Ada"));

        _sinks.Records.Should().Equal(
            """u1={"name":"Ada"}""", """u2={"name":"Bob"}""", """u1={"name":"Ida"}""", "u1=", "u2=", """u1={"name":"Ada"}""");
    }

    [Fact]
    public async Task Follow_TableThatOnlyGrows_AppendsRecordsWithoutKeys()
    {
        var clicks = new InMemorySource(new SourceDefinition("clicks", new InMemoryLocation("clicks"))
        {
            Columns = [new SourceColumn("url", DataType.Varchar)],
            Mode = ReadMode.Append,
        });
        clicks.Add(InMemoryRecord.FromText(key: null, """{"url":"a"}"""));
        await using CtasEngine engine = Builder("CREATE STREAM s AS SELECT url FROM clicks INTO out WITH (out.topic = 'o') EMIT CHANGES")
            .UseSource("clicks", clicks).Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        clicks.Add(InMemoryRecord.FromText(key: null, """{"url":"b"}"""));
        await engine.Tables.UntilRowsAsync("s", "(a)", "(b)");
        await engine.Maintenance.WaitForDeliveryAsync("s").WaitAsync(HangGuard);

        _sinks.Records.Should().Equal("""{"url":"a"}""", """{"url":"b"}""");
    }

    [Fact]
    public async Task Follow_SinkIsAwayForAWhile_IsWaitedOutWithGrowingDelaysAndLosesNothing()
    {
        var time = new FakeTimeProvider();
        int failures = 3;
        _sinks.Before = (step, _) => step == "commit" && failures-- > 0
            ? throw new SinkException("out", "no broker", isTransient: true)
            : ValueTask.CompletedTask;
        Put("u1", "Ada");
        await using CtasEngine engine = Builder(Live).UseTimeProvider(time).Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        Task delivered = engine.Maintenance.WaitForDeliveryAsync("t");
        await UntilAsync(() => engine.Maintenance.FreshnessOf("t").Sink!.Fault == "no broker");
        engine.Maintenance.FreshnessOf("t").State.Should().Be(TableState.Live);
        while (!delivered.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        await delivered;
        _sinks.Records.Should().Equal("""u1={"name":"Ada"}""");
        engine.Maintenance.FreshnessOf("t").Sink.Should().BeEquivalentTo(
            new { Sink = "out", QueuedChanges = 0, Records = 1, Fault = (string?)null, Failure = (Exception?)null },
            options => options.ExcludingMissingMembers());
    }

    [Fact]
    public async Task Follow_SinkStandsStill_TicksAndOtherTablesGoOnAndTheFullQueueFailsThatTableAlone()
    {
        var released = new TaskCompletionSource();
        _sinks.Before = async (_, token) => await released.Task.WaitAsync(token);
        await using CtasEngine engine = Builder(Live + "; CREATE TABLE n AS SELECT COUNT(*) AS n FROM t EMIT CHANGES")
            .WithOptions(new CtasEngineOptions { Delivery = new DeliveryOptions { MaxQueuedChanges = 20 } })
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        for (int user = 0; user < 15; user++) { Put($"u{user}", "Ada"); }

        await engine.Tables.UntilRowsAsync("n", "(15)");
        SinkStatus behind = engine.Maintenance.FreshnessOf("t").Sink!;
        (behind.QueuedChanges, behind.Records, behind.Failure).Should().Be((15L, 0L, null));

        for (int user = 15; user < 25; user++) { Put($"u{user}", "Ada"); }

        await engine.Tables.UntilAsync(tables => tables.TryGetMetadata("t", out TableMetadata? table) && table.State == TableState.Failed);
        await engine.Tables.UntilRowsAsync("n", "(25)");
        TableFreshness failed = engine.Maintenance.FreshnessOf("t");
        failed.Sink!.Failure!.Message.Should().Contain("changes wait for sink \"out\", more than the 20 that may");
        engine.Tables.Snapshot().TryGetMetadata("n", out TableMetadata? other).Should().BeTrue();
        other!.State.Should().Be(TableState.Live);
        Put("u25", "Ada");
        await engine.Tables.UntilRowsAsync("n", "(26)");
        await engine.Awaiting(e => e.Maintenance.WaitForDeliveryAsync("t")).Should().ThrowAsync<MaintenanceException>();
    }

    [Fact]
    public async Task Follow_FullQueueIsWaitedOut_TheTableFallsBehindIsReadAndLosesNothing()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sinks.Before = async (_, token) => await released.Task.WaitAsync(token);
        await using CtasEngine engine = Builder(Live + "; CREATE TABLE n AS SELECT COUNT(*) AS n FROM t EMIT CHANGES")
            .WithOptions(new CtasEngineOptions
            {
                Delivery = new DeliveryOptions { MaxQueuedChanges = 5, WhenFull = FullQueuePolicy.Pause },
            })
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        for (int user = 0; user < 6; user++)
        {
            Put($"u{user}", "Ada");
            await engine.Maintenance.WaitForRecordAsync("n", new RecordPosition("users", 0, user)).WaitAsync(HangGuard);
        }

        for (int user = 6; user < 20; user++) { Put($"u{user}", "Ada"); }

        await UntilAsync(() => engine.Maintenance.FreshnessOf("t").LagRecords == 14);
        TableFreshness behind = engine.Maintenance.FreshnessOf("t");
        (behind.State, behind.LagRecords, behind.Sink!.QueuedChanges, behind.Sink.Failure).Should().Be((TableState.Live, 14L, 6L, null));
        Func<Task> read = () => engine.Maintenance.ReadAsync("t", StalenessPolicy.MaxLag(0));
        await read.Should().ThrowAsync<TableTooStaleException>("it says how far it is behind");

        released.SetResult();
        await engine.Tables.UntilRowsAsync("n", "(20)");
        await engine.Maintenance.WaitForDeliveryAsync("t").WaitAsync(HangGuard);

        _sinks.Records.Should().Equal(Enumerable.Range(0, 20).Select(user => $$"""u{{user}}={"name":"Ada"}"""));
    }

    [Fact]
    public async Task Follow_QueueDrainsWhileItIsToldToBeFull_TheSourcesAreNotHeldForEver()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sinks.Before = async (_, token) => await released.Task.WaitAsync(token);
        var log = new CollectedLog();
        await using CtasEngine engine = Builder(Live).UseLogging(log)
            .WithOptions(new CtasEngineOptions
            {
                Delivery = new DeliveryOptions { MaxQueuedChanges = 5, WhenFull = FullQueuePolicy.Pause },
            })
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        log.Logged = line =>
        {
            if (!line.Contains("is too slow", StringComparison.Ordinal)) { return; }

            // The tick waits here; meanwhile the sink takes everything, and the delivery has said that there is room.
            released.TrySetResult();
            engine.Maintenance.WaitForDeliveryAsync("t").Wait(HangGuard).Should().BeTrue();
            _sinks.Records.Should().HaveCount(6);
        };

        for (int user = 0; user < 6; user++)
        {
            Put($"u{user}", "Ada");
            await engine.Maintenance.WaitForRecordAsync("t", new RecordPosition("users", 0, user)).WaitAsync(HangGuard);
        }

        Put("u6", "Ada");
        await engine.Maintenance.WaitForRecordAsync("t", new RecordPosition("users", 0, 6)).WaitAsync(HangGuard);
    }

    [Fact]
    public async Task Follow_SinkFailsWhileTheQueueGetsFull_TheSourcesAreNotHeldForEver()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sinks.Before = async (_, token) =>
        {
            await released.Task.WaitAsync(token);
            throw new SinkException("racing", "topic is forbidden", isTransient: false);
        };
        await using CtasEngine engine = Builder(Live.Replace("out", "racing", StringComparison.Ordinal))
            .WithOptions(new CtasEngineOptions
            {
                Delivery = new DeliveryOptions { MaxQueuedChanges = 5, WhenFull = FullQueuePolicy.Pause },
            })
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        int queued = 0;
        using var metrics = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "ctas.sink.queued") { listener.EnableMeasurementEvents(instrument); }
            },
        };
        metrics.SetMeasurementEventCallback<long>((_, changes, tags, _) =>
        {
            if (!Equals(tags[0].Value, "racing") || changes < 0 || Interlocked.Add(ref queued, (int)changes) != 6) { return; }

            // The tick is about to find the queue full.
            released.SetResult();
            SpinWait.SpinUntil(() => engine.Maintenance.FreshnessOf("t").Sink!.Failure is not null, HangGuard).Should().BeTrue();
        });
        metrics.Start();

        for (int user = 0; user < 7; user++)
        {
            Put($"u{user}", "Ada");
            await engine.Maintenance.WaitForRecordAsync("t", new RecordPosition("users", 0, user)).WaitAsync(HangGuard);
        }
    }

    [Fact]
    public async Task Follow_SinkCannotKeepPositions_SaysSoAndDeliversAllTheSame()
    {
        _sinks.Warning = "its positions were not kept";
        await using CtasEngine engine = await LoadAsync(Live);

        await ChangeAsync(engine, ("u1", "Ada"));

        SinkStatus status = engine.Maintenance.FreshnessOf("t").Sink!;
        (status.Records, status.Warning, status.Failure).Should().Be((1L, "its positions were not kept", null));
        QueryResult described = await engine.ExecuteAsync("DESCRIBE out");
        described.Rows.Select(row => row.ToString()).Should().Contain("(warning, its positions were not kept)");
        _sinks.Warning = null;
        await ChangeAsync(engine, ("u2", "Bob"));
        engine.Maintenance.FreshnessOf("t").Sink!.Warning.Should().BeNull();
    }

    [Fact]
    public async Task Follow_SinkFailsForGood_LoadingAgainWritesTheRowsAgainAndGoesOn()
    {
        await using CtasEngine engine = await LoadAsync(Live + "; CREATE TABLE n AS SELECT COUNT(*) AS n FROM t EMIT CHANGES");
        _sinks.Before = (_, _) => throw new SinkException("out", "topic is forbidden", isTransient: false);
        Put("u1", "Ada");
        await engine.Tables.UntilAsync(tables => tables.TryGetMetadata("t", out TableMetadata? table) && table.State == TableState.Failed);
        engine.Tables.TryGetMetadata("t", out TableMetadata? failed).Should().BeTrue();
        failed!.Failure!.Message.Should().Be("table \"t\" is delivered to sink \"out\" no longer: topic is forbidden");

        _sinks.Before = (_, _) => ValueTask.CompletedTask;
        (await engine.LoadAsync()).ThrowIfFailed();
        await ChangeAsync(engine, ("u2", "Bob"));

        _sinks.Records.Should().Equal("""u1={"name":"Ada"}""", """u2={"name":"Bob"}""");
        _sinks.Open.Should().Be(1);
        await engine.Tables.UntilRowsAsync("n", "(2)");
        engine.Tables.TryGetMetadata("n", out TableMetadata? reader).Should().BeTrue();
        reader!.State.Should().Be(TableState.Live);
    }

    [Fact]
    public async Task Follow_ColumnsFoundWhileLoadingGiveNoKey_TableHasFailedAndSaysSo()
    {
        var open = new InMemorySource(new SourceDefinition("open", new InMemoryLocation("open")) { Mode = ReadMode.Changelog });
        open.Add(InMemoryRecord.FromText("k", """{"name":"Ada"}"""));
        await using CtasEngine engine = Builder("CREATE TABLE t AS SELECT name FROM open INTO out WITH (out.topic = 'o') EMIT CHANGES")
            .UseSource("open", open).Build();

        LoadResult result = await engine.LoadAsync();

        result["t"].Error!.Message.Should().Be(
            "could not load table \"t\" (planning): its rows change and have no key, so that sink \"out\" cannot be told which row a change is of");
        _sinks.Open.Should().Be(0);
    }

    [Fact]
    public async Task Metrics_Deliveries_CountRecordsBytesErrorsAndWhatWaits()
    {
        using var metrics = new SinkMetrics();
        Put("u1", "Ada");
        int failures = 1;
        _sinks.Before = (step, _) => step == "commit" && failures-- > 0
            ? throw new SinkException("out", "no broker", isTransient: true)
            : ValueTask.CompletedTask;
        await using (CtasEngine engine = Builder(Live.Replace("out", "measured", StringComparison.Ordinal)).Build())
        {
            (await engine.LoadAsync()).ThrowIfFailed();
            await engine.Maintenance.WaitForDeliveryAsync("t").WaitAsync(HangGuard);
        }

        metrics["ctas.sink.records"].Should().Be(1);
        metrics["ctas.sink.bytes"].Should().Be("u1".Length + """{"name":"Ada"}""".Length);
        metrics["ctas.sink.errors"].Should().Be(1);
        metrics["ctas.sink.queued"].Should().Be(0);
    }

    [Fact]
    public async Task DropTable_DeliversWhatIsQueuedAndClosesTheSink()
    {
        var released = new TaskCompletionSource();
        await using CtasEngine engine = await LoadAsync(Live);
        _sinks.Before = async (_, token) => await released.Task.WaitAsync(token);
        Put("u1", "Ada");
        await engine.Tables.UntilRowsAsync("t", "(u1, Ada)");

        Task dropping = engine.ExecuteAsync("DROP TABLE t");
        released.SetResult();
        await dropping.WaitAsync(HangGuard);

        _sinks.Records.Should().Equal("""u1={"name":"Ada"}""");
        _sinks.Open.Should().Be(0);
    }

    [Fact]
    public async Task Dispose_SinkStandsStill_EndsAfterTheTimeoutAndSaysWhatWasNotDelivered()
    {
        var log = new CollectedLog();
        CtasEngine engine = Builder(Live).UseLogging(log)
            .WithOptions(new CtasEngineOptions { Delivery = new DeliveryOptions { CloseTimeout = TimeSpan.FromMilliseconds(50) } })
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        await engine.Maintenance.WaitForDeliveryAsync("t").WaitAsync(HangGuard);
        _sinks.Before = async (_, token) => await new TaskCompletionSource().Task.WaitAsync(token);
        Put("u1", "Ada");
        Put("u2", "Bob");
        await engine.Tables.UntilRowsAsync("t", "(u1, Ada)", "(u2, Bob)");

        await engine.DisposeAsync().AsTask().WaitAsync(HangGuard);

        log.Lines.Should().ContainSingle(line => line.Contains("before it had")).Which
            .Should().Be("sink out was closed before it had 2 changes of table t");
        _sinks.Open.Should().Be(0);
    }

    [Fact]
    public async Task Pause_HoldsTheTableAndItsSink_ResumeLosesNothing()
    {
        await using CtasEngine engine = await LoadAsync(Live);
        await engine.Maintenance.PauseAsync();
        Put("u1", "Ada");
        await engine.Maintenance.WaitForDeliveryAsync("t").WaitAsync(HangGuard);
        _sinks.Records.Should().BeEmpty();

        engine.Maintenance.Resume();
        await engine.Tables.UntilRowsAsync("t", "(u1, Ada)");
        await engine.Maintenance.WaitForDeliveryAsync("t").WaitAsync(HangGuard);

        _sinks.Records.Should().Equal("""u1={"name":"Ada"}""");
    }

    [Fact]
    public async Task WaitForDelivery_TableWithoutASink_IsRefused()
    {
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT id, name FROM users EMIT CHANGES");

        await engine.Awaiting(e => e.Maintenance.WaitForDeliveryAsync("t")).Should().ThrowAsync<InvalidOperationException>();
        engine.Maintenance.FreshnessOf("t").Sink.Should().BeNull();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (long started = Environment.TickCount64; !condition(); await Task.Yield())
        {
            (Environment.TickCount64 - started).Should().BeLessThan(120_000, "the condition must come true");
        }
    }

    private async Task ChangeAsync(CtasEngine engine, (string Id, string? Name) change)
    {
        Put(change.Id, change.Name);
        await engine.Maintenance.WaitForRecordAsync("t", new RecordPosition("users", 0, _puts - 1)).WaitAsync(HangGuard);
        await engine.Maintenance.WaitForDeliveryAsync("t").WaitAsync(HangGuard);
    }

    private long _puts;

    private void Put(string id, string? name)
    {
        _users.Add(InMemoryRecord.FromText(id, name is null ? null : $$"""{"name":"{{name}}"}"""));
        _puts++;
    }

    private CtasEngineBuilder Builder(string script) =>
        new CtasEngineBuilder().UseSinkFactory(_sinks).UseSource("users", _users).AddScript(script);

    private CtasEngine Engine(string script) => Builder(script).Build();

    private async Task<CtasEngine> LoadAsync(string script)
    {
        CtasEngine engine = Engine(script);
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
