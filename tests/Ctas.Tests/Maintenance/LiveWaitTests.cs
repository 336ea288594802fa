using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Tests.Maintenance;

/// <summary>What waits for a live table gets, whatever becomes of the table meanwhile.</summary>
public sealed class LiveWaitTests
{
    private const string Table = "CREATE OR REPLACE TABLE t AS SELECT n FROM numbers EMIT CHANGES";
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(30);

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

    private static async Task<CtasEngine> LoadAsync(InMemorySource numbers)
    {
        CtasEngine engine = new CtasEngineBuilder().UseSource("numbers", numbers).AddScript(Table).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
