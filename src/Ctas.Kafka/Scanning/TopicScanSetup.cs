using Ctas.Kafka.Consuming;
using Ctas.Sources;
using Microsoft.Extensions.Logging;

namespace Ctas.Kafka.Scanning;

/// <summary>What one scan reads, and with what. Immutable.</summary>
/// <param name="Definition">The source.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Partitions">The partitions with their captured ranges.</param>
/// <param name="Connect">Makes a consumer of the topic.</param>
/// <param name="Options">How patient to be.</param>
/// <param name="TimeProvider">The clock.</param>
/// <param name="Logger">Where to log.</param>
/// <param name="DeadLetters">Takes malformed records; null where the policy is another.</param>
internal sealed record TopicScanSetup(
    SourceDefinition Definition,
    string Topic,
    IReadOnlyList<SourcePartition> Partitions,
    Func<ITopicConsumer> Connect,
    KafkaSourceOptions Options,
    TimeProvider TimeProvider,
    ILogger Logger,
    DeadLetterTopic? DeadLetters)
{
    /// <summary>True for a read without an end: silence is no fault, and passing faults are outlasted however long.</summary>
    public bool IsTail { get; init; }

    /// <summary>Under which leadership an earlier read has come to the start of partitions, by their number; none by default.</summary>
    public IReadOnlyDictionary<int, int?> LeaderEpochs { get; init; } = new Dictionary<int, int?>();

    /// <summary>Keeps what is being waited out until there are rows again; null where nobody asks.</summary>
    public SourceFault? Fault { get; init; }

    /// <summary>Told of every fault that is being waited out.</summary>
    public Action<KafkaFault>? OnFault { get; init; }

    /// <summary>For how long compaction leaves tombstones; null where that is not known, or nobody asks.</summary>
    public TimeSpan? TombstoneRetention { get; init; }

    /// <summary>The cluster and the topic; null where the cluster has no name.</summary>
    public string? Identity { get; init; }
}
