using Ctas.Data;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Tests.Maintenance;

/// <summary>CREATE OR REPLACE of tables that are kept fresh, and of those that others read.</summary>
public sealed class ReplaceTests
{
    private const string Two =
        """
        CREATE TABLE a AS SELECT id, name FROM users EMIT CHANGES;
        CREATE TABLE b AS SELECT COUNT(*) AS n, MAX(name) AS last FROM a EMIT CHANGES;
        """;

    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    private readonly InMemorySource _users = Changelog("users");

    [Theory]
    [InlineData("EMIT CHANGES")]
    [InlineData("")]
    public async Task Replace_TableWithALiveReader_TakesItAlong(string emit)
    {
        Put("u1", "Ada");
        await using CtasEngine engine = await LoadAsync(Two);
        long version = engine.Tables["b"].Version;

        await engine.ExecuteAsync($"CREATE OR REPLACE TABLE a AS SELECT id, UPPER(name) AS name FROM users {emit}");
        LiveRows.RowsOf(engine.Tables.Snapshot(), "b").Should().Equal("(1, ADA)");
        Put("u2", "Bob");

        await engine.Tables.UntilRowsAsync("a", emit.Length > 0 ? ["(u1, ADA)", "(u2, BOB)"] : ["(u1, ADA)"]);
        await engine.Tables.UntilRowsAsync("b", emit.Length > 0 ? "(2, BOB)" : "(1, ADA)");
        engine.Tables["b"].Version.Should().BeGreaterThan(version);
        StateOf(engine, "b").Should().Be(TableState.Live);
    }

    [Theory]
    [InlineData("SELECT id, LENGTH(name) AS length FROM users", "it is replaced together with another table, and could not load table \"b\" (*): *column \"name\" not found*")]
    [InlineData("SELECT u.id, u.name FROM users u JOIN bad x ON u.id = x.id", "could not load table \"a\" (reading): cannot decode the record at bad[0]@0*")]
    public async Task Replace_ThatFails_LeavesTheOldTablesFresh(string select, string reason)
    {
        Put("u1", "Ada");
        InMemorySource bad = Changelog("bad");
        bad.Add(InMemoryRecord.FromText("k", "{"));
        await using CtasEngine engine = await LoadAsync(Two, bad);

        Func<Task> replace = () => engine.ExecuteAsync($"CREATE OR REPLACE TABLE a AS {select} EMIT CHANGES");
        (await replace.Should().ThrowAsync<LoadException>()).WithMessage($"*{reason}");
        Put("u2", "Bob");

        await engine.Tables.UntilRowsAsync("a", "(u1, Ada)", "(u2, Bob)");
        await engine.Tables.UntilRowsAsync("b", "(2, Bob)");
        StateOf(engine, "a").Should().Be(TableState.Live);
        StateOf(engine, "b").Should().Be(TableState.Live);
    }

    [Fact]
    public async Task Replace_WhileItLoads_TheOldTableGoesOnAndTheNewOneCatchesUp()
    {
        Put("u1", "Ada");
        var held = new HeldSource(_users, "slow");
        await using CtasEngine engine = await LoadAsync(Two, held);

        Task<QueryResult> replacing = engine.ExecuteAsync("CREATE OR REPLACE TABLE a AS SELECT id, UPPER(name) AS name FROM slow EMIT CHANGES");
        await held.Opening;
        Put("u2", "Bob");
        await engine.Tables.UntilRowsAsync("b", "(2, Bob)");
        replacing.IsCompleted.Should().BeFalse();
        engine.Tables.TryGetMetadata("a", out TableMetadata? loading).Should().BeTrue();
        (loading!.State, loading.Replacement).Should().Be((TableState.Live, TableState.Loading));

        held.Release();
        await replacing.WaitAsync(HangGuard);

        LiveRows.RowsOf(engine.Tables.Snapshot(), "b").Should().Equal("(2, BOB)");
    }

    [Fact]
    public async Task Replace_TableOverALiveOneThatGoesOn_MissesNoneOfItsChanges()
    {
        Put("u1", "Ada");
        var held = new HeldSource(Changelog("slow"), "slow");
        await using CtasEngine engine = await LoadAsync(Two, held);

        Task<QueryResult> creating = engine.ExecuteAsync(
            """
            CREATE OR REPLACE TABLE b AS SELECT COUNT(*) AS n, MIN(name) AS last FROM (SELECT name FROM a UNION ALL SELECT name FROM slow) q EMIT CHANGES;
            CREATE TABLE c AS SELECT a.id, a.name FROM a LEFT JOIN slow s ON a.id = s.id EMIT CHANGES;
            """);
        await held.Opening;
        Put("u2", "Bob");
        Put("u1", null);
        await engine.Tables.UntilRowsAsync("b", "(1, Bob)");
        held.Release();
        await creating.WaitAsync(HangGuard);
        Put("u3", "Cleo");

        await engine.Tables.UntilRowsAsync("b", "(2, Bob)");
        await engine.Tables.UntilRowsAsync("c", "(u2, Bob)", "(u3, Cleo)");
    }

    [Fact]
    public async Task Replace_WhoWaitsOrFollows_GoesOnWithTheNewTableOrIsTold()
    {
        Put("u1", "Ada");
        await using CtasEngine engine = await LoadAsync(Two);
        ITable before = engine.Tables["a"];
        Task<ITable> waiting = engine.Maintenance.WaitForAsync("a", table => table.RowCount == 2);
        await using IAsyncEnumerator<TableChange> changes = before.ChangesAsync().GetAsyncEnumerator();
        (await changes.MoveNextAsync()).Should().BeTrue();

        await engine.ExecuteAsync("CREATE OR REPLACE TABLE a AS SELECT id, UPPER(name) AS name FROM users EMIT CHANGES");
        Put("u2", "Bob");

        (await waiting.WaitAsync(HangGuard)).Rows.Select(row => row.ToString()).Should().BeEquivalentTo("(u1, ADA)", "(u2, BOB)");
        Func<Task> next = () => changes.MoveNextAsync().AsTask().WaitAsync(HangGuard);
        (await next.Should().ThrowAsync<MaintenanceException>()).Which.Message.Should().Be("table \"a\" was dropped or replaced");
        Func<Task> again = async () => { await foreach (TableChange _ in engine.Tables["a"].ChangesAsync(before.Version)) { } };
        await again.Should().ThrowAsync<TableChangesLostException>();
    }

    [Fact]
    public async Task Replace_WhilePaused_DoesNotWaitForResume()
    {
        Put("u1", "Ada");
        await using CtasEngine engine = await LoadAsync(Two);
        await engine.Maintenance.PauseAsync();
        Put("u2", "Bob");

        await engine.ExecuteAsync("CREATE OR REPLACE TABLE a AS SELECT id, UPPER(name) AS name FROM users EMIT CHANGES").WaitAsync(HangGuard);

        LiveRows.RowsOf(engine.Tables.Snapshot(), "b").Should().Equal("(2, BOB)");
        Put("u3", "Cleo");
        engine.Maintenance.Resume();
        await engine.Tables.UntilRowsAsync("b", "(3, CLEO)");
    }

    [Fact]
    public async Task Replace_PausedWhileItLoads_CatchesUpWithoutResume()
    {
        var gate = new Gate();
        InMemorySource users = gate.Changelog();
        users.Add(InMemoryRecord.FromText("u1", """{"name":"Ada"}"""));
        await using CtasEngine engine = new CtasEngineBuilder().UseSource("users", users).AddScript(Two).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        gate.Close();

        // The new table is read up to the first record, the old one shows the second when all tables are held.
        Task<QueryResult> replacing = engine.ExecuteAsync("CREATE OR REPLACE TABLE a AS SELECT id, UPPER(name) AS name FROM users EMIT CHANGES");
        await gate.Reached.WaitAsync(HangGuard);
        users.Add(InMemoryRecord.FromText("u2", """{"name":"Bob"}"""));
        await engine.Tables.UntilRowsAsync("b", "(2, Bob)");
        await engine.Maintenance.PauseAsync();
        gate.Open();
        await replacing.WaitAsync(HangGuard);

        LiveRows.RowsOf(engine.Tables.Snapshot(), "b").Should().Equal("(2, BOB)");
        engine.Maintenance.IsPaused.Should().BeTrue();
        users.Add(InMemoryRecord.FromText("u3", """{"name":"Cleo"}"""));
        engine.Maintenance.Resume();
        await engine.Tables.UntilRowsAsync("b", "(3, CLEO)");
    }

    /// <summary>The new table cannot come up to the old one without moving a table that a pause holds still.</summary>
    [Theory]
    [InlineData("SELECT id, UPPER(name) AS name FROM users")]
    [InlineData("SELECT id, UPPER(name) AS name FROM seen")]
    public async Task Replace_PausedWithATableThatStays_SaysAtOnceToResume(string select)
    {
        var gate = new Gate();
        InMemorySource users = gate.Changelog();
        users.Add(InMemoryRecord.FromText("u1", """{"name":"Ada"}"""));
        await using CtasEngine engine = new CtasEngineBuilder().UseSource("users", users).AddScript(Two).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        gate.Close();

        // The old table shows a record more than the load reads; the table that is new with it holds what both read.
        Task<QueryResult> replacing = engine.ExecuteAsync(
            $"""
            CREATE TABLE seen AS SELECT id, name FROM users EMIT CHANGES;
            CREATE OR REPLACE TABLE a AS {select} EMIT CHANGES;
            """);
        await gate.Reached.WaitAsync(HangGuard);
        users.Add(InMemoryRecord.FromText("u2", """{"name":"Bob"}"""));
        await engine.Tables.UntilRowsAsync("b", "(2, Bob)");
        await engine.Maintenance.PauseAsync();
        gate.Open();

        Func<Task> replace = () => replacing.WaitAsync(HangGuard);
        LoadException failure = (await replace.Should().ThrowAsync<LoadException>()).Which;
        failure.Message.Should().EndWith(
            "tables are paused, and table \"seen\", which stays as it is, holds source \"users\" still: resume maintenance, then replace again");
        failure.IsTransient.Should().BeTrue();
        LiveRows.RowsOf(engine.Tables.Snapshot(), "b").Should().Equal("(2, Bob)");

        engine.Maintenance.Resume();
        await engine.Tables.UntilRowsAsync("seen", "(u1, Ada)", "(u2, Bob)");
        await engine.ExecuteAsync($"CREATE OR REPLACE TABLE a AS {select} EMIT CHANGES").WaitAsync(HangGuard);
        LiveRows.RowsOf(engine.Tables.Snapshot(), "b").Should().Equal("(2, BOB)");
    }

    [Fact]
    public async Task Replace_LogThatThrowsWhenTheNewTablesAreThere_LeavesThemFresh()
    {
        Put("u1", "Ada");
        var log = new Sinks.CollectedLog { Level = Microsoft.Extensions.Logging.LogLevel.Information };
        await using CtasEngine engine = new CtasEngineBuilder().UseSource("users", _users).AddScript(Two).UseLogging(log).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        log.Logged = line =>
        {
            if (line.Contains("is ready", StringComparison.Ordinal)) { throw new InvalidOperationException("no room for the log"); }
        };

        Func<Task> replace = () => engine.ExecuteAsync("CREATE OR REPLACE TABLE a AS SELECT id, UPPER(name) AS name FROM users EMIT CHANGES");
        (await replace.Should().ThrowAsync<InvalidOperationException>()).WithMessage("no room for the log");
        log.Logged = null;
        Put("u2", "Bob");

        await engine.Tables.UntilRowsAsync("b", "(2, BOB)");
        await engine.Tables.UntilRowsAsync("a", "(u1, ADA)", "(u2, BOB)");
        (StateOf(engine, "a"), StateOf(engine, "b")).Should().Be((TableState.Live, TableState.Live));
    }

    /// <summary>Readers and a producer go on throughout: no table is ever missing, no count goes back, readers agree.</summary>
    [Fact]
    public async Task Replace_UnderLoad_ReadersSeeWholeMomentsThatNeverGoBack()
    {
        var events = new InMemorySource(
            new SourceDefinition("events", new InMemoryLocation("events"))
            {
                Columns = [new SourceColumn("n", DataType.BigInt)],
                Mode = ReadMode.Append,
                BatchRows = 50,
            },
            3);
        await using CtasEngine engine = await LoadAsync(
            """
            CREATE TABLE rows AS SELECT n, 0 AS generation FROM events EMIT CHANGES;
            CREATE TABLE counts AS SELECT COUNT(*) AS n, MAX(generation) AS generation FROM rows EMIT CHANGES;
            """,
            events);
        using var done = new CancellationTokenSource();
        int produced = 0;
        Task producer = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                events.Add(InMemoryRecord.FromText(null, $$"""{"n":{{produced}}}""") with { Partition = produced % 3 });
                produced++;

                // Never far ahead, so that there is always something to catch up with, and not too much.
                while (produced > engine.Tables["rows"].RowCount + 300 && !done.IsCancellationRequested) { Thread.Yield(); }
            }
        });
        int[] moments = new int[2];
        Task[] readers = [.. moments.Select((_, reader) => Task.Run(() => Watch(engine, moments.AsMemory(reader, 1), done.Token)))];

        for (int generation = 1; generation <= 3; generation++)
        {
            await engine.ExecuteAsync($"CREATE OR REPLACE TABLE rows AS SELECT n, {generation} AS generation FROM events EMIT CHANGES")
                .WaitAsync(HangGuard);
        }

        while (moments.Any(seen => seen < 5) && !readers.Any(reader => reader.IsCompleted)) { await Task.Yield(); }

        await done.CancelAsync();
        await producer;
        await Task.WhenAll(readers);

        await engine.Tables.UntilRowsAsync("counts", $"({produced}, 3)");
        engine.Tables["rows"].Rows.Sum(row => row.Get<long>(0)).Should().Be((long)produced * (produced - 1) / 2);
    }

    private static void Watch(CtasEngine engine, Memory<int> moments, CancellationToken done)
    {
        (long Rows, long Generation, long Version) last = (0, 0, 0);
        while (!done.IsCancellationRequested)
        {
            RegistrySnapshot moment = engine.Tables.Snapshot();
            Row row = moment["counts"].Rows.Single();
            (long Rows, long Generation, long Version) now = (row.Get<long>(0), row.IsNull(1) ? 0 : Convert.ToInt64(row[1], null), moment["counts"].Version);
            now.Rows.Should().Be(moment["rows"].RowCount, "both tables are of one moment");
            now.Rows.Should().BeGreaterThanOrEqualTo(last.Rows, "a record that was seen is never gone");
            now.Generation.Should().BeGreaterThanOrEqualTo(last.Generation);
            now.Version.Should().BeGreaterThanOrEqualTo(last.Version);
            if (now != last) { Interlocked.Increment(ref moments.Span[0]); }

            last = now;
        }
    }

    private static TableState StateOf(CtasEngine engine, string table) =>
        engine.Tables.TryGetMetadata(table, out TableMetadata? metadata) ? metadata.State : TableState.Dropped;

    private static InMemorySource Changelog(string name) => new(new SourceDefinition(name, new InMemoryLocation(name))
    {
        Columns = [new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key), new SourceColumn("name", DataType.Varchar)],
        Mode = ReadMode.Changelog,
    });

    private void Put(string id, string? name) =>
        _users.Add(InMemoryRecord.FromText(id, name is null ? null : $$"""{"name":"{{name}}"}"""));

    private async Task<CtasEngine> LoadAsync(string script, ISource? other = null)
    {
        var builder = new CtasEngineBuilder().UseSource("users", _users).AddScript(script);
        if (other is not null) { builder.UseSource(other.Definition.Name, other); }

        CtasEngine engine = builder.Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }

    /// <summary>Holds scans at the first record while it is closed.</summary>
    private sealed class Gate
    {
        private TaskCompletionSource _reached = New();
        private TaskCompletionSource _open = New();

        /// <summary>Open.</summary>
        public Gate() => Open();

        /// <summary>Completes when somebody waits.</summary>
        public Task Reached => _reached.Task;

        /// <summary>Whoever comes to the first record waits from now on.</summary>
        public void Close() => (_reached, _open) = (New(), New());

        /// <summary>Lets all go on.</summary>
        public void Open() => _open.TrySetResult();

        /// <summary>The users, behind the gate.</summary>
        public InMemorySource Changelog() => new(ReplaceTests.Changelog("users").Definition)
        {
            BeforeRecord = async (_, offset, cancellationToken) =>
            {
                if (offset > 0) { return; }

                _reached.TrySetResult();
                await _open.Task.WaitAsync(cancellationToken);
            },
        };

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
