using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Data;

/// <summary>Asks the system to hold memory in pages of 2 MB: what is read at random then waits for no page tables.</summary>
internal static partial class LargePages
{
    /// <summary>Bytes of such a page, which lies at a multiple of them.</summary>
    public const int PageBytes = 2 << 20;

    /// <summary>So many bytes are worth it: they hold one such page at least, wherever they begin.</summary>
    public const int LeastBytes = 4 << 20;

    // From <sys/mman.h> of Linux.
    private const int MadviseHugePage = 14;

    /// <summary>Asks for memory that has not been written to yet. A hint: where it is not understood, nothing happens.</summary>
    /// <param name="address">Where it begins.</param>
    /// <param name="bytes">How long it is.</param>
    public static void Ask(nint address, nint bytes)
    {
        if (!OperatingSystem.IsLinux()) { return; }

        // Whole pages only: others may belong to somebody else.
        nint page = Environment.SystemPageSize;
        nint start = (address + page - 1) & -page;
        nint end = (address + bytes) & -page;
        if (end > start) { _ = Madvise(start, end - start, MadviseHugePage); }
    }

    /// <summary>Moves the elements of an array into a longer one, which lies in large pages where it is long.</summary>
    public static unsafe void Resize<T>(ref T[] array, int length)
        where T : struct
    {
        var longer = new T[length];
        long bytes = (long)length * Unsafe.SizeOf<T>();
        if (bytes >= LeastBytes)
        {
            // An array of this size is not moved, and it would do no harm: this is a hint.
            Ask((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(longer)), (nint)bytes);
        }

        array.CopyTo(longer, 0);
        array = longer;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(nint address, nint length, int advice);
}
