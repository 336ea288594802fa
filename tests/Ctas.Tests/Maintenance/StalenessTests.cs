using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Maintenance;

/// <summary>How far tables are behind, and reads that say how far they may be.</summary>
public sealed class StalenessTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly InMemorySource _numbers = new(new SourceDefinition("numbers", new InMemoryLocation("numbers"))
    {
        Columns = [new SourceColumn("n", DataType.BigInt)],
        Mode = ReadMode.Append,
    });

    [Fact]
    public async Task Lag_WhilePaused_GrowsInRecordsAndTimeAndIsGoneAfter()
    {
        await using CtasEngine engine = await PausedAsync();
        Add(1, 2, 3);
        TableFreshness before = engine.Maintenance.FreshnessOf("t");
        _time.Advance(TimeSpan.FromSeconds(5));

        TableFreshness behind = engine.Maintenance.FreshnessOf("t");
        (before.LagRecords, behind.LagRecords).Should().Be((3, 3));
        (behind.LagTime - before.LagTime).Should().Be(TimeSpan.FromSeconds(5));
        engine.Maintenance.Resume();
        await engine.Tables.UntilRowsAsync("t", "(1)", "(2)", "(3)");
        await engine.Maintenance.WaitForRecordAsync("t", new RecordPosition("numbers", 0, 2));

        TableFreshness fresh = engine.Maintenance.FreshnessOf("t");
        (fresh.LagRecords, fresh.LagTime).Should().Be((0, TimeSpan.Zero));
    }

    [Fact]
    public async Task LagTime_WhileRecordsNeverStopComing_IsThatOfTheOldestThatIsNotShown()
    {
        using var passed = new SemaphoreSlim(1);
        InMemorySource busy = new(_numbers.Definition with { BatchRows = 1 })
        {
            BeforeRecord = (_, _, cancellationToken) => new ValueTask(passed.WaitAsync(cancellationToken)),
        };
        await using CtasEngine engine = new CtasEngineBuilder().UseSource("numbers", busy).UseTimeProvider(_time)
            .AddScript("CREATE TABLE t AS SELECT n FROM numbers EMIT CHANGES").Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        // One record more is always known than is shown.
        busy.Add(InMemoryRecord.FromText(null, """{"n":0}"""));
        for (int shown = 0; shown < 5; shown++)
        {
            busy.Add(InMemoryRecord.FromText(null, $$"""{"n":{{shown + 1}}}"""));
            if (shown > 0) { passed.Release(); }

            await engine.Maintenance.WaitForRecordAsync("t", new RecordPosition("numbers", 0, shown));
            engine.Maintenance.FreshnessOf("t").LagRecords.Should().Be(1);
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        engine.Maintenance.FreshnessOf("t").LagTime.Should().Be(TimeSpan.FromSeconds(5));
        (await engine.Maintenance.ReadAsync("t", StalenessPolicy.MaxLag(TimeSpan.FromSeconds(5)))).RowCount.Should().Be(5);
    }

    [Fact]
    public async Task LagTime_OfASourceThatIsCutOff_CountsFromThenThoughNobodyHasAsked()
    {
        var source = new LatestReadSource(_numbers);
        await using CtasEngine engine = new CtasEngineBuilder().UseSource("numbers", source).UseTimeProvider(_time)
            .AddScript("CREATE TABLE t AS SELECT n FROM numbers EMIT CHANGES").Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        Add(1);
        await engine.Maintenance.WaitForRecordAsync("t", new RecordPosition("numbers", 0, 0));

        source.Fault = "all brokers are down";
        for (int second = 0; second < 60; second++) { _time.Advance(TimeSpan.FromSeconds(1)); }

        Func<Task> lookup = () => engine.Maintenance.ReadAsync("t", StalenessPolicy.MaxLag(TimeSpan.FromSeconds(50)));
        (await lookup.Should().ThrowAsync<TableTooStaleException>()).Which.Freshness.LagTime.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(59));
    }

    [Fact]
    public async Task Positions_OfATableOverATable_AreThoseOfTheSourceBehindItWhateverItsRows()
    {
        await using CtasEngine engine = new CtasEngineBuilder().UseSource("numbers", _numbers).AddScript(
            """
            CREATE TABLE t AS SELECT n FROM numbers WHERE n > 10 EMIT CHANGES;
            CREATE TABLE u AS SELECT COUNT(*) AS n FROM t EMIT CHANGES;
            """).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        Add(1, 2);
        await engine.Maintenance.WaitForRecordAsync("u", new RecordPosition("numbers", 0, 1));

        engine.Maintenance.FreshnessOf("t").Positions.Should().Equal(new SourcePosition("numbers", "numbers[0]", 0, 2));
        engine.Maintenance.FreshnessOf("u").Positions.Should().Equal(new SourcePosition("numbers", "numbers[0]", 0, 2));
        engine.Tables["u"].Version.Should().Be(engine.Maintenance.FreshnessOf("u").Version);
    }

    [Fact]
    public async Task FreshnessOf_TableThatIsNotKeptFresh_SaysWhatItIs()
    {
        await using CtasEngine engine = new CtasEngineBuilder().UseSource("numbers", _numbers)
            .AddScript("CREATE TABLE once AS SELECT n FROM numbers").Build();

        engine.Maintenance.Invoking(it => it.FreshnessOf("onse")).Should().Throw<TableNotFoundException>();
        (await engine.LoadAsync()).ThrowIfFailed();
        engine.Maintenance.Invoking(it => it.FreshnessOf("once")).Should().Throw<InvalidOperationException>()
            .WithMessage("Table \"once\" is loaded once and follows nothing; make it with EMIT CHANGES to keep it fresh.");
        await engine.Maintenance.Awaiting(it => it.WaitForAsync("once", _ => true)).Should().ThrowAsync<InvalidOperationException>();
        engine.Maintenance.Invoking(it => it.FreshnessOf("onse")).Should().Throw<TableNotFoundException>().WithMessage("*did you mean \"once\"?");
    }

    [Fact]
    public async Task Read_TableTooFarBehind_IsRefusedWithItsLagAndAWayOut()
    {
        await using CtasEngine engine = await PausedAsync();
        Add(1, 2, 3);
        engine.Maintenance.FreshnessOf("t").LagRecords.Should().Be(3);
        _time.Advance(TimeSpan.FromSeconds(5));

        Func<Task> lookup = () => engine.Maintenance.ReadAsync("t", StalenessPolicy.MaxLag(2));
        Func<Task> query = () => engine.QueryFreshAsync("SELECT COUNT(*) AS n FROM (SELECT * FROM t) q", StalenessPolicy.MaxLag(TimeSpan.FromSeconds(4)));

        (await lookup.Should().ThrowAsync<TableTooStaleException>()).Which.Message.Should().Be(
            "table \"t\" is 3 records and 5 s behind, and at most 2 records was asked for; allow more, or wait with Within(timeout)");
        (await query.Should().ThrowAsync<TableTooStaleException>()).Which.Freshness.LagTime.Should().Be(TimeSpan.FromSeconds(5));
        (await engine.Maintenance.ReadAsync("t", StalenessPolicy.MaxLag(3))).RowCount.Should().Be(0);
        (await engine.Maintenance.ReadAsync("t", StalenessPolicy.MaxLag(TimeSpan.FromSeconds(5)))).RowCount.Should().Be(0);
        (await engine.Maintenance.ReadAsync("t", StalenessPolicy.Any)).RowCount.Should().Be(0);
    }

    [Fact]
    public async Task Read_WaitingForASourceThatOpensLate_EndsWithThatThoughTheClockStands()
    {
        var source = new LateTail(_numbers);
        await using CtasEngine engine = new CtasEngineBuilder().UseSource("numbers", source).UseTimeProvider(_time)
            .AddScript("CREATE TABLE t AS SELECT n FROM numbers EMIT CHANGES").Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        Task<ITable> waiting = engine.Maintenance.ReadAsync("t", StalenessPolicy.Wait(TimeSpan.FromSeconds(1)));
        Task<ITable> near = engine.Maintenance.ReadAsync("t", StalenessPolicy.MaxLag(0).Within(TimeSpan.FromSeconds(1)));
        source.Opens.SetResult();

        (await waiting.WaitAsync(TimeSpan.FromMinutes(2))).RowCount.Should().Be(0);
        (await near.WaitAsync(TimeSpan.FromMinutes(2))).RowCount.Should().Be(0);
    }

    [Fact]
    public async Task Read_Waiting_GetsWhatWasKnownWhenItBegan()
    {
        await using CtasEngine engine = await PausedAsync();
        Add(1, 2, 3);

        Task<ITable> lookup = engine.Maintenance.ReadAsync("t", StalenessPolicy.Wait(TimeSpan.FromMinutes(1)));
        Task<QueryResult> query = engine.QueryFreshAsync("SELECT COUNT(*) AS n FROM t", StalenessPolicy.MaxLag(0).Within(TimeSpan.FromMinutes(1)));
        (lookup.IsCompleted, query.IsCompleted).Should().Be((false, false));
        engine.Maintenance.Resume();

        (await lookup).RowCount.Should().Be(3);
        (await query).Rows.Single().Get<long>(0).Should().Be(3);
    }

    [Fact]
    public async Task Read_WaitingTooLong_GivesUp()
    {
        await using CtasEngine engine = await PausedAsync();
        Add(1);

        Task<ITable> lookup = engine.Maintenance.ReadAsync("t", StalenessPolicy.Wait(TimeSpan.FromMinutes(1)));
        while (!lookup.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await lookup.Invoking(task => task).Should().ThrowAsync<TableTooStaleException>()).Which.Message.Should().Contain(
            "everything that was known when the read began was asked for; allow more, or wait longer");
    }

    [Fact]
    public async Task Read_TableThatIsLoadedOnce_IsNeverBehind()
    {
        Add(1);
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT n FROM numbers");
        Add(2);

        (await engine.Maintenance.ReadAsync("t", StalenessPolicy.MaxLag(0))).RowCount.Should().Be(1);
    }

    [Fact]
    public async Task Read_TableThatIsFreshNoLonger_SaysWhy()
    {
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT n FROM numbers EMIT CHANGES");
        _numbers.Add(InMemoryRecord.FromText(null, "{"));
        await engine.Tables.UntilAsync(moment => moment.Tables.Single().State == TableState.Failed);

        Func<Task> lookup = () => engine.Maintenance.ReadAsync("t", StalenessPolicy.Wait(TimeSpan.FromMinutes(1)));

        (await lookup.Should().ThrowAsync<MaintenanceException>()).Which.Message.Should().Contain("numbers[0]@0");
    }

    [Fact]
    public async Task Metrics_TellWhatTicksDo()
    {
        var counts = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name.StartsWith("ctas.maintenance.", StringComparison.Ordinal)) { self.EnableMeasurementEvents(instrument); }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(counts, instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(counts, instrument, value, tags));
        listener.Start();
        await using CtasEngine engine = await LoadAsync("CREATE TABLE measured AS SELECT n FROM numbers WHERE n > 1 EMIT CHANGES");

        Add(1, 2, 3);
        await engine.Maintenance.WaitForRecordAsync("measured", new RecordPosition("numbers", 0, 2));
        await engine.Maintenance.PauseAsync();
        Add(4);
        listener.RecordObservableInstruments();
        counts["ctas.maintenance.rows measured"].Should().Be(2);
        counts["ctas.maintenance.records numbers"].Should().BeGreaterThanOrEqualTo(3, "others may read a source of that name at the same time");
        counts["ctas.maintenance.lag.records measured"].Should().Be(1);
        counts.Keys.Should().Contain("ctas.maintenance.ticks ").And.Contain("ctas.maintenance.state measured");
        engine.Maintenance.Resume();
        _numbers.Add(InMemoryRecord.FromText(null, "{"));
        await engine.Tables.UntilAsync(moment => moment.Tables.Single().State == TableState.Failed);
        counts["ctas.maintenance.failures measured"].Should().Be(1);
    }

    private static void Add(
        ConcurrentDictionary<string, double> counts, Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string key = $"{instrument.Name} {(tags.IsEmpty ? "" : tags[0].Value)}";
        counts.AddOrUpdate(key, value, (_, before) => instrument.IsObservable ? value : before + value);
    }

    private void Add(params int[] numbers)
    {
        foreach (int number in numbers) { _numbers.Add(InMemoryRecord.FromText(null, $$"""{"n":{{number}}}""")); }
    }

    private async Task<CtasEngine> PausedAsync()
    {
        CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT n FROM numbers EMIT CHANGES");
        Task<ITable> opened = engine.Maintenance.ReadAsync("t", StalenessPolicy.MaxLag(0).Within(TimeSpan.FromDays(1)));
        while (!opened.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }

        await opened;
        await engine.Maintenance.PauseAsync();
        return engine;
    }

    private async Task<CtasEngine> LoadAsync(string script)
    {
        CtasEngine engine = new CtasEngineBuilder().UseSource("numbers", _numbers).UseTimeProvider(_time).AddScript(script).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }

    /// <summary>A source whose tail opens when the test says so.</summary>
    private sealed class LateTail(InMemorySource inner) : ITailSource
    {
        public TaskCompletionSource Opens { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SourceDefinition Definition => inner.Definition;

        public ValueTask<ISourceScan> OpenAsync(ScanRequest request, CancellationToken cancellationToken) =>
            inner.OpenAsync(request, cancellationToken);

        public async ValueTask<ISourceTail> OpenTailAsync(TailRequest request, CancellationToken cancellationToken)
        {
            await Opens.Task.WaitAsync(cancellationToken);
            return await ((ITailSource)inner).OpenTailAsync(request, cancellationToken);
        }
    }
}
