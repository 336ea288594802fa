using Ctas.Sources;

namespace Ctas.Loading;

/// <summary>A source that is followed in the partitions of a share, and no longer than that share is in force.</summary>
internal sealed class GroupTail(ITailSource source, GroupShare share) : ITailSource
{
    /// <inheritdoc/>
    public SourceDefinition Definition => source.Definition;

    /// <inheritdoc/>
    public ValueTask<ISourceScan> OpenAsync(ScanRequest request, CancellationToken cancellationToken) =>
        source.OpenAsync(request, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ISourceTail> OpenTailAsync(TailRequest request, CancellationToken cancellationToken)
    {
        TailRequest shared = request with { Scan = request.Scan with { Partitions = share.Partitions } };
        return new Tail(await source.OpenTailAsync(shared, cancellationToken).ConfigureAwait(false), Definition, share);
    }

    private sealed class Tail(ISourceTail tail, SourceDefinition definition, GroupShare share) : ISourceTail
    {
        public async ValueTask<TailBatch> ReadAsync(CancellationToken cancellationToken)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, share.Ended);
            try { return await tail.ReadAsync(either.Token).ConfigureAwait(false); }
            catch (OperationCanceledException) when (share.Ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new SourceException(definition.Name, GroupMemberships.ShareEnded(definition), isTransient: true);
            }
        }

        public TailStatus GetStatus() => tail.GetStatus();

        public ValueTask DisposeAsync() => tail.DisposeAsync();
    }
}
