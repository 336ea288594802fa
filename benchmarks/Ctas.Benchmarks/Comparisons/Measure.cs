using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>Medians of several runs. Contenders take turns, so that a slow moment of the machine hits both.</summary>
internal static class Measure
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);

    /// <summary>Median seconds of each contender, after it has been warmed up.</summary>
    public static async Task<double[]> SecondsAsync(int repetitions, params Func<Task>[] contenders) =>
        [.. (await RunsAsync(repetitions, contenders)).Select(Median)];

    /// <summary>The seconds of every run of each contender, after it has been warmed up; fastest first.</summary>
    public static async Task<List<double>[]> RunsAsync(int repetitions, params Func<Task>[] contenders)
    {
        // Until the compiler has seen what is hot.
        foreach (Func<Task> contender in contenders)
        {
            for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < WarmUp;) { await contender(); }
        }

        var seconds = new List<double>[contenders.Length];
        for (int contender = 0; contender < contenders.Length; contender++) { seconds[contender] = []; }

        for (int repetition = 0; repetition < repetitions; repetition++)
        {
            for (int contender = 0; contender < contenders.Length; contender++)
            {
                CollectGarbage();
                long started = Stopwatch.GetTimestamp();
                await contenders[contender]();
                seconds[contender].Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            }
        }

        foreach (List<double> runs in seconds) { runs.Sort(); }

        return seconds;
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

    /// <summary>The bytes that are freed when what <paramref name="make"/> returns is let go of.</summary>
    /// <remarks>
    /// Unlike the growth of the process, this leaves out buffers that were rented meanwhile and stay pooled, and garbage
    /// of what was measured before.
    /// </remarks>
    /// <param name="make">Makes it.</param>
    /// <param name="look">Looks at it before it goes.</param>
    public static async Task<long> FreedBytesAsync<T>(Func<Task<T>> make, Func<T, Task> look)
        where T : class
    {
        StrongBox<T?> kept = await MakeAndLookAsync(make, look);
        CollectGarbage();
        long held = GC.GetTotalMemory(forceFullCollection: true);
        kept.Value = null;
        CollectGarbage();
        return held - GC.GetTotalMemory(forceFullCollection: true);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<StrongBox<T?>> MakeAndLookAsync<T>(Func<Task<T>> make, Func<T, Task> look)
        where T : class
    {
        var kept = new StrongBox<T?>(await make());
        await look(kept.Value!);
        await Task.Yield();
        return kept;
    }

    // A stack of its own: the frames that completed the first result must not keep it alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task MakeAndForgetAsync<T>(Func<Task<T>> make)
    {
        await make();
        await Task.Yield();
    }

    /// <summary>The middle value.</summary>
    public static double Median(List<double> values)
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
