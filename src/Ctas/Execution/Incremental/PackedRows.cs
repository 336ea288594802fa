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
    private readonly IReadOnlyList<DataType> _types;
    private readonly bool _isExact;
    private readonly KeyPart[] _parts;
    private readonly int _width;
    private readonly Stack<int> _free = [];
    private ulong[] _words = [];

    // Upper half of the hash | place + 1; 0 is free. The half is also where the search begins.
    private ulong[] _slots = new ulong[64];

    /// <summary>Makes an empty set of rows.</summary>
    /// <param name="types">Types of the columns; none is allowed.</param>
    /// <param name="isExact">
    /// True to tell rows apart that differ in any bit, as multisets of rows need; false for the equality of GROUP BY.
    /// </param>
    public PackedRows(IReadOnlyList<DataType> types, bool isExact)
    {
        _types = types;
        _isExact = isExact;
        _parts = new KeyPart[types.Count];
        int bits = 0;
        for (int part = 0; part < _parts.Length; part++)
        {
            _parts[part] = isExact ? KeyPart.CreateExact(types[part], ref bits) : KeyPart.Create(types[part], ref bits);
        }

        _width = Math.Max(1, (bits + 63) / 64);
    }

    /// <summary>Places given out so far: all of them are below it.</summary>
    public int PlaceCount { get; private set; }

    /// <summary>Rows held.</summary>
    public int Count => PlaceCount - _free.Count;

    /// <summary>Bytes held.</summary>
    public long SizeInBytes
    {
        get
        {
            long bytes = ((_words.Length + _slots.Length) * 8L) + (_free.Count * 4L);
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
        for (int row = 0; row < places.Length; row++)
        {
            ReadOnlySpan<ulong> words = packed.AsSpan(row * _width, _width);
            uint hash = Hash(words);
            int slot = Probe(words, hash, out int place);
            if (place < 0)
            {
                place = Add(words);
                _slots[slot] = ((ulong)hash << 32) | (uint)(place + 1);
            }

            places[row] = place;
        }

        ArrayPool<ulong>.Shared.Return(packed);
    }

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

    private ReadOnlySpan<ulong> Words(int place) => _words.AsSpan(place * _width, _width);

    private ulong[] Pack(ReadOnlySpan<Column> columns, Span<int> marks)
    {
        int length = marks.Length * _width;
        ulong[] packed = ArrayPool<ulong>.Shared.Rent(Math.Max(1, length));
        packed.AsSpan(0, length).Clear();
        for (int part = 0; part < _parts.Length; part++) { _parts[part].Pack(columns[part], packed, _width, marks, adds: true); }

        return packed;
    }

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
        if (!_free.TryPop(out int place))
        {
            place = PlaceCount++;
            if (PlaceCount * _width > _words.Length) { Array.Resize(ref _words, Math.Max(64 * _width, _words.Length * 2)); }
        }

        words.CopyTo(_words.AsSpan(place * _width));
        return place;
    }

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

    private static uint Hash(ReadOnlySpan<ulong> words)
    {
        ulong hash = Hashing.Int64(words[0]);
        for (int word = 1; word < words.Length; word++) { hash = Hashing.Combine(hash, words[word]); }

        return (uint)(hash >> 32);
    }
}
