using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>Places of rows by the hashes of these, in tables that are split one by one as they fill. Single-threaded.</summary>
/// <remarks>
/// <code>
/// hash ─► upper bits ─► table ─► lower bits ─► slot: hash (upper half) | place + 1 (lower half); 0 is free
/// </code>
/// A table has at most <see cref="TableSlots"/> slots, half of them full, with linear probing. A full one is split in two by
/// the next bit of the hash: no addition costs more than that, and a copy of the directory as often as this doubles. Source:
/// Fagin et al., Extendible hashing, TODS 1979.
/// </remarks>
internal sealed class HashSlots
{
    // Tables of this size lie where the garbage collector does not move them.
    private const int TableBits = 14;
    private const int TableSlots = 1 << TableBits;
    private const int MinSlots = 64;
    private const int MaxDepth = 32 - TableBits;

    private ulong[][] _directory = [new ulong[MinSlots]];
    private Table[] _tables = [default];

    // The directory is found by so many upper bits; 32 of a hash without any, so that the shift gives 0.
    private int _depth;
    private int _mask = MinSlots - 1;
    private int _tableCount = 1;

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => ((long)_tableCount * (_mask + 1) * 8) + (_directory.Length * (8L + Unsafe.SizeOf<Table>()));

    /// <summary>Asks for the slot where a search begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint hash) => CacheLines.Prefetch(ref Slot(TableOf(hash), (int)hash & _mask));

    /// <summary>Begins a search.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Search Find(uint hash) => new(TableOf(hash), hash, _mask);

    /// <summary>Adds a row at the free slot with which a search ended.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in Search search, int place)
    {
        search.Set(place);
        ref Table table = ref _tables[IndexOf(search.Hash)];
        if (++table.Count > (_mask + 1) / 2) { Grow(search.Hash); }
    }

    /// <summary>Removes the row of a hash that lies at a place.</summary>
    public void Remove(uint hash, int place)
    {
        ulong[] table = TableOf(hash);
        int hole = (int)hash & _mask;
        while ((int)(uint)Slot(table, hole) != place + 1) { hole = (hole + 1) & _mask; }

        // What was displaced past the hole moves back, so that no search ends before it.
        for (int slot = (hole + 1) & _mask; Slot(table, slot) != 0; slot = (slot + 1) & _mask)
        {
            int home = (int)(Slot(table, slot) >> 32) & _mask;
            if (((slot - home) & _mask) < ((slot - hole) & _mask)) { continue; }

            Slot(table, hole) = Slot(table, slot);
            hole = slot;
        }

        Slot(table, hole) = 0;
        _tables[IndexOf(hash)].Count--;
    }

    /// <summary>Removes all rows; their room is kept.</summary>
    public void Clear()
    {
        for (int index = 0; index < _directory.Length; index++)
        {
            if (index == _tables[index].First) { Array.Clear(_directory[index]); }

            _tables[index].Count = 0;
        }
    }

    /// <summary>The places of all rows, in no order.</summary>
    public void CopyTo(List<int> places)
    {
        for (int index = 0; index < _directory.Length; index++)
        {
            if (index != _tables[index].First) { continue; }

            foreach (ulong content in _directory[index])
            {
                if (content != 0) { places.Add((int)(uint)content - 1); }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int IndexOf(uint hash) => _tables[(int)((ulong)hash >> (32 - _depth))].First;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong[] TableOf(uint hash) => _directory[(int)((ulong)hash >> (32 - _depth))];

    // No look at the length, which lies in another cache line: a slot is always masked.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref ulong Slot(ulong[] table, int slot) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table), slot);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(uint hash)
    {
        int first = IndexOf(hash);
        int depth = _tables[first].Depth;
        if (_mask + 1 < TableSlots || depth == MaxDepth)
        {
            Rebuild((_mask + 1) * 2, _depth);
            return;
        }

        if (depth == _depth)
        {
            DoubleDirectory();
            first *= 2;
        }

        Split(first, depth);
    }

    private void Rebuild(int slots, int depth)
    {
        (ulong[][] directory, Table[] tables) = (_directory, _tables);
        (_mask, _depth, _tableCount) = (slots - 1, depth, 1 << depth);
        _directory = new ulong[_tableCount][];
        _tables = new Table[_tableCount];
        for (int index = 0; index < _tableCount; index++)
        {
            _directory[index] = new ulong[slots];
            _tables[index] = new Table { First = index, Depth = depth };
        }

        for (int index = 0; index < directory.Length; index++)
        {
            if (index == tables[index].First) { PutAll(directory[index]); }
        }
    }

    private void PutAll(ulong[] contents)
    {
        foreach (ulong content in contents)
        {
            if (content == 0) { continue; }

            uint hash = (uint)(content >> 32);
            Put(TableOf(hash), content);
            _tables[IndexOf(hash)].Count++;
        }
    }

    private void DoubleDirectory()
    {
        var directory = new ulong[_directory.Length * 2][];
        var tables = new Table[directory.Length];
        for (int index = 0; index < directory.Length; index++)
        {
            directory[index] = _directory[index / 2];
            tables[index] = _tables[index / 2] with { First = _tables[index / 2].First * 2 };
        }

        (_directory, _tables) = (directory, tables);
        _depth++;
    }

    private void Split(int first, int depth)
    {
        int half = 1 << (_depth - depth - 1);
        ulong[][] halves = [_directory[first], new ulong[_mask + 1]];
        ulong[] contents = ArrayPool<ulong>.Shared.Rent(_mask + 1);
        halves[0].CopyTo(contents, 0);
        Array.Clear(halves[0]);
        Span<int> counts = stackalloc int[2];
        foreach (ulong content in contents.AsSpan(0, _mask + 1))
        {
            if (content == 0) { continue; }

            int upper = (int)(content >> (63 - depth)) & 1;
            Put(halves[upper], content);
            counts[upper]++;
        }

        ArrayPool<ulong>.Shared.Return(contents);
        for (int index = first; index < first + (2 * half); index++)
        {
            int upper = (index - first) / half;
            _directory[index] = halves[upper];
            _tables[index] = new Table { First = first + (upper * half), Depth = depth + 1, Count = counts[upper] };
        }

        _tableCount++;
    }

    private void Put(ulong[] table, ulong content)
    {
        int slot = (int)(content >> 32) & _mask;
        while (Slot(table, slot) != 0) { slot = (slot + 1) & _mask; }

        Slot(table, slot) = content;
    }

    /// <summary>A search: goes through the rows of a hash, and ends at a free slot.</summary>
    internal ref struct Search(ulong[] table, uint hash, int mask)
    {
        private int _slot = (int)hash & mask;

        /// <summary>The hash.</summary>
        public uint Hash { get; } = hash;

        /// <summary>The next row of the hash, −1 at a free slot.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Next()
        {
            while (true)
            {
                ulong content = Slot(table, _slot);
                if (content == 0) { return -1; }

                if ((uint)(content >> 32) == Hash)
                {
                    _slot = (_slot + 1) & mask;
                    return (int)(uint)content - 1;
                }

                _slot = (_slot + 1) & mask;
            }
        }

        /// <summary>Puts a row at the slot.</summary>
        public readonly void Set(int place) => Slot(table, _slot) = ((ulong)Hash << 32) | (uint)(place + 1);
    }

    // What is known of a table is noted at the first of its places in the directory; the others know that.
    private struct Table
    {
        public int First;
        public int Depth;
        public int Count;
    }
}
