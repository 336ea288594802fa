using System.Diagnostics.CodeAnalysis;
using System.Reflection;

using Confluent.Kafka;

using Ctas.IntegrationTests.Loading;
using Ctas.Kafka.Producing;

namespace Ctas.IntegrationTests.Sinks;

/// <summary>Requests of a sink's consumers while polling them fails, as when the host's logger throws.</summary>
public sealed class SinkClientRequestTests
{
    [Fact]
    public async Task Ask_PollingThrows_EndsWithTheRequestAndNotBefore()
    {
        var polled = new TaskCompletionSource();
        var answer = new TaskCompletionSource<int>();
        IConsumer<byte[], byte[]> consumer = DispatchProxy.Create<IConsumer<byte[], byte[]>, FailingConsumer>();
        ((FailingConsumer)(object)consumer).OnPoll = () => polled.SetResult();
        Task<int> asking = Task.Run(() => SinkClient.Ask(consumer, () => answer.Task.GetAwaiter().GetResult()));

        await polled.Task.Guarded();
        await asking.Awaiting(it => it.WaitAsync(TimeSpan.FromMilliseconds(200))).Should()
            .ThrowAsync<TimeoutException>("the consumer would be closed under the request");
        answer.SetResult(7);

        await asking.Awaiting(it => it.Guarded()).Should().ThrowAsync<InvalidOperationException>().WithMessage("the logger throws");
    }

    /// <summary>A consumer whose error handler throws.</summary>
    [SuppressMessage("Performance", "CA1852", Justification = "A proxy is a class below it, made at run time.")]
    private class FailingConsumer : DispatchProxy
    {
        public Action OnPoll { get; set; } = () => { };

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            OnPoll();
            throw new InvalidOperationException("the logger throws");
        }
    }
}
