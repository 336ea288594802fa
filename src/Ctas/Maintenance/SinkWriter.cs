using Ctas.Sinks;
using Microsoft.Extensions.Logging;

namespace Ctas.Maintenance;

/// <summary>Writes rounds of batches to a sink: a round is there as a whole, or the write has failed.</summary>
/// <remarks>
/// Transient errors are waited out with growing waits; the round is then written again from its first batch. Used by one
/// writer at a time; what it tells may be read by any thread.
/// </remarks>
internal sealed class SinkWriter(
    string name, ISink sink, DeliveryOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private string? _fault;
    private long _records;
    private long _bytes;

    /// <summary>The sink's name.</summary>
    public string Name => name;

    /// <summary>What is being waited out; null when all is well.</summary>
    public string? Fault => Volatile.Read(ref _fault) ?? sink.Fault;

    /// <summary>What the last commit could not do although every record arrived; null when all is well.</summary>
    public string? Warning => sink.Warning;

    /// <summary>What was committed so far.</summary>
    public SinkWritten Committed => new(Interlocked.Read(ref _records), Interlocked.Read(ref _bytes));

    /// <summary>Writes a round and commits it.</summary>
    /// <param name="batches">The batches; gone through again when the round is written again.</param>
    /// <param name="positions">How far the sources had been read for them; empty when nothing is to be kept.</param>
    /// <param name="maxRetries">How often it may be tried again.</param>
    /// <param name="cancellationToken">Ends it; the sink may have a part.</param>
    /// <exception cref="SinkException">It could not be written.</exception>
    public async Task WriteAsync(
        IEnumerable<SinkBatch> batches, IReadOnlyList<SinkPosition> positions, int maxRetries, CancellationToken cancellationToken)
    {
        await RetryAsync(
            async () =>
            {
                await WriteOnceAsync(batches, positions, cancellationToken).ConfigureAwait(false);
                return true;
            },
            maxRetries,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How far the sink is.</summary>
    /// <exception cref="SinkException">It could not be asked.</exception>
    public Task<SinkProgress> GetProgressAsync(
        IReadOnlyCollection<string> sources, int maxRetries, CancellationToken cancellationToken) =>
        RetryAsync(async () => await sink.GetProgressAsync(sources, cancellationToken).ConfigureAwait(false), maxRetries, cancellationToken);

    /// <summary>Says that the rows at these positions are about to be written.</summary>
    /// <exception cref="SinkException">The sink could not keep them.</exception>
    public Task BeginAsync(IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken) => RetryAsync(
        async () =>
        {
            await sink.BeginAsync(positions, cancellationToken).ConfigureAwait(false);
            return true;
        },
        maxRetries: int.MaxValue,
        cancellationToken);

    /// <summary>Closes the sink.</summary>
    public ValueTask DisposeAsync() => sink.DisposeAsync();

    private async Task<T> RetryAsync<T>(Func<Task<T>> action, int maxRetries, CancellationToken cancellationToken)
    {
        for (int retry = 0; ; retry++)
        {
            try
            {
                T result = await action().ConfigureAwait(false);
                Volatile.Write(ref _fault, null);
                return result;
            }
            catch (SinkException e) when (e.IsTransient && retry < maxRetries)
            {
                Volatile.Write(ref _fault, e.Message);
                DeliveryTelemetry.Failed(name);
                TimeSpan delay = DelayBefore(retry);
                DeliveryLog.Retrying(logger, name, delay, e.Message);
                await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task WriteOnceAsync(
        IEnumerable<SinkBatch> batches, IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken)
    {
        var written = default(SinkWritten);
        foreach (SinkBatch batch in batches)
        {
            SinkWritten part = await sink.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
            written = new SinkWritten(written.Records + part.Records, written.Bytes + part.Bytes);
        }

        await sink.CommitAsync(positions, cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref _records, written.Records);
        Interlocked.Add(ref _bytes, written.Bytes);
        DeliveryTelemetry.Committed(name, written);
    }

    private TimeSpan DelayBefore(int retry)
    {
        double factor = Math.Pow(2, Math.Min(retry, 30));
        return TimeSpan.FromTicks((long)Math.Min(options.RetryDelay.Ticks * factor, options.MaxRetryDelay.Ticks));
    }
}
