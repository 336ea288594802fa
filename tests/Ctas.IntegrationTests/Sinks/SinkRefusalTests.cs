using Confluent.Kafka;

using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Sinks;

/// <summary>Topics that brokers do not let a sink write to, and sinks that are closed while brokers are away.</summary>
public sealed class SinkRefusalTests : IAsyncLifetime
{
    private const string Users = "CREATE TABLE users (id VARCHAR PRIMARY KEY, n BIGINT) WITH (kafka_topic = 'users', value_format = 'JSON'); ";

    // What a topic may take to appear: no test waits as long as by default.
    private const string Sink = "CREATE SINK out WITH (topic = 'out', delivery = '{0}', 'kafka.topic.metadata.propagation.max.ms' = '300'); ";
    private const string Once = Users + Sink + "CREATE TABLE t AS SELECT id, n FROM users INTO out;";
    private const string Followed = Users + Sink + "CREATE TABLE t AS SELECT id, n FROM users INTO out EMIT CHANGES;";

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    public async Task InitializeAsync()
    {
        _kafka.CreateTopic("users");
        _kafka.CreateTopic("out");
        await _kafka.ProduceAsync("users", [EmbeddedRecord.Of("a", """{"n":1}""")]);
    }

    public async Task DisposeAsync() => await _kafka.DisposeAsync();

    [Theory]
    [InlineData("at_least_once")]
    [InlineData("exactly_once")]
    public async Task Load_TopicThatBrokersDoNotCreate_FailsTheTableAndNamesIt(string delivery)
    {
        _kafka.SetTopicError("out", ErrorCode.UnknownTopicOrPart);
        await using CtasEngine engine = Engine(Once, delivery);

        LoadResult result = await engine.LoadAsync().Guarded();

        LoadException error = result["t"].Error!;
        error.Message.Should().Contain("could not write to topic \"out\": the topic does not exist, and the brokers did not create it")
            .And.Contain("auto.create.topics.enable");
        error.IsTransient.Should().BeFalse();
        engine.Tables["t"].RowCount.Should().Be(1, "the table can be read all the same");
    }

    [Theory]
    [InlineData("at_least_once", ErrorCode.UnknownTopicOrPart, "the topic does not exist")]
    [InlineData("exactly_once", ErrorCode.UnknownTopicOrPart, "the topic does not exist")]
    [InlineData("at_least_once", ErrorCode.TopicAuthorizationFailed, "not authorized")]
    [InlineData("exactly_once", ErrorCode.TopicAuthorizationFailed, "not authorized")]
    public async Task Follow_TopicThatCannotBeWrittenTo_TableAndSinkSaySo(string delivery, ErrorCode code, string reason)
    {
        _kafka.SetTopicError("out", code);
        await using CtasEngine engine = Engine(Followed, delivery);

        (await engine.LoadAsync().Guarded()).ThrowIfFailed();
        await HangGuard.UntilAsync(() => engine.Tables.TryGetMetadata("t", out TableMetadata? table) && table.State == TableState.Failed);

        SinkStatus sink = engine.Maintenance.FreshnessOf("t").Sink!;
        sink.Failure!.Message.Should().Contain(reason);
        engine.Tables.TryGetMetadata("t", out TableMetadata? failed).Should().BeTrue();
        failed!.Failure!.Message.Should().Contain("could not write to topic \"out\": " + reason);
    }

    [Theory]
    [InlineData("at_least_once")]
    [InlineData("exactly_once")]
    public async Task Follow_RecordThatIsTooLarge_SaysWhichPropertyLimitsIt(string delivery)
    {
        await _kafka.ProduceAsync("users", [EmbeddedRecord.Of("long", $$"""{"text":"{{new string('x', 3000)}}"}""")]);
        await using CtasEngine engine = Engine(
            Followed.Replace("n BIGINT", "n BIGINT, text VARCHAR", StringComparison.Ordinal)
                .Replace("id, n FROM", "id, n, text FROM", StringComparison.Ordinal)
                .Replace("'kafka.topic", "'kafka.message.max.bytes' = '2000', 'kafka.topic", StringComparison.Ordinal),
            delivery);

        (await engine.LoadAsync().Guarded()).ThrowIfFailed();
        await HangGuard.UntilAsync(() => engine.Tables.TryGetMetadata("t", out TableMetadata? table) && table.State == TableState.Failed);

        engine.Maintenance.FreshnessOf("t").Sink!.Failure!.Message.Should()
            .Contain("a record is too large").And.Contain("kafka.message.max.bytes");
    }

    [Theory]
    [InlineData("at_least_once", KafkaApiKey.Produce)]
    [InlineData("exactly_once", KafkaApiKey.Produce)]
    [InlineData("exactly_once", KafkaApiKey.EndTxn)]
    public async Task Load_CancelledWhileTheSinkWaits_EndsAtOnce(string delivery, KafkaApiKey waitedFor)
    {
        await using CtasEngine engine = Engine(Once, delivery, new KafkaSourceOptions { RequestTimeout = 10 * HangGuard.Limit });
        using var cancellation = new CancellationTokenSource();
        var progress = new ProgressLog();
        for (int i = 0; i < 20; i++) { _kafka.FailNextOnBroker(1, waitedFor, new InjectedFault(ErrorCode.NoError, 10 * HangGuard.Limit)); }

        _kafka.ClearRequests();
        Task<LoadResult> load = engine.LoadAsync(progress, cancellation.Token);
        await HangGuard.UntilAsync(() => _kafka.Requests.Any(request => request.ApiKey == waitedFor));
        await cancellation.CancelAsync();

        await load.Awaiting(it => it.Guarded()).Should().ThrowAsync<OperationCanceledException>("the brokers end what is open");
    }

    [Fact]
    public async Task Load_SinkWhoseBrokersAreAway_ProgressSaysSo()
    {
        await using CtasEngine engine = Engine(
            Once.Replace("topic = 'out'", "topic = 'out', 'bootstrap.servers' = '127.0.0.1:1'", StringComparison.Ordinal), "at_least_once");
        using var cancellation = new CancellationTokenSource();
        var progress = new ProgressLog();
        Task<LoadResult> load = engine.LoadAsync(progress, cancellation.Token);

        LoadProgress told = await progress.WaitForAsync(
            report => report.Tables[0].Fault?.Contains("Connection refused", StringComparison.Ordinal) == true);
        await cancellation.CancelAsync();

        told.Tables[0].Phase.Should().Be(LoadPhase.Delivering);
        await load.Awaiting(it => it.Guarded()).Should().ThrowAsync<OperationCanceledException>();
    }

    private CtasEngine Engine(string script, string delivery, KafkaSourceOptions? options = null) => new CtasEngineBuilder()
        .UseKafka(_kafka.BootstrapServers, options: options)
        .AddScript(script.Replace("{0}", delivery, StringComparison.Ordinal))
        .Build();
}
