using System.Collections.Concurrent;

namespace Ctas.IntegrationTests.Loading;

/// <summary>Threads that read without pause until they are stopped, and what they saw.</summary>
internal sealed class Readers : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, bool> _seen = new();
    private readonly Task[] _threads;
    private readonly long[] _rounds;

    /// <param name="threads">How many read at the same time.</param>
    /// <param name="read">One read; says in words what it saw.</param>
    public Readers(int threads, Func<string> read)
    {
        _rounds = new long[threads];
        _threads = [.. Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () => Run(thread, read), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
    }

    /// <summary>Completes when every thread has read from beginning to end since the call.</summary>
    public async Task NextRoundAsync()
    {
        long[] before = [.. Enumerable.Range(0, _rounds.Length).Select(thread => Volatile.Read(ref _rounds[thread]))];
        await HangGuard.UntilAsync(() => Array.Exists(_threads, thread => thread.IsFaulted)
            || Enumerable.Range(0, _rounds.Length).All(t => Volatile.Read(ref _rounds[t]) >= before[t] + 2));
    }

    /// <summary>Stops the threads; their failures come out here.</summary>
    public async Task<IReadOnlyCollection<string>> StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_threads).Guarded();
        return [.. _seen.Keys];
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private void Run(int thread, Func<string> read)
    {
        CancellationToken stopped = _stopping.Token;
        while (!stopped.IsCancellationRequested)
        {
            _seen[read()] = true;
            Interlocked.Increment(ref _rounds[thread]);
        }
    }
}
