using System.Buffers;
using System.Runtime.CompilerServices;

namespace Ctas.Data;

/// <summary>The keys of a <see cref="KeyIndex"/> whose hashes begin with the same bits: an open-addressing table. One writer.</summary>
internal sealed class KeyIndexPart
{
    /// <summary>Bytes it keeps alive beside its slots.</summary>
    public const int OwnBytes = 64;

    /// <summary>Makes an empty part.</summary>
    /// <param name="slots">A power of two.</param>
    /// <param name="depth">Leading bits that all its hashes share.</param>
    public KeyIndexPart(int slots, int depth)
    {
        Slots = new ulong[slots];
        Depth = depth;
    }

    /// <summary>Hash (high 32 bits) | row + 1; 0 is free. By the last bits of the hash, at most three quarters full.</summary>
    public ulong[] Slots { get; private set; }

    /// <summary>Leading bits that all its hashes share.</summary>
    public int Depth { get; private set; }

    /// <summary>Number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>True when another key needs more slots first.</summary>
    public bool IsFull => (Count + 1) * 4L > Slots.Length * 3L;

    /// <summary>Takes the first free slot for a key; the part is not full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong content)
    {
        ulong[] slots = Slots;
        int mask = slots.Length - 1;
        int slot = (int)(content >> 32) & mask;
        while (slots[slot] != 0) { slot = (slot + 1) & mask; }

        slots[slot] = content;
        Count++;
    }

    /// <summary>Takes out a key; false when it is not there.</summary>
    public bool Remove(ulong content)
    {
        ulong[] slots = Slots;
        int mask = slots.Length - 1;
        int hole = (int)(content >> 32) & mask;
        while (slots[hole] != content)
        {
            if (slots[hole] == 0) { return false; }

            hole = (hole + 1) & mask;
        }

        // What lies behind the hole moves up unless that would take it before its home (Knuth 6.4, algorithm R).
        for (int slot = (hole + 1) & mask; slots[slot] != 0; slot = (slot + 1) & mask)
        {
            int home = (int)(slots[slot] >> 32) & mask;
            if (((slot - home) & mask) < ((slot - hole) & mask)) { continue; }

            slots[hole] = slots[slot];
            hole = slot;
        }

        slots[hole] = 0;
        Count--;
        return true;
    }

    /// <summary>Copies the contents of the slots that are taken, in no order; there is room for <see cref="Count"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void CopyTo(Span<ulong> contents)
    {
        int copied = 0;
        foreach (ulong content in Slots)
        {
            if (content != 0) { contents[copied++] = content; }
        }
    }

    /// <summary>Doubles the slots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Grow()
    {
        ulong[] old = Slots;
        Slots = new ulong[old.Length * 2];
        Count = 0;
        foreach (ulong content in old)
        {
            if (content != 0) { Add(content); }
        }
    }

    /// <summary>Hands the keys whose next bit is set over to another part, in the slots of its own.</summary>
    /// <returns>The other part; null, and nothing has changed, when nearly all keys would be in one of the two.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public KeyIndexPart? Split()
    {
        int bit = 63 - Depth, count = Count, moving = 0;
        ulong[] contents = ArrayPool<ulong>.Shared.Rent(count);
        CopyTo(contents);
        foreach (ulong content in contents.AsSpan(0, count)) { moving += (int)(content >> bit) & 1; }

        KeyIndexPart? other = null;

        // Keys of equal hashes cannot be told apart by more bits.
        if (Math.Min(moving, count - moving) > count / 8)
        {
            other = new KeyIndexPart(Slots.Length, ++Depth);
            Array.Clear(Slots);
            Count = 0;
            foreach (ulong content in contents.AsSpan(0, count))
            {
                if (((content >> bit) & 1) != 0) { other.Add(content); }
                else { Add(content); }
            }
        }

        ArrayPool<ulong>.Shared.Return(contents);
        return other;
    }
}
