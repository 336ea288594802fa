namespace Ctas.Kafka.Consuming;

/// <summary>What ties a consumer to who uses it: whom it tells of faults, and when nobody waits for it any more.</summary>
/// <param name="OnFault">Told of every fault at once, by a thread of the client, those of single brokers included.</param>
/// <param name="Ended">Cancelled when its user goes: a request that is under way then ends without an answer.</param>
internal sealed record ConsumerSession(Action<KafkaFault> OnFault, CancellationToken Ended)
{
    /// <summary>
    /// True when brokers have answered an earlier consumer of this configuration: a failing TLS handshake or a refused login may
    /// pass then, as with a broker that is starting or a token that is renewed. False, the default: the configuration does not fit.
    /// </summary>
    public bool HasConnectedBefore { get; init; }

    /// <summary>True for a consumer that goes on reading as records come; false, the default, for one that reads what is there.</summary>
    public bool IsTail { get; init; }
}
