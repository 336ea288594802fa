using System.Runtime.InteropServices;
using System.Text;

using Confluent.Kafka;

using Ctas.Kafka.Consuming;

namespace Ctas.Kafka.Native;

/// <summary>What brokers tell about a topic beside its partitions.</summary>
internal static unsafe class TopicDescription
{
    // What brokers say that give topics no ids.
    private const string NoId = "AAAAAAAAAAAAAAAAAAAAAA";

    /// <summary>
    /// The id that the topic was given when it was made; null with brokers that give none (before Kafka 2.8), and where
    /// nobody answered in time: one can do without.
    /// </summary>
    /// <exception cref="KafkaFaultException">The topic is missing, or may not be described.</exception>
    public static string? GetId(nint client, string topic, int timeoutMilliseconds) =>
        ControllerRequest.Ask(client, timeoutMilliseconds, queue => Request(client, topic, queue), IdOf);

    private static void Request(nint client, string topic, nint queue)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(topic + '\0'))
        {
            nint names = Librdkafka.TopicNames(&name, 1);
            Librdkafka.DescribeTopics(client, names, options: 0, queue);
            Librdkafka.TopicNamesDestroy(names);
        }
    }

    private static string? IdOf(nint answer)
    {
        ErrorCode error = Librdkafka.EventError(answer);
        bool isUnanswered = error is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion;
        if (isUnanswered || new KafkaFault(error, "").IsTransient) { return null; }

        nint* topics = error == ErrorCode.NoError ? Librdkafka.DescribedTopics(Librdkafka.DescribeTopicsResult(answer), out _) : null;
        if (topics is not null && Librdkafka.DescriptionError(topics[0]) is var failure and not 0) { error = Librdkafka.CodeOf(failure); }

        if (error != ErrorCode.NoError) { throw Fault(error); }

        string? id = Marshal.PtrToStringUTF8((nint)Librdkafka.UuidText(Librdkafka.DescriptionId(topics![0])));
        return id == NoId ? null : id;
    }

    private static KafkaFaultException Fault(ErrorCode error) => new(new KafkaFault(error, new Error(error).Reason));
}
