using Confluent.Kafka;

using Ctas.Kafka.Testing.Native;

namespace Ctas.Kafka.Testing;

/// <content>Faults: wrong answers, slow answers, brokers that go and come, leaders that move.</content>
public sealed partial class EmbeddedKafka
{
    /// <summary>What clients asked of the brokers since the start or <see cref="ClearRequests"/>, in order.</summary>
    /// <remarks>A copy; requests that arrive later are not in it.</remarks>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public unsafe IReadOnlyList<KafkaRequest> Requests
    {
        get
        {
            nint* requests = Librdkafka.GetRequests(_cluster, out nuint count);
            var copy = new KafkaRequest[count];
            for (int i = 0; i < copy.Length; i++)
            {
                var apiKey = (KafkaApiKey)Librdkafka.RequestApiKey(requests[i]);
                copy[i] = new KafkaRequest(apiKey, Librdkafka.RequestBroker(requests[i]));
            }

            Librdkafka.DestroyRequests(requests, count);
            return copy;
        }
    }

    /// <summary>Forgets the requests seen so far, so that <see cref="Requests"/> shows only what follows.</summary>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void ClearRequests() => Librdkafka.ClearRequests(_cluster);

    /// <summary>Answers the next requests of a kind, to whichever broker, with these errors, one each.</summary>
    /// <remarks>
    /// For <see cref="KafkaApiKey.Metadata"/> only <see cref="ErrorCode.Local_Transport"/> is safe, and errors of a topic by
    /// <see cref="SetTopicError"/>: librdkafka ends the process (an assertion of its own) when a client that describes a topic, as
    /// engines do to know its id, gets an answer that is one error as a whole. Brokers hardly ever give such an answer.
    /// </remarks>
    /// <param name="apiKey">The kind of request.</param>
    /// <param name="errors">
    /// The errors in order; <see cref="ErrorCode.Local_Transport"/> cuts the connection instead of answering.
    /// </param>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void FailNext(KafkaApiKey apiKey, params ReadOnlySpan<ErrorCode> errors) =>
        Librdkafka.PushErrors(_cluster, (short)apiKey, (nuint)errors.Length, errors);

    /// <summary>Answers the next requests of a kind to one broker with these errors and delays, one each.</summary>
    /// <remarks>These go before the errors of the whole cluster.</remarks>
    /// <param name="brokerId">The broker.</param>
    /// <param name="apiKey">The kind of request.</param>
    /// <param name="faults">The faults in order.</param>
    /// <exception cref="KafkaException">There is no such broker.</exception>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void FailNextOnBroker(int brokerId, KafkaApiKey apiKey, params ReadOnlySpan<InjectedFault> faults)
    {
        foreach (InjectedFault fault in faults)
        {
            int delay = Milliseconds(fault.Delay);
            Check(
                Librdkafka.PushBrokerFault(_cluster, brokerId, (short)apiKey, fault.Error, delay),
                $"inject a fault into broker {brokerId}");
        }
    }

    /// <summary>Refuses the next batches produced to a partition with these errors, one each.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition; others are not affected.</param>
    /// <param name="errors">The errors in order.</param>
    /// <exception cref="KafkaException">There is no such partition.</exception>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void FailNextProduceTo(string topic, int partition, params ReadOnlySpan<ErrorCode> errors)
    {
        foreach (ErrorCode error in errors)
        {
            Check(
                Librdkafka.PushPartitionError(_cluster, topic, partition, (short)KafkaApiKey.Produce, error),
                $"inject an error into partition {partition} of the topic \"{topic}\"");
        }
    }

    /// <summary>Takes back the errors of <see cref="FailNext"/> that no request has met yet.</summary>
    /// <param name="apiKey">The kind of request.</param>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void ClearFaults(KafkaApiKey apiKey) => Librdkafka.ClearErrors(_cluster, (short)apiKey);

    /// <summary>Holds back every answer of a broker.</summary>
    /// <param name="brokerId">The broker, or <see cref="AllBrokers"/>.</param>
    /// <param name="latency">For how long; whole milliseconds, zero for no delay.</param>
    /// <exception cref="KafkaException">There is no such broker.</exception>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void SetLatency(int brokerId, TimeSpan latency) =>
        Check(
            Librdkafka.SetRoundTripTime(_cluster, brokerId, Milliseconds(latency)),
            $"set the latency of broker {brokerId}");

    /// <summary>Takes a broker down: connections break, new ones are refused; leaders stay where they are.</summary>
    /// <param name="brokerId">The broker, or <see cref="AllBrokers"/>.</param>
    /// <exception cref="KafkaException">There is no such broker.</exception>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void SetBrokerDown(int brokerId) =>
        Check(Librdkafka.SetDown(_cluster, brokerId), $"take broker {brokerId} down");

    /// <summary>Brings a broker back, with its data and on its port.</summary>
    /// <param name="brokerId">The broker, or <see cref="AllBrokers"/>.</param>
    /// <exception cref="KafkaException">There is no such broker.</exception>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void SetBrokerUp(int brokerId) =>
        Check(Librdkafka.SetUp(_cluster, brokerId), $"bring broker {brokerId} up");

    /// <summary>Makes a broker the leader of a partition, with all its records.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="brokerId">The new leader, or -1 to leave the partition without one.</param>
    /// <exception cref="KafkaException">There is no such partition or broker.</exception>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void MoveLeader(string topic, int partition, int brokerId) =>
        Check(
            Librdkafka.SetLeader(_cluster, topic, partition, brokerId),
            $"move the leader of partition {partition} of the topic \"{topic}\" to broker {brokerId}");

    /// <summary>Makes a broker the coordinator of a consumer group.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="brokerId">The broker; one that does not exist leaves the group without a coordinator.</param>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void SetCoordinator(string groupId, int brokerId) =>
        Check(
            Librdkafka.SetCoordinator(_cluster, "group", groupId, brokerId),
            $"make broker {brokerId} the coordinator of the group \"{groupId}\"");

    /// <summary>How long a group waits for more members after its first has joined; 3 s by default, as with real brokers.</summary>
    /// <remarks>
    /// Of a group that has members already, the brokers wait for the others to join again for a second less than
    /// <c>session.timeout.ms</c>.
    /// </remarks>
    /// <param name="delay">The time; whole milliseconds.</param>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void SetGroupDelay(TimeSpan delay) => Librdkafka.SetGroupDelay(_cluster, Milliseconds(delay));

    /// <summary>Answers metadata requests for a topic with an error until it is set back.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="error">The error; <see cref="ErrorCode.NoError"/> takes it back.</param>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void SetTopicError(string topic, ErrorCode error) => Librdkafka.TopicSetError(_cluster, topic, error);

    private static int Milliseconds(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return checked((int)time.TotalMilliseconds);
    }
}
