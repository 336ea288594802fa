using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Sources;
using Ctas.Tests.Sources;

using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>What every source has to do, done by topics.</summary>
public sealed class KafkaSourceContractTests(TestKafka kafka) : KeyedSourceContractTests, IClassFixture<TestKafka>
{
    protected override async Task<ISource> CreateAsync(
        Func<SourceDefinition, SourceDefinition> configure, int partitionCount, params ContractRecord[] records)
    {
        string topic = await kafka.CreateTopicAsync("contract", partitionCount);
        SourceDefinition definition = configure(new SourceDefinition("topic", new TopicLocation(topic, null)));
        ISource source = new KafkaSourceFactory(
            kafka.BootstrapServers, new KafkaSourceOptions(), new Dictionary<string, string>())
            .Create(definition, new SourceServices(TimeProvider.System, NullLoggerFactory.Instance));
        await AppendAsync(source, records);
        return source;
    }

    protected override Task AppendAsync(ISource source, params ContractRecord[] records) =>
        kafka.ProduceAsync(
            ((TopicLocation)source.Definition.Location).Topic,
            records.Select(r => EmbeddedRecord.Of(r.Key, r.Value) with { Partition = r.Partition }));
}
