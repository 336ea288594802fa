using Ctas.Kafka.Producing;

namespace Ctas.Kafka;

/// <summary>Lets an engine read topics, and write to them.</summary>
public static class KafkaEngineBuilderExtensions
{
    /// <summary>Reads topics from this cluster and writes sinks to it, unless SQL names another.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="bootstrapServers">Brokers, <c>host:port,host:port</c>; null when each source names its own.</param>
    /// <param name="clientProperties">
    /// librdkafka properties without prefix, for every source and sink; <c>kafka.…</c> properties in SQL win.
    /// </param>
    /// <param name="options">How patient the sources are.</param>
    /// <returns>The builder.</returns>
    public static CtasEngineBuilder UseKafka(
        this CtasEngineBuilder builder,
        string? bootstrapServers = null,
        IReadOnlyDictionary<string, string>? clientProperties = null,
        KafkaSourceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        options ??= new KafkaSourceOptions();
        clientProperties ??= new Dictionary<string, string>();
        return builder
            .UseSourceFactory(new KafkaSourceFactory(bootstrapServers, options, clientProperties))
            .UseSinkFactory(new KafkaSinkFactory(bootstrapServers, options, clientProperties));
    }
}
