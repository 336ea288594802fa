using Confluent.Kafka;

using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Consuming;
using Ctas.Kafka.Native;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Tables;

using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>
/// Brokers that cannot be reached, or let nobody in: the fault is told while it is waited out, what cannot pass is not waited
/// for, and whoever cancels goes at once.
/// </summary>
public sealed class UnreachableBrokerTests
{
    // A port that nobody listens at, and a name that resolves nowhere.
    private const string Closed = "127.0.0.1:1";
    private const string Nameless = "nowhere.invalid:9092";

    private const string Source = "CREATE TABLE orders (id VARCHAR PRIMARY KEY, n BIGINT) WITH (kafka_topic = 'orders', value_format = 'JSON'); ";
    private const string Reader = Source + "CREATE TABLE t AS SELECT id, n FROM orders;";
    private const string Member = "CREATE TABLE orders (id VARCHAR PRIMARY KEY, n BIGINT) "
        + "WITH (kafka_topic = 'orders', value_format = 'JSON', 'loading.group' = 'g'); CREATE TABLE t AS SELECT id, n FROM orders;";
    private const string Follower = "CREATE SINK out WITH (topic = 'out'); "
        + Source + "CREATE TABLE t AS SELECT id, n FROM orders INTO out EMIT CHANGES;";
    private const string OnceFollower = "CREATE SINK out WITH (topic = 'out', delivery = 'exactly_once'); "
        + Source + "CREATE TABLE t AS SELECT id, n FROM orders INTO out EMIT CHANGES;";

    // Who waits for an answer or tries again does so for longer than a test may take.
    private static readonly KafkaSourceOptions Patient = new()
    {
        RequestTimeout = 10 * HangGuard.Limit,
        RetryDelay = 10 * HangGuard.Limit,
        MaxRetryDelay = 10 * HangGuard.Limit,
    };

    private static readonly CtasEngineOptions PatientDelivery = new()
    {
        Delivery = new DeliveryOptions { RetryDelay = 10 * HangGuard.Limit, MaxRetryDelay = 10 * HangGuard.Limit },
    };

    [Theory]
    [InlineData(Reader, Closed, "Connection refused")]
    [InlineData(Reader, Nameless, "Failed to resolve 'nowhere.invalid:9092'")]
    [InlineData(Follower, Closed, "Connection refused")]
    [InlineData(OnceFollower, Closed, "Connection refused")]
    [InlineData(Member, Closed, "Connection refused")]
    public async Task Load_NoBrokerIsThere_TellsWhyAndIsCancelledAtOnce(string script, string brokers, string reason)
    {
        using var logs = new ClientLogs();
        await using CtasEngine engine = new CtasEngineBuilder().UseKafka(brokers, options: Patient).UseLogging(logs).AddScript(script).Build();
        using var cancellation = new CancellationTokenSource();
        var progress = new ProgressLog();
        Task<LoadResult> load = engine.LoadAsync(progress, cancellation.Token);

        LoadProgress told = await progress.WaitForAsync(report => report.Tables[0].Fault?.Contains(reason, StringComparison.Ordinal) == true);
        told.Tables[0].State.Should().BeOneOf(TableState.Waiting, TableState.Loading);
        if (script != Member) { await HangGuard.UntilAsync(() => logs.Lines.Any(line => line.Contains(reason, StringComparison.Ordinal))); }

        await CancelAsync(cancellation, load);
    }

    [Fact]
    public async Task Load_NoBrokerIsThere_FailsWithPlaceReasonAndWayOut()
    {
        var options = new KafkaSourceOptions { MaxRetries = 1, RetryDelay = TimeSpan.Zero, RequestTimeout = TimeSpan.FromSeconds(1) };
        await using CtasEngine engine = new CtasEngineBuilder().UseKafka(Closed, options: options).AddScript(Reader).Build();
        var progress = new ProgressLog();

        LoadResult result = await engine.LoadAsync(progress).Guarded();

        LoadException error = result["t"].Error!;
        error.Message.Should().StartWith("could not load table \"t\" (opening): could not reach topic \"orders\" at 127.0.0.1:1 after 1 retries: ")
            .And.Contain("Connection refused").And.Contain(nameof(ErrorCode.Local_AllBrokersDown)).And.Contain("\"bootstrap.servers\"");
        error.IsTransient.Should().BeTrue();
        progress.Reports[^1].Tables[0].Fault.Should().BeNull("the error tells");
    }

    /// <summary>Lines of the client, and errors that it tells, come on threads of its own.</summary>
    [Theory]
    [InlineData("librdkafka ")]
    [InlineData("topic orders: ")]
    public async Task Load_LogOfTheHostFails_FailsTheTableAlone(string line)
    {
        var options = new KafkaSourceOptions { MaxRetries = 1, RetryDelay = TimeSpan.Zero, RequestTimeout = TimeSpan.FromSeconds(1) };
        using var logs = new ClientLogs { Fails = logged => logged.StartsWith(line, StringComparison.Ordinal) };
        await using CtasEngine engine = new CtasEngineBuilder().UseKafka(Closed, options: options).UseLogging(logs).AddScript(Reader).Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result["t"].Error!.Message.Should().Contain("the log is full");
    }

    [Theory]
    [InlineData(Reader)]
    [InlineData(Member)]
    [InlineData(Follower)]
    [InlineData(OnceFollower)]
    public async Task Load_LoginRefused_FailsAtOnceAndSaysSo(string script)
    {
        await using var broker = RefusingBroker.OfLogins();
        var login = new Dictionary<string, string>
        {
            ["security.protocol"] = "SASL_PLAINTEXT",
            ["sasl.mechanism"] = "PLAIN",
            ["sasl.username"] = "ctas",
            ["sasl.password"] = "secret-word",
        };

        LoadException error = await FailureOfAsync(broker.BootstrapServers, login, script);

        error.Message.Should().Contain("Authentication failed: unknown user").And.NotContain("secret-word");
        if (script != Member) { error.Message.Should().Contain("the login was refused").And.Contain("kafka.sasl.*"); }
    }

    /// <summary>The consumer that has captured the ends reads on: it may have been let in hours ago.</summary>
    [Fact]
    public async Task GetPartitions_LoginRefusedAfterItWasTaken_MayPass()
    {
        bool isLocked = false;
        await using WireBroker broker = RefusingBroker.OfLaterLogins(() => Volatile.Read(ref isLocked));
        var login = new Dictionary<string, string>
        {
            ["security.protocol"] = "SASL_PLAINTEXT",
            ["sasl.mechanism"] = "PLAIN",
            ["sasl.username"] = "ctas",
            ["sasl.password"] = "secret-word",
        };
        using var consumer = new NativeConsumer(
            "t",
            new ClientConfiguration(broker.BootstrapServers, login),
            HangGuard.Limit,
            new ConsumerSession(_ => { }, CancellationToken.None),
            NullLogger.Instance);
        await Task.Run(consumer.GetPartitions).Guarded();
        Volatile.Write(ref isLocked, true);

        KafkaFault? met = null;
        while (met is not { IsRefusedLogin: true })
        {
            // The connection that was there is closed first.
            try { await Task.Run(consumer.GetPartitions).Guarded(); }
            catch (KafkaFaultException e) { met = e.Fault; }
        }

        met.IsTransient.Should().BeTrue();
    }

    [Theory]
    [InlineData(Reader)]
    [InlineData(Member)]
    [InlineData(Follower)]
    [InlineData(OnceFollower)]
    public async Task Load_CertificateThatNobodySigned_FailsAtOnceAndSaysSo(string script)
    {
        await using var broker = RefusingBroker.WithUnknownCertificate();

        LoadException error = await FailureOfAsync(broker.BootstrapServers, new() { ["security.protocol"] = "SSL" }, script);

        error.Message.Should().Contain("certificate verify failed");
        if (script != Member) { error.Message.Should().Contain("the TLS handshake failed").And.Contain("kafka.ssl.*"); }
    }

    /// <summary>What a sink is handed waits with its client: that it was taken says nothing of the brokers.</summary>
    [Fact]
    public async Task Load_SinkWhoseCertificateNobodySigned_FailsAtOnceAndSaysSo()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders");
        await kafka.ProduceAsync("orders", [EmbeddedRecord.Of("a", """{"n":1}""")]);
        await using var broker = RefusingBroker.WithUnknownCertificate();
        string script = $"CREATE SINK out WITH (topic = 'out', 'bootstrap.servers' = '{broker.BootstrapServers}', 'kafka.security.protocol' = 'SSL'); "
            + Source + "CREATE TABLE t AS SELECT id, n FROM orders INTO out;";

        LoadException error = await FailureOfAsync(kafka.BootstrapServers, [], script);

        error.Message.Should().Contain("the TLS handshake failed").And.Contain("certificate verify failed").And.Contain("kafka.ssl.*");
    }

    [Theory]
    [InlineData(KafkaApiKey.Metadata)]
    [InlineData(KafkaApiKey.ListOffsets)]
    [InlineData(KafkaApiKey.Fetch)]
    public async Task Load_BrokerThatDoesNotAnswer_IsCancelledAtOnce(KafkaApiKey waitedFor)
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders");
        await kafka.ProduceAsync("orders", [EmbeddedRecord.Of("a", """{"n":1}""")]);
        await using CtasEngine engine = new CtasEngineBuilder().UseKafka(kafka.BootstrapServers, options: Patient).AddScript(Reader).Build();
        using var cancellation = new CancellationTokenSource();
        kafka.ClearRequests();
        for (int i = 0; i < 20; i++) { kafka.FailNextOnBroker(1, waitedFor, new InjectedFault(ErrorCode.NoError, 10 * HangGuard.Limit)); }

        Task<LoadResult> load = engine.LoadAsync(cancellationToken: cancellation.Token);
        await HangGuard.UntilAsync(() => kafka.Requests.Any(request => request.ApiKey == waitedFor));

        await CancelAsync(cancellation, load);
    }

    [Theory]
    [InlineData(Follower, KafkaApiKey.Metadata)]
    [InlineData(Follower, KafkaApiKey.OffsetFetch)]
    [InlineData(OnceFollower, KafkaApiKey.InitProducerId)]
    public async Task Load_SinkWhoseBrokerDoesNotAnswer_IsCancelledAtOnce(string script, KafkaApiKey waitedFor)
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders");
        kafka.CreateTopic("out");
        await using CtasEngine engine = new CtasEngineBuilder().UseKafka(kafka.BootstrapServers, options: Patient).AddScript(script).Build();
        using var cancellation = new CancellationTokenSource();
        for (int i = 0; i < 20; i++) { kafka.FailNextOnBroker(1, waitedFor, new InjectedFault(ErrorCode.NoError, 10 * HangGuard.Limit)); }

        Task<LoadResult> load = engine.LoadAsync(cancellationToken: cancellation.Token);
        await HangGuard.UntilAsync(() => kafka.Requests.Any(request => request.ApiKey == waitedFor));

        await CancelAsync(cancellation, load);
    }

    private static async Task CancelAsync(CancellationTokenSource cancellation, Task<LoadResult> load)
    {
        await cancellation.CancelAsync();
        await load.Awaiting(it => it.Guarded()).Should().ThrowAsync<OperationCanceledException>();
    }

    private static async Task<LoadException> FailureOfAsync(string brokers, Dictionary<string, string> properties, string script)
    {
        await using CtasEngine engine = new CtasEngineBuilder().UseKafka(brokers, properties, Patient).WithOptions(PatientDelivery)
            .AddScript(script).Build();
        LoadResult result = await engine.LoadAsync().Guarded();

        LoadException error = result["t"].Error!;
        error.IsTransient.Should().BeFalse();
        return error;
    }
}
