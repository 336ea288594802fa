using System.Buffers;
using System.Runtime.CompilerServices;

namespace Ctas.Data;

/// <summary>The keys of a <see cref="KeyIndex"/> whose hashes begin with the same bits: an open-addressing table. One writer.</summary>
internal sealed class KeyIndexPart
{
    /// <summary>Bytes it keeps alive beside its slots.</summary>
    public const int OwnBytes = 64;

    /// <summary>Slots that a key of a full part takes.</summary>
    public const double SlotsPerKey = 4.0 / 3;

    /// <summary>Makes an empty part.</summary>
    /// <param name="slots">Number of slots, at least 2.</param>
    /// <param name="depth">Leading bits that all its hashes share.</param>
    public KeyIndexPart(int slots, int depth)
    {
        Slots = new ulong[slots];
        Depth = depth;
    }

    /// <summary>Hash (high 32 bits) | row + 1; 0 is free. A key lies at or behind its <see cref="Home"/>; at most three quarters full.</summary>
    public ulong[] Slots { get; private set; }

    /// <summary>Leading bits that all its hashes share.</summary>
    public int Depth { get; private set; }

    /// <summary>Number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>True when another key needs more slots first.</summary>
    public bool IsFull => (Count + 1) * 4L > Slots.Length * 3L;

    /// <summary>The slot where the search for a hash begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Home(uint hash, ulong[] slots) =>
        // The leading bits are the same in the whole part: the product mixes the others into the leading ones.
        (int)(((ulong)(hash * 0x9E3779B1u) * (uint)slots.Length) >> 32);

    /// <summary>The slot behind another; the first one is behind the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int After(int slot, ulong[] slots) => slot + 1 == slots.Length ? 0 : slot + 1;

    /// <summary>Takes the first free slot for a key; the part is not full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong content)
    {
        ulong[] slots = Slots;
        int slot = Home((uint)(content >> 32), slots);
        while (slots[slot] != 0) { slot = After(slot, slots); }

        slots[slot] = content;
        Count++;
    }

    /// <summary>Takes out a key; false when it is not there.</summary>
    public bool Remove(ulong content)
    {
        ulong[] slots = Slots;
        int hole = Home((uint)(content >> 32), slots);
        while (slots[hole] != content)
        {
            if (slots[hole] == 0) { return false; }

            hole = After(hole, slots);
        }

        // What lies behind the hole moves up unless that would take it before its home (Knuth 6.4, algorithm R).
        for (int slot = After(hole, slots); slots[slot] != 0; slot = After(slot, slots))
        {
            int home = Home((uint)(slots[slot] >> 32), slots);
            if (Distance(home, slot, slots) < Distance(hole, slot, slots)) { continue; }

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

    /// <summary>Goes on with more slots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Grow(int slots)
    {
        ulong[] old = Slots;
        Slots = new ulong[slots];
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

    // Steps from one slot on to another.
    private static int Distance(int from, int to, ulong[] slots) => to >= from ? to - from : to - from + slots.Length;
}
