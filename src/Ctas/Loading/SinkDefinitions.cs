using Ctas.Planning;
using Ctas.Sinks;
using Ctas.Sources;

namespace Ctas.Loading;

/// <summary>Makes sink definitions of planned sinks: properties, checked by the planner, become settings.</summary>
internal static class SinkDefinitions
{
    /// <summary>What a sink needs to know.</summary>
    public static SinkDefinition Create(PlannedSink sink)
    {
        SourceLocation location = sink.Path is { } path
            ? new FileLocation(path)
            : new TopicLocation(sink.Topic!, sink.Properties["bootstrap.servers"]);
        return new SinkDefinition(sink.Name, location)
        {
            ValueFormat = SourceDefinitions.Format(sink.Properties["value_format"] ?? sink.Properties["format"])
                ?? (sink.IsDelimited ? RecordFormat.Delimited : RecordFormat.Json),
            KeyFormat = SourceDefinitions.Format(sink.Properties["key_format"] ?? sink.Properties["format"]),
            Delimiter = sink.Properties["delimiter"]?[0] ?? (sink.Path?.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) == true ? '\t' : ','),
            TimestampColumn = sink.Properties["timestamp"],
            Delivery = sink.IsExactlyOnce ? SinkDelivery.ExactlyOnce : SinkDelivery.AtLeastOnce,
            ClientProperties = sink.Properties.WithPrefix("kafka."),
        };
    }
}
