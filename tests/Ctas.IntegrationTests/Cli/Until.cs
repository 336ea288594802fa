using System.Diagnostics;

namespace Ctas.IntegrationTests.Cli;

/// <summary>Waits for what happens elsewhere.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Returns when the condition holds; fails when it does not within two minutes.</summary>
    public static async Task TrueAsync(Func<bool> condition)
    {
        long started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            Stopwatch.GetElapsedTime(started).Should().BeLessThan(Patience, "the condition holds soon");
            await timer.WaitForNextTickAsync();
        }
    }
}
