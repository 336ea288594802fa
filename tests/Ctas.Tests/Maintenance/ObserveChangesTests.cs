using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tests.Tables;

namespace Ctas.Tests.Maintenance;

/// <summary>Changes of live tables and queries as observables.</summary>
public sealed class ObserveChangesTests
{
    private readonly InMemorySource _users = new(new SourceDefinition("users", new InMemoryLocation("users"))
    {
        Columns = [new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key), new SourceColumn("name", DataType.Varchar)],
        Mode = ReadMode.Changelog,
    });

    [Fact]
    public async Task ObserveChanges_LiveTable_PushesRowsThenChangesThenTheReasonOfItsEnd()
    {
        Put("u1", "Ada");
        await using CtasEngine engine = await LoadAsync();
        var early = new RecordingObserver<TableChange> { Text = TextOf };
        var late = new RecordingObserver<TableChange> { Text = TextOf };

        using IDisposable first = engine.Tables["t"].ObserveChanges().Subscribe(early);
        (await early.TakeAsync(1)).Should().Equal("next Snapshot  -> (u1, Ada)");
        Put("u1", "Ida");
        (await early.TakeAsync(1)).Should().Equal("next Update (u1, Ada) -> (u1, Ida)");
        using IDisposable second = engine.Tables["t"].ObserveChanges().Subscribe(late);
        (await late.TakeAsync(1)).Should().Equal("next Snapshot  -> (u1, Ida)");
        Put("u1", null);
        (await early.TakeAsync(1)).Should().Equal("next Delete (u1, Ida) -> ");
        (await late.TakeAsync(1)).Should().Equal("next Delete (u1, Ida) -> ");

        await engine.ExecuteAsync("DROP TABLE t");
        (await early.TakeAsync(1)).Should().Equal("error table \"t\" was dropped or replaced");
        (await late.TakeAsync(1)).Should().Equal("error table \"t\" was dropped or replaced");
    }

    [Fact]
    public async Task ObserveChanges_FromAVersion_PushesOnlyWhatFollowsAndRefusesOneThatIsNotThere()
    {
        Put("u1", "Ada");
        await using CtasEngine engine = await LoadAsync();
        var following = new RecordingObserver<TableChange> { Text = TextOf };
        var refused = new RecordingObserver<TableChange> { Text = TextOf };

        using IDisposable first = engine.Tables["t"].ObserveChanges(engine.Tables["t"].Version).Subscribe(following);
        using IDisposable second = engine.Tables["t"].ObserveChanges(99).Subscribe(refused);
        Put("u2", "Bob");

        (await following.TakeAsync(1)).Should().Equal("next Insert  -> (u2, Bob)");
        (await refused.TakeAsync(1)).Single().Should().StartWith("error fromVersion");
    }

    [Fact]
    public async Task ObserveChanges_TableThatIsLoadedOnce_Completes()
    {
        Put("u1", "Ada");
        await using CtasEngine engine = await LoadAsync(emit: "");
        var observer = new RecordingObserver<TableChange> { Text = TextOf };

        using IDisposable subscription = engine.Tables["t"].ObserveChanges().Subscribe(observer);

        (await observer.TakeAsync(2)).Should().Equal("next Snapshot  -> (u1, Ada)", "completed");
    }

    [Fact]
    public async Task ObserveChanges_OperatorsOfRx_TakeItAsItIs()
    {
        Put("u1", "Ada");
        await using CtasEngine engine = await LoadAsync();
        Task<IList<string>> names = engine.Tables["t"].ObserveChanges()
            .Where(change => change.NewRow is not null)
            .Select(change => $"{change.Kind} {change.NewRow!.Value[1]}")
            .Take(3)
            .ToList()
            .ToTask();

        await engine.Tables.UntilRowsAsync("t", "(u1, Ada)");
        Put("u2", "Bob");
        await engine.Tables.UntilRowsAsync("t", "(u1, Ada)", "(u2, Bob)");
        Put("u2", null);
        Put("u3", "Cleo");
        await engine.Tables.UntilRowsAsync("t", "(u1, Ada)", "(u3, Cleo)");
        Put("u4", "Dora");

        (await names.WaitAsync(RecordingObserver.HangGuard)).Should().HaveCount(3).And.StartWith("Snapshot Ada");
    }

    [Fact]
    public async Task ObserveChanges_TableIsReplaced_RxBeginsAgainWithTheNewOne()
    {
        Put("u1", "Ada");
        await using CtasEngine engine = await LoadAsync();
        var observer = new RecordingObserver<TableChange> { Text = TextOf };
        using IDisposable subscription = Observable.Defer(() => engine.Tables["t"].ObserveChanges()).Retry().Subscribe(observer);
        (await observer.TakeAsync(1)).Should().Equal("next Snapshot  -> (u1, Ada)");

        await engine.ExecuteAsync("CREATE OR REPLACE TABLE t AS SELECT id, UPPER(name) AS name FROM users EMIT CHANGES");

        (await observer.TakeAsync(1)).Should().Equal("next Snapshot  -> (u1, ADA)");
        Put("u1", "Ida");
        (await observer.TakeAsync(1)).Should().Equal("next Update (u1, ADA) -> (u1, IDA)");
    }

    [Fact]
    public async Task ObserveQueryChanges_Query_PushesMomentsAndMistakesAsErrors()
    {
        Put("u1", "Ada");
        await using CtasEngine engine = await LoadAsync();
        var moments = new RecordingObserver<QueryChanges> { Text = TextOf };
        var mistaken = new RecordingObserver<QueryChanges> { Text = TextOf };

        using IDisposable first = engine.ObserveQueryChanges("SELECT COUNT(*) AS n FROM t").Subscribe(moments);
        using IDisposable second = engine.ObserveQueryChanges("SELECT nam FROM t").Subscribe(mistaken);

        (await moments.TakeAsync(1)).Should().Equal("next +(1)");
        (await mistaken.TakeAsync(1)).Single().Should().StartWith("error CTAS2003");
        Put("u2", "Bob");
        (await moments.TakeAsync(1)).Should().Equal("next -(1) +(2)");
    }

    [Fact]
    public async Task Changes_ReaderFurtherBehindThanIsKept_IsToldAndBeginsAgain()
    {
        await using CtasEngine engine = new CtasEngineBuilder().UseSource("users", _users)
            .AddScript("CREATE TABLE t AS SELECT id, name FROM users EMIT CHANGES")
            .WithOptions(new CtasEngineOptions { Maintenance = new MaintenanceOptions { MaxChangesKept = 5, MaxRecordsPerTick = 1 } })
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        ITable table = engine.Tables["t"];
        await using IAsyncEnumerator<TableChange> slow = table.ChangesAsync(table.Version).GetAsyncEnumerator();
        Put("first", "x");
        (await slow.MoveNextAsync()).Should().BeTrue();
        long read = slow.Current.Version;
        for (int user = 1; user < 20; user++)
        {
            Put($"u{user}", "x");
            await engine.Maintenance.WaitForAsync("t", version => version.RowCount > user);
        }

        Func<Task> further = () => slow.MoveNextAsync().AsTask();
        (await further.Should().ThrowAsync<TableChangesLostException>()).Which.AfterVersion.Should().Be(read);
        var again = new RecordingObserver<TableChange> { Text = TextOf };
        using IDisposable subscription = table.ObserveChanges().Subscribe(again);
        (await again.TakeAsync(20)).Should().OnlyContain(row => row.StartsWith("next Snapshot", StringComparison.Ordinal));
    }

    /// <summary>Who hears of a change and then looks sees it, in the table and in those that were published with it.</summary>
    [Fact]
    public async Task Changes_WhoeverHearsOfOne_FindsItInEveryTable()
    {
        // The more tables are published with it, the longer a change is known before it can be seen.
        const int Count = 100;
        string others = string.Concat(Enumerable.Range(0, 40).Select(other => $"CREATE TABLE o{other} AS SELECT id FROM t EMIT CHANGES;"));
        await using CtasEngine engine = new CtasEngineBuilder().UseSource("users", _users).AddScript(
            $"""
            CREATE TABLE t AS SELECT id, name FROM users EMIT CHANGES;
            CREATE TABLE u AS SELECT COUNT(*) AS n FROM t EMIT CHANGES;
            {others}
            """).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        using var patience = new CancellationTokenSource(RecordingObserver.HangGuard);
        Task watching = Task.Run(async () =>
        {
            int heard = 0;
            await foreach (TableChange change in engine.Tables["t"].ChangesAsync(cancellationToken: patience.Token))
            {
                engine.Tables["t"].Version.Should().BeGreaterThanOrEqualTo(change.Version);
                engine.Tables["u"].Rows.Single().Get<long>(0).Should().BeGreaterThanOrEqualTo(++heard);
                if (heard == Count) { return; }
            }
        });
        for (int user = 0; user < Count; user++)
        {
            Put($"u{user}", "x");
            await engine.Maintenance.WaitForAsync("t", table => table.RowCount > user, patience.Token);
        }

        await watching;
    }

    private static string TextOf(TableChange change) => $"{change.Kind} {change.OldRow} -> {change.NewRow}";

    private static string TextOf(QueryChanges moment) =>
        string.Join(' ', moment.Rows.Select(change => $"{(change.Weight > 0 ? '+' : '-')}{change.Row}"));

    private void Put(string id, string? name) =>
        _users.Add(InMemoryRecord.FromText(id, name is null ? null : $$"""{"name":"{{name}}"}"""));

    private async Task<CtasEngine> LoadAsync(string emit = "EMIT CHANGES")
    {
        CtasEngine engine = new CtasEngineBuilder().UseSource("users", _users)
            .AddScript($"CREATE TABLE t AS SELECT id, name FROM users {emit}").Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
