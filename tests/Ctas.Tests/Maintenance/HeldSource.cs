using Ctas.Sources;

namespace Ctas.Tests.Maintenance;

/// <summary>A source under another name, whose scans have captured their ends and then wait until the test lets them go on.</summary>
internal sealed class HeldSource(InMemorySource inner, string name) : ITailSource
{
    private readonly TaskCompletionSource _opening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a scan waits.</summary>
    public Task Opening => _opening.Task.WaitAsync(TimeSpan.FromMinutes(2));

    public SourceDefinition Definition { get; } = inner.Definition with { Name = name };

    /// <summary>Lets scans go on.</summary>
    public void Release() => _released.TrySetResult();

    public async ValueTask<ISourceScan> OpenAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        ISourceScan scan = await inner.OpenAsync(request, cancellationToken);
        _opening.TrySetResult();
        await _released.Task.WaitAsync(cancellationToken);
        return scan;
    }

    public ValueTask<ISourceTail> OpenTailAsync(TailRequest request, CancellationToken cancellationToken) =>
        ((ITailSource)inner).OpenTailAsync(request, cancellationToken);
}
