namespace Ctas.Binding.Properties;

/// <summary>Every property of the dialect, with its aliases, its places and what it takes.</summary>
/// <remarks>
/// Canonical values: times are .NET's constant TimeSpan format (<c>7.00:00:00</c>), numbers plain digits, enumerations
/// lower case (formats upper case), <c>auto.offset.reset</c> is <c>earliest</c>, <c>latest</c>,
/// <c>timestamp:2024-01-31T00:00:00.0000000Z</c> or <c>offsets:{0:5,1:7}</c> by partition.
/// </remarks>
internal static class PropertyCatalog
{
    /// <summary>Properties with this prefix go to the Kafka client, which knows whether they fit.</summary>
    public const string ClientPrefix = "kafka.";

    /// <summary>A file with more properties.</summary>
    public const string ConfigFile = "config_file";

    private const PropertyPlace SourceOrSink = PropertyPlace.Source | PropertyPlace.Sink;

    private static readonly PropertyDefinition[] Definitions =
    [
        new("topic", SourceOrSink, "the name of a topic", PropertyReaders.Topic) { Aliases = ["kafka_topic"] },
        new("path", SourceOrSink, "a path or glob of files", PropertyReaders.Text) { Aliases = ["file"] },
        new(
            "type", SourceOrSink, "kafka_source or file_source of a source, kafka_sink or file_sink of a sink",
            PropertyReaders.OneOf("kafka_source", "file_source", "kafka_sink", "file_sink")),
        new(
            "bootstrap.servers", SourceOrSink, "brokers, like host:9092 or host1:9092,host2:9092",
            PropertyReaders.Text)
        {
            Aliases = ["kafka.bootstrap.servers", "bootstrap_servers"],
        },
        new("format", SourceOrSink, PropertyReaders.FormatNames, PropertyReaders.Format),
        new("value_format", SourceOrSink, PropertyReaders.FormatNames, PropertyReaders.Format)
        {
            Aliases = ["value.format"],
        },
        new("key_format", SourceOrSink, PropertyReaders.FormatNames, PropertyReaders.Format)
        {
            Aliases = ["key.format"],
        },
        new("delimiter", SourceOrSink, "one character, or SPACE or TAB", PropertyReaders.Delimiter)
        {
            Aliases = ["value_delimiter"],
        },
        new(
            "auto.offset.reset",
            PropertyPlace.Source,
            "earliest, latest, timestamp:2024-12-31T00:00:00Z or offsets:{0:5,1:7}",
            PropertyReaders.OffsetReset)
        {
            Aliases = ["kafka.auto.offset.reset", "auto_offset_reset"],
        },
        new("mode", PropertyPlace.Source, "changelog or append", PropertyReaders.OneOf("changelog", "append")),
        new(
            "null_key", PropertyPlace.Source, "error, skip or append",
            PropertyReaders.OneOf("error", "skip", "append")),
        new(
            "on_error", PropertyPlace.Any, "fail, skip or dead_letter",
            PropertyReaders.OneOf("fail", "skip", "dead_letter")),
        new("dead_letter_topic", PropertyPlace.Source, "the name of a topic", PropertyReaders.Topic),
        new("missing_topic", PropertyPlace.Source, "error or wait", PropertyReaders.MissingTopic),
        new("timestamp", SourceOrSink, "the name of a column", PropertyReaders.Text)
        {
            Aliases = ["event.time.field"],
        },
        new("timestamp_format", PropertyPlace.Source, "a date format, like yyyy-MM-dd HH:mm:ss", PropertyReaders.TimestampFormat)
        {
            Aliases = ["event.time.format"],
        },
        new("wrap_single_value", PropertyPlace.Source, "true or false", PropertyReaders.OneOf("true", "false")),

        // Of the topic, which is there: ksqlDB makes it with them, here they have no effect.
        new("partitions", PropertyPlace.Source, "a whole number above 0", PropertyReaders.Count(int.MaxValue)),
        new("replicas", PropertyPlace.Source, "a whole number above 0", PropertyReaders.Count(short.MaxValue)),
        new("table_model", PropertyPlace.Table, "standard or compact", PropertyReaders.TableModel),
        new("retention", PropertyPlace.Table, "a time above 0, like '7 days' or '30 minutes'", PropertyReaders.Time),
        new(
            "loading.bulk.max_records", PropertyPlace.Any, "a whole number above 0",
            PropertyReaders.Count(long.MaxValue)),
        new(
            "loading.timeout", PropertyPlace.Table, "a time above 0, like '30 seconds' or '5 minutes'",
            PropertyReaders.Time),
        new(
            "loading.batch_size", PropertyPlace.Any, "a whole number from 1 to 1000000",
            PropertyReaders.Count(1_000_000)),
        new(
            "batch.strategy", PropertyPlace.Any, "auto, fixed or adaptive",
            PropertyReaders.OneOf("auto", "fixed", "adaptive")),
        new("loading.group", PropertyPlace.Source, "the name of a consumer group", PropertyReaders.Text),
        new(
            "loading.unified", PropertyPlace.Table, "true, false or auto",
            PropertyReaders.OneOf("true", "false", "auto")),
        new(
            "memory.limit", PropertyPlace.Table, "a size, like '512 MB', '2 GB' or a number of bytes",
            PropertyReaders.Size)
        {
            Aliases = ["memory_limit"],
        },
        new(
            "delivery", PropertyPlace.Sink, "at_least_once or exactly_once",
            PropertyReaders.Delivery)
        {
            Aliases = ["delivery_guarantee", "delivery.guarantee"],
        },
        new(ConfigFile, PropertyPlace.Any | PropertyPlace.Sink, "the path of a YAML or JSON file", PropertyReaders.Text),
    ];

    private static readonly Dictionary<string, PropertyDefinition> ByName = Definitions
        .SelectMany(definition => definition.Aliases.Prepend(definition.Name).Select(name => (name, definition)))
        .ToDictionary(entry => entry.name, entry => entry.definition, StringComparer.OrdinalIgnoreCase);

    /// <summary>All properties, each once.</summary>
    public static IReadOnlyList<PropertyDefinition> All => Definitions;

    /// <summary>Every name and alias, for suggestions.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>Those names and aliases that say something about a place, for suggestions.</summary>
    public static IEnumerable<string> NamesOf(PropertyPlace places) =>
        ByName.Where(entry => (entry.Value.Places & places) != PropertyPlace.None).Select(entry => entry.Key);

    /// <summary>
    /// The property called so, ignoring case; client properties are made as they come. Null for an unknown one.
    /// </summary>
    public static PropertyDefinition? Find(string name)
    {
        if (ByName.TryGetValue(name, out PropertyDefinition? definition)) { return definition; }

        bool isClient =
            name.StartsWith(ClientPrefix, StringComparison.OrdinalIgnoreCase) && name.Length > ClientPrefix.Length;
        return isClient
            ? new PropertyDefinition(
                name.ToLowerInvariant(), SourceOrSink, "a value of the Kafka client", PropertyReaders.AnyText)
            : null;
    }
}
