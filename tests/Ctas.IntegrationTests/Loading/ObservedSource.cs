using Ctas.Sources;

namespace Ctas.IntegrationTests.Loading;

/// <summary>A source as it is, watched: counts what is asked of it and holds it where the test says.</summary>
internal sealed class ObservedSource(ISource inner) : IGroupSource
{
    private int _opened;
    private int _open;

    public SourceDefinition Definition => inner.Definition;

    /// <summary>Scans opened so far.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>Scans open now.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Runs before the ends are captured.</summary>
    public Func<CancellationToken, Task>? BeforeOpen { get; init; }

    /// <summary>Runs when the ends are captured, before the first read.</summary>
    public Func<ISourceScan, CancellationToken, Task>? AfterOpen { get; init; }

    /// <summary>Runs before each read, given the scan and the rows it has delivered so far.</summary>
    public Func<ISourceScan, long, CancellationToken, Task>? BeforeRead { get; init; }

    /// <summary>Given what each read has brought.</summary>
    public Action<SourceBatch>? AfterRead { get; init; }

    /// <summary>Runs when a scan is over.</summary>
    public Action? AfterClose { get; init; }

    public IGroupMember Join() => ((IGroupSource)inner).Join();

    public async ValueTask<ISourceScan> OpenAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _opened);
        if (BeforeOpen is { } before) { await before(cancellationToken); }

        ISourceScan scan = await inner.OpenAsync(request, cancellationToken);
        Interlocked.Increment(ref _open);
        if (AfterOpen is { } after) { await after(scan, cancellationToken); }

        return new ObservedScan(this, scan);
    }

    private sealed class ObservedScan(ObservedSource source, ISourceScan inner) : ISourceScan
    {
        private long _delivered;

        public IReadOnlyList<SourcePartition> Partitions => inner.Partitions;

        public async ValueTask<SourceBatch?> ReadAsync(CancellationToken cancellationToken)
        {
            if (source.BeforeRead is { } before) { await before(inner, _delivered, cancellationToken); }

            SourceBatch? batch = await inner.ReadAsync(cancellationToken);
            _delivered += batch?.Rows.RowCount ?? 0;
            if (batch is not null) { source.AfterRead?.Invoke(batch); }

            return batch;
        }

        public ScanStatistics GetStatistics() => inner.GetStatistics();

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            Interlocked.Decrement(ref source._open);
            source.AfterClose?.Invoke();
        }
    }
}
