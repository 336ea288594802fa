using Ctas.Data;
using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Maintenance;
using Ctas.Tables;
using Ctas.Tests.Maintenance;

namespace Ctas.IntegrationTests.Maintenance;

/// <summary>EMIT CHANGES over the real protocol: what is produced shows, across faults.</summary>
public sealed class LiveTopicTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(brokers: 3);

    public Task InitializeAsync()
    {
        _kafka.CreateTopic("users", partitions: 2, replicationFactor: 3);
        _kafka.CreateTopic("orders", partitions: 3, replicationFactor: 3);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _kafka.DisposeAsync();

    [Fact]
    public async Task EmitChanges_Topics_JoinAndTotalsFollowWhatIsProduced()
    {
        await UserAsync("u1", "Berlin");
        await OrderAsync("u1", 5);
        await using CtasEngine engine = await LoadAsync();
        (await RowsAsync(engine, rows => rows is ["(Berlin, 1, 5)"])).Should().ContainSingle();

        await OrderAsync("u1", 7);
        await UserAsync("u2", "Rome");
        await OrderAsync("u2", 1);
        await RowsAsync(engine, rows => rows is ["(Berlin, 2, 12)", "(Rome, 1, 1)"]);

        await UserAsync("u1", "Rome");
        await RowsAsync(engine, rows => rows is ["(Rome, 3, 13)"]);

        await _kafka.ProduceAsync("users", [EmbeddedRecord.Tombstone("u2")]);
        await RowsAsync(engine, rows => rows is ["(Rome, 2, 12)"]);
    }

    [Fact]
    public async Task EmitChanges_LeaderMovesAndBrokerIsDown_NothingIsLostOrAppliedTwice()
    {
        await UserAsync("u1", "Berlin");
        await using CtasEngine engine = await LoadAsync();
        for (int order = 0; order < 30; order++)
        {
            if (order == 10)
            {
                for (int partition = 0; partition < 3; partition++) { _kafka.MoveLeader("orders", partition, brokerId: 1 + (partition * 2 % 4)); }

                for (int partition = 0; partition < 2; partition++) { _kafka.MoveLeader("users", partition, brokerId: 1); }

                _kafka.SetBrokerDown(2);
            }

            if (order == 20) { _kafka.SetBrokerUp(2); }

            await OrderAsync("u1", 1);
        }

        await RowsAsync(engine, rows => rows is ["(Berlin, 30, 30)"]);
        engine.Maintenance.FreshnessOf("totals").State.Should().Be(TableState.Live);
    }

    [Fact]
    public async Task WaitFor_OffsetOfARecord_ShowsIt()
    {
        await UserAsync("u1", "Berlin");
        await using CtasEngine engine = await LoadAsync();

        await OrderAsync("u1", 42, partition: 1);
        using var patience = new CancellationTokenSource(Patience);
        ITable table = await engine.Maintenance.WaitForRecordAsync("totals", new RecordPosition("orders", 1, 0), patience.Token);

        table.Rows.Select(row => row.ToString()).Should().Equal("(Berlin, 1, 42)");

        // The table of users may not have been opened yet to be followed: that nothing came of it is not known before.
        await HangGuard.UntilAsync(() => engine.Maintenance.FreshnessOf("totals").LagRecords is not null);
        engine.Maintenance.FreshnessOf("totals").LagRecords.Should().Be(0);
    }

    [Fact]
    public async Task Pause_TablesStayUntilResume()
    {
        await UserAsync("u1", "Berlin");
        await using CtasEngine engine = await LoadAsync();
        await engine.Maintenance.PauseAsync();
        long version = engine.Tables["totals"].Version;

        await OrderAsync("u1", 1);
        engine.Tables["totals"].Version.Should().Be(version);

        engine.Maintenance.Resume();
        await RowsAsync(engine, rows => rows is ["(Berlin, 1, 1)"]);
    }

    [Fact]
    public async Task Changes_OfALiveTable_GiveRowsThenWhatHappensToThem()
    {
        await UserAsync("u1", "Berlin");
        await using CtasEngine engine = await LoadAsync();
        using var patience = new CancellationTokenSource(Patience);
        await using IAsyncEnumerator<TableChange> changes =
            engine.Tables["places"].ChangesAsync(cancellationToken: patience.Token).GetAsyncEnumerator();

        (await NextAsync(changes)).Should().Be("Snapshot  (u1, Berlin)");
        await UserAsync("u1", "Rome");
        (await NextAsync(changes)).Should().Be("Update (u1, Berlin) (u1, Rome)");
        await _kafka.ProduceAsync("users", [EmbeddedRecord.Tombstone("u1")]);
        (await NextAsync(changes)).Should().Be("Delete (u1, Rome) ");
    }

    [Fact]
    public async Task EmitChanges_DeadLetterTopicRefusesARecord_TableIsFreshNoLongerInsteadOfLosingIt()
    {
        await using CtasEngine engine = await LoadWithDeadLettersAsync();

        _kafka.FailNextProduceTo("dead", 0, Confluent.Kafka.ErrorCode.TopicAuthorizationFailed);
        await _kafka.ProduceAsync(
            "users",
            [EmbeddedRecord.Of("bad", "{") with { Partition = 0 }, EmbeddedRecord.Of("good", """{"city":"Rome"}""") with { Partition = 0 }]);

        RegistrySnapshot stale = await engine.Tables.UntilAsync(moment => moment.Tables.Any(table => table.State == TableState.Failed));
        stale.Tables.Single(table => table.Name == "t").Failure!.Message.Should().Contain("could not write to dead-letter topic \"dead\"");
        stale.Tables.Single(table => table.Name == "t").RowCount.Should().Be(0, "the record behind it is not passed either");
    }

    [Fact]
    public async Task EmitChanges_MalformedRecord_IsInTheDeadLetterTopicBeforeItIsPassed()
    {
        await using CtasEngine engine = await LoadWithDeadLettersAsync();

        await _kafka.ProduceAsync(
            "users",
            [EmbeddedRecord.Of("bad", "{") with { Partition = 0 }, EmbeddedRecord.Of("good", """{"city":"Rome"}""") with { Partition = 0 }]);
        using var patience = new CancellationTokenSource(Patience);
        ITable table = await engine.Maintenance.WaitForRecordAsync("t", new RecordPosition("users", 0, 1), patience.Token);

        table.Rows.Select(row => row.ToString()).Should().Equal("(good, Rome)");
        _kafka.GetOffsets("dead", 0).End.Should().Be(1);
    }

    private async Task<CtasEngine> LoadWithDeadLettersAsync()
    {
        _kafka.CreateTopic("dead");
        CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(_kafka.BootstrapServers)
            .AddScript(
                """
                CREATE TABLE src (id VARCHAR PRIMARY KEY, city VARCHAR) WITH (
                    kafka_topic = 'users', value_format = 'JSON', on_error = 'dead_letter', dead_letter_topic = 'dead');
                CREATE TABLE t AS SELECT id, city FROM src EMIT CHANGES;
                """)
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }

    private static async Task<string> NextAsync(IAsyncEnumerator<TableChange> changes)
    {
        (await changes.MoveNextAsync()).Should().BeTrue();
        return $"{changes.Current.Kind} {changes.Current.OldRow} {changes.Current.NewRow}";
    }

    private async Task<CtasEngine> LoadAsync()
    {
        CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(_kafka.BootstrapServers, options: new KafkaSourceOptions { RetryDelay = TimeSpan.FromMilliseconds(20) })
            .AddScript(
                """
                CREATE TABLE users (id VARCHAR PRIMARY KEY, city VARCHAR) WITH (kafka_topic = 'users', value_format = 'JSON');
                CREATE STREAM orders (user_id VARCHAR, amount BIGINT) WITH (kafka_topic = 'orders', value_format = 'JSON');
                CREATE TABLE places AS SELECT id, city FROM users EMIT CHANGES;
                CREATE TABLE totals AS
                    SELECT u.city, COUNT(*) AS n, SUM(o.amount) AS total
                    FROM orders o JOIN places u ON o.user_id = u.id GROUP BY u.city EMIT CHANGES;
                """)
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }

    private static async Task<string[]> RowsAsync(CtasEngine engine, Func<string[], bool> condition)
    {
        string[] rows = [];
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await engine.Maintenance.WaitForAsync(
                "totals",
                table => condition(rows = [.. table.Rows.Select(row => row.ToString()).Order(StringComparer.Ordinal)]),
                patience.Token);
        }
        catch (OperationCanceledException) { throw new TimeoutException($"It never came to it: {string.Join(" ", rows)}"); }

        return rows;
    }

    private Task UserAsync(string id, string city) =>
        _kafka.ProduceAsync("users", [EmbeddedRecord.Of(id, $$"""{"city":"{{city}}"}""")]);

    private Task OrderAsync(string user, long amount, int? partition = null)
    {
        EmbeddedRecord order = EmbeddedRecord.Of(null, $$"""{"user_id":"{{user}}","amount":{{amount}}}""");
        return _kafka.ProduceAsync("orders", [partition is { } number ? order with { Partition = number } : order]);
    }
}
