using Ctas.Sources;

namespace Ctas.Tests.Maintenance;

/// <summary>A source whose tails know the ends as they were at their last read, as clients of brokers do.</summary>
internal sealed class LatestReadSource(InMemorySource inner) : ITailSource
{
    private int _reads;

    /// <summary>Reads of tails that have given something.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>How many reads tails make before <see cref="Gate"/>.</summary>
    public int ReadsBeforeGate { get; init; }

    /// <summary>Completes when tails may go on reading.</summary>
    public Task Gate { get; init; } = Task.CompletedTask;

    /// <summary>What keeps tails from reading, as they tell it; null: nothing.</summary>
    public string? Fault { get; set; }

    public SourceDefinition Definition => inner.Definition;

    public ValueTask<ISourceScan> OpenAsync(ScanRequest request, CancellationToken cancellationToken) =>
        inner.OpenAsync(request, cancellationToken);

    public async ValueTask<ISourceTail> OpenTailAsync(TailRequest request, CancellationToken cancellationToken) =>
        new Tail(this, await ((ITailSource)inner).OpenTailAsync(request, cancellationToken));

    private sealed class Tail(LatestReadSource source, ISourceTail inner) : ISourceTail
    {
        private TailStatus _status = inner.GetStatus();

        public async ValueTask<TailBatch> ReadAsync(CancellationToken cancellationToken)
        {
            if (source.Reads >= source.ReadsBeforeGate) { await source.Gate.WaitAsync(cancellationToken); }

            TailBatch batch = await inner.ReadAsync(cancellationToken);
            Volatile.Write(ref _status, inner.GetStatus());
            Interlocked.Increment(ref source._reads);
            return batch;
        }

        public TailStatus GetStatus() => Volatile.Read(ref _status) with { Fault = source.Fault };

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
