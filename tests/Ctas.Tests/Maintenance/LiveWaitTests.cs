using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tests.Sinks;

namespace Ctas.Tests.Maintenance;

/// <summary>What waits for a live table gets, whatever becomes of the table meanwhile.</summary>
public sealed class LiveWaitTests
{
    private const string Table = "CREATE OR REPLACE TABLE t AS SELECT n FROM numbers EMIT CHANGES";
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    private static SourceDefinition Definition { get; } = new("numbers", new InMemoryLocation("numbers"))
    {
        Columns = [new SourceColumn("n", DataType.BigInt)],
        Mode = ReadMode.Append,
    };

    [Fact]
    public async Task WaitForRecord_WhileTicksRun_GivesAVersionThatShowsTheRecord()
    {
        var numbers = new InMemorySource(Definition);
        await using CtasEngine engine = await LoadAsync(numbers);

        for (int record = 0; record < 500; record++)
        {
            numbers.Add(InMemoryRecord.FromText(null, """{"n":1}"""));
            ITable version = await engine.Maintenance.WaitForRecordAsync("t", new RecordPosition("numbers", 0, record)).WaitAsync(HangGuard);
            version.RowCount.Should().Be(record + 1);
        }
    }

    [Fact]
    public async Task WaitForRecord_TableIsReplacedMeanwhile_GoesOnWithTheNewOne()
    {
        var numbers = new InMemorySource(Definition);
        await using CtasEngine engine = await LoadAsync(numbers);
        Task<ITable> waiting = engine.Maintenance.WaitForRecordAsync("t", new RecordPosition("numbers", 0, 0));

        await engine.ExecuteAsync(Table);
        numbers.Add(InMemoryRecord.FromText(null, """{"n":1}"""));

        (await waiting.WaitAsync(HangGuard)).RowCount.Should().Be(1);
    }

    [Fact]
    public async Task WaitForRecord_TheTableFailsOnIt_FailsOnceTheLogHasTold()
    {
        var numbers = new InMemorySource(Definition);
        var log = new CollectedLog();
        await using CtasEngine engine = await LoadAsync(
            numbers, "CREATE TABLE t AS SELECT CAST(n AS INT) AS n FROM numbers EMIT CHANGES", builder => builder.UseLogging(log));
        Task<ITable> WaitAsync() => engine.Maintenance.WaitForRecordAsync("t", new RecordPosition("numbers", 0, 0)).WaitAsync(HangGuard);
        Task<ITable>? begunWhenTold = null;
        bool isHeardWhenTold = true;
        log.Logged = _ =>
        {
            begunWhenTold = WaitAsync();
            isHeardWhenTold = begunWhenTold.IsCompleted;
        };

        numbers.Add(InMemoryRecord.FromText(null, """{"n":3000000000}"""));

        await FluentActions.Awaiting(WaitAsync).Should().ThrowAsync<MaintenanceException>();
        engine.Maintenance.FreshnessOf("t").State.Should().Be(TableState.Failed);
        log.Lines.Should().Equal("table t is kept fresh no longer");
        isHeardWhenTold.Should().BeFalse();
        await FluentActions.Awaiting(() => begunWhenTold!).Should().ThrowAsync<MaintenanceException>();
        await FluentActions.Awaiting(WaitAsync).Should().ThrowAsync<MaintenanceException>("the source has gone on, the table has not");
    }

    [Fact]
    public async Task WaitFor_EngineIsDisposed_Ends()
    {
        CtasEngine engine = await LoadAsync(new InMemorySource(Definition));
        Task<ITable> waiting = engine.Maintenance.WaitForAsync("t", _ => false);

        await engine.DisposeAsync();

        await waiting.WaitAsync(HangGuard).Invoking(task => task).Should().ThrowAsync<MaintenanceException>();
    }

    [Fact]
    public async Task Tail_CancelledByItself_MakesTheTableFail()
    {
        var numbers = new InMemorySource(Definition)
        {
            BeforeRecord = (_, _, _) => throw new TaskCanceledException("a request of the source timed out"),
        };
        await using CtasEngine engine = await LoadAsync(numbers);

        numbers.Add(InMemoryRecord.FromText(null, """{"n":1}"""));

        RegistrySnapshot moment = await engine.Tables.UntilAsync(tables => tables.Tables.Single().State == TableState.Failed);
        moment.Tables.Single().Failure!.Message.Should().Contain("a request of the source timed out");
    }

    private static async Task<CtasEngine> LoadAsync(
        InMemorySource numbers, string script = Table, Func<CtasEngineBuilder, CtasEngineBuilder>? configure = null)
    {
        CtasEngineBuilder builder = new CtasEngineBuilder().UseSource("numbers", numbers).AddScript(script);
        CtasEngine engine = (configure?.Invoke(builder) ?? builder).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
