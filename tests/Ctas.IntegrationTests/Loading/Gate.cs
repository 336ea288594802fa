namespace Ctas.IntegrationTests.Loading;

/// <summary>Holds those who come until it is opened, and tells when enough of them are there.</summary>
internal sealed class Gate
{
    private readonly Lock _counting = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(int Count, TaskCompletionSource Reached)> _awaited = [];
    private int _arrived;

    /// <summary>Waits at the gate.</summary>
    public Task PassAsync(CancellationToken cancellationToken)
    {
        lock (_counting)
        {
            _arrived++;
            foreach ((int count, TaskCompletionSource reached) in _awaited)
            {
                if (_arrived >= count) { reached.TrySetResult(); }
            }
        }

        return _opened.Task.WaitAsync(cancellationToken).Guarded();
    }

    /// <summary>Completes when so many have come to the gate, those that have passed included.</summary>
    public Task ArrivedAsync(int count = 1)
    {
        lock (_counting)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_arrived >= count) { reached.SetResult(); }

            _awaited.Add((count, reached));
            return reached.Task.Guarded();
        }
    }

    public void Open() => _opened.TrySetResult();
}
