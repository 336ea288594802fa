using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Sources;

using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>Members of consumer groups over the real client and protocol, at the embedded brokers.</summary>
public sealed class KafkaGroupTests : IDisposable
{
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task GetShare_AfterAnotherMemberHasFailed_StaysTheWholeTopic()
    {
        _kafka.SetGroupDelay(TimeSpan.Zero);
        await using IGroupMember failed = Source().Join();
        Func<Task> act = () => ShareOfAsync(failed);
        (await act.Should().ThrowAsync<SourceException>()).WithMessage("*topic \"t\" not found");
        failed.IsOver.Should().BeTrue();

        _kafka.CreateTopic("t", partitions: 4);
        await using IGroupMember member = Source().Join();

        GroupShare share = await ShareOfAsync(member);
        share.Partitions.Should().Equal(0, 1, 2, 3);
        int requests = _kafka.Requests.Count;
        SpinWait.SpinUntil(() => _kafka.Requests.Count > requests + 50, TimeSpan.FromMinutes(2)).Should().BeTrue();
        share.Ended.IsCancellationRequested.Should().BeFalse("who has failed takes no partitions");
    }

    [Fact]
    public void Join_PropertyThatTheClientRefuses_Fails()
    {
        IGroupSource source = Source(("security.protocol", "ssl"), ("ssl.ca.location", "/nowhere/ca.pem"));

        Action act = () => source.Join();

        act.Should().Throw<SourceException>().Which.IsTransient.Should().BeFalse();
    }

    private static Task<GroupShare> ShareOfAsync(IGroupMember member) =>
        member.GetShareAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromMinutes(2));

    private IGroupSource Source(params (string Name, string Value)[] properties)
    {
        var definition = new SourceDefinition("source", new TopicLocation("t", null))
        {
            Group = "shop",
            ClientProperties = new Dictionary<string, string>(properties.Select(p => KeyValuePair.Create(p.Name, p.Value)))
            {
                ["session.timeout.ms"] = "2000",
                ["heartbeat.interval.ms"] = "50",
                ["topic.metadata.refresh.interval.ms"] = "20",
            },
        };
        var factory = new KafkaSourceFactory(_kafka.BootstrapServers, new KafkaSourceOptions(), new Dictionary<string, string>());
        return (IGroupSource)factory.Create(definition, new SourceServices(TimeProvider.System, NullLoggerFactory.Instance));
    }
}
