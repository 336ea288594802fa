using Ctas.Data;
using Ctas.Kafka;
using Ctas.Kafka.Scanning;
using Ctas.Sources;

using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>Kafka sources over a <see cref="ScriptedTopic"/> named <c>t</c>.</summary>
internal static class ScriptedSource
{
    public static readonly SourceColumn Id = new("id", DataType.Varchar, SourceColumnRole.Key);
    public static readonly SourceColumn N = new("n", DataType.BigInt);
    public static readonly SourceColumn RowOffset = new("ROWOFFSET", DataType.BigInt, SourceColumnRole.RowOffset);
    public static readonly SourceColumn RowPartition = new("ROWPARTITION", DataType.Int, SourceColumnRole.RowPartition);
    public static readonly SourceColumn RowTime = new("ROWTIME", DataType.Timestamp, SourceColumnRole.RowTime);

    public static SourceDefinition Definition { get; } =
        new("t", new TopicLocation("t", null)) { Columns = [Id, N], BatchRows = 4 };

    public static ISource Over(
        ScriptedTopic topic,
        SourceDefinition? definition = null,
        KafkaSourceOptions? options = null,
        long minOffsetsPerReader = PartitionShares.MinOffsets) =>
        new KafkaSource(definition ?? Definition, new KafkaSourceSetup(
            new SourceServices(topic.Time, NullLoggerFactory.Instance),
            options ?? new KafkaSourceOptions(),
            topic.Connect,
            _ => null)
        {
            MinOffsetsPerReader = minOffsetsPerReader,
        });
}
