namespace Ctas.Kafka;

/// <summary>How patient Kafka sources are. Immutable.</summary>
public sealed record KafkaSourceOptions
{
    /// <summary>How often the read of one batch is taken up again after transient faults; 10 by default.</summary>
    public int MaxRetries { get; init; } = 10;

    /// <summary>The wait before the first retry, doubled for each one more, with jitter; 200 ms by default.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait between two retries; 5 s by default.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a request for metadata or offsets may take until it is a fault; 10 s by default.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a topic that is followed is asked for added partitions; 30 s by default.</summary>
    public TimeSpan PartitionCheckInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long brokers may not know a topic that is followed, or loaded, until it counts as deleted; 30 s by default. A broker that
    /// is starting need not know its topics yet. Brokers that give topics no ids (before Kafka 2.8) are not waited for by who follows.
    /// </summary>
    public TimeSpan MissingTopicTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a read may bring nothing before that counts as a fault; 60 s by default.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
