namespace Ctas.Tests;

/// <summary>Counts the bytes that code allocates on this thread.</summary>
internal static class Allocations
{
    private const int MaxTries = 10_000;

    /// <summary>Runs the code until no garbage collection falls into a run, and counts that run.</summary>
    /// <remarks>
    /// A collection takes from every thread what is left of the room it allocates from, up to eight kilobytes, and that room
    /// counts as allocated: other tests would be measured, not the code.
    /// </remarks>
    public static long Of(Action code)
    {
        for (int attempt = 0; attempt < MaxTries; attempt++)
        {
            int collections = GC.CollectionCount(0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            code();
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (GC.CollectionCount(0) == collections) { return bytes; }
        }

        throw new InvalidOperationException($"Garbage was collected in each of {MaxTries} runs: let the code do less.");
    }
}
