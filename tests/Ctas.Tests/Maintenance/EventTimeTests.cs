using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tests.Text;
using Ctas.Text;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Maintenance;

/// <summary>Windows of live tables close as event time goes on: by source, by partition, through tables.</summary>
public sealed class EventTimeTests
{
    private const string Counts =
        "CREATE TABLE c AS SELECT k, WINDOWSTART AS ws, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 5 SECONDS) GROUP BY k ";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly InMemorySource _clicks = Stream("clicks");
    private readonly InMemorySource _buys = Stream("buys");

    [Fact]
    public async Task EmitFinal_Window_IsGivenOnceWhenItCloses()
    {
        Add(_clicks, 0, "a", 1);
        Add(_clicks, 0, "a", 24);
        await using CtasEngine engine = await LoadAsync(Counts + "EMIT FINAL");

        // [0, 10) has closed with the snapshot; [20, 30) is open until 35.
        await engine.Tables.UntilRowsAsync("c", "(a, 1970-01-01 00:00:00, 1)");
        Add(_clicks, 0, "a", 22);
        Add(_clicks, 0, "b", 29);
        Add(_clicks, 0, "a", 34);
        await AppliedAsync(engine, "c", _clicks, 0, 4);
        engine.Tables["c"].RowCount.Should().Be(1);

        Add(_clicks, 0, "b", 35);
        await engine.Tables.UntilRowsAsync(
            "c", "(a, 1970-01-01 00:00:00, 1)", "(a, 1970-01-01 00:00:20, 2)", "(b, 1970-01-01 00:00:20, 1)");
    }

    [Fact]
    public async Task GracePeriod_RowLaterThanThat_IsLeftOutAndCounted()
    {
        Add(_clicks, 0, "a", 1);
        await using CtasEngine engine = await LoadAsync(Counts + "EMIT CHANGES");
        await engine.Tables.UntilRowsAsync("c", "(a, 1970-01-01 00:00:00, 1)");

        // Late, but within grace.
        Add(_clicks, 0, "a", 14);
        Add(_clicks, 0, "a", 2);
        await engine.Tables.UntilRowsAsync("c", "(a, 1970-01-01 00:00:00, 2)", "(a, 1970-01-01 00:00:10, 1)");
        Add(_clicks, 0, "b", 15);
        await AppliedAsync(engine, "c", _clicks, 0, 3);
        Add(_clicks, 0, "a", 3);
        await AppliedAsync(engine, "c", _clicks, 0, 4);

        engine.Maintenance.FreshnessOf("c").LateRows.Should().Be(1);
        LiveRows.RowsOf(engine.Tables.Snapshot(), "c").Should().BeEquivalentTo(
            "(a, 1970-01-01 00:00:00, 2)", "(a, 1970-01-01 00:00:10, 1)", "(b, 1970-01-01 00:00:10, 1)");
    }

    [Fact]
    public async Task EventTime_PartitionBehind_HoldsItUpUntilItIsIdle()
    {
        Add(_clicks, 0, "a", 1);
        Add(_clicks, 1, "a", 2);
        await using CtasEngine engine = await LoadAsync(Counts + "EMIT FINAL");
        Add(_clicks, 0, "a", 40);
        await AppliedAsync(engine, "c", _clicks, 0, 1);
        engine.Tables["c"].RowCount.Should().Be(0, "partition 1 may still bring rows of that time");

        // The other partition is idle now; the one that is ahead tells the time.
        _time.Advance(TimeSpan.FromSeconds(30));
        await engine.Tables.UntilRowsAsync("c", "(a, 1970-01-01 00:00:00, 2)");

        // What has closed stays closed when the partition wakes up.
        Add(_clicks, 1, "a", 3);
        await AppliedAsync(engine, "c", _clicks, 1, 1);
        engine.Maintenance.FreshnessOf("c").LateRows.Should().Be(1);
        LiveRows.RowsOf(engine.Tables.Snapshot(), "c").Should().Equal("(a, 1970-01-01 00:00:00, 2)");
    }

    [Fact]
    public async Task EventTime_TicksWerePausedForLong_APartitionWhoseRecordsCouldNotBeReadIsNotIdle()
    {
        InMemorySource clicks = Stream("clicks", batchRows: 1);
        Add(clicks, 0, "a", 1);
        Add(clicks, 1, "a", 2);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = new LatestReadSource(clicks) { ReadsBeforeGate = 3, Gate = gate.Task };
        await using CtasEngine engine = await LoadAsync(Counts + "EMIT CHANGES", source);
        Add(clicks, 0, "a", 2);
        await AppliedAsync(engine, "c", clicks, 0, 1);
        await engine.Maintenance.PauseAsync();

        // What was read ahead waits for a tick, and what comes behind it cannot be read.
        Add(clicks, 0, "a", 20);
        Add(clicks, 0, "a", 21);
        SpinWait.SpinUntil(() => source.Reads == 3, TimeSpan.FromMinutes(2)).Should().BeTrue("they are read ahead");
        Add(clicks, 1, "a", 3);
        _time.Advance(TimeSpan.FromMinutes(2));
        engine.Maintenance.Resume();
        await AppliedAsync(engine, "c", clicks, 0, 3);
        gate.SetResult();
        await AppliedAsync(engine, "c", clicks, 1, 1);

        engine.Maintenance.FreshnessOf("c").LateRows.Should().Be(0);
        LiveRows.RowsOf(engine.Tables.Snapshot(), "c").Should().Contain("(a, 1970-01-01 00:00:00, 4)");
    }

    [Fact]
    public async Task IdlePartitionAfter_ForEver_APartitionBehindHoldsEventTimeUp()
    {
        Add(_clicks, 0, "a", 1);
        Add(_clicks, 1, "a", 2);
        await using CtasEngine engine = new CtasEngineBuilder().UseSource("clicks", _clicks).UseTimeProvider(_time)
            .WithOptions(new CtasEngineOptions { Maintenance = new MaintenanceOptions { IdlePartitionAfter = TimeSpan.MaxValue } })
            .AddScript(Counts + "EMIT FINAL").Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        _time.Advance(TimeSpan.FromDays(100));
        Add(_clicks, 0, "a", 40);
        await AppliedAsync(engine, "c", _clicks, 0, 1);
        engine.Tables["c"].RowCount.Should().Be(0);

        Add(_clicks, 1, "a", 40);
        await engine.Tables.UntilRowsAsync("c", "(a, 1970-01-01 00:00:00, 2)");
    }

    [Fact]
    public async Task EventTime_PartitionThatNeverHadARecord_HoldsNothingUp()
    {
        Add(_clicks, 0, "a", 1);
        await using CtasEngine engine = await LoadAsync(Counts + "EMIT FINAL");

        Add(_clicks, 0, "a", 15);
        await engine.Tables.UntilRowsAsync("c", "(a, 1970-01-01 00:00:00, 1)");
    }

    [Fact]
    public async Task EventTime_ThroughATable_IsThatOfItsSource()
    {
        Add(_clicks, 0, "a", 1);
        await using CtasEngine engine = await LoadAsync(
            "CREATE TABLE raw AS SELECT UPPER(k) AS k, ROWTIME AS rowtime FROM clicks EMIT CHANGES; "
            + Counts.Replace("clicks", "raw", StringComparison.Ordinal) + "EMIT FINAL");

        Add(_clicks, 0, "b", 9);
        Add(_clicks, 0, "b", 15);
        await engine.Tables.UntilRowsAsync("c", "(A, 1970-01-01 00:00:00, 1)", "(B, 1970-01-01 00:00:00, 1)");
    }

    [Fact]
    public async Task EventTime_OfTwoStreams_IsThatOfTheSlowerOne()
    {
        Add(_clicks, 0, "a", 1);
        Add(_buys, 0, "a", 2);
        await using CtasEngine engine = await LoadAsync(
            """
            CREATE TABLE c AS SELECT l.k AS k, WINDOWSTART AS ws, COUNT(*) AS n
                FROM clicks l JOIN buys r WITHIN 1 HOUR ON l.k = r.k
                WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 5 SECONDS) GROUP BY l.k EMIT FINAL
            """);
        Add(_clicks, 0, "x", 50);
        await AppliedAsync(engine, "c", _clicks, 0, 1);
        engine.Tables["c"].RowCount.Should().Be(0);

        Add(_buys, 0, "x", 15);
        await engine.Tables.UntilRowsAsync("c", "(a, 1970-01-01 00:00:00, 1)");
    }

    [Fact]
    public async Task EmitFinal_SourceThatDoesNotGoOn_ClosesAllWindows()
    {
        Add(_clicks, 0, "a", 1);
        Add(_clicks, 0, "a", 24);
        await using CtasEngine engine = await LoadAsync(
            "CREATE TABLE fixed AS SELECT k, ROWTIME AS rowtime FROM clicks; "
            + Counts.Replace("clicks", "fixed", StringComparison.Ordinal) + "EMIT FINAL");

        await engine.Tables.UntilRowsAsync("c", "(a, 1970-01-01 00:00:00, 1)", "(a, 1970-01-01 00:00:20, 1)");
    }

    [Fact]
    public async Task EmitFinal_Having_IsAskedOfFinalRows()
    {
        Add(_clicks, 0, "a", 1);
        await using CtasEngine engine = await LoadAsync(Counts + "HAVING COUNT(*) < 2 EMIT FINAL");

        Add(_clicks, 0, "b", 2);
        Add(_clicks, 0, "a", 3);
        Add(_clicks, 0, "a", 15);
        await engine.Tables.UntilRowsAsync("c", "(b, 1970-01-01 00:00:00, 1)");
    }

    [Theory]
    [InlineData("CREATE TABLE {t} AS SELECT k, COUNT(*) AS n FROM clicks GROUP BY k EMIT FINAL", "CTAS3021")]
    [InlineData("CREATE TABLE {t} AS SELECT DISTINCT n FROM (SELECT k, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 1 HOUR) GROUP BY k) EMIT FINAL", "CTAS3021")]
    [InlineData("CREATE TABLE {t} AS SELECT k, COUNT(*) AS n FROM (SELECT k, at AS rowtime FROM clicks) WINDOW TUMBLING (SIZE 1 HOUR, GRACE PERIOD 1 MINUTE) GROUP BY k EMIT CHANGES", "CTAS3022")]
    [InlineData("CREATE TABLE {t} AS SELECT k, COUNT(*) AS n FROM (SELECT k, ROWTIME + INTERVAL '1' DAY AS rowtime FROM clicks) WINDOW SESSION (1 HOUR) GROUP BY k EMIT FINAL", "CTAS3022")]
    public void Windows_ThatCannotClose_AreRefused(string annotated, string code) =>
        new CtasEngineBuilder().UseSource("clicks", _clicks).ShouldRefuse(annotated, code);

    private static InMemorySource Stream(string name, int batchRows = 1000) => new(
        new SourceDefinition(name, new InMemoryLocation(name))
        {
            Columns = [new SourceColumn("k", DataType.Varchar), new SourceColumn("at", DataType.Timestamp)],
            Mode = ReadMode.Append,
            TimestampColumn = "at",
            BatchRows = batchRows,
        },
        partitionCount: 3);

    private static void Add(InMemorySource source, int partition, string key, int second) =>
        source.Add(InMemoryRecord.FromText(null, $$"""{"k":"{{key}}","at":{{second * 1000}}}""") with { Partition = partition });

    private static Task<ITable> AppliedAsync(CtasEngine engine, string table, InMemorySource source, int partition, long offset) =>
        engine.Maintenance.WaitForRecordAsync(table, new RecordPosition(source.Definition.Name, partition, offset));

    private async Task<CtasEngine> LoadAsync(string script, ISource? clicks = null)
    {
        CtasEngine engine = new CtasEngineBuilder()
            .UseSource("clicks", clicks ?? _clicks)
            .UseSource("buys", _buys)
            .UseTimeProvider(_time)
            .AddScript(script)
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
