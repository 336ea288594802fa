using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Text;

namespace Ctas.Tests.Maintenance;

/// <summary>SELECT … EMIT CHANGES: rows of one moment, then what every tick changes in them.</summary>
public sealed class QueryChangesTests : IDisposable
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _patience = new(HangGuard);
    private readonly InMemorySource _users = new(new SourceDefinition("users", new InMemoryLocation("users"))
    {
        Columns = [new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key), new SourceColumn("name", DataType.Varchar)],
        Mode = ReadMode.Changelog,
    });

    private readonly InMemorySource _transfers = TransferStream.In(partitions: 2);

    public void Dispose() => _patience.Dispose();

    [Fact]
    public async Task QueryChanges_LiveTable_GivesTheRowsAndThenEveryChange()
    {
        Put("u1", "Ada");
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT id, name FROM users EMIT CHANGES");
        await using IAsyncEnumerator<QueryChanges> changes = Follow(
            engine, "SELECT UPPER(name) AS name FROM t WHERE name <> 'x' EMIT CHANGES");

        (await NextAsync(changes)).Should().Equal("+(ADA)");
        changes.Current.IsSnapshot.Should().BeTrue();
        changes.Current.Schema.Fields.Should().Equal(new Field("name", DataType.Varchar));
        long first = changes.Current.Version;

        Put("u1", "Ida");
        (await NextAsync(changes)).Should().Equal("-(ADA)", "+(IDA)");
        changes.Current.IsSnapshot.Should().BeFalse();
        changes.Current.Version.Should().BeGreaterThan(first);

        // What changes nothing in the result is no moment of it.
        Put("u2", "x");
        Put("u1", null);
        (await NextAsync(changes)).Should().Equal("-(IDA)");
    }

    [Fact]
    public async Task QueryChanges_RandomTransfers_EveryMomentIsConsistentAndTheSumIsTheResult()
    {
        var random = new Random(11);
        Transfer(random, 500);
        await using CtasEngine engine = await LoadAsync(
            """
            CREATE TABLE moves AS
                SELECT payee AS account, amount FROM transfers UNION ALL SELECT payer, -amount FROM transfers EMIT CHANGES;
            CREATE TABLE balances AS SELECT account, SUM(amount) AS balance FROM moves GROUP BY account EMIT CHANGES;
            """);
        const string Joined =
            """
            SELECT b.account, b.balance, m.n
            FROM balances b JOIN (SELECT account, COUNT(*) AS n FROM moves GROUP BY account) m ON b.account = m.account
            """;
        var result = new Dictionary<string, int>(StringComparer.Ordinal);
        int moments = 0;
        long moves = 0;
        await foreach (QueryChanges moment in engine.QueryChangesAsync(Joined + " EMIT CHANGES", _patience.Token))
        {
            foreach (RowChange change in moment.Rows) { Add(result, change); }

            result.Values.Should().OnlyContain(weight => weight == 1);
            string[][] rows = [.. result.Keys.Select(row => row.Trim('(', ')').Split(", "))];
            rows.Sum(row => long.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture)).Should().Be(0, "money does not get lost");
            moves = rows.Sum(row => long.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture));
            if (++moments <= 40) { Transfer(random, 50); }

            if (moves == 2 * (500 + (40 * 50))) { break; }
        }

        QueryResult recomputed = await engine.QueryAsync(Joined);
        result.Keys.Should().BeEquivalentTo(recomputed.Rows.Select(row => row.ToString()));
        moments.Should().BeGreaterThan(10);
    }

    [Fact]
    public async Task QueryChanges_TablesThatAreLoadedOnce_EndsAfterTheRows()
    {
        Put("u1", "Ada");
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT id, name FROM users");

        QueryChanges[] moments = await engine.QueryChangesAsync("SELECT COUNT(*) AS n FROM t", _patience.Token)
            .ToArrayAsync(_patience.Token);

        Texts(moments.Should().ContainSingle().Which).Should().Equal("+(1)");
    }

    [Fact]
    public async Task QueryChanges_LiveTableJoinedWithALoadedOne_FollowsTheLiveOne()
    {
        Put("u1", "Ada");
        await using CtasEngine engine = await LoadAsync(
            """
            CREATE TABLE fixed AS SELECT id, name FROM users;
            CREATE TABLE t AS SELECT id, name FROM users EMIT CHANGES;
            """);
        await using IAsyncEnumerator<QueryChanges> changes = Follow(
            engine, "SELECT f.name AS was, t.name AS now FROM t LEFT JOIN fixed f ON t.id = f.id");

        (await NextAsync(changes)).Should().Equal("+(Ada, Ada)");
        Put("u2", "Bob");
        (await NextAsync(changes)).Should().Equal("+(NULL, Bob)");
    }

    [Theory]
    [InlineData("DROP TABLE t", "table \"t\" was dropped or replaced")]
    [InlineData("CREATE OR REPLACE TABLE t AS SELECT id FROM users EMIT CHANGES", "table \"t\" was dropped or replaced")]
    public async Task QueryChanges_TableGoes_EndsWithTheReason(string sql, string reason)
    {
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT id, name FROM users EMIT CHANGES");
        await using IAsyncEnumerator<QueryChanges> changes = Follow(engine, "SELECT * FROM t");
        (await NextAsync(changes)).Should().BeEmpty();

        await engine.ExecuteAsync(sql);

        (await changes.Invoking(stream => stream.MoveNextAsync().AsTask()).Should().ThrowAsync<MaintenanceException>())
            .Which.Message.Should().Be(reason);
    }

    [Fact]
    public async Task QueryChanges_PoisonRecord_EndsWithWhatStoppedTheTable()
    {
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT id, name FROM users EMIT CHANGES");
        await using IAsyncEnumerator<QueryChanges> changes = Follow(engine, "SELECT name FROM t");
        (await NextAsync(changes)).Should().BeEmpty();

        _users.Add(InMemoryRecord.FromText("u1", "{"));

        (await changes.Invoking(stream => stream.MoveNextAsync().AsTask()).Should().ThrowAsync<MaintenanceException>())
            .Which.Message.Should().StartWith("table \"t\" is kept fresh no longer: cannot decode the record at users[0]@0");
        await engine.Invoking(ended => ended.QueryChangesAsync("SELECT name FROM t").FirstAsync().AsTask())
            .Should().ThrowAsync<MaintenanceException>("a table that is fresh no longer has no changes");
    }

    [Fact]
    public async Task QueryChanges_RowCannotBeComputed_EndsTheStreamAndNotTheTable()
    {
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT id, name FROM users EMIT CHANGES");
        await using IAsyncEnumerator<QueryChanges> changes = Follow(engine, "SELECT CAST(name AS INT) AS n FROM t");
        (await NextAsync(changes)).Should().BeEmpty();

        Put("u1", "Ada");
        await changes.Invoking(stream => stream.MoveNextAsync().AsTask()).Should().ThrowAsync<Ctas.Execution.ExecutionException>();

        Put("u2", "Bob");
        await engine.Tables.UntilRowsAsync("t", "(u1, Ada)", "(u2, Bob)");
    }

    [Fact]
    public async Task QueryChanges_ReaderTooSlow_IsToldSoAndHoldsNobodyUp()
    {
        await using CtasEngine engine = await LoadAsync(
            "CREATE TABLE t AS SELECT payer, amount FROM transfers EMIT CHANGES", new MaintenanceOptions { MaxChangesBehind = 1000 });
        await using IAsyncEnumerator<QueryChanges> changes = Follow(engine, "SELECT * FROM t");
        (await NextAsync(changes)).Should().BeEmpty();

        for (int burst = 1; burst <= 8; burst++)
        {
            Transfer(new Random(burst), 200);
            int rows = burst * 200;
            await engine.Maintenance.WaitForAsync("t", table => table.RowCount == rows, _patience.Token);
        }

        int read = 0;
        Func<Task> reading = async () =>
        {
            while (await changes.MoveNextAsync()) { read += changes.Current.Count; }
        };
        (await reading.Should().ThrowAsync<QueryChangesLostException>()).Which.Message.Should().Contain("1,000 changed rows");
        read.Should().BeLessThanOrEqualTo(1000).And.BeGreaterThan(0, "what came before it is whole");
    }

    [Fact]
    public async Task QueryChanges_CancelledOrDisposed_EndsAsCancelled()
    {
        CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT id, name FROM users EMIT CHANGES");
        using var cancellation = new CancellationTokenSource();
        await using IAsyncEnumerator<QueryChanges> cancelled =
            engine.QueryChangesAsync("SELECT * FROM t", cancellation.Token).GetAsyncEnumerator();
        await using IAsyncEnumerator<QueryChanges> disposed = Follow(engine, "SELECT * FROM t");
        await NextAsync(cancelled);
        await NextAsync(disposed);

        Task first = cancelled.MoveNextAsync().AsTask();
        Task second = disposed.MoveNextAsync().AsTask();
        await cancellation.CancelAsync();
        await first.Invoking(task => task.WaitAsync(HangGuard)).Should().ThrowAsync<OperationCanceledException>();
        await engine.DisposeAsync();
        await second.Invoking(task => task.WaitAsync(HangGuard)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Theory]
    [InlineData("{SELECT RANDOM() AS r FROM t} EMIT CHANGES", "CTAS3010")]
    [InlineData("{SELECT * FROM t LIMIT 3} EMIT CHANGES", "CTAS3010")]
    [InlineData("{SELECT FIRST(name) AS f FROM t} EMIT CHANGES", "CTAS3010")]
    [InlineData("SELECT {nam} FROM t EMIT CHANGES", "CTAS2003")]
    public async Task QueryChanges_WhatCannotBeKeptRight_IsRefused(string annotated, string code)
    {
        (string sql, TextSpan span) = Ctas.Tests.Text.AnnotatedSql.Parse(annotated);
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT id, name FROM users EMIT CHANGES");

        CtasCompilationException error = (await engine.Invoking(e => e.QueryChangesAsync(sql).FirstAsync().AsTask())
            .Should().ThrowAsync<CtasCompilationException>()).Which;

        error.Diagnostics.Should().ContainSingle();
        (error.Diagnostics[0].Code, error.Diagnostics[0].Span).Should().Be((code, span));
    }

    [Fact]
    public async Task EmitChanges_WhereAllRowsAreWanted_IsRefusedBeforeAnythingIsRun()
    {
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT id, name FROM users EMIT CHANGES");

        Func<Task>[] calls =
        [
            () => engine.QueryAsync("SELECT * FROM t EMIT CHANGES"),
            () => engine.ExecuteAsync("CREATE TABLE u AS SELECT 1 AS one; SELECT * FROM t EMIT CHANGES"),
        ];
        foreach (Func<Task> call in calls)
        {
            (await call.Should().ThrowAsync<CtasCompilationException>()).Which.Diagnostics
                .Should().ContainSingle().Which.Code.Should().Be("CTAS3020");
        }

        engine.Tables.TryGetMetadata("u", out _).Should().BeFalse();
        (await calls[0].Should().ThrowAsync<CtasCompilationException>()).Which.Message.Should().Be(
            """
            CTAS3020: SELECT … EMIT CHANGES has no end
            LINE 1: SELECT * FROM t EMIT CHANGES
                    ^^^^^^^^^^^^^^^
            Hint: Read it with QueryChangesAsync, or ctas run --follow; without EMIT CHANGES it gives the rows there are now.
            """);
    }

    private IAsyncEnumerator<QueryChanges> Follow(CtasEngine engine, string sql) =>
        engine.QueryChangesAsync(sql, _patience.Token).GetAsyncEnumerator();

    private static async Task<string[]> NextAsync(IAsyncEnumerator<QueryChanges> changes)
    {
        (await changes.MoveNextAsync()).Should().BeTrue();
        return Texts(changes.Current);
    }

    private static string[] Texts(QueryChanges moment) =>
        [.. moment.Rows.Select(change => (change.Weight > 0 ? "+" : "-") + change.Row)];

    private static void Add(Dictionary<string, int> result, RowChange change)
    {
        string row = change.Row.ToString();
        int weight = result.GetValueOrDefault(row) + change.Weight;
        weight.Should().BeGreaterThanOrEqualTo(0, "a row that is not there cannot go");
        if (weight == 0) { result.Remove(row); }
        else { result[row] = weight; }
    }

    private void Put(string key, string? name) =>
        _users.Add(InMemoryRecord.FromText(key, name is null ? null : $$"""{"name":"{{name}}"}"""));

    private void Transfer(Random random, int count)
    {
        for (int transfer = 0; transfer < count; transfer++)
        {
            int payer = random.Next(20);
            _transfers.Add(InMemoryRecord.FromText(
                null, $$"""{"payer":{{payer}},"payee":{{(payer + random.Next(1, 20)) % 20}},"amount":{{random.Next(1, 100)}}}""") with
            {
                Partition = random.Next(2),
            });
        }
    }

    private async Task<CtasEngine> LoadAsync(string script, MaintenanceOptions? options = null)
    {
        CtasEngine engine = new CtasEngineBuilder()
            .UseSource("users", _users)
            .UseSource("transfers", _transfers)
            .WithOptions(new CtasEngineOptions { Maintenance = options ?? new MaintenanceOptions() })
            .AddScript(script)
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
