using Polly;
using Polly.Retry;

namespace Ctas.Kafka.Consuming;

/// <summary>
/// Repeats what failed for a passing reason: exponential backoff with jitter and a cap, in the time of the given clock.
/// Faults that cannot pass come through at once, and so does the last one.
/// </summary>
internal sealed class KafkaRetry
{
    private readonly ResiliencePipeline _pipeline;

    /// <param name="options">Number and length of the waits.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="onRetry">Told the fault and the coming wait, before each wait.</param>
    public KafkaRetry(KafkaSourceOptions options, TimeProvider timeProvider, Action<KafkaFault, TimeSpan> onRetry)
    {
        if (options.MaxRetries < 1)
        {
            _pipeline = ResiliencePipeline.Empty;
            return;
        }

        var strategy = new RetryStrategyOptions
        {
            ShouldHandle = static args => ValueTask.FromResult(
                args.Outcome.Exception is KafkaFaultException { Fault.IsTransient: true }),
            MaxRetryAttempts = options.MaxRetries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = options.RetryDelay,
            MaxDelay = options.MaxRetryDelay,
            OnRetry = args =>
            {
                onRetry(((KafkaFaultException)args.Outcome.Exception!).Fault, args.RetryDelay);
                return ValueTask.CompletedTask;
            },
        };
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = timeProvider }.AddRetry(strategy).Build();
    }

    /// <summary>Runs the action, again if need be. Blocks the thread while waiting.</summary>
    public void Execute(Action<CancellationToken> action, CancellationToken cancellationToken) =>
        _pipeline.Execute(static (run, token) => run(token), action, cancellationToken);
}
