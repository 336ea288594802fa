using Ctas.Kafka.Consuming;
using Ctas.Sinks;
using Ctas.Sources;

namespace Ctas.Kafka.Producing;

/// <summary>Makes sinks over topics. Immutable.</summary>
/// <param name="bootstrapServers">Brokers of topics that name none; null when each sink has to.</param>
/// <param name="options">How patient the sinks are.</param>
/// <param name="properties">Client properties for every sink, without prefix; a sink's own win.</param>
internal sealed class KafkaSinkFactory(
    string? bootstrapServers,
    KafkaSourceOptions options,
    IReadOnlyDictionary<string, string> properties) : ISinkFactory
{
    /// <summary>Makes the client of a sink; it connects when it is first used.</summary>
    public SinkConnect Connect { get; init; } = (settings, onError, logger) => new SinkClient(settings, onError, logger);

    public bool CanCreate(SourceLocation location) => location is TopicLocation;

    public IReadOnlyList<string> Validate(SinkDefinition definition)
    {
        Dictionary<string, string> merged = Merged(definition);
        var mistakes = new List<string>(ClientConfiguration.Validate(merged));
        if (!merged.ContainsKey("bootstrap.servers") && !merged.ContainsKey("metadata.broker.list"))
        {
            mistakes.Add($"It is not known where the brokers of {definition.Location} are: set \"bootstrap.servers\".");
        }

        mistakes.AddRange(KafkaSinkSettings.Validate(merged));
        if (definition.ValueFormat is RecordFormat.Kafka or RecordFormat.None)
        {
            mistakes.Add("A sink writes values as JSON or DELIMITED.");
        }

        return mistakes;
    }

    public ISink Create(SinkDefinition definition, SourceServices services) => new KafkaSink(
        definition,
        new KafkaSinkSettings(Merged(definition), definition.Name, options.RequestTimeout * 3)
        {
            Generation = definition.Generation,
            IsTransactional = definition.Delivery == SinkDelivery.ExactlyOnce,
        },
        Connect,
        services.TimeProvider,
        services.LoggerFactory.CreateLogger("Ctas.Kafka.Client"));

    private Dictionary<string, string> Merged(SinkDefinition definition)
    {
        var merged = new Dictionary<string, string>(properties, StringComparer.Ordinal);
        string? brokers = ((TopicLocation)definition.Location).BootstrapServers ?? bootstrapServers;
        if (brokers is not null) { merged["bootstrap.servers"] = brokers; }

        foreach ((string name, string value) in definition.ClientProperties) { merged[name] = value; }

        return merged;
    }
}
