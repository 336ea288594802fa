using Ctas.Kafka.Consuming;
using Ctas.Kafka.Native;
using Ctas.Kafka.Scanning;
using Ctas.Sources;

using Microsoft.Extensions.Logging;

namespace Ctas.Kafka;

/// <summary>Makes sources over topics. Immutable.</summary>
/// <param name="bootstrapServers">Brokers of topics that name none; null when each topic has to.</param>
/// <param name="options">How patient the sources are.</param>
/// <param name="properties">Client properties for every source, without prefix; a source's own win.</param>
internal sealed class KafkaSourceFactory(
    string? bootstrapServers,
    KafkaSourceOptions options,
    IReadOnlyDictionary<string, string> properties) : ISourceFactory
{
    public bool CanCreate(SourceLocation location) => location is TopicLocation;

    public IReadOnlyList<string> Validate(SourceDefinition definition)
    {
        var mistakes = new List<string>(RecordBatchBuilder.Validate(definition));
        mistakes.AddRange(ClientConfiguration.Validate(Merged(definition)));
        if (!ConfigurationOf(definition).HasBrokers)
        {
            mistakes.Add($"It is not known where the brokers of {definition.Location} are: set \"bootstrap.servers\".");
        }

        if (definition.Group is { } group) { mistakes.AddRange(ClientConfiguration.ValidateMember(group, Merged(definition))); }

        if (definition is { OnError: RecordErrorPolicy.DeadLetter, DeadLetterTopic: null })
        {
            mistakes.Add("The policy \"dead_letter\" needs a \"dead_letter_topic\".");
        }

        return mistakes;
    }

    public ISource Create(SourceDefinition definition, SourceServices services)
    {
        string topic = ((TopicLocation)definition.Location).Topic;
        ClientConfiguration configuration = ConfigurationOf(definition);
        ILogger logger = services.LoggerFactory.CreateLogger("Ctas.Kafka.Client");
        return new KafkaSource(definition, new KafkaSourceSetup(
            services,
            options,
            session => new NativeConsumer(
                topic, session.IsTail ? ConfigurationOf(definition, isTail: true) : configuration, options.RequestTimeout, session, logger),
            ended => definition.OnError == RecordErrorPolicy.DeadLetter
                ? new DeadLetterTopic(
                    definition.Name, definition.DeadLetterTopic!, configuration.ForProducer(), options.RequestTimeout, ended)
                : null)
        {
            Brokers = configuration.BrokerAddresses,
            Join = definition.Group is { } group
                ? () => new GroupMember(new GroupMemberSetup(
                    definition, topic, configuration.ForMember(group), options, services.TimeProvider, logger))
                : null,
        });
    }

    private ClientConfiguration ConfigurationOf(SourceDefinition definition, bool isTail = false) =>
        new(((TopicLocation)definition.Location).BootstrapServers ?? bootstrapServers, Merged(definition), isTail);

    private Dictionary<string, string> Merged(SourceDefinition definition)
    {
        var merged = new Dictionary<string, string>(properties, StringComparer.Ordinal);
        foreach ((string name, string value) in definition.ClientProperties) { merged[name] = value; }

        return merged;
    }
}
