using System.Threading.Channels;

namespace Ctas.Tests.Tables;

/// <summary>Writes down what it is told, in order.</summary>
internal sealed class RecordingObserver<T> : IObserver<T>
{
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();

    /// <summary>Called for each element when it has been written down.</summary>
    public Action<T>? OnNext { get; init; }

    /// <summary>Called for an error when it has been written down.</summary>
    public Action<Exception>? OnError { get; init; }

    /// <summary>How an element is written.</summary>
    public Func<T, string?> Text { get; init; } = element => element?.ToString();

    /// <summary>True when it has been told nothing that was not taken.</summary>
    public bool IsSilent => _told.Reader.Count == 0;

    /// <summary>Waits for the next ones.</summary>
    public async Task<string[]> TakeAsync(int count)
    {
        using var patience = new CancellationTokenSource(RecordingObserver.HangGuard);
        var taken = new string[count];
        for (int number = 0; number < count; number++) { taken[number] = await _told.Reader.ReadAsync(patience.Token); }

        return taken;
    }

    void IObserver<T>.OnNext(T value)
    {
        _told.Writer.TryWrite($"next {Text(value)}");
        OnNext?.Invoke(value);
    }

    void IObserver<T>.OnError(Exception error)
    {
        _told.Writer.TryWrite($"error {error.Message}");
        OnError?.Invoke(error);
    }

    void IObserver<T>.OnCompleted() => _told.Writer.TryWrite("completed");
}

/// <summary>What all of them share.</summary>
internal static class RecordingObserver
{
    /// <summary>When nobody waits any longer.</summary>
    public static TimeSpan HangGuard { get; } = TimeSpan.FromMinutes(2);
}
