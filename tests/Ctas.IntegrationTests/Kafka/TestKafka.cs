using Confluent.Kafka;
using Confluent.Kafka.Admin;

using Ctas.Kafka.Testing;

using Testcontainers.Kafka;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>
/// The broker of tests that inject no faults: the one named by <c>CTAS_TEST_BOOTSTRAP</c>, else Kafka in a container
/// where Docker answers, else <see cref="EmbeddedKafka"/>. Shared by the tests of a class; topics are unique per test.
/// </summary>
public sealed class TestKafka : IAsyncLifetime
{
    private KafkaContainer? _container;
    private EmbeddedKafka? _embedded;

    public string BootstrapServers { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("CTAS_TEST_BOOTSTRAP") is { Length: > 0 } configured)
        {
            BootstrapServers = configured;
        }
        else if (await TryStartContainerAsync() is { } container)
        {
            _container = container;
            BootstrapServers = container.GetBootstrapAddress();
        }
        else
        {
            _embedded = EmbeddedKafka.Start(brokers: 3);
            BootstrapServers = _embedded.BootstrapServers;
        }
    }

    public async Task DisposeAsync()
    {
        if (_embedded is not null) { await _embedded.DisposeAsync(); }

        if (_container is not null) { await _container.DisposeAsync(); }
    }

    /// <summary>Creates a topic and returns its name, which no other test has.</summary>
    public async Task<string> CreateTopicAsync(string prefix, int partitions = 1)
    {
        string name = $"{prefix}-{Guid.NewGuid():N}";
        if (_embedded is not null)
        {
            _embedded.CreateTopic(name, partitions);
            return name;
        }

        using IAdminClient admin =
            new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = name, NumPartitions = partitions }]);
        return name;
    }

    /// <summary>Produces records in order and returns when the broker has them all.</summary>
    public async Task ProduceAsync(
        string topic, IEnumerable<EmbeddedRecord> records, CompressionType compression = CompressionType.None)
    {
        if (_embedded is not null)
        {
            await _embedded.ProduceAsync(topic, records, compression);
            return;
        }

        var configuration = new ProducerConfig
        {
            BootstrapServers = BootstrapServers,
            CompressionType = compression,
            EnableIdempotence = true,
            Partitioner = Partitioner.Murmur2Random,
        };
        using IProducer<byte[]?, byte[]?> producer = new ProducerBuilder<byte[]?, byte[]?>(configuration).Build();
        var acknowledgements = new List<Task>();
        foreach (EmbeddedRecord record in records)
        {
            var message = new Message<byte[]?, byte[]?> { Key = record.Key, Value = record.Value, Headers = [] };
            foreach ((string name, byte[]? value) in record.Headers) { message.Headers.Add(name, value); }

            if (record.Timestamp is { } time) { message.Timestamp = new Timestamp(time); }

            Partition partition = record.Partition is { } p ? new Partition(p) : Partition.Any;
            acknowledgements.Add(producer.ProduceAsync(new TopicPartition(topic, partition), message));
        }

        await Task.WhenAll(acknowledgements);
    }

    private static async Task<KafkaContainer?> TryStartContainerAsync()
    {
        // Where Docker does not answer, building or starting a container throws in one of several ways.
        KafkaContainer? container = null;
        try
        {
            container = new KafkaBuilder("confluentinc/cp-kafka:7.9.0").Build();
            await container.StartAsync();
            return container;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (container is not null) { await container.DisposeAsync(); }

            return null;
        }
    }
}
