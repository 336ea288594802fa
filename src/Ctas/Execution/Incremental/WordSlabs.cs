using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>Blocks of 64-bit words that begin with a cache line and never move. Single-threaded.</summary>
/// <remarks>
/// They are cut from arrays that grow with the number of words, and lie in large pages where there are many: looking into a
/// gigabyte at random costs the processor as much for finding pages as for their contents.
/// </remarks>
internal sealed class WordSlabs
{
    private const int LineWords = CacheLines.Bytes / sizeof(ulong);

    // Large pages lie at multiples of 2 MB, so that a slab loses one.
    private const int MaxSlabWords = (32 << 20) / sizeof(ulong);

    private readonly List<ulong[]> _slabs = [];
    private long _words;
    private nint _free;
    private int _freeWords;

    /// <summary>A block of so many words, all zero.</summary>
    /// <returns>Where it begins. It is there as long as these slabs are, and as long as something refers into it.</returns>
    public unsafe nint Add(int words)
    {
        int whole = (words + LineWords - 1) & -LineWords;
        if (whole > _freeWords) { AddSlab(whole); }

        nint block = _free;
        _free += whole * sizeof(ulong);
        _freeWords -= whole;
        new Span<ulong>((void*)block, whole).Clear();
        return block;
    }

    /// <summary>Gives all blocks back.</summary>
    public void Clear()
    {
        _slabs.Clear();
        (_words, _free, _freeWords) = (0, 0, 0);
    }

    /// <summary>A word of a block, which is not checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe ref ulong At(nint block, nint word) => ref Unsafe.AsRef<ulong>((ulong*)block + word);

    /// <summary>The first words of a block, whose number is not checked.</summary>
    public static unsafe Span<ulong> Of(nint block, int words) => new((void*)block, words);

    private unsafe void AddSlab(int atLeast)
    {
        // An eighth of what there is may lie idle.
        int words = Math.Max(atLeast, (int)Math.Min(MaxSlabWords, _words / 8)) + LineWords - 1;
        ulong[] slab = GC.AllocateUninitializedArray<ulong>(words, pinned: true);
        _slabs.Add(slab);
        _words += words;
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(slab));
        if (words >= LargePages.LeastBytes / sizeof(ulong)) { LargePages.Ask(address, (nint)words * sizeof(ulong)); }

        _free = (address + CacheLines.Bytes - 1) & -CacheLines.Bytes;
        _freeWords = (words - (int)((_free - address) / sizeof(ulong))) & -LineWords;
    }
}
