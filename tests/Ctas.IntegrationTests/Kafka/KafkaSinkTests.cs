using System.Text;

using Confluent.Kafka;

using Ctas.Data;
using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Producing;
using Ctas.Kafka.Testing;
using Ctas.Sinks;
using Ctas.Sources;

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>What a Kafka sink leaves in its topic, over the real protocol.</summary>
public sealed class KafkaSinkTests : IAsyncLifetime
{
    private static readonly Schema Schema = new(
        [new Field("id", DataType.Varchar), new Field("n", DataType.BigInt), new Field("at", DataType.Timestamp)], [0]);

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(brokers: 1);

    public Task InitializeAsync()
    {
        _kafka.CreateTopic("out", partitions: 1);
        _kafka.CreateTopic("in", partitions: 2);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _kafka.DisposeAsync();

    [Theory]
    [InlineData(SinkDelivery.AtLeastOnce)]
    [InlineData(SinkDelivery.ExactlyOnce)]
    public async Task Write_InsertUpdateDelete_GivesUpsertsAndATombstone(SinkDelivery delivery)
    {
        await using ISink sink = Sink(delivery);

        await WriteAsync(sink, Batch(("a", 1, +1), ("b", 2, +1)));
        await WriteAsync(sink, Batch(("a", 1, -1), ("b", 2, -1), ("a", 5, +1)));

        Consume(5).Should().Equal(
            """a {"n":1,"at":"1970-01-01T00:00:00.000001Z"}""",
            """b {"n":2,"at":"1970-01-01T00:00:00.000002Z"}""",
            "b <tombstone>",
            """a {"n":5,"at":"1970-01-01T00:00:00.000005Z"}""");
    }

    [Fact]
    public void Group_WhateverSourcesRead_WaitsForPositionsThatAreBeingCommitted()
    {
        var properties = new Dictionary<string, string> { ["isolation.level"] = "read_uncommitted", ["group.id"] = "shop" };
        var settings = new KafkaSinkSettings(properties, "out", TimeSpan.FromSeconds(1));

        settings.ForGroup(settings.Group).Should().Contain("isolation.level", "read_committed").And.Contain("group.id", "shop-out");
    }

    [Fact]
    public async Task Write_ExactlyOnce_CommitsPositionsInTheTransaction()
    {
        await using ISink sink = Sink(SinkDelivery.ExactlyOnce);

        await WriteAsync(sink, Batch(("a", 1, +1)));

        _kafka.Requests.Select(request => request.ApiKey).Should().ContainInOrder(
            KafkaApiKey.InitProducerId, KafkaApiKey.AddPartitionsToTxn, KafkaApiKey.AddOffsetsToTxn,
            KafkaApiKey.TxnOffsetCommit, KafkaApiKey.EndTxn);
    }

    [Fact]
    public async Task GetProgress_TopicThatTheBrokerCannotDescribe_FailsInsteadOfBeginningAnew()
    {
        _kafka.SetTopicError("in", ErrorCode.LeaderNotAvailable);
        await using ISink sink = Sink(SinkDelivery.ExactlyOnce);

        Func<Task> ask = async () => await sink.GetProgressAsync(["in"], CancellationToken.None);

        (await ask.Should().ThrowAsync<SinkException>()).Which.IsTransient.Should().BeTrue();
    }

    [Fact]
    public async Task GetPositions_ExactlyOnce_GivesWhatTheGroupOfTheSinkHasCommitted()
    {
        await using ISink sink = Sink(SinkDelivery.ExactlyOnce);
        (await sink.GetProgressAsync(["in"], CancellationToken.None)).Should().BeEquivalentTo(SinkProgress.None);

        // The embedded cluster takes offsets in transactions without keeping them: they are committed without one here.
        using (IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = _kafka.BootstrapServers,
            GroupId = "ctas-sink-changes",
        }).Build())
        {
            consumer.Commit([new TopicPartitionOffset("in", 0, 7), new TopicPartitionOffset("in", 1, 3)]);
        }

        (await sink.GetProgressAsync(["in"], CancellationToken.None)).Positions
            .Should().Equal(new SinkPosition("in", 0, 7), new SinkPosition("in", 1, 3));
    }

    [Fact]
    public async Task Commit_AtLeastOnce_KeepsPositionsForALaterProcess()
    {
        await using (ISink sink = Sink(SinkDelivery.AtLeastOnce)) { await WriteAsync(sink, Batch(("a", 1, +1))); }

        await using ISink later = Sink(SinkDelivery.AtLeastOnce);
        (await later.GetProgressAsync(["in", "gone"], CancellationToken.None)).Positions.Should().Equal(new SinkPosition("in", 0, 1));
    }

    [Fact]
    public async Task Write_TopicRefusesRecords_SaysSoAndCanBeTriedAgain()
    {
        await using ISink sink = Sink(SinkDelivery.AtLeastOnce);
        _kafka.FailNextProduceTo("out", 0, ErrorCode.TopicAuthorizationFailed);

        SinkException error = (await sink.Awaiting(s => WriteAsync(s, Batch(("a", 1, +1))))
            .Should().ThrowAsync<SinkException>()).Which;
        await WriteAsync(sink, Batch(("a", 1, +1)));

        error.Message.Should().StartWith("sink \"changes\" could not write to topic \"out\": ");
        error.IsTransient.Should().BeFalse();
        Consume(1).Should().ContainSingle();
    }

    [Fact]
    public async Task Dispose_RowsWaitForBrokersThatAreAway_DoNotComeBehindThoseOfTheNextSink()
    {
        using var cancellation = new CancellationTokenSource();

        // A clock that stands: closing the sink waits until its client is gone.
        ISink former = Sink(SinkDelivery.AtLeastOnce, new FakeTimeProvider());
        await WriteAsync(former, Batch(("a", 1, +1)));
        _kafka.SetBrokerDown(1);
        await former.WriteAsync(Batch(("a", 2, +1)), CancellationToken.None);
        Task committing = former.CommitAsync([], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await former.DisposeAsync().AsTask().Guarded();
        await committing.Awaiting(it => it).Should().ThrowAsync<OperationCanceledException>();

        _kafka.SetBrokerUp(1);
        await using ISink next = Sink(SinkDelivery.AtLeastOnce);
        await WriteAsync(next, Batch(("a", 3, +1)));

        Consume(3).Should().Equal("""a {"n":1,"at":"1970-01-01T00:00:00.000001Z"}""", """a {"n":3,"at":"1970-01-01T00:00:00.000003Z"}""");
    }

    [Theory]
    [InlineData("enable.idempotence", "false", "records of one key could change places")]
    [InlineData("enable.idempotence", "0", "records of one key could change places")]
    [InlineData("enable.idempotence", "F", "records of one key could change places")]
    [InlineData("acks", "1", "what a broker alone has confirmed can be lost")]
    [InlineData("request.required.acks", "0", "what a broker alone has confirmed can be lost")]
    public void Validate_PropertyThatBreaksAPromise_IsRefused(string name, string value, string reason)
    {
        var factory = new KafkaSinkFactory("broker:1", new KafkaSourceOptions(), new Dictionary<string, string>());
        var definition = new SinkDefinition("changes", new TopicLocation("out", null))
        {
            ClientProperties = new Dictionary<string, string> { [name] = value },
        };

        factory.Validate(definition).Should().ContainSingle().Which.Should().Contain(reason);
    }

    private static async Task WriteAsync(ISink sink, SinkBatch batch)
    {
        await sink.WriteAsync(batch, CancellationToken.None);
        await sink.CommitAsync([new SinkPosition("in", 0, 1)], CancellationToken.None);
    }

    private ISink Sink(SinkDelivery delivery, TimeProvider? time = null) => new KafkaSinkFactory(
            _kafka.BootstrapServers, new KafkaSourceOptions { RequestTimeout = 10 * HangGuard.Limit }, new Dictionary<string, string>())
        .Create(
            new SinkDefinition("changes", new TopicLocation("out", null)) { Delivery = delivery },
            new SourceServices(time ?? TimeProvider.System, NullLoggerFactory.Instance));

    private static SinkBatch Batch(params (string Id, long N, int Weight)[] changes)
    {
        var ids = new StringPool(isInterned: true);
        int[] codes = [.. changes.Select(change => ids.Add(change.Id))];
        long[] numbers = [.. changes.Select(change => change.N)];
        var rows = new Batch(
        [
            new StringColumn(DataType.Varchar, codes, codes.Length, ids),
            new FixedColumn<long>(DataType.BigInt, numbers, numbers.Length),
            new FixedColumn<long>(DataType.Timestamp, numbers, numbers.Length),
        ], changes.Length);
        return new SinkBatch(
            "t", Schema, [new ChangeBatch(rows, Weights: [.. changes.Select(change => change.Weight)])]);
    }

    private List<string> Consume(int atMost)
    {
        using IConsumer<string, byte[]?> consumer = new ConsumerBuilder<string, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = _kafka.BootstrapServers,
            GroupId = "reader",
            EnablePartitionEof = true,
        }).SetValueDeserializer(Deserializers.ByteArray!).Build();
        consumer.Assign(new TopicPartitionOffset("out", 0, Offset.Beginning));
        var records = new List<string>();
        while (consumer.Consume(TimeSpan.FromMinutes(2)) is { IsPartitionEOF: false } result && records.Count < atMost)
        {
            string value = result.Message.Value is { } bytes ? Encoding.UTF8.GetString(bytes) : "<tombstone>";
            records.Add($"{result.Message.Key} {value}");
        }

        return records;
    }
}
