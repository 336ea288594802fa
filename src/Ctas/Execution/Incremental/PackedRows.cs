using System.Buffers;
using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Incremental;

/// <summary>Different rows, each at a place of its own; the place of a removed row is used again. Single-threaded.</summary>
/// <remarks>
/// Rows are packed into words of 64 bits and found in an open-addressing table, at most half full. No object per row.
/// Cost of every operation O(rows asked for), whatever number is held.
/// </remarks>
internal sealed class PackedRows
{
    private const int BlockRows = 256;
    private const int CachedSlots = 1 << 14;
    private const long MinTrimBytes = 64 << 10;

    private readonly IReadOnlyList<DataType> _types;
    private readonly bool _isExact;
    private readonly int _width;
    private readonly Stack<int> _free = [];
    private KeyPart[] _parts;
    private ulong[] _words = [];

    // Upper half of the hash | place + 1; 0 is free. The half is also where the search begins.
    private ulong[] _slots = new ulong[64];
    private ulong _touched;
    private long _trimAtBytes = MinTrimBytes;

    /// <summary>Makes an empty set of rows.</summary>
    /// <param name="types">Types of the columns; none is allowed.</param>
    /// <param name="isExact">
    /// True to tell rows apart that differ in any bit, as multisets of rows need; false for the equality of GROUP BY.
    /// </param>
    public PackedRows(IReadOnlyList<DataType> types, bool isExact)
    {
        _types = types;
        _isExact = isExact;
        _parts = CreateParts(out int bits);
        _width = Math.Max(1, (bits + 63) / 64);
    }

    /// <summary>Places given out so far: all of them are below it.</summary>
    public int PlaceCount { get; private set; }

    /// <summary>Rows held.</summary>
    public int Count => PlaceCount - _free.Count;

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => ((_words.Length + _slots.Length) * 8L) + (_free.Count * 4L) + PartBytes;

    // The strings of all rows, also of those that have been removed.
    private long PartBytes
    {
        get
        {
            long bytes = 0;
            foreach (KeyPart part in _parts) { bytes += part.SizeInBytes; }

            return bytes;
        }
    }

    /// <summary>An empty one for the same rows.</summary>
    public PackedRows Emptied() => new(_types, _isExact);

    /// <summary>The place of every row; one that is not held is added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FindOrAdd(ReadOnlySpan<Column> columns, Span<int> places)
    {
        Reserve(places.Length);
        ulong[] packed = Pack(columns, places);
        uint[] rented = ArrayPool<uint>.Shared.Rent(Math.Max(1, places.Length));
        Span<uint> hashes = rented.AsSpan(0, places.Length);
        for (int row = 0; row < hashes.Length; row++) { hashes[row] = Hash(packed.AsSpan(row * _width, _width)); }

        for (int start = 0; start < places.Length; start += BlockRows)
        {
            int end = Math.Min(start + BlockRows, places.Length);
            Touch(hashes[start..end]);
            for (int row = start; row < end; row++)
            {
                ReadOnlySpan<ulong> words = packed.AsSpan(row * _width, _width);
                int slot = Probe(words, hashes[row], out int place);
                if (place < 0)
                {
                    place = Add(words);
                    _slots[slot] = ((ulong)hashes[row] << 32) | (uint)(place + 1);
                }

                places[row] = place;
            }
        }

        ArrayPool<uint>.Shared.Return(rented);
        ArrayPool<ulong>.Shared.Return(packed);
    }

    /// <summary>Asks for the row at a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int place) => CacheLines.Prefetch(ref _words[place * _width]);

    /// <summary>Removes the row at a place.</summary>
    public void Remove(int place)
    {
        int mask = _slots.Length - 1;
        int hole = (int)Hash(Words(place)) & mask;
        while ((int)(uint)_slots[hole] != place + 1) { hole = (hole + 1) & mask; }

        // What was displaced past the hole moves back, so that no search ends before it.
        for (int slot = (hole + 1) & mask; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            int home = (int)(_slots[slot] >> 32) & mask;
            if (((slot - home) & mask) < ((slot - hole) & mask)) { continue; }

            _slots[hole] = _slots[slot];
            hole = slot;
        }

        _slots[hole] = 0;
        _free.Push(place);
    }

    /// <summary>The rows at places, which may come several times; a negative place gives a row of NULLs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Column[] Columns(ReadOnlySpan<int> places)
    {
        ulong[] packed = ArrayPool<ulong>.Shared.Rent(Math.Max(1, places.Length * _width));
        for (int row = 0; row < places.Length; row++)
        {
            Span<ulong> target = packed.AsSpan(row * _width, _width);
            if (places[row] < 0) { target.Clear(); }
            else { Words(places[row]).CopyTo(target); }
        }

        var columns = new Column[_parts.Length];
        for (int part = 0; part < columns.Length; part++)
        {
            columns[part] = _parts[part].Unpack(packed, _width, places.Length);
        }

        ArrayPool<ulong>.Shared.Return(packed);
        return columns;
    }

    /// <summary>The places of the rows held, in no order. Cost O(rows held).</summary>
    public int[] Places()
    {
        var places = new List<int>(Count);
        foreach (ulong content in _slots)
        {
            if (content != 0) { places.Add((int)(uint)content - 1); }
        }

        return [.. places];
    }

    /// <summary>
    /// Gives the strings of removed rows back once they may be more than those of the rows there are. Rows keep their
    /// places.
    /// </summary>
    /// <remarks>Cost O(rows) once in as many bytes of new strings as the rows have: O(1) for each row added.</remarks>
    /// <returns>True when strings have other codes now.</returns>
    public bool Trim()
    {
        if (PartBytes <= _trimAtBytes) { return false; }

        int[] held = Places();
        Column[] columns = Columns(held);
        _parts = CreateParts(out _);
        ulong[] packed = Pack(columns, new int[held.Length]);
        Array.Clear(_slots);
        for (int row = 0; row < held.Length; row++)
        {
            Span<ulong> words = packed.AsSpan(row * _width, _width);
            words.CopyTo(_words.AsSpan(held[row] * _width));
            uint hash = Hash(words);
            int slot = (int)hash & (_slots.Length - 1);
            while (_slots[slot] != 0) { slot = (slot + 1) & (_slots.Length - 1); }

            _slots[slot] = ((ulong)hash << 32) | (uint)(held[row] + 1);
        }

        ArrayPool<ulong>.Shared.Return(packed);
        _trimAtBytes = Math.Max(MinTrimBytes, PartBytes * 2);
        return true;
    }

    private KeyPart[] CreateParts(out int bits)
    {
        var parts = new KeyPart[_types.Count];
        bits = 0;
        for (int part = 0; part < parts.Length; part++)
        {
            parts[part] = _isExact ? KeyPart.CreateExact(_types[part], ref bits) : KeyPart.Create(_types[part], ref bits);
        }

        return parts;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<ulong> Words(int place) => _words.AsSpan(place * _width, _width);

    private ulong[] Pack(ReadOnlySpan<Column> columns, Span<int> marks)
    {
        int length = marks.Length * _width;
        ulong[] packed = ArrayPool<ulong>.Shared.Rent(Math.Max(1, length));
        packed.AsSpan(0, length).Clear();
        for (int part = 0; part < _parts.Length; part++) { _parts[part].Pack(columns[part], packed, _width, marks, adds: true); }

        return packed;
    }

    // Brings what a block of rows will ask for into the cache, many at a time, before it is asked for one by one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Touch(ReadOnlySpan<uint> hashes)
    {
        ulong[] slots = _slots;
        if (slots.Length < CachedSlots) { return; }

        int mask = slots.Length - 1;
        ulong touched = 0;
        foreach (uint hash in hashes) { touched += slots[(int)hash & mask]; }

        foreach (uint hash in hashes)
        {
            int place = (int)(uint)slots[(int)hash & mask] - 1;
            if (place >= 0) { touched += _words[place * _width]; }
        }

        // Kept, so that the loops are not dropped as useless.
        _touched = touched;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Probe(ReadOnlySpan<ulong> words, uint hash, out int place)
    {
        int mask = _slots.Length - 1;
        for (int slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            ulong content = _slots[slot];
            place = (int)(uint)content - 1;
            if (place < 0 || ((uint)(content >> 32) == hash && Words(place).SequenceEqual(words))) { return slot; }
        }
    }

    private int Add(ReadOnlySpan<ulong> words)
    {
        if (_free.Count == 0 || !_free.TryPop(out int place))
        {
            place = PlaceCount++;
            if (PlaceCount * _width > _words.Length) { Array.Resize(ref _words, Math.Max(64 * _width, _words.Length * 2)); }
        }

        words.CopyTo(_words.AsSpan(place * _width));
        return place;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Reserve(int rows)
    {
        long wanted = 2L * (Count + rows);
        if (wanted <= _slots.Length) { return; }

        ulong[] old = _slots;
        _slots = new ulong[System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)wanted)];
        int mask = _slots.Length - 1;
        foreach (ulong content in old)
        {
            if (content == 0) { continue; }

            int slot = (int)(content >> 32) & mask;
            while (_slots[slot] != 0) { slot = (slot + 1) & mask; }

            _slots[slot] = content;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<ulong> words)
    {
        ulong hash = Hashing.Int64(words[0]);
        for (int word = 1; word < words.Length; word++) { hash = Hashing.Combine(hash, words[word]); }

        return (uint)(hash >> 32);
    }
}
