namespace Ctas.Kafka.Testing;

/// <summary>A kind of request of the Kafka protocol; the number is the one that goes over the wire.</summary>
public enum KafkaApiKey : short
{
    /// <summary>Appends records to partitions.</summary>
    Produce = 0,

    /// <summary>Reads records of partitions from an offset.</summary>
    Fetch = 1,

    /// <summary>Asks for the first, the last or a timestamp's offset of partitions.</summary>
    ListOffsets = 2,

    /// <summary>Asks for brokers, topics, partitions and their leaders.</summary>
    Metadata = 3,

    /// <summary>Commits the offsets of a consumer group.</summary>
    OffsetCommit = 8,

    /// <summary>Reads the committed offsets of a consumer group.</summary>
    OffsetFetch = 9,

    /// <summary>Asks which broker coordinates a group or a transaction.</summary>
    FindCoordinator = 10,

    /// <summary>Joins a consumer group.</summary>
    JoinGroup = 11,

    /// <summary>Says that a group member is alive.</summary>
    Heartbeat = 12,

    /// <summary>Leaves a consumer group.</summary>
    LeaveGroup = 13,

    /// <summary>Fetches the assignment of a group member.</summary>
    SyncGroup = 14,

    /// <summary>Negotiates the SASL mechanism of a connection.</summary>
    SaslHandshake = 17,

    /// <summary>Asks which requests a broker understands.</summary>
    ApiVersions = 18,

    /// <summary>Obtains a producer id for an idempotent or transactional producer.</summary>
    InitProducerId = 22,

    /// <summary>Asks for the end offset of a leader epoch.</summary>
    OffsetForLeaderEpoch = 23,

    /// <summary>Adds partitions to a transaction.</summary>
    AddPartitionsToTxn = 24,

    /// <summary>Adds the offsets of a group to a transaction.</summary>
    AddOffsetsToTxn = 25,

    /// <summary>Commits or aborts a transaction.</summary>
    EndTxn = 26,

    /// <summary>Commits the offsets of a group inside a transaction.</summary>
    TxnOffsetCommit = 28,

    /// <summary>Authenticates a connection by SASL.</summary>
    SaslAuthenticate = 36,

    /// <summary>The heartbeat of the newer consumer group protocol.</summary>
    ConsumerGroupHeartbeat = 68,

    /// <summary>Asks which client metrics a broker wants.</summary>
    GetTelemetrySubscriptions = 71,

    /// <summary>Delivers client metrics.</summary>
    PushTelemetry = 72,
}
