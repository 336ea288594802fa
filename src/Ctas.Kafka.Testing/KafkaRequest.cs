namespace Ctas.Kafka.Testing;

/// <summary>One request that a client sent to a broker of an <see cref="EmbeddedKafka"/>.</summary>
/// <param name="ApiKey">What was asked; a number without a name is possible.</param>
/// <param name="BrokerId">The broker that was asked.</param>
public readonly record struct KafkaRequest(KafkaApiKey ApiKey, int BrokerId);
