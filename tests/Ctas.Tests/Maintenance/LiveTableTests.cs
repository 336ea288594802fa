using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tests.Text;

namespace Ctas.Tests.Maintenance;

/// <summary>EMIT CHANGES from SQL to the rows that lookups and queries see, over records in memory.</summary>
public sealed class LiveTableTests
{
    private readonly InMemorySource _users = Changelog("users", new SourceColumn("name", DataType.Varchar));
    private readonly InMemorySource _orders = new(new SourceDefinition("orders", new InMemoryLocation("orders"))
    {
        Columns = [new SourceColumn("user_id", DataType.Varchar), new SourceColumn("amount", DataType.BigInt)],
        Mode = ReadMode.Append,
    });

    [Fact]
    public async Task EmitChanges_ProjectionOfAChangelog_FollowsInsertsUpdatesAndTombstones()
    {
        Put(_users, "u1", """{"name":"Ada"}""");
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT id, name FROM users WHERE name <> 'x' EMIT CHANGES");
        engine.Tables.TryGetMetadata("t", out TableMetadata? metadata).Should().BeTrue();
        metadata!.State.Should().Be(TableState.Live);

        Put(_users, "u2", """{"name":"Bob"}""");
        await engine.Tables.UntilRowsAsync("t", "(u1, Ada)", "(u2, Bob)");

        Put(_users, "u1", """{"name":"Ida"}""");
        Put(_users, "u2", """{"name":"x"}""");
        await engine.Tables.UntilRowsAsync("t", "(u1, Ida)");

        Put(_users, "u1", null);
        await engine.Tables.UntilRowsAsync("t");
    }

    [Fact]
    public async Task Tick_ThatBreaksDown_FailsAllTablesAndLoadingThemAgainMakesThemFresh()
    {
        Put(_users, "u1", """{"name":"1"}""");
        var log = new Sinks.CollectedLog { Logged = line => throw new InvalidOperationException($"cannot write: {line}") };
        await using CtasEngine engine = Builder(
            """
            CREATE TABLE t AS SELECT id, CAST(name AS INT) AS n FROM users EMIT CHANGES;
            CREATE TABLE o AS SELECT COUNT(*) AS n FROM orders EMIT CHANGES;
            """).UseLogging(log).Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        Put(_users, "u1", """{"name":"x"}""");
        await engine.Tables.UntilAsync(tables => new[] { "t", "o" }.All(
            name => tables.TryGetMetadata(name, out TableMetadata? table) && table.State == TableState.Failed));
        log.Logged = null;
        Put(_users, "u1", """{"name":"2"}""");
        (await engine.LoadAsync()).ThrowIfFailed();
        Put(_users, "u2", """{"name":"4"}""");
        Order("u1", 1);

        await engine.Tables.UntilRowsAsync("t", "(u1, 2)", "(u2, 4)");
        await engine.Tables.UntilRowsAsync("o", "(1)");
    }

    [Fact]
    public async Task NewField_OfAnInferredSource_IsToldBeforeAnybodySeesItsRecord()
    {
        var notes = new InMemorySource(new SourceDefinition("notes", new InMemoryLocation("notes")) { Mode = ReadMode.Append });
        notes.Add(InMemoryRecord.FromText(null, """{"n":1}"""));
        var log = new Sinks.CollectedLog();
        await using CtasEngine engine = new CtasEngineBuilder().UseSource("notes", notes).UseLogging(log)
            .AddScript("CREATE TABLE t AS SELECT n FROM notes EMIT CHANGES").Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        long rowsWhenTold = 0;
        log.Logged = _ => rowsWhenTold = engine.Tables["t"].RowCount;

        notes.Add(InMemoryRecord.FromText(null, """{"n":2,"note":"new"}"""));
        await engine.Tables.UntilRowsAsync("t", "(1)", "(2)");

        log.Lines.Should().ContainSingle().Which.Should().Contain("field \"note\" appeared");
        engine.Maintenance.FreshnessOf("t").Warnings.Should().ContainSingle();
        rowsWhenTold.Should().Be(1);
    }

    [Fact]
    public async Task EmitChanges_JoinAndAggregate_MoveTogether()
    {
        Put(_users, "u1", """{"name":"Ada"}""");
        Order("u1", 5);
        await using CtasEngine engine = await LoadAsync(
            """
            CREATE TABLE enriched AS SELECT u.name, o.amount FROM orders o JOIN users u ON o.user_id = u.id EMIT CHANGES;
            CREATE TABLE totals AS SELECT name, SUM(amount) AS total, COUNT(*) AS n FROM enriched GROUP BY name EMIT CHANGES;
            """);

        Order("u1", 7);
        Order("u2", 1);
        await engine.Tables.UntilRowsAsync("totals", "(Ada, 12, 2)");
        engine.Tables["totals"].Memory.OperatorState.Should().BePositive("groups are kept to compute what changes");

        Put(_users, "u2", """{"name":"Ada"}""");
        await engine.Tables.UntilRowsAsync("totals", "(Ada, 13, 3)");

        Put(_users, "u1", """{"name":"Ida"}""");
        await engine.Tables.UntilRowsAsync("totals", "(Ada, 1, 1)", "(Ida, 12, 2)");
        await engine.Tables.UntilRowsAsync("enriched", "(Ada, 1)", "(Ida, 5)", "(Ida, 7)");
    }

    [Fact]
    public async Task EmitChanges_OverATableThatIsLoadedOnce_TakesItAsItIs()
    {
        Put(_users, "u1", """{"name":"Ada"}""");
        await using CtasEngine engine = await LoadAsync(
            """
            CREATE TABLE fixed AS SELECT id, name FROM users;
            CREATE TABLE joined AS SELECT f.name, o.amount FROM orders o JOIN fixed f ON o.user_id = f.id EMIT CHANGES;
            """);

        Put(_users, "u2", """{"name":"Bob"}""");
        Order("u2", 1);
        Order("u1", 2);

        await engine.Tables.UntilRowsAsync("joined", "(Ada, 2)");
        engine.Tables["fixed"].RowCount.Should().Be(1);
    }

    [Fact]
    public async Task EmitChanges_HandleOfTheTable_ReadsTheNewestVersionAndASnapshotStays()
    {
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t AS SELECT id, name FROM users EMIT CHANGES");
        ITable handle = engine.Tables["t"];
        ITable before = handle.Snapshot();

        Put(_users, "u1", """{"name":"Ada"}""");
        await engine.Tables.UntilRowsAsync("t", "(u1, Ada)");

        handle.TryGet("u1", out Row row).Should().BeTrue();
        row.GetString(1).Should().Be("Ada");
        handle.Version.Should().BeGreaterThan(before.Version);
        before.TryGet("u1", out _).Should().BeFalse();
    }

    [Theory]
    [InlineData("BTREE")]
    [InlineData("HASH")]
    public async Task CreateIndex_OnALiveTable_FollowsItThroughDropAndReplace(string method)
    {
        Put(_users, "u1", """{"name":"Ada"}""");
        await using CtasEngine engine = await LoadAsync(
            $"CREATE TABLE t AS SELECT id, name FROM users EMIT CHANGES; CREATE INDEX ON t USING {method} (name)");
        ITable before = engine.Tables["t"].Snapshot();

        Put(_users, "u2", """{"name":"Ada"}""");
        Put(_users, "u1", """{"name":"Ida"}""");
        await engine.Tables.UntilRowsAsync("t", "(u1, Ida)", "(u2, Ada)");

        engine.Explain("SELECT id FROM t WHERE name = 'Ada'").Should().Contain("by index on 1 column");
        (await engine.QueryAsync("SELECT id FROM t WHERE name = 'Ada'")).Rows.Select(row => row.ToString()).Should().Equal("(u2)");
        engine.Tables["t"].FindRows("name", "Ida").Single().GetString(0).Should().Be("u1");
        before.FindRows("name", "Ada").Single().GetString(0).Should().Be("u1");
        before.FindRows("name", "Ida").Should().BeEmpty();

        await engine.ExecuteAsync("CREATE OR REPLACE TABLE t AS SELECT id, UPPER(name) AS name FROM users EMIT CHANGES");
        Put(_users, "u3", """{"name":"Ida"}""");
        await engine.Tables.UntilRowsAsync("t", "(u1, IDA)", "(u2, ADA)", "(u3, IDA)");
        engine.Tables["t"].FindRows("name", "IDA").Should().HaveCount(2);
        engine.Explain("SELECT id FROM t WHERE name = 'ADA'").Should().Contain("by index on 1 column");

        ITable dropped = engine.Tables["t"].Snapshot();
        await engine.ExecuteAsync("DROP TABLE t");
        dropped.FindRows("name", "ADA").Single().GetString(0).Should().Be("u2");
    }

    [Fact]
    public async Task CreateIndex_WhileATableIsKeptFresh_IsThereFromTheNextVersionOn()
    {
        Put(_users, "u1", """{"name":"Ada"}""");
        await using CtasEngine engine = await LoadAsync("CREATE TABLE t WITH (table_model = 'compact') AS SELECT id, name FROM users EMIT CHANGES");

        await engine.ExecuteAsync("CREATE INDEX ON t (name)");
        Put(_users, "u2", """{"name":"Adam"}""");
        await engine.Tables.UntilRowsAsync("t", "(u1, Ada)", "(u2, Adam)");

        engine.Tables.TryGetMetadata("t", out TableMetadata? metadata).Should().BeTrue();
        metadata!.Indexes.Should().ContainSingle().Which.Columns.Should().Equal("name");
        engine.Tables["t"].Memory.SecondaryIndexes.Should().BePositive();
        engine.Tables["t"].Prefix("name", "Ad").Should().HaveCount(2);
    }

    [Fact]
    public async Task StateOf_TellsEachOperatorAndTheChangelog()
    {
        Put(_users, "u1", """{"name":"Ada"}""");
        await using CtasEngine engine = await LoadAsync(
            "CREATE TABLE t AS SELECT u.name, SUM(o.amount) AS total FROM orders o JOIN users u ON o.user_id = u.id GROUP BY u.name EMIT CHANGES");
        OperatorState[] before = [.. engine.Maintenance.StateOf("t")];
        for (int order = 0; order < 20_000; order++) { Order("u1", order); }

        await engine.Tables.UntilRowsAsync("t", "(Ada, 199990000)");
        OperatorState[] after = [.. engine.Maintenance.StateOf("t")];

        after.Select(state => state.Operator.Split(' ')[0]).Should().Equal("aggregate", "inner", "changelog");
        after.Sum(state => state.Bytes).Should().BeGreaterThan(engine.Maintenance.FreshnessOf("t").StateBytes);
        (after[1].Bytes - before[1].Bytes).Should().BeGreaterThan(20_000 * 8, "the join keeps every order, however many ticks brought them");
        (after[0].Bytes - before[0].Bytes).Should().BeLessThan(20_000, "there is one group");
    }

    [Fact]
    public async Task EmitChanges_PoisonRecord_StopsThatTableAndThoseThatReadIt()
    {
        await using CtasEngine engine = await LoadAsync(
            """
            CREATE TABLE a AS SELECT id, name FROM users EMIT CHANGES;
            CREATE TABLE b AS SELECT COUNT(*) AS n FROM a EMIT CHANGES;
            CREATE TABLE c AS SELECT COUNT(*) AS n FROM orders EMIT CHANGES;
            """);
        Put(_users, "u1", """{"name":"Ada"}""");
        await engine.Tables.UntilRowsAsync("b", "(1)");

        Put(_users, "u2", "{");
        RegistrySnapshot stale = await engine.Tables.UntilAsync(snapshot =>
            snapshot.Tables.Single(table => table.Name == "b").State == TableState.Failed);
        Order("u1", 1);
        await engine.Tables.UntilRowsAsync("c", "(1)");

        TableMetadata[] tables = [.. stale.Tables];
        tables[0].Failure!.Message.Should().Be(
            "table \"a\" is kept fresh no longer: cannot decode the record at users[0]@1: malformed JSON at line 1, byte 1");
        tables[1].Failure!.Message.Should().Be(
            "table \"b\" is kept fresh no longer, because table \"a\", which it reads, is not: " + tables[0].Failure!.Message);
        LiveRows.RowsOf(stale, "a").Should().Equal("(u1, Ada)");
    }

    [Fact]
    public async Task Drop_LiveTable_EndsItAndItsDependents()
    {
        await using CtasEngine engine = await LoadAsync(
            """
            CREATE TABLE a AS SELECT id, name FROM users EMIT CHANGES;
            CREATE TABLE b AS SELECT COUNT(*) AS n FROM a EMIT CHANGES;
            """);

        await engine.ExecuteAsync("DROP TABLE a CASCADE");
        Put(_users, "u1", """{"name":"Ada"}""");
        await engine.ExecuteAsync("CREATE TABLE a AS SELECT name FROM users EMIT CHANGES");
        Put(_users, "u2", """{"name":"Bob"}""");

        await engine.Tables.UntilRowsAsync("a", "(Ada)", "(Bob)");
        engine.Tables.TryGetMetadata("b", out _).Should().BeFalse();
    }

    [Theory]
    [InlineData("CREATE TABLE {t} AS SELECT id, RANDOM() AS r FROM users EMIT CHANGES", "CTAS3010")]
    [InlineData("CREATE TABLE {t} AS SELECT id FROM users LIMIT 3 EMIT CHANGES", "CTAS3010")]
    [InlineData("CREATE STREAM {s} AS SELECT o.amount FROM orders o FULL JOIN orders u ON o.user_id = u.user_id EMIT CHANGES", "CTAS3011")]
    public void EmitChanges_WhatCannotBeMaintained_IsRefusedBeforeAnythingIsRead(string annotated, string code) =>
        new CtasEngineBuilder().UseSource("users", _users).UseSource("orders", _orders).ShouldRefuse(annotated, code);

    private static InMemorySource Changelog(string name, params SourceColumn[] columns) =>
        new(new SourceDefinition(name, new InMemoryLocation(name))
        {
            Columns = [new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key), .. columns],
            Mode = ReadMode.Changelog,
        });

    private static void Put(InMemorySource source, string key, string? value) =>
        source.Add(InMemoryRecord.FromText(key, value));

    private void Order(string user, long amount) =>
        _orders.Add(InMemoryRecord.FromText(null, $$"""{"user_id":"{{user}}","amount":{{amount}}}"""));

    private CtasEngineBuilder Builder(string script) =>
        new CtasEngineBuilder().UseSource("users", _users).UseSource("orders", _orders).AddScript(script);

    private async Task<CtasEngine> LoadAsync(string script)
    {
        CtasEngine engine = Builder(script).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
