using Confluent.Kafka;

using Ctas.IntegrationTests.Loading;
using Ctas.Kafka.Consuming;
using Ctas.Kafka.Native;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>Requests that nobody waits for any more have the client to themselves until they end.</summary>
public sealed class BlockingRequestsTests
{
    [Fact]
    public async Task WhenIdle_ARequestWasLeftAndAnotherAskedFor_WaitsForTheOneThatWasLeft()
    {
        var refused = new TaskCompletionSource<KafkaFault>();
        var requests = new BlockingRequests(refused.Task, CancellationToken.None);
        using var answer = new ManualResetEventSlim();
        bool isUnderWay = false;
        Action left = () => requests.Make(() =>
        {
            Volatile.Write(ref isUnderWay, true);
            refused.SetResult(new KafkaFault(ErrorCode.SaslAuthenticationFailed, "unknown user"));
            answer.Wait(HangGuard.Limit);
            Volatile.Write(ref isUnderWay, false);
            return 0;
        });
        left.Should().Throw<KafkaFaultException>().Which.Fault.Reason.Should().Be("unknown user");

        // The next one would be answered as soon as the one before.
        bool hasBegun = false;
        Action next = () => requests.Make(() =>
        {
            Volatile.Write(ref hasBegun, true);
            answer.Wait(HangGuard.Limit);
            return 0;
        });
        next.Should().Throw<KafkaFaultException>();
        var idle = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        requests.WhenIdle(() => idle.SetResult(!Volatile.Read(ref isUnderWay)));
        answer.Set();

        (await idle.Task.WaitAsync(HangGuard.Limit)).Should().BeTrue("nothing is under way then");
        Volatile.Read(ref hasBegun).Should().BeFalse("who was refused asks no more");
    }
}
