namespace Ctas.IntegrationTests.Loading;

/// <summary>Bounds the wait for what must happen, so that a defect fails a test instead of hanging it.</summary>
internal static class HangGuard
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static Task Guarded(this Task task) => task.WaitAsync(Limit);

    public static Task<T> Guarded<T>(this Task<T> task) => task.WaitAsync(Limit);

    /// <summary>Looks again and again until the condition holds.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var guard = new CancellationTokenSource(Limit);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition()) { await looks.WaitForNextTickAsync(guard.Token); }
    }
}
