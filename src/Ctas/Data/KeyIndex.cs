using System.Runtime.CompilerServices;

namespace Ctas.Data;

/// <summary>Finds row numbers by the hash of their key. One writer.</summary>
/// <remarks>
/// The index knows hashes and row numbers only; whoever holds the rows compares the keys of the candidates:
/// <code>
/// for (KeyProbe probe = index.Probe(hash); probe.MoveNext();)
/// {
///     if (IsSameKey(probe.Row)) { … }
/// }
/// </code>
/// Hashes of 32 bits are kept beside the rows, so a candidate is almost always a match. Safe for many readers while
/// nothing is written. Cost of all operations O(1) expected: the first bits of a hash choose a part, and a part that has
/// become large is split in two (extendible hashing, Fagin et al. 1979), so that growth never copies the whole index.
/// </remarks>
internal sealed class KeyIndex
{
    // Half a megabyte of a part would not stay in the nearest caches while it is split; 64 KB do.
    private const int MaxSlots = 8192;
    private const int MinSlots = 8;
    private const int MaxDepth = 20;

    // 2ⁿ places by the first n bits of a hash; a part stands in all those whose numbers begin with its bits.
    private KeyIndexPart[] _places;
    private int _shift = 32;

    // Slots of a part that is split when it is full.
    private readonly int _largestPart;

    /// <summary>Makes an empty index.</summary>
    /// <param name="expected">
    /// About how many keys will come, 0 where nobody knows. There is room for few at once; of many, parts are split at a size
    /// that leaves them well filled when so many are there, and other numbers cost no more than an index of unknown size.
    /// </param>
    public KeyIndex(int expected = 0)
    {
        int slots = expected <= 0 ? MinSlots : SlotsOfPart(expected);
        _largestPart = slots;

        // Parts that suit few keys would be too many objects for the many that come where the number was wrong.
        while (_largestPart <= MaxSlots / 2) { _largestPart *= 2; }

        _places = [new KeyIndexPart(slots, depth: 0)];
        SizeInBytes = BytesOf(_places[0]);
    }

    /// <summary>Number of keys.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes the index keeps alive.</summary>
    public long SizeInBytes { get; private set; }

    /// <summary>The different parts, in the order of their hashes.</summary>
    public IReadOnlyList<KeyIndexPart> Parts
    {
        get
        {
            var parts = new List<KeyIndexPart>();
            for (int place = 0; place < _places.Length; place += _places.Length >> parts[^1].Depth) { parts.Add(_places[place]); }

            return parts;
        }
    }

    /// <summary>Walks the rows whose keys may have this hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public KeyProbe Probe(ulong hash)
    {
        uint kept = Shorten(hash);
        return new KeyProbe(PartOf(kept).Slots, kept);
    }

    /// <summary>Asks for the memory that <see cref="Probe"/> of this hash will look at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash)
    {
        uint kept = Shorten(hash);
        ulong[] slots = PartOf(kept).Slots;
        CacheLines.Prefetch(in slots[KeyIndexPart.Home(kept, slots)]);
    }

    /// <summary>Adds a row whose key is not in the index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ulong hash, int row)
    {
        uint kept = Shorten(hash);
        KeyIndexPart part = PartOf(kept);
        while (part.IsFull)
        {
            Enlarge(part, kept);
            part = PartOf(kept);
        }

        part.Add(ContentOf(kept, row));
        Count++;
    }

    /// <summary>Takes out the key of a row; false when it is not there.</summary>
    public bool Remove(ulong hash, int row)
    {
        uint kept = Shorten(hash);
        if (!PartOf(kept).Remove(ContentOf(kept, row))) { return false; }

        Count--;
        return true;
    }

    /// <summary>The 32 bits of a hash that are kept.</summary>
    public static uint Shorten(ulong hash) => (uint)hash ^ (uint)(hash >> 32);

    /// <summary>What stands in the slot of a key.</summary>
    /// <param name="hash">The bits of the hash that are kept.</param>
    /// <param name="row">The row.</param>
    public static ulong ContentOf(uint hash, int row) => (ulong)hash << 32 | (uint)(row + 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private KeyIndexPart PartOf(uint hash) => _places[(int)((ulong)hash >> _shift)];

    private void Enlarge(KeyIndexPart part, uint hashInside)
    {
        SizeInBytes -= BytesOf(part);
        bool isSplit = part.Slots.Length >= _largestPart && part.Depth < MaxDepth;
        if (isSplit && part.Split() is { } second) { Place(second, hashInside); }
        else
        {
            int twice = part.Slots.Length * 2;
            part.Grow(part.Slots.Length < _largestPart ? Math.Min(twice, _largestPart) : twice);
        }

        SizeInBytes += BytesOf(part);
    }

    /// <summary>Puts the second half of a part that was split into its places.</summary>
    private void Place(KeyIndexPart second, uint hashInside)
    {
        if (1L << second.Depth > _places.Length) { Double(); }

        int count = _places.Length >> second.Depth;
        int prefix = (int)(hashInside >> (32 - second.Depth)) | 1;
        Array.Fill(_places, second, prefix * count, count);
        SizeInBytes += BytesOf(second);
    }

    private void Double()
    {
        var doubled = new KeyIndexPart[_places.Length * 2];
        for (int place = 0; place < doubled.Length; place++) { doubled[place] = _places[place / 2]; }

        SizeInBytes += _places.Length * 8L;
        _places = doubled;
        _shift--;
    }

    /// <summary>Slots of the parts that a number of keys fills well.</summary>
    private static int SlotsOfPart(int keys)
    {
        double ofPart = keys;
        while (SlotsFor(ofPart) > MaxSlots) { ofPart /= 2; }

        return Math.Max(MinSlots, (int)SlotsFor(ofPart));
    }

    // The keys of parts differ: four standard deviations of them have room.
    private static double SlotsFor(double keys) => Math.Ceiling((keys + (4 * Math.Sqrt(keys)) + 1) * KeyIndexPart.SlotsPerKey);

    private static long BytesOf(KeyIndexPart part) => (part.Slots.Length * 8L) + KeyIndexPart.OwnBytes;
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
        _next = KeyIndexPart.Home(hash, slots);
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

            int following = KeyIndexPart.After(slot, slots);
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
    public readonly void SetRow(int row) => _slots[_current] = KeyIndex.ContentOf(_hash, row);
}
