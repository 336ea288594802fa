using Ctas.Kafka.Consuming;
using Ctas.Kafka.Scanning;
using Ctas.Sources;

namespace Ctas.Kafka;

/// <summary>What a <see cref="KafkaSource"/> is made of. Immutable.</summary>
/// <param name="Services">What the engine lends.</param>
/// <param name="Options">How patient to be.</param>
/// <param name="Connect">Makes a consumer of the source's topic.</param>
/// <param name="CreateDeadLetters">
/// Opens the dead-letter topic, which waits for brokers until the token is cancelled; null where the policy asks for none.
/// </param>
internal sealed record KafkaSourceSetup(
    SourceServices Services,
    KafkaSourceOptions Options,
    Func<ConsumerSession, ITopicConsumer> Connect,
    Func<CancellationToken, DeadLetterTopic?> CreateDeadLetters)
{
    /// <summary>Where the brokers are, as it was configured; null where that is not known.</summary>
    public string? Brokers { get; init; }

    /// <summary>Joins the group that the source names; null where it names none.</summary>
    public Func<IGroupMember>? Join { get; init; }

    /// <summary>Offsets that a scan has to have for each reader more than one.</summary>
    public long MinOffsetsPerReader { get; init; } = PartitionShares.MinOffsets;
}
