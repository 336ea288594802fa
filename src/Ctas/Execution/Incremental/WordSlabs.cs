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

    // From here on slabs hold large pages, and begin with one.
    private const int LargePagesFrom = (4 << 20) / sizeof(ulong);
    private const int LeastLargeSlab = (8 << 20) / sizeof(ulong);
    private const int MaxSlabWords = (32 << 20) / sizeof(ulong);

    private readonly List<ulong[]> _slabs = [];
    private long _words;
    private nint _free;
    private int _freeWords;

    /// <summary>Bytes held, those that lie idle included.</summary>
    public long SizeInBytes => _words * sizeof(ulong);

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

    private void AddSlab(int atLeast)
    {
        // An eighth of what there is may lie idle; of much, a quarter, which takes no memory before it is written to.
        if (_words < LargePagesFrom) { AddSlab((int)Math.Max(atLeast, _words / 8), CacheLines.Bytes); }
        else
        {
            long words = Math.Clamp(_words / 4, Math.Max(LeastLargeSlab, atLeast), Math.Max(MaxSlabWords, atLeast));
            nint address = AddSlab((int)words, LargePages.PageBytes);
            LargePages.Ask(address, (nint)words * sizeof(ulong));
        }
    }

    /// <summary>Adds a slab of so many words that begins at a multiple of some bytes.</summary>
    private unsafe nint AddSlab(int words, int alignment)
    {
        ulong[] slab = GC.AllocateUninitializedArray<ulong>(words + (alignment / sizeof(ulong)) - 1, pinned: true);
        _slabs.Add(slab);
        _words += slab.Length;
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(slab));
        _free = (address + alignment - 1) & -alignment;
        _freeWords = words & -LineWords;
        return _free;
    }
}
