using Confluent.Kafka;

using Ctas.IntegrationTests.Loading;
using Ctas.Kafka.Consuming;
using Ctas.Kafka.Native;
using Ctas.Kafka.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>What brokers say of how long a topic keeps its tombstones, over the real client and protocol.</summary>
public sealed class TopicConfigurationTests
{
    private const short Metadata = 3;
    private const short DescribeConfigs = 32;

    public static TheoryData<string?, string?, TimeSpan?> Configurations => new()
    {
        { "compact", "86400000", TimeSpan.FromHours(24) },
        { "compact,delete", "1000", TimeSpan.FromSeconds(1) },
        { "compact", "0", TimeSpan.Zero },
        { "compact", "9223372036854775807", TimeSpan.MaxValue },
        { "delete", "86400000", TimeSpan.MaxValue },
        { "compact", null, null },
        { null, null, null },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public async Task GetTombstoneRetention_BrokerThatTells_IsWhatItTells(string? policy, string? retention, TimeSpan? expected)
    {
        (string, string?)[] entries =
        [
            ("segment.bytes", "1073741824"),
            .. policy is null ? Array.Empty<(string, string?)>() : [("cleanup.policy", policy)],
            ("delete.retention.ms", retention),
        ];
        await using WireBroker broker = BrokerOf(ErrorCode.NoError, entries);

        (await RetentionAtAsync(broker.BootstrapServers)).Should().Be(expected);
    }

    [Fact]
    public async Task GetTombstoneRetention_NotAllowedToAsk_IsNotKnown()
    {
        await using WireBroker broker = BrokerOf(ErrorCode.TopicAuthorizationFailed, []);

        (await RetentionAtAsync(broker.BootstrapServers)).Should().BeNull();
    }

    [Fact]
    public async Task GetTombstoneRetention_BrokerThatCannotTell_IsNotKnown()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("t");

        (await RetentionAtAsync(kafka.BootstrapServers)).Should().BeNull();
    }

    private static Task<TimeSpan?> RetentionAtAsync(string brokers) => Task.Run(() =>
    {
        using var consumer = new NativeConsumer(
            "t",
            new ClientConfiguration(brokers, new Dictionary<string, string>()),
            HangGuard.Limit,
            new ConsumerSession(_ => { }, CancellationToken.None),
            NullLogger.Instance);

        // A scan captures its ranges before it asks.
        consumer.GetPartitions();
        return consumer.GetTombstoneRetention();
    }).Guarded();

    private static WireBroker BrokerOf(ErrorCode error, (string Name, string? Value)[] entries)
    {
        WireBroker? broker = null;
        broker = new WireBroker(
        [
            new WireAnswer(Metadata, 4, version => WireBody.Topology(version, broker!.Port)),
            new WireAnswer(DescribeConfigs, 1, _ => new WireBody().Int32(0).All([entries], (body, of) => body
                .Int16((short)error).Text(null).Int8(2).Text("t")
                .All(of, (entry, config) => entry
                    .Text(config.Name).Text(config.Value).Int8(0).Int8(5).Int8(0).Int32(0))).Bytes),
        ]);
        return broker;
    }
}
