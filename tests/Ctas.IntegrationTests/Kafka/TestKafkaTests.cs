using Confluent.Kafka;

using Ctas.Kafka.Testing;

namespace Ctas.IntegrationTests.Kafka;

public sealed class TestKafkaTests(TestKafka kafka) : IClassFixture<TestKafka>
{
    [Fact]
    public async Task Broker_Whichever_KeepsWhatIsProduced()
    {
        string topic = await kafka.CreateTopicAsync("kept", partitions: 2);

        EmbeddedRecord[] records = [EmbeddedRecord.Of("a", "1"), EmbeddedRecord.Of("b", "2")];
        await kafka.ProduceAsync(topic, records, CompressionType.Lz4);

        var configuration = new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = topic };
        using IConsumer<string, string> consumer = new ConsumerBuilder<string, string>(configuration).Build();
        consumer.Assign(new[] { 0, 1 }.Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        using var guard = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        string[] keys = [consumer.Consume(guard.Token).Message.Key, consumer.Consume(guard.Token).Message.Key];
        keys.Should().BeEquivalentTo("a", "b");
    }
}
