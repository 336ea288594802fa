using Confluent.Kafka;

using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Tables;
using Ctas.Tests.Maintenance;

namespace Ctas.IntegrationTests.Maintenance;

/// <summary>
/// Topics that may not be read any more, or are gone, and brokers that say nothing, over the real protocol: the outcome shows in
/// state and log, and nobody waits for what will not come.
/// </summary>
public sealed class LostTopicTests : IAsyncLifetime, IDisposable
{
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(brokers: 1);
    private readonly ClientLogs _logs = new();

    public async Task InitializeAsync()
    {
        _kafka.CreateTopic("numbers");

        // In many batches: a fetch brings whole ones.
        for (int from = 0; from < 500; from += 10) { await _kafka.ProduceAsync("numbers", NumberTopics.Records(10, from)); }
    }

    public async Task DisposeAsync() => await _kafka.DisposeAsync();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task Follow_PermissionIsTakenAway_TablesSaySoAndStayReadable()
    {
        await using CtasEngine engine = Build("CREATE TABLE t AS SELECT ROWKEY AS id, n FROM kafka://numbers EMIT CHANGES");
        (await engine.LoadAsync().Guarded()).ThrowIfFailed();

        _kafka.SetTopicError("numbers", ErrorCode.TopicAuthorizationFailed);
        _kafka.FailNext(KafkaApiKey.Fetch, [.. Enumerable.Repeat(ErrorCode.TopicAuthorizationFailed, 50)]);

        RegistrySnapshot stale = await engine.Tables.UntilAsync(moment => moment.Tables.Any(table => table.State == TableState.Failed));
        TableMetadata lost = stale.Tables.Single(table => table.State == TableState.Failed);
        lost.Failure!.Message.Should().Contain("not authorized");
        _logs.Lines.Should().Contain($"table {lost.Name} is kept fresh no longer");
        engine.Tables["t"].RowCount.Should().Be(500);

        _kafka.ClearFaults(KafkaApiKey.Fetch);
        _kafka.SetTopicError("numbers", ErrorCode.NoError);
        (await engine.LoadAsync().Guarded()).ThrowIfFailed();
        await _kafka.ProduceAsync("numbers", NumberTopics.Records(1, from: 500));
        await engine.Tables.UntilAsync(moment => moment["t"].RowCount == 501);
    }

    [Fact]
    public async Task Load_TopicIsDeletedInTheMiddle_FailsAndLeavesNothing()
    {
        _kafka.SetLatency(1, TimeSpan.FromMilliseconds(20));
        await using CtasEngine engine = Build(
            "CREATE TABLE t WITH ('kafka.max.partition.fetch.bytes' = '512') AS SELECT ROWKEY AS id, n FROM kafka://numbers");
        _kafka.ClearRequests();
        Task<LoadResult> load = engine.LoadAsync();
        await HangGuard.UntilAsync(() => _kafka.Requests.Count(request => request.ApiKey == KafkaApiKey.Fetch) >= 3);

        _kafka.DeleteTopic("numbers");

        LoadResult result = await load.Guarded();
        result["t"].Error!.Message.Should().Contain("numbers").And.Match(reason => reason.Contains("gone") || reason.Contains("not found"));
        engine.Invoking(it => it.Tables["t"]).Should().Throw<TableNotReadyException>("nothing half-read is a table");
    }

    [Fact]
    public async Task Follow_TopicIsDeleted_TablesSaySoAndStayReadable()
    {
        await using CtasEngine engine = Build("CREATE TABLE t AS SELECT ROWKEY AS id, n FROM kafka://numbers EMIT CHANGES");
        (await engine.LoadAsync().Guarded()).ThrowIfFailed();

        _kafka.DeleteTopic("numbers");

        RegistrySnapshot stale = await engine.Tables.UntilAsync(moment => moment.Tables.Any(table => table.State == TableState.Failed));
        stale.Tables.Single(table => table.Name == "t").Failure!.Message.Should().Contain("not found");
        _logs.Lines.Should().Contain("table t is kept fresh no longer");
        engine.Tables["t"].RowCount.Should().Be(500);
    }

    [Theory]
    [InlineData(KafkaApiKey.FindCoordinator)]
    [InlineData(KafkaApiKey.JoinGroup)]
    public async Task Load_GroupIsNotAllowed_FailsAtOnceAndSaysSo(KafkaApiKey refused)
    {
        _kafka.FailNext(refused, [.. Enumerable.Repeat(ErrorCode.GroupAuthorizationFailed, 50)]);
        await using CtasEngine engine = Build(
            "CREATE TABLE t WITH ('loading.group' = 'shop') AS SELECT ROWKEY AS id, n FROM kafka://numbers");

        LoadResult result = await engine.LoadAsync().Guarded();

        result["t"].Error!.Message.Should().Contain("group \"shop\"").And.Contain("authorization failed");
        result["t"].Error!.IsTransient.Should().BeFalse();
    }

    /// <summary>Who disposes does not wait for requests that nobody answers: those end behind it.</summary>
    [Theory]
    [InlineData(KafkaApiKey.Metadata)]
    [InlineData(KafkaApiKey.Fetch)]
    public async Task Dispose_BrokerDoesNotAnswer_DoesNotWaitForIt(KafkaApiKey waitedFor)
    {
        CtasEngine engine = Build("CREATE TABLE t AS SELECT ROWKEY AS id, n FROM kafka://numbers EMIT CHANGES");
        (await engine.LoadAsync().Guarded()).ThrowIfFailed();
        for (int i = 0; i < 20; i++) { _kafka.FailNextOnBroker(1, waitedFor, new InjectedFault(ErrorCode.NoError, 10 * HangGuard.Limit)); }

        _kafka.ClearRequests();
        await HangGuard.UntilAsync(() => _kafka.Requests.Any(request => request.ApiKey == waitedFor));
        await engine.DisposeAsync().AsTask().Guarded();
    }

    [Fact]
    public async Task Dispose_WhileLoading_EndsTheLoad()
    {
        _kafka.SetLatency(1, TimeSpan.FromMilliseconds(20));
        CtasEngine engine = Build(
            "CREATE TABLE t WITH ('kafka.max.partition.fetch.bytes' = '512') AS SELECT ROWKEY AS id, n FROM kafka://numbers EMIT CHANGES");
        _kafka.ClearRequests();
        Task<LoadResult> load = engine.LoadAsync();
        await HangGuard.UntilAsync(() => _kafka.Requests.Count(request => request.ApiKey == KafkaApiKey.Fetch) >= 3);

        await engine.DisposeAsync().AsTask().Guarded();

        await load.Awaiting(it => it.Guarded()).Should().ThrowAsync<OperationCanceledException>();
    }

    private CtasEngine Build(string table)
    {
        CtasEngineBuilder builder = new CtasEngineBuilder().UseKafka(_kafka.BootstrapServers, options: new KafkaSourceOptions
        {
            MaxRetries = 3,
            RetryDelay = TimeSpan.FromMilliseconds(20),
            RequestTimeout = 10 * HangGuard.Limit,
            PartitionCheckInterval = TimeSpan.FromMilliseconds(50),
            MissingTopicTimeout = TimeSpan.FromMilliseconds(500),
            StallTimeout = TimeSpan.FromSeconds(20),
        });
        builder.UseLogging(_logs);
        return builder.AddTable(table).Build();
    }
}
