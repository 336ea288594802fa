using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>Places of rows in the order in which they were added; empty when all of it is zero. See <see cref="PlaceLists"/>.</summary>
/// <remarks>Up to two lie in the list itself; more lie in a block.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(int))]
internal struct PlaceList
{
    /// <summary>Sizes that blocks may have.</summary>
    public const int MaxSizes = 29;

    private const int SizeShift = 56;
    private const long BlockBit = long.MinValue;
    private const long AddressMask = (1L << SizeShift) - 1;

    // Two places + 1, 0 for none; or where the block is, and its size.
    private long _content;

    /// <summary>Number of places.</summary>
    public int Count;

    /// <summary>Makes a list of a block.</summary>
    /// <param name="block">Where it is.</param>
    /// <param name="size">How large: 4 entries, doubled so many times.</param>
    /// <param name="count">Number of places in it.</param>
    public PlaceList(nint block, int size, int count) => (_content, Count) = (block | ((long)size << SizeShift) | BlockBit, count);

    /// <summary>True when places lie in a block.</summary>
    public readonly bool IsBlock => _content < 0;

    /// <summary>Of a block: its size, as at the constructor.</summary>
    public readonly int Size => (int)((_content & ~BlockBit) >> SizeShift);

    /// <summary>Of a block: where it is.</summary>
    public readonly nint Block => (nint)(_content & AddressMask);

    /// <summary>Of a block: its entries; the first holds how many of them are in use, itself included.</summary>
    public readonly unsafe Span<int> Entries => new((void*)Block, 4 << Size);

    /// <summary>Without a block: the entries.</summary>
    [UnscopedRef]
    public Span<int> Own => MemoryMarshal.CreateSpan(ref Unsafe.As<long, int>(ref _content), 2);

    /// <summary>The places. Valid until the list is changed.</summary>
    [UnscopedRef]
    public Enumerable Places => new(IsBlock ? Entries[1..Entries[0]] : Own);

    /// <summary>Asks for the places, where they do not lie in the list itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly unsafe void Prefetch()
    {
        if (IsBlock) { CacheLines.Prefetch(ref Unsafe.AsRef<int>((void*)Block)); }
    }

    /// <summary>Goes through entries, and leaves out those without a place.</summary>
    internal readonly ref struct Enumerable(ReadOnlySpan<int> entries)
    {
        private readonly ReadOnlySpan<int> _entries = entries;

        public Enumerator GetEnumerator() => new(_entries);
    }

    /// <inheritdoc cref="Enumerable"/>
    internal ref struct Enumerator(ReadOnlySpan<int> entries)
    {
        private readonly ReadOnlySpan<int> _entries = entries;
        private int _next;

        public int Current { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool MoveNext()
        {
            while (_next < _entries.Length)
            {
                int entry = _entries[_next++];
                if (entry == 0) { continue; }

                Current = entry - 1;
                return true;
            }

            return false;
        }
    }
}
