using System.Globalization;
using Ctas.Data;
using Ctas.Planning;
using Ctas.Sources;

namespace Ctas.Loading;

/// <summary>Makes source definitions of planned sources: properties, checked by the planner, become settings.</summary>
/// <remarks>A source's own properties win over those of the statement that reads it.</remarks>
internal static class SourceDefinitions
{
    /// <summary>What a source needs to know.</summary>
    public static SourceDefinition Create(PlannedSource source, PropertySet statement)
    {
        var properties = new LayeredProperties(source.Properties, statement);
        var definition = new SourceDefinition(source.Name, Location(source, properties))
        {
            Columns = source.Columns?.Select(Column).ToArray(),
            Mode = Mode(source, properties["mode"]),
            NullKey = properties["null_key"] switch
            {
                "skip" => NullKeyPolicy.Skip,
                "append" => NullKeyPolicy.Append,
                _ => NullKeyPolicy.Error,
            },
            OnError = properties["on_error"] switch
            {
                "skip" => RecordErrorPolicy.Skip,
                "dead_letter" => RecordErrorPolicy.DeadLetter,
                _ => RecordErrorPolicy.Fail,
            },
            DeadLetterTopic = properties["dead_letter_topic"],
            WaitsForMissingTopic = properties["missing_topic"] == "wait",
            ValueFormat = Format(properties["value_format"] ?? properties["format"]),
            Delimiter = properties["delimiter"]?[0],
            Start = Start(properties["auto.offset.reset"]),
            TimestampColumn = properties["timestamp"],
            TimestampFormat = properties["timestamp_format"],
            WrapsSingleValue = properties["wrap_single_value"] != "false",
            MaxRecords = Number(properties["loading.bulk.max_records"]),
            Group = properties["loading.group"],
            BatchStrategy = properties["batch.strategy"] switch
            {
                "fixed" => BatchStrategy.Fixed,
                "adaptive" => BatchStrategy.Adaptive,
                _ => BatchStrategy.Auto,
            },
            ClientProperties = properties.WithPrefix("kafka."),
        };
        if (Format(properties["key_format"] ?? properties["format"]) is { } keyFormat) { definition = definition with { KeyFormat = keyFormat }; }

        return Number(properties["loading.batch_size"]) is { } rows
            ? definition with { BatchRows = (int)Math.Clamp(rows, 1, 1 << 20) }
            : definition;
    }

    /// <summary>Equal for two tables that can share one read of a source.</summary>
    public static string Identity(string name, PlannedSource? source, PropertySet statement) => source is null
        ? name.ToUpperInvariant()
        : string.Join(
            '\n',
            [source.Name, source.Topic, source.BootstrapServers, source.Path, Text(source.Properties), Text(statement)]);

    private static string Text(PropertySet properties) => string.Join(
        '\n', properties.Names.Where(name => name != "table_model").Select(name => $"{name}={properties[name]}"));

    private static SourceLocation Location(PlannedSource source, LayeredProperties properties) => source.Path is { } path
        ? new FileLocation(path)
        : new TopicLocation(source.Topic!, source.BootstrapServers ?? properties["bootstrap.servers"]);

    private static ReadMode Mode(PlannedSource source, string? mode) => (mode, source.IsStream) switch
    {
        ("changelog", _) => ReadMode.Changelog,
        ("append", _) or (null, true) => ReadMode.Append,
        _ when source.Columns is { } columns && (source.Path is not null || source.IsStream == false) =>
            columns.Any(column => column.Mark is SourceColumnMark.Key or SourceColumnMark.PrimaryKey)
                ? ReadMode.Changelog
                : ReadMode.Append,
        _ => ReadMode.Auto,
    };

    private static SourceColumn Column(PlannedSourceColumn column) => new(
        column.Name,
        column.Type,
        column.Mark switch
        {
            SourceColumnMark.Key or SourceColumnMark.PrimaryKey => SourceColumnRole.Key,
            SourceColumnMark.Header => SourceColumnRole.Header,
            SourceColumnMark.Headers => SourceColumnRole.Headers,
            _ => SourceColumnRole.Value,
        },
        column.HeaderKey);

    /// <summary>The record format of that name; null for none.</summary>
    public static RecordFormat? Format(string? format) => format switch
    {
        "JSON" => RecordFormat.Json,
        "DELIMITED" => RecordFormat.Delimited,
        "KAFKA" => RecordFormat.Kafka,
        "NONE" => RecordFormat.None,
        _ => null,
    };

    private static long? Number(string? text) => text is null ? null : long.Parse(text, CultureInfo.InvariantCulture);

    private static StartPosition Start(string? reset)
    {
        if (reset is null or "earliest") { return StartPosition.Earliest; }

        if (reset == "latest") { return new StartPosition(StartKind.Latest); }

        if (reset.StartsWith("timestamp:", StringComparison.Ordinal))
        {
            return new StartPosition(
                StartKind.Timestamp,
                DateTimeOffset.Parse(
                    reset["timestamp:".Length..], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
        }

        // offsets:{0:5,1:7}
        var offsets = new Dictionary<int, long>();
        foreach (string entry in reset["offsets:".Length..].Trim('{', '}').Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = entry.Split(':');
            offsets[int.Parse(parts[0], CultureInfo.InvariantCulture)] = long.Parse(parts[1], CultureInfo.InvariantCulture);
        }

        return new StartPosition(StartKind.Offsets, Offsets: offsets);
    }

    /// <summary>The first layer that sets a property decides.</summary>
    private sealed class LayeredProperties(params PropertySet[] layers)
    {
        public string? this[string name] => layers.Select(layer => layer[name]).FirstOrDefault(value => value is not null);

        public Dictionary<string, string> WithPrefix(string prefix)
        {
            var merged = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (PropertySet layer in layers.Reverse())
            {
                foreach ((string name, string value) in layer.WithPrefix(prefix)) { merged[name] = value; }
            }

            return merged;
        }
    }
}
