using System.Diagnostics;
using System.Runtime.CompilerServices;

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

    /// <summary>What <paramref name="make"/> returns, and the bytes that stay alive because of it.</summary>
    public static async Task<(T Kept, long Bytes)> RetainedBytesAsync<T>(Func<Task<T>> make)
        where T : class
    {
        // Made once and thrown away, so that pooled buffers and caches are there already and do not count.
        await MakeAndForgetAsync(make);
        CollectGarbage();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        T kept = await make();
        await Task.Yield();
        CollectGarbage();
        return (kept, GC.GetTotalMemory(forceFullCollection: true) - before);
    }

    // A stack of its own: the frames that completed the first result must not keep it alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task MakeAndForgetAsync<T>(Func<Task<T>> make)
    {
        await make();
        await Task.Yield();
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
