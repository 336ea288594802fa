using Confluent.Kafka;

using Ctas.Data;
using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Producing;
using Ctas.Sinks;
using Ctas.Sources;

using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.IntegrationTests.Sinks;

/// <summary>In what order a Kafka sink asks the brokers for what, and what it does when they refuse.</summary>
public sealed class KafkaSinkStepTests
{
    private static readonly SinkPosition[] Positions = [new("in", 0, 7)];

    private readonly ScriptedBroker _broker = new();
    private readonly List<string> _steps = [];
    private Action<Error>? _onError;

    public KafkaSinkStepTests() => _broker.Kills = step =>
    {
        _steps.Add(step);
        return false;
    };

    [Fact]
    public async Task Commit_AtLeastOnce_KeepsPositionsOnlyWhenTheBrokersHaveTheRecords()
    {
        await using ISink sink = Sink(SinkDelivery.AtLeastOnce);

        await sink.WriteAsync(Row(1), CancellationToken.None);
        await sink.CommitAsync(Positions, CancellationToken.None);

        _steps.Should().Equal("produce", "flush", "keep-positions");
    }

    [Fact]
    public async Task Commit_ExactlyOnce_SendsPositionsInsideTheTransaction()
    {
        await using ISink sink = Sink(SinkDelivery.ExactlyOnce);

        await sink.WriteAsync(Row(1), CancellationToken.None);
        await sink.CommitAsync(Positions, CancellationToken.None);

        _steps.Should().Equal("take-over", "begin", "produce", "send-positions", "commit", "commit-done");
    }

    [Fact]
    public async Task Commit_ExactlyOnceThatIsNeverAnswered_IsNotAbortedAndTheSinkIsOver()
    {
        await using ISink sink = Sink(SinkDelivery.ExactlyOnce);
        _broker.Fails = step => step == "commit" ? new KafkaRetriableException(new Error(ErrorCode.Local_TimedOut, "timed out")) : null;
        await sink.WriteAsync(Row(1), CancellationToken.None);

        SinkException error = (await FluentActions.Awaiting(async () => await sink.CommitAsync(Positions, CancellationToken.None))
            .Should().ThrowAsync<SinkException>()).Which;

        // It may well have happened: neither can it be undone, nor must its records be written again.
        error.IsTransient.Should().BeFalse();
        _steps.Should().NotContain("abort");
        await ShouldBeOverAsync(sink);
    }

    [Fact]
    public async Task Write_ExactlyOnceRowWithoutAForm_LeavesNothingAndTheSinkIsOver()
    {
        await using ISink sink = Sink(SinkDelivery.ExactlyOnce);
        await sink.WriteAsync(Row(1), CancellationToken.None);

        // A row of a table without a key is gone, which records cannot tell.
        SinkBatch retraction = Row(1) with { Schema = Row(1).Schema.WithKey([]), Changes = [Row(1).Changes[0] with { Weights = [-1] }] };
        await FluentActions.Awaiting(async () => await sink.WriteAsync(retraction, CancellationToken.None)).Should().ThrowAsync<SinkException>();

        await ShouldBeOverAsync(sink);
        _steps.Should().NotContain("commit");
        _broker.Committed.Should().BeEmpty();
    }

    [Theory]
    [InlineData(SinkDelivery.AtLeastOnce)]
    [InlineData(SinkDelivery.ExactlyOnce)]
    public async Task Commit_LoginThatWasRefusedMeanwhileAndIsTakenAgain_GoesOn(SinkDelivery delivery)
    {
        await using ISink sink = Sink(delivery);
        await sink.WriteAsync(Row(1), CancellationToken.None);
        await sink.CommitAsync(Positions, CancellationToken.None);

        _onError!(new Error(ErrorCode.Local_Authentication, "the account is locked"));
        await sink.WriteAsync(Row(2), CancellationToken.None);
        using var answers = new ManualResetEventSlim();
        _broker.Fails = _ =>
        {
            answers.Wait();
            return null;
        };
        Task committing = sink.CommitAsync(Positions, CancellationToken.None).AsTask();
        answers.Set();
        await committing.Guarded();

        _broker.Committed.Should().Equal("""a={"n":1}""", """a={"n":2}""");
    }

    [Fact]
    public async Task Write_ExactlyOnceCancelledInTheMiddle_IsNotSeenTwiceWhenItIsWrittenAgain()
    {
        await using ISink sink = Sink(SinkDelivery.ExactlyOnce);
        await sink.WriteAsync(Row(1), CancellationToken.None);

        // As when the client's queue is full: what was handed over before is part of the transaction.
        int produced = 0;
        _broker.Kills = step => step == "produce" && ++produced == 2 ? throw new OperationCanceledException() : false;
        SinkBatch rows = Row(2) with { Changes = [.. Row(2).Changes, .. Row(3).Changes] };
        await sink.Awaiting(it => it.WriteAsync(rows, CancellationToken.None).AsTask()).Should().ThrowAsync<OperationCanceledException>();
        await sink.WriteAsync(Row(1), CancellationToken.None);
        await sink.WriteAsync(rows, CancellationToken.None);
        await sink.CommitAsync(Positions, CancellationToken.None);

        _broker.Committed.Should().Equal("""a={"n":1}""", """a={"n":2}""", """a={"n":3}""");
    }

    private static async Task ShouldBeOverAsync(ISink sink) =>
        (await FluentActions.Awaiting(async () => await sink.WriteAsync(Row(2), CancellationToken.None)).Should().ThrowAsync<SinkException>())
            .WithMessage("sink \"changes\" has failed before and writes no more").Which.IsTransient.Should().BeFalse();

    private ISink Sink(SinkDelivery delivery)
    {
        Func<KafkaSinkSettings, ISinkClient> connect = _broker.NextProcess();
        return new KafkaSinkFactory("nowhere:1", new KafkaSourceOptions(), new Dictionary<string, string>())
        {
            Connect = (settings, onError, _) =>
            {
                _onError = onError;
                return connect(settings);
            },
        }.Create(
            new SinkDefinition("changes", new TopicLocation("out", null)) { Delivery = delivery },
            new SourceServices(TimeProvider.System, NullLoggerFactory.Instance));
    }

    private static SinkBatch Row(long n)
    {
        var ids = new StringPool(isInterned: true);
        var rows = new Batch(
            [new StringColumn(DataType.Varchar, [ids.Add("a")], 1, ids), new FixedColumn<long>(DataType.BigInt, new[] { n }, 1)], 1);
        return new SinkBatch("t", new Schema([new Field("id", DataType.Varchar), new Field("n", DataType.BigInt)], 0), [new ChangeBatch(rows)]);
    }
}
