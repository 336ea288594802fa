using Confluent.Kafka;

namespace Ctas.Kafka.Consuming;

/// <summary>Something that went wrong at the brokers or on the way to them.</summary>
/// <param name="Code">The client's or the broker's error code.</param>
/// <param name="Reason">What happened, in the client's words.</param>
/// <param name="Partition">The partition it concerns; null for the whole client.</param>
internal sealed record KafkaFault(ErrorCode Code, string Reason, int? Partition = null)
{
    /// <summary>The topic was deleted and another one of its name was made: offsets mean other records.</summary>
    public static KafkaFault TopicMadeAnew(string reason, int? partition = null) => new(ErrorCode.UnknownTopicId, reason, partition);

    /// <summary>True for a fault that will not pass here, although its code alone could.</summary>
    public bool IsFinal { get; init; }

    /// <summary>True for a fault that may pass here, although its code alone says that it will not.</summary>
    public bool MayPass { get; init; }

    /// <summary>True when the brokers do not let the client in.</summary>
    public bool IsRefusedLogin => Code is ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed;

    /// <summary>True when the brokers do not know the topic, or its partition.</summary>
    public bool IsMissingTopic => Code is
        ErrorCode.UnknownTopicOrPart or
        ErrorCode.Local_UnknownTopic or
        ErrorCode.Local_UnknownPartition;

    /// <summary>True when the same request may succeed later.</summary>
    /// <remarks>What is not known to pass is taken as final: waiting for a login that was never let in helps nobody.</remarks>
    public bool IsTransient => !IsFinal && (MayPass || IsPassing(Code));

    /// <summary>True when another producer has taken the transactional name: both must not write.</summary>
    public static bool IsFencing(ErrorCode code) =>
        code is ErrorCode.Local_Fenced or ErrorCode.InvalidProducerEpoch or ErrorCode.ProducerFenced;

    private static bool IsPassing(ErrorCode code) => code is
        ErrorCode.Local_Transport or
        ErrorCode.Local_AllBrokersDown or
        ErrorCode.Local_Resolve or
        ErrorCode.Local_Ssl or
        ErrorCode.Local_TimedOut or
        ErrorCode.Local_MsgTimedOut or
        ErrorCode.Local_TimedOutQueue or
        ErrorCode.Local_WaitCache or
        ErrorCode.Local_WaitCoord or
        ErrorCode.Local_InProgress or
        ErrorCode.Local_Retry or
        ErrorCode.Local_Outdated or
        ErrorCode.Local_DestroyBroker or
        ErrorCode.Local_Fail or
        ErrorCode.Local_Partial or
        ErrorCode.Unknown or
        ErrorCode.LeaderNotAvailable or
        ErrorCode.NotLeaderForPartition or
        ErrorCode.RequestTimedOut or
        ErrorCode.BrokerNotAvailable or
        ErrorCode.ReplicaNotAvailable or
        ErrorCode.NetworkException or
        ErrorCode.GroupLoadInProgress or
        ErrorCode.GroupCoordinatorNotAvailable or
        ErrorCode.NotCoordinatorForGroup or
        ErrorCode.KafkaStorageError or
        ErrorCode.FencedLeaderEpoch or
        ErrorCode.UnknownLeaderEpoch or
        ErrorCode.OffsetNotAvailable or
        ErrorCode.PreferredLeaderNotAvailable or
        ErrorCode.EligibleLeadersNotAvailable or
        ErrorCode.FetchSessionIdNotFound or
        ErrorCode.InvalidFetchSessionEpoch or
        ErrorCode.ThrottlingQuotaExceeded;

    /// <summary>True when the fault concerns consumer groups, which a scan does not use.</summary>
    public bool IsAboutGroups => Code is
        ErrorCode.GroupAuthorizationFailed or
        ErrorCode.GroupLoadInProgress or
        ErrorCode.GroupCoordinatorNotAvailable or
        ErrorCode.NotCoordinatorForGroup or
        ErrorCode.Local_WaitCoord;
}

/// <summary>Carries a <see cref="KafkaFault"/> to where it is retried or reported.</summary>
internal sealed class KafkaFaultException(KafkaFault fault, Exception? inner = null) : Exception(fault.Reason, inner)
{
    public KafkaFault Fault { get; } = fault;
}
