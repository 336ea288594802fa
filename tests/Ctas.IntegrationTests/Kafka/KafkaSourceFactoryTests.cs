using Ctas.Kafka;
using Ctas.Sources;

namespace Ctas.IntegrationTests.Kafka;

public sealed class KafkaSourceFactoryTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public void CanCreate_TopicsOnly()
    {
        Factory().CanCreate(new TopicLocation("t", null)).Should().BeTrue();
        Factory().CanCreate(new FileLocation("a.csv")).Should().BeFalse();
    }

    [Theory]
    [InlineData("fetch.wait.max.ms", "100")]
    [InlineData("isolation.level", "read_uncommitted")]
    [InlineData("security.protocol", "SASL_SSL")]
    [InlineData("sasl.password", "hunter2")]
    [InlineData("group.id", "mine")]
    public void Validate_PropertyOfTheClient_IsAccepted(string name, string value)
    {
        Validate((name, value)).Should().BeEmpty();
    }

    [Fact]
    public void Validate_UnknownProperty_NamesTheClosest()
    {
        Validate(("fetch.wait.max.msec", "1")).Should().Equal(
            "The Kafka client has no property \"fetch.wait.max.msec\". Did you mean \"kafka.fetch.wait.max.ms\"?");
    }

    [Fact]
    public void Validate_UnknownPropertyLikeNothing_OffersNothing()
    {
        Validate(("zzz", "1")).Should().Equal("The Kafka client has no property \"zzz\".");
    }

    [Fact]
    public void Validate_ValueThatDoesNotFit_SaysWhy()
    {
        Validate(("fetch.wait.max.ms", "soon")).Should().ContainSingle()
            .Which.Should().StartWith("The Kafka client refused the property \"kafka.fetch.wait.max.ms\": ")
            .And.EndWith(".").And.NotEndWith("..");
    }

    [Theory]
    [InlineData("sasl.mechanisms", "hunter2")]
    [InlineData("sasl.oauthbearer.method", "hunter2")]
    public void Validate_SecretThatDoesNotFit_IsNotShown(string name, string value)
    {
        string mistake = Validate((name, value)).DefaultIfEmpty("").Single();

        mistake.Should().NotContain(value);
    }

    [Theory]
    [InlineData("enable.auto.commit", "a load commits nothing")]
    [InlineData("auto.offset.reset", "never skips records silently")]
    [InlineData("enable.partition.eof", "has to see the end")]
    public void Validate_PropertyThatTheLoadNeedsItself_IsRefusedWithTheReason(string name, string reason)
    {
        Validate((name, "true")).Should().ContainSingle()
            .Which.Should().Contain($"\"kafka.{name}\"").And.Contain(reason);
    }

    [Fact]
    public void Validate_SeveralMistakes_AreReportedTogether()
    {
        Validate(("aaa.bbb", "1"), ("enable.auto.commit", "true"), ("fetch.wait.max.ms", "soon")).Should().HaveCount(3);
    }

    [Fact]
    public void Validate_BrokersUnknown_IsAMistake()
    {
        var factory = new KafkaSourceFactory(null, new KafkaSourceOptions(), None);

        factory.Validate(new SourceDefinition("s", new TopicLocation("t", null))).Should().ContainSingle()
            .Which.Should().Contain("kafka://t").And.Contain("bootstrap.servers");
        factory.Validate(new SourceDefinition("s", new TopicLocation("t", "host:9092"))).Should().BeEmpty();
    }

    [Fact]
    public void Validate_DeadLettersWithoutATopic_IsAMistake()
    {
        SourceDefinition definition =
            new("s", new TopicLocation("t", null)) { OnError = RecordErrorPolicy.DeadLetter };

        Factory().Validate(definition).Should().ContainSingle().Which.Should().Contain("dead_letter_topic");
        Factory().Validate(definition with { DeadLetterTopic = "dead" }).Should().BeEmpty();
    }

    [Fact]
    public void Validate_PropertiesOfTheHost_AreCheckedToo()
    {
        var factory = new KafkaSourceFactory(
            "localhost:9092", new KafkaSourceOptions(), new Dictionary<string, string> { ["acks.wrong"] = "1" });

        factory.Validate(new SourceDefinition("s", new TopicLocation("t", null))).Should().ContainSingle()
            .Which.Should().Contain("acks.wrong");
    }

    [Theory]
    [InlineData("group.id", "other", "names group \"other\", and loading.group \"shop\"")]
    [InlineData("group.protocol", "consumer", "needs its whole share at once")]
    [InlineData("partition.assignment.strategy", "cooperative-sticky", "needs its whole share at once")]
    public void Validate_PropertyThatAGroupDoesNotGoWith_IsRefusedWithTheReason(string name, string value, string reason)
    {
        SourceDefinition definition = new("s", new TopicLocation("t", null))
        {
            Group = "shop",
            ClientProperties = new Dictionary<string, string> { [name] = value },
        };

        Factory().Validate(definition).Should().ContainSingle().Which.Should().Contain(reason);
        Factory().Validate(definition with { Group = null }).Should().BeEmpty("nobody joins a group");
    }

    private static KafkaSourceFactory Factory() => new("localhost:9092", new KafkaSourceOptions(), None);

    private static IReadOnlyList<string> Validate(params (string Name, string Value)[] properties) =>
        Factory().Validate(new SourceDefinition("s", new TopicLocation("t", null))
        {
            ClientProperties = properties.ToDictionary(p => p.Name, p => p.Value),
        });
}
