using System.Runtime;

namespace Ctas.Tests;

/// <summary>Counts the bytes that code allocates on this thread.</summary>
internal static class Allocations
{
    /// <summary>Runs the code once.</summary>
    /// <remarks>
    /// The count is exact whatever other threads allocate and collect, but for one thing: a collection that runs beside the threads
    /// takes from each what is left of the room it allocates from, up to eight kilobytes, and that room counts as allocated.
    /// The project therefore turns such collections off.
    /// </remarks>
    /// <exception cref="InvalidOperationException">They were turned on again, as an environment variable can.</exception>
    public static long Of(Action code)
    {
        if (GCSettings.LatencyMode != GCLatencyMode.Batch)
        {
            throw new InvalidOperationException("Collections run beside the threads: what they take would be counted.");
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        code();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
