using Ctas.Kafka.Testing;

namespace Ctas.IntegrationTests.Loading;

/// <summary>One in-process cluster for the tests of a class, whose logs they may cut; topics are unique per test.</summary>
public sealed class EmbeddedCluster : IDisposable
{
    private int _topics;

    public EmbeddedKafka Kafka { get; } = EmbeddedKafka.Start(brokers: 3);

    /// <summary>Makes a topic and returns its name.</summary>
    public string CreateTopic(int partitions = 1)
    {
        string topic = $"topic-{Interlocked.Increment(ref _topics)}";
        Kafka.CreateTopic(topic, partitions);
        return topic;
    }

    public void Dispose() => Kafka.Dispose();
}
