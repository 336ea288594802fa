using Ctas.Kafka.Consuming;

namespace Ctas.Kafka.Native;

/// <summary>
/// Makes requests that block inside the client for as long as brokers do not answer, so that who waits can go: when its
/// user has gone, or when the brokers refuse the client. Used by one thread.
/// </summary>
/// <param name="refused">Completes when the brokers have refused the client.</param>
/// <param name="ended">Cancelled when the user goes.</param>
internal sealed class BlockingRequests(Task<KafkaFault> refused, CancellationToken ended)
{
    private Task _last = Task.CompletedTask;

    /// <summary>The answer. A request that is left ends by itself, on a thread of its own.</summary>
    /// <exception cref="KafkaFaultException">The request failed, or the client is refused.</exception>
    /// <exception cref="OperationCanceledException">The user has gone.</exception>
    public T Make<T>(Func<T> request)
    {
        ended.ThrowIfCancellationRequested();

        // Nothing begins beside a request that was left: of two, only the last would be waited for.
        if (refused.IsCompleted) { throw new KafkaFaultException(refused.Result); }

        Task<T> asking = Task.Factory.StartNew(
            request, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _last = asking;
        if (Task.WaitAny([asking, refused], ended) == 1) { throw new KafkaFaultException(refused.Result); }

        return asking.GetAwaiter().GetResult();
    }

    /// <summary>Does something as soon as no request is under way: at once, unless one was left.</summary>
    public void WhenIdle(Action action)
    {
        if (_last.IsCompleted)
        {
            action();
            return;
        }

        // What it ended with concerns nobody.
        _last.ContinueWith(
            left =>
            {
                _ = left.Exception;
                action();
            },
            CancellationToken.None,
            TaskContinuationOptions.LongRunning,
            TaskScheduler.Default);
    }
}
