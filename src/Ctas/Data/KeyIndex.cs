using System.Runtime.CompilerServices;

namespace Ctas.Data;

/// <summary>Finds row numbers by the hash of their key: open addressing with linear probing. One writer.</summary>
/// <remarks>
/// The index knows hashes and row numbers only; whoever holds the rows compares the keys of the candidates:
/// <code>
/// for (KeyProbe probe = index.Probe(hash); probe.MoveNext();)
/// {
///     if (IsSameKey(probe.Row)) { … }
/// }
/// </code>
/// Hashes of 32 bits are kept beside the rows, so a candidate is almost always a match. Safe for many readers while
/// nothing is written. Cost of all operations O(1) expected.
/// </remarks>
internal sealed class KeyIndex
{
    // hash (high 32 bits) | row + 1; 0 is free. At most three quarters full.
    private ulong[] _slots;

    /// <summary>Makes an empty index with room for <paramref name="capacity"/> keys.</summary>
    public KeyIndex(int capacity = 0) => _slots = new ulong[SlotsFor(capacity)];

    /// <summary>Number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes the index keeps alive.</summary>
    public long SizeInBytes => _slots.Length * 8L;

    /// <summary>Bytes that an index of so many keys, added one by one, keeps alive.</summary>
    public static long SizeFor(int count) => SlotsFor(count) * 8L;

    /// <summary>Walks the rows whose keys may have this hash.</summary>
    public KeyProbe Probe(ulong hash) => new(_slots, Shorten(hash));

    /// <summary>Adds a row whose key is not in the index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ulong hash, int row)
    {
        if ((Count + 1) * 4L > _slots.Length * 3L) { Grow(); }

        Insert(_slots, (ulong)Shorten(hash) << 32 | (uint)(row + 1));
        Count++;
    }

    /// <summary>Takes out the key of a row; false when it is not there.</summary>
    public bool Remove(ulong hash, int row)
    {
        ulong content = (ulong)Shorten(hash) << 32 | (uint)(row + 1);
        int mask = _slots.Length - 1;
        int hole = (int)(content >> 32) & mask;
        while (_slots[hole] != content)
        {
            if (_slots[hole] == 0) { return false; }

            hole = (hole + 1) & mask;
        }

        // What lies behind the hole moves up unless that would take it before its home (Knuth 6.4, algorithm R).
        for (int slot = (hole + 1) & mask; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            int home = (int)(_slots[slot] >> 32) & mask;
            if (((slot - home) & mask) < ((slot - hole) & mask)) { continue; }

            _slots[hole] = _slots[slot];
            hole = slot;
        }

        _slots[hole] = 0;
        Count--;
        return true;
    }

    /// <summary>Calls back with each row and the 32 bits kept of its hash, in no order.</summary>
    public void ForEach(Action<uint, int> visit)
    {
        foreach (ulong content in _slots)
        {
            if (content != 0) { visit((uint)(content >> 32), (int)(uint)content - 1); }
        }
    }

    /// <summary>The 32 bits of a hash that are kept.</summary>
    public static uint Shorten(ulong hash) => (uint)hash ^ (uint)(hash >> 32);

    private static int SlotsFor(int capacity) =>
        (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(8, (capacity * 4L / 3) + 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Insert(ulong[] slots, ulong content)
    {
        int mask = slots.Length - 1;
        int slot = (int)(content >> 32) & mask;
        while (slots[slot] != 0) { slot = (slot + 1) & mask; }

        slots[slot] = content;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Grow()
    {
        var slots = new ulong[_slots.Length * 2];
        foreach (ulong content in _slots)
        {
            if (content != 0) { Insert(slots, content); }
        }

        _slots = slots;
    }
}

/// <summary>A walk over the candidates of one hash in a <see cref="KeyIndex"/>. Ends with the next write.</summary>
internal ref struct KeyProbe
{
    private readonly ulong[] _slots;
    private readonly uint _hash;
    private int _next;
    private int _current;

    internal KeyProbe(ulong[] slots, uint hash)
    {
        _slots = slots;
        _hash = hash;
        _next = (int)hash & (slots.Length - 1);
        _current = -1;
    }

    /// <summary>The candidate: a row whose key has this hash, and so very likely this key.</summary>
    public readonly int Row => (int)(uint)_slots[_current] - 1;

    /// <summary>Moves to the next candidate; false when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool MoveNext()
    {
        ulong[] slots = _slots;
        int slot = _next;
        while (true)
        {
            ulong content = slots[slot];
            if (content == 0) { return false; }

            int following = (slot + 1) & (slots.Length - 1);
            if ((uint)(content >> 32) == _hash)
            {
                _current = slot;
                _next = following;
                return true;
            }

            slot = following;
        }
    }

    /// <summary>Lets the key of the candidate point to another row.</summary>
    public readonly void SetRow(int row) => _slots[_current] = (ulong)_hash << 32 | (uint)(row + 1);
}
