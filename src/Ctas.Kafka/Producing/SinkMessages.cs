using Confluent.Kafka;

using Ctas.Kafka.Consuming;

namespace Ctas.Kafka.Producing;

/// <summary>The words for what can go wrong with a sink: what, where, and what helps.</summary>
internal static class SinkMessages
{
    /// <summary>Why a sink does not get its records to a topic.</summary>
    /// <param name="sink">The sink.</param>
    /// <param name="topic">Its topic.</param>
    /// <param name="error">What the client says.</param>
    /// <param name="fault">What the client said of the brokers meanwhile; null when nothing.</param>
    public static string NotWritten(string sink, string topic, Error error, string? fault)
    {
        string reason = $"{ClientReason.Of(error.Reason)} ({error.Code})";
        return error.Code switch
        {
            _ when KafkaFault.IsFencing(error.Code) =>
                Could("another process writes to it under the same name, or a transaction was open for longer than kafka.transaction.timeout.ms; "
                    + "give each application a kafka.transactional.id of its own, and load the table again"),
            ErrorCode.Local_UnknownTopic or ErrorCode.UnknownTopicOrPart =>
                Could("the topic does not exist, and the brokers did not create it; create it, or set auto.create.topics.enable there"),
            ErrorCode.TopicAuthorizationFailed or ErrorCode.TransactionalIdAuthorizationFailed
                or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed =>
                Could($"not authorized: {reason}"),
            ErrorCode.MsgSizeTooLarge =>
                Could($"a record is too large: {reason}; see max.message.bytes of the topic and kafka.message.max.bytes of the sink"),
            ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed =>
                Could($"the login was refused: {reason}; check kafka.security.protocol and kafka.sasl.*"),
            ErrorCode.Local_Ssl =>
                Could($"the TLS handshake failed: {reason}; check kafka.security.protocol and kafka.ssl.*"),
            ErrorCode.Local_TimedOut or ErrorCode.Local_MsgTimedOut or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Transport
                when fault is not null =>
                Could($"{fault} ({error.Code}); check that \"bootstrap.servers\" names brokers that run and can be reached from here"),
            _ => Could(reason),
        };

        string Could(string why) => $"sink \"{sink}\" could not write to topic \"{topic}\": {why}";
    }
}
