using System.Diagnostics;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>Medians of several runs. Contenders take turns, so that a slow moment of the machine hits both.</summary>
internal static class Measure
{
    /// <summary>Median seconds of each contender, after one run to warm up.</summary>
    public static async Task<double[]> SecondsAsync(int repetitions, params Func<Task>[] contenders)
    {
        var seconds = new List<double>[contenders.Length];
        for (int contender = 0; contender < contenders.Length; contender++) { seconds[contender] = []; }

        for (int repetition = 0; repetition <= repetitions; repetition++)
        {
            for (int contender = 0; contender < contenders.Length; contender++)
            {
                CollectGarbage();
                long started = Stopwatch.GetTimestamp();
                await contenders[contender]();
                double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
                if (repetition > 0) { seconds[contender].Add(elapsed); }
            }
        }

        return [.. seconds.Select(Median)];
    }

    /// <summary>Median seconds of contenders that do not wait.</summary>
    public static Task<double[]> SecondsAsync(int repetitions, params Action[] contenders) => SecondsAsync(
        repetitions,
        [.. contenders.Select(contender => (Func<Task>)(() =>
        {
            contender();
            return Task.CompletedTask;
        }))]);

    /// <summary>Bytes that stay alive because of what <paramref name="make"/> returns.</summary>
    public static async Task<long> RetainedBytesAsync(Func<Task<object>> make)
    {
        // Made once before, so that pooled buffers and caches are there already and do not count.
        await make();
        CollectGarbage();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        object kept = await make();
        CollectGarbage();
        long after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(kept);
        return after - before;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count % 2 == 1
            ? values[values.Count / 2]
            : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }

    private static void CollectGarbage()
    {
        for (int round = 0; round < 3; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }
}
