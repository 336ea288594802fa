using System.Globalization;
using System.Runtime.InteropServices;

namespace Ctas.IntegrationTests.Loading;

/// <summary>What a process holds beside managed memory, as Linux tells it.</summary>
/// <param name="ScanThreads">Threads of the library.</param>
/// <param name="ClientThreads">Threads of the Kafka client.</param>
/// <param name="Files">Open files and sockets.</param>
/// <param name="NativeBytes">Bytes that native code has allocated and not freed.</param>
internal sealed record HeldResources(int ScanThreads, int ClientThreads, int Files, long NativeBytes)
{
    /// <summary>What this process holds, as soon as it stays the same for a moment: clients are closed on threads of their own.</summary>
    public static async Task<HeldResources> OfThisProcessAsync()
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        HeldResources held = Now();
        for (int same = 0; same < 3 && await looks.WaitForNextTickAsync();)
        {
            HeldResources now = Now();
            same = now with { NativeBytes = 0 } == held with { NativeBytes = 0 } ? same + 1 : 0;
            held = now;
        }

        return held;
    }

    public static HeldResources LeastOf(IReadOnlyList<HeldResources> held) => new(
        held.Min(one => one.ScanThreads),
        held.Min(one => one.ClientThreads),
        held.Min(one => one.Files),
        held.Min(one => one.NativeBytes));

    public static HeldResources Parse(string text)
    {
        long[] numbers = [.. text.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
        return new HeldResources((int)numbers[0], (int)numbers[1], (int)numbers[2], numbers[3]);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{ScanThreads} {ClientThreads} {Files} {NativeBytes}");

    private static HeldResources Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        string[] threads = [.. Directory.EnumerateDirectories("/proc/self/task").Select(NameOf)];
        MallocInfo allocated = MallInfo2();
        return new HeldResources(
            threads.Count(name => name.StartsWith("ctas", StringComparison.Ordinal)),
            threads.Count(name => name.StartsWith("rdk:", StringComparison.Ordinal)),
            Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(),
            (long)(allocated.InUse + allocated.Mapped));
    }

    // A thread may end while it is looked at.
    private static string NameOf(string thread)
    {
        try { return File.ReadAllText(Path.Combine(thread, "comm")).Trim(); }
        catch (IOException) { return ""; }
    }

    [DllImport("libc", EntryPoint = "mallinfo2")]
    private static extern MallocInfo MallInfo2();

    /// <summary>struct mallinfo2 of glibc.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MallocInfo
    {
        public nuint Arena;
        public nuint FreeChunks;
        public nuint FastChunks;
        public nuint MappedRegions;
        public nuint Mapped;
        public nuint HighestUsed;
        public nuint FastFree;
        public nuint InUse;
        public nuint Free;
        public nuint Releasable;
    }
}
