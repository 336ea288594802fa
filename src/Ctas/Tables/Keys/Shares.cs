namespace Ctas.Tables.Keys;

/// <summary>Does something to all rows, on several threads where they are many.</summary>
internal static class Shares
{
    // A thread is not worth its start for fewer rows.
    private const int MinRows = 64 * 1024;

    /// <summary>Number of shares that <see cref="Run"/> makes.</summary>
    public static int Count(int rows, int maxThreads) => Math.Clamp(rows / MinRows, 1, Math.Max(1, maxThreads));

    /// <summary>Runs <paramref name="action"/> for each share and its rows [start, end); one share on this thread.</summary>
    public static void Run(int rows, int maxThreads, Action<int, int, int> action)
    {
        int count = Count(rows, maxThreads);
        if (count == 1)
        {
            action(0, 0, rows);
            return;
        }

        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = count }, share =>
            action(share, (int)((long)share * rows / count), (int)((share + 1L) * rows / count)));
    }
}
