using System.Runtime.InteropServices;

using Confluent.Kafka;

using Ctas.Kafka.Testing.Native;

namespace Ctas.Kafka.Testing;

/// <summary>
/// A Kafka cluster inside this process, for tests: real brokers as far as a client can see, on loopback ports, up in
/// milliseconds, without Docker and without Java, with faults on request.
/// </summary>
/// <remarks>
/// <para>
/// It is librdkafka's own mock cluster, which comes with the Confluent.Kafka package. Any Kafka client that speaks the
/// usual protocol versions may connect; producers, consumers, consumer groups and transactions work.
/// </para>
/// <para>
/// Its limits: each partition keeps about 5 MB (as sent, so compression helps) and drops its oldest records beyond
/// that, which <see cref="ProduceAsync"/> reports; there are no admin requests (use <see cref="CreateTopic"/>), no
/// search by time (the answer is always "none as late"), no compaction, no security; nothing is stored.
/// A topic that a producer names springs into being with four partitions.
/// </para>
/// <para>Safe for many threads. Any number of clusters may run side by side. Dispose it to stop the brokers.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var kafka = EmbeddedKafka.Start(brokers: 3);
/// kafka.CreateTopic("orders", partitions: 4);
/// await kafka.ProduceAsync("orders", [EmbeddedRecord.Of("1", """{"amount": 10}""")]);
/// kafka.FailNext(KafkaApiKey.Fetch, ErrorCode.NotLeaderForPartition);
/// // … point the code under test at kafka.BootstrapServers
/// </code>
/// </example>
public sealed partial class EmbeddedKafka : IAsyncDisposable, IDisposable
{
    /// <summary>Stands for every broker where a broker id is asked for.</summary>
    public const int AllBrokers = -1;

    private const int MaxBrokers = 64;

    private readonly MockClusterHandle _cluster;
    private readonly string _bootstrapServers;

    private EmbeddedKafka(MockClusterHandle cluster, int brokers)
    {
        _cluster = cluster;
        BrokerIds = [.. Enumerable.Range(1, brokers)];
        _bootstrapServers = Marshal.PtrToStringUTF8(Librdkafka.Bootstraps(cluster))!;
        Librdkafka.StartTracking(cluster);

        // Without a controller clients cannot ask for a topic's id.
        Librdkafka.SetController(cluster, BrokerIds[0]);
    }

    /// <summary>The brokers' addresses, <c>host:port,host:port</c>, as clients want them.</summary>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public string BootstrapServers
    {
        get
        {
            ObjectDisposedException.ThrowIf(_cluster.IsClosed, this);
            return _bootstrapServers;
        }
    }

    /// <summary>The ids of the brokers: 1, 2, … up to the number asked for.</summary>
    public IReadOnlyList<int> BrokerIds { get; }

    /// <summary>Starts a cluster. It is ready for clients when this returns.</summary>
    /// <param name="brokers">How many brokers, 1 to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of brokers is out of range.</exception>
    /// <exception cref="InvalidOperationException">The brokers' ports could not be opened.</exception>
    public static EmbeddedKafka Start(int brokers = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(brokers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(brokers, MaxBrokers);
        return new EmbeddedKafka(MockClusterHandle.Create(brokers), brokers);
    }

    /// <summary>Creates a topic with empty partitions, whose leaders are spread over the brokers.</summary>
    /// <param name="name">The name of the topic.</param>
    /// <param name="partitions">How many partitions, at least 1.</param>
    /// <param name="replicationFactor">How many brokers hold each partition, 1 up to the number of brokers.</param>
    /// <exception cref="KafkaException">The topic exists already, or the factor does not fit.</exception>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void CreateTopic(string name, int partitions = 1, int replicationFactor = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        Check(Librdkafka.TopicCreate(_cluster, name, partitions, replicationFactor), $"create the topic \"{name}\"");
    }

    /// <summary>Deletes a topic; later requests for it are answered with "unknown topic or partition".</summary>
    /// <exception cref="KafkaException">There is no such topic.</exception>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void DeleteTopic(string name)
    {
        Check(Librdkafka.TopicDelete(_cluster, name), $"delete the topic \"{name}\"");
        _capacity.Forget(name);
    }

    /// <summary>Deletes the records of a partition before an offset, as retention does: the log starts there.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="beforeOffset">The first offset that stays; at most the end offset.</param>
    /// <exception cref="KafkaException">The partition does not exist, or ends before that offset.</exception>
    /// <exception cref="ObjectDisposedException">The cluster is stopped.</exception>
    public void DeleteRecords(string topic, int partition, long beforeOffset)
    {
        Check(
            Librdkafka.DeleteRecords(_cluster, topic, partition, beforeOffset),
            $"delete records of partition {partition} of the topic \"{topic}\" before offset {beforeOffset}");
        _capacity.ExpectStart(topic, partition, beforeOffset);
    }

    /// <summary>Stops the brokers and frees everything. Further calls do nothing.</summary>
    public void Dispose()
    {
        DisposeProducers();
        _cluster.Dispose();
    }

    /// <summary>Stops the brokers and frees everything. Further calls do nothing.</summary>
    public ValueTask DisposeAsync()
    {
        // Stopping joins the threads of brokers and producers: milliseconds, but not for the caller's thread.
        return _cluster.IsClosed ? ValueTask.CompletedTask : new ValueTask(Task.Run(Dispose));
    }

    private static void Check(ErrorCode error, string action)
    {
        if (error != ErrorCode.NoError)
        {
            throw new KafkaException(new Error(error, $"could not {action}: {new Error(error).Reason}"));
        }
    }
}
