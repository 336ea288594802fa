using Ctas.Kafka;
using Ctas.Sources;

using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.IntegrationTests.Loading;

/// <summary>Kafka sources as the engine makes them, for tests that watch what is asked of one.</summary>
internal static class TopicSource
{
    private static readonly SourceServices Services = new(TimeProvider.System, NullLoggerFactory.Instance);

    /// <summary>A source over a topic, its columns inferred.</summary>
    public static ISource Of(string bootstrapServers, string topic) =>
        Of(bootstrapServers, new SourceDefinition(topic, new TopicLocation(topic, null)));

    public static ISource Of(string bootstrapServers, SourceDefinition definition) =>
        Factory(bootstrapServers).Create(definition, Services);

    public static ISourceFactory Factory(string bootstrapServers) =>
        new KafkaSourceFactory(bootstrapServers, new KafkaSourceOptions(), new Dictionary<string, string>());
}
