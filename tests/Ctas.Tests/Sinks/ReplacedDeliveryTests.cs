using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Sinks;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tests.Maintenance;

namespace Ctas.Tests.Sinks;

/// <summary>What a sink gets when the table that writes to it is replaced.</summary>
public sealed class ReplacedDeliveryTests
{
    private const string Into = "INTO out WITH (out.topic = 'o') EMIT CHANGES";
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    private readonly ScriptedSinks _sinks = new();
    private readonly InMemorySource _users = new(new SourceDefinition("users", new InMemoryLocation("users"))
    {
        Columns = [new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key), new SourceColumn("name", DataType.Varchar)],
        Mode = ReadMode.Changelog,
    });

    [Theory]
    [InlineData("SELECT id, name FROM users WHERE name <> 'Ada'", "u1=")]
    [InlineData("SELECT id, CASE WHEN id = 'u2' THEN 'Rob' ELSE name END AS name FROM users", "u2={\"name\":\"Rob\"}")]
    [InlineData("SELECT id, name FROM users")]
    [InlineData("SELECT id, name AS n FROM users WHERE id <> 'u1'", "u1=", "u2={\"n\":\"Bob\"}")]
    public async Task Replace_WritesWhatTheSinkDoesNotHave(string select, params string[] differences)
    {
        await using CtasEngine engine = await LoadAsync("SELECT id, name FROM users");
        int before = _sinks.Records.Length;

        await ReplaceAsync(engine, select);
        await engine.Maintenance.WaitForDeliveryAsync("t").WaitAsync(HangGuard);

        _sinks.Records[before..].Should().Equal(differences);
        _sinks.Open.Should().Be(1, "the sink of the old table is closed");
    }

    [Fact]
    public async Task Replace_SinkStandsStill_DoesNotWaitAndLosesNothing()
    {
        await using CtasEngine engine = await LoadAsync("SELECT id, name FROM users");
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sinks.Before = async (_, token) => await released.Task.WaitAsync(token);
        Put("u1", "Ida");
        await engine.Tables.UntilRowsAsync("t", "(u1, Ida)", "(u2, Bob)");

        await ReplaceAsync(engine, "SELECT id, UPPER(name) AS name FROM users");
        Put("u3", "Cleo");
        await engine.Tables.UntilRowsAsync("t", "(u1, IDA)", "(u2, BOB)", "(u3, CLEO)");
        released.SetResult();
        await engine.Maintenance.WaitForDeliveryAsync("t").WaitAsync(HangGuard);

        string[] written = _sinks.Records[2..];
        written[0].Should().Be("u1={\"name\":\"Ida\"}", "the changes of the old table come first");
        written[1..].Should().BeEquivalentTo("u1={\"name\":\"IDA\"}", "u2={\"name\":\"BOB\"}", "u3={\"name\":\"CLEO\"}");
    }

    [Fact]
    public async Task Replace_OldChangesAreRefused_TheNewTableSaysSo()
    {
        await using CtasEngine engine = await LoadAsync("SELECT id, name FROM users");
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sinks.Before = async (_, token) =>
        {
            await released.Task.WaitAsync(token);
            throw new SinkException("out", "topic is forbidden", isTransient: false);
        };
        Put("u1", "Ida");
        await engine.Tables.UntilRowsAsync("t", "(u1, Ida)", "(u2, Bob)");

        await ReplaceAsync(engine, "SELECT id, UPPER(name) AS name FROM users");
        released.SetResult();

        await engine.Tables.UntilAsync(tables => tables.TryGetMetadata("t", out TableMetadata? table) && table.State == TableState.Failed);
        engine.Maintenance.FreshnessOf("t").Sink!.Failure!.Message.Should().Contain("topic is forbidden");
        _sinks.Before = (_, _) => ValueTask.CompletedTask;
        (await engine.LoadAsync()).ThrowIfFailed();
    }

    [Fact]
    public async Task Dispose_WhileTheOldDeliveryIsStillWriting_Ends()
    {
        CtasEngine engine = await LoadAsync("SELECT id, name FROM users", TimeSpan.FromMilliseconds(50));
        _sinks.Before = async (_, token) => await new TaskCompletionSource().Task.WaitAsync(token);
        Put("u1", "Ida");
        await engine.Tables.UntilRowsAsync("t", "(u1, Ida)", "(u2, Bob)");
        await ReplaceAsync(engine, "SELECT id, UPPER(name) AS name FROM users");

        await engine.DisposeAsync().AsTask().WaitAsync(HangGuard);

        _sinks.Open.Should().Be(0);
    }

    private static Task<QueryResult> ReplaceAsync(CtasEngine engine, string select) =>
        engine.ExecuteAsync($"CREATE OR REPLACE TABLE t AS {select} {Into}").WaitAsync(HangGuard);

    private void Put(string id, string name) => _users.Add(InMemoryRecord.FromText(id, $$"""{"name":"{{name}}"}"""));

    private async Task<CtasEngine> LoadAsync(string select, TimeSpan? closeTimeout = null)
    {
        Put("u1", "Ada");
        Put("u2", "Bob");
        CtasEngine engine = new CtasEngineBuilder().UseSinkFactory(_sinks).UseSource("users", _users)
            .AddScript($"CREATE TABLE t AS {select} {Into}")
            .WithOptions(new CtasEngineOptions { Delivery = new DeliveryOptions { CloseTimeout = closeTimeout ?? HangGuard } })
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        await engine.Maintenance.WaitForDeliveryAsync("t").WaitAsync(HangGuard);
        return engine;
    }
}
