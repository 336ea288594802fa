using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Text;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Maintenance;

/// <summary>CREATE STREAM … AS SELECT that is kept fresh: rows that come once and stay, also where they meet tables.</summary>
public sealed class LiveStreamTests
{
    private readonly InMemorySource _users = new(new SourceDefinition("users", new InMemoryLocation("users"))
    {
        Columns = [new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key), new SourceColumn("name", DataType.Varchar)],
        Mode = ReadMode.Changelog,
    });

    private readonly InMemorySource _orders = Stream("orders");
    private readonly InMemorySource _payments = Stream("payments");

    [Theory]
    [InlineData("JOIN")]
    [InlineData("LEFT JOIN")]
    public async Task StreamOfAStreamAndATable_MeetsTheTableAsItIsAndKeepsWhatItGave(string join)
    {
        User("u1", "Ada");
        Add(_orders, "u1", 1);
        await using CtasEngine engine = await LoadAsync(
            $"CREATE STREAM named AS SELECT u.name, o.n FROM orders o {join} users u ON o.id = u.id EMIT CHANGES;"
            + "CREATE TABLE per_name AS SELECT name, COUNT(*) AS c FROM named GROUP BY name EMIT CHANGES");
        await engine.Tables.UntilRowsAsync("named", "(Ada, 1)");

        // The table changes: what was given stays, what comes meets the row that is there now.
        User("u1", "Ida");
        await AppliedAsync(engine, _users, 1);
        Add(_orders, "u1", 2);
        await engine.Tables.UntilRowsAsync("named", "(Ada, 1)", "(Ida, 2)");
        User("u1", null);
        await AppliedAsync(engine, _users, 2);
        Add(_orders, "u1", 3);
        await AppliedAsync(engine, _orders, 2);

        string[] alone = join == "LEFT JOIN" ? ["(NULL, 3)"] : [];
        LiveRows.RowsOf(engine.Tables.Snapshot(), "named").Should().BeEquivalentTo(["(Ada, 1)", "(Ida, 2)", .. alone]);
        engine.Tables["per_name"].RowCount.Should().Be(2 + alone.Length);
    }

    [Fact]
    public async Task StreamOfAStreamAndATable_ThatIsKeptFreshItself_SeesWhatTheTickMadeOfIt()
    {
        await using CtasEngine engine = await LoadAsync(
            """
            CREATE TABLE counts AS SELECT id, COUNT(*) AS c FROM orders GROUP BY id EMIT CHANGES;
            CREATE STREAM numbered AS SELECT o.id, o.n, t.c FROM orders o JOIN counts t ON o.id = t.id EMIT CHANGES
            """);
        Add(_orders, "a", 1);
        await engine.Tables.UntilRowsAsync("numbered", "(a, 1, 1)");
        Add(_orders, "a", 2);

        await engine.Tables.UntilRowsAsync("numbered", "(a, 1, 1)", "(a, 2, 2)");
    }

    [Theory]
    [InlineData("SELECT o.id, p.n FROM orders o JOIN payments p {within} ON o.id = p.id")]
    [InlineData("SELECT o.id, p.n FROM orders o JOIN payments p {within} ON o.id = p.id AND p.n < (SELECT 1000 + COUNT(*) FROM users)")]
    [InlineData("SELECT o.id, p.n FROM orders o JOIN payments p {within} ON o.id = p.id AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = o.id AND u.name = p.id)")]
    [InlineData("SELECT q.id, q.n FROM (SELECT 1 AS one) x CROSS JOIN LATERAL (SELECT o.id, p.n FROM orders o JOIN payments p {within} ON o.id = p.id AND o.n > x.one) q")]
    public async Task StreamsWithinATime_GracePeriod_LateRowsAreCountedAndOldOnesForgotten(string select)
    {
        await using CtasEngine engine = await LoadAsync(
            $"CREATE TABLE paid AS {select.Replace("{within}", "WITHIN 10 SECONDS GRACE PERIOD 5 SECONDS", StringComparison.Ordinal)} EMIT CHANGES");
        Add(_orders, "a", 100);
        Add(_payments, "a", 109);
        await engine.Tables.UntilRowsAsync("paid", "(a, 109)");

        // Event time is that of the slower stream: 116 of the orders has been passed by more than 10 + 5 seconds then.
        Add(_payments, "b", 200);
        await AppliedAsync(engine, _payments, 1, "paid");
        Add(_orders, "c", 132);
        await AppliedAsync(engine, _orders, 1, "paid");
        Add(_orders, "b", 116);
        await AppliedAsync(engine, _orders, 2, "paid");
        engine.Maintenance.FreshnessOf("paid").LateRows.Should().Be(1);
        Add(_payments, "a", 110);
        await AppliedAsync(engine, _payments, 2, "paid");

        engine.Maintenance.FreshnessOf("paid").LateRows.Should().Be(2);
        LiveRows.RowsOf(engine.Tables.Snapshot(), "paid").Should().Equal("(a, 109)");
        engine.Maintenance.StateOf("paid").Should().Contain(state => state.Operator.EndsWith("grace INTERVAL '5 seconds'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StreamOfAnOuterJoin_RowWithoutAMatch_ComesWhenNoneCanComeAnyMoreAndStays()
    {
        await using CtasEngine engine = await LoadAsync(
            "CREATE STREAM paid AS SELECT o.id, p.n FROM orders o LEFT JOIN payments p WITHIN 10 SECONDS GRACE PERIOD 5 SECONDS ON o.id = p.id EMIT CHANGES");
        Add(_orders, "a", 100);
        Add(_orders, "b", 100);
        Add(_payments, "a", 109);
        await engine.Tables.UntilRowsAsync("paid", "(a, 109)");

        // Event time is that of the slower stream: it is past 100 + 10 + 10 + 5 seconds then.
        Add(_orders, "c", 126);
        Add(_payments, "c", 126);
        await engine.Tables.UntilRowsAsync("paid", "(a, 109)", "(b, NULL)", "(c, 126)");
        Add(_payments, "b", 110);
        await AppliedAsync(engine, _payments, 2, "paid");

        LiveRows.RowsOf(engine.Tables.Snapshot(), "paid").Should().BeEquivalentTo("(a, 109)", "(b, NULL)", "(c, 126)");
    }

    [Fact]
    public async Task StreamOfAnOuterJoin_RowWithoutATime_ComesAtOnceForItMeetsNothing()
    {
        AddWithoutTime(_orders, "a");
        await using CtasEngine engine = await LoadAsync(
            "CREATE STREAM paid AS SELECT o.id, p.n FROM orders o FULL JOIN payments p WITHIN 10 SECONDS GRACE PERIOD 5 SECONDS ON o.id = p.id EMIT CHANGES");
        await engine.Tables.UntilRowsAsync("paid", "(a, NULL)");
        AddWithoutTime(_orders, "a");
        Add(_payments, "a", 100);
        AddWithoutTime(_payments, "a");
        await AppliedAsync(engine, _orders, 1, "paid");
        await AppliedAsync(engine, _payments, 1, "paid");

        LiveRows.RowsOf(engine.Tables.Snapshot(), "paid").Should().BeEquivalentTo("(a, NULL)", "(a, NULL)", "(NULL, 1)");
    }

    [Fact]
    public void StreamsWithinATime_SubqueryOverBothSidesOfAnOuterJoin_IsRefusedWhereRowsWait()
    {
        const string On = "ON o.id = p.id AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = o.id AND u.name = p.id)";
        CtasEngineBuilder Of(string within) => Builder().AddScript(
            $"CREATE TABLE t AS SELECT o.id, p.n FROM orders o LEFT JOIN payments p {within} {On} EMIT CHANGES");

        Of("WITHIN 1 HOUR GRACE PERIOD 1 HOUR").Invoking(builder => builder.Build()).Should().Throw<CtasCompilationException>()
            .Which.Message.Should().Contain("a sub-query in ON of an outer JOIN WITHIN … GRACE PERIOD that reads both sides");
        Of("WITHIN 1 HOUR").Invoking(builder => builder.Build()).Should().NotThrow();
    }

    [Theory]
    [InlineData("SELECT o.n FROM orders o FULL JOIN users u ON o.id = u.id")]
    [InlineData("SELECT o.n FROM users u LEFT JOIN orders o ON o.id = u.id")]
    [InlineData("SELECT o.n FROM orders o LEFT JOIN payments p WITHIN 1 HOUR ON o.id = p.id")]
    public void StreamWhoseRowsWouldChange_IsRefused(string select)
    {
        CtasCompilationException error = Builder().AddScript($"CREATE STREAM s AS {select} EMIT CHANGES")
            .Invoking(builder => builder.Build()).Should().Throw<CtasCompilationException>().Which;

        error.Diagnostics.Select(diagnostic => diagnostic.Code).Should().Contain(code => code == "CTAS3011" || code == "CTAS3004");
    }

    [Fact]
    public async Task LastOverALiveTableWithoutAKey_WhoseRowsChange_IsRefusedInALaterScriptToo()
    {
        await using CtasEngine engine = await LoadAsync(
            "CREATE TABLE names AS SELECT UPPER(name) AS name FROM users EMIT CHANGES; CREATE STREAM raw AS SELECT id, n FROM orders EMIT CHANGES");
        engine.Tables["names"].Schema.HasKey.Should().BeFalse();

        (await engine.Invoking(it => it.ExecuteAsync("CREATE TABLE l AS SELECT LAST(name) AS l FROM names EMIT CHANGES"))
            .Should().ThrowAsync<CtasCompilationException>()).Which.Diagnostics.Should().ContainSingle(it => it.Code == "CTAS3010");
        await engine.ExecuteAsync("CREATE TABLE l AS SELECT LAST(n) AS l FROM raw EMIT CHANGES");
        Add(_orders, "a", 7);
        await engine.Tables.UntilRowsAsync("l", "(7)");
    }

    private static InMemorySource Stream(string name) => new(new SourceDefinition(name, new InMemoryLocation(name))
    {
        Columns = [new SourceColumn("id", DataType.Varchar), new SourceColumn("n", DataType.BigInt), new SourceColumn("at", DataType.Timestamp)],
        Mode = ReadMode.Append,
        TimestampColumn = "at",
    });

    private static void Add(InMemorySource source, string id, long second) =>
        source.Add(InMemoryRecord.FromText(null, $$"""{"id":"{{id}}","n":{{second}},"at":{{second * 1000}}}"""));

    private static void AddWithoutTime(InMemorySource source, string id) =>
        source.Add(InMemoryRecord.FromText(null, $$"""{"id":"{{id}}","n":1,"at":null}"""));

    private static Task<ITable> AppliedAsync(CtasEngine engine, InMemorySource source, long offset, string table = "named") =>
        engine.Maintenance.WaitForRecordAsync(table, new RecordPosition(source.Definition.Name, 0, offset));

    private void User(string id, string? name) =>
        _users.Add(InMemoryRecord.FromText(id, name is null ? null : $$"""{"name":"{{name}}"}"""));

    // A clock that stands still: no stream becomes idle while a test waits.
    private CtasEngineBuilder Builder() => new CtasEngineBuilder()
        .UseSource("users", _users).UseSource("orders", _orders).UseSource("payments", _payments).UseTimeProvider(new FakeTimeProvider());

    private async Task<CtasEngine> LoadAsync(string script)
    {
        CtasEngine engine = Builder().AddScript(script).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }
}
