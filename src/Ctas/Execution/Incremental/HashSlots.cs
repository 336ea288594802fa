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
/// A table has at most <see cref="TableSlots"/> slots, half of them full. A search goes round the cache line of its slot, and on
/// to the next line, at the same slot of it, only when that one is full: hardly any search waits for memory twice. A full table
/// is split in two by the next bit of the hash: no addition costs more than that, and a copy of the directory as often as this
/// doubles. Source: Fagin et al., Extendible hashing, TODS 1979.
/// </remarks>
internal sealed class HashSlots
{
    private const int TableBits = 14;
    private const int TableSlots = 1 << TableBits;
    private const int MinSlots = 64;
    private const int MaxDepth = 32 - TableBits;
    private const int LineSlots = CacheLines.Bytes / sizeof(ulong);
    private const int LineMask = LineSlots - 1;

    private readonly WordSlabs _memory = new();
    private nint[] _directory;
    private Table[] _tables = [default];

    // The directory is found by so many upper bits; 32 of a hash without any, so that the shift gives 0.
    private int _depth;
    private int _mask = MinSlots - 1;

    /// <summary>Makes an empty one.</summary>
    public HashSlots() => _directory = [_memory.Add(MinSlots)];

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _memory.SizeInBytes + (_directory.Length * (8L + Unsafe.SizeOf<Table>()));

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
        CloseGap(TableOf(hash), Find(hash).SlotOf(place));
        _tables[IndexOf(hash)].Count--;
    }

    /// <summary>Removes all rows; their room is kept.</summary>
    public void Clear()
    {
        for (int index = 0; index < _directory.Length; index++)
        {
            if (index == _tables[index].First) { WordSlabs.Of(_directory[index], _mask + 1).Clear(); }

            _tables[index].Count = 0;
        }
    }

    /// <summary>Sets the bits of the places of all rows.</summary>
    public void Mark(Span<ulong> places)
    {
        for (int index = 0; index < _directory.Length; index++)
        {
            if (index != _tables[index].First) { continue; }

            foreach (ulong content in WordSlabs.Of(_directory[index], _mask + 1))
            {
                if (content == 0) { continue; }

                int place = (int)(uint)content - 1;
                places[place >> 6] |= 1UL << place;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int IndexOf(uint hash) => _tables[(int)((ulong)hash >> (32 - _depth))].First;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private nint TableOf(uint hash) => _directory[(int)((ulong)hash >> (32 - _depth))];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref ulong Slot(nint table, int slot) => ref WordSlabs.At(table, slot);

    /// <summary>Frees a slot, so that no search ends before what it looks for.</summary>
    private void CloseGap(nint table, int slot)
    {
        int gap = slot;
        while (true)
        {
            bool wasFull = ShiftBack(table, ref gap);
            Slot(table, gap) = 0;
            if (!wasFull || Displaced(table, gap) is not (>= 0 and var displaced)) { return; }

            // The one slot of the line that is free is where a search ends, wherever it begins.
            Slot(table, gap) = Slot(table, displaced);
            gap = displaced;
        }
    }

    /// <summary>Moves what was displaced past a gap back into it, within its line.</summary>
    /// <returns>True when the line was full.</returns>
    private static bool ShiftBack(nint table, ref int gap)
    {
        int first = gap;
        for (int step = 1; step < LineSlots; step++)
        {
            int slot = (first & ~LineMask) | ((first + step) & LineMask);
            ulong content = Slot(table, slot);
            if (content == 0) { return false; }

            int home = (int)(content >> 32);
            if (((slot - home) & LineMask) < ((slot - gap) & LineMask)) { continue; }

            Slot(table, gap) = content;
            gap = slot;
        }

        return true;
    }

    /// <summary>The slot of a row in a later line whose search goes through the line of a slot; −1 when there is none.</summary>
    private int Displaced(nint table, int slot)
    {
        bool isFull = true;
        for (int distance = LineSlots; isFull && distance <= _mask; distance += LineSlots)
        {
            int line = ((slot & ~LineMask) + distance) & _mask;
            for (int other = line; other < line + LineSlots; other++)
            {
                ulong content = Slot(table, other);
                if (content == 0) { isFull = false; }
                else if (((line - ((int)(content >> 32) & ~LineMask)) & _mask) >= distance) { return other; }
            }
        }

        return -1;
    }

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
        var contents = new List<ulong>();
        for (int index = 0; index < _directory.Length; index++)
        {
            if (index == _tables[index].First) { contents.AddRange(WordSlabs.Of(_directory[index], _mask + 1)); }
        }

        _memory.Clear();
        (_mask, _depth) = (slots - 1, depth);
        _directory = new nint[1 << depth];
        _tables = new Table[_directory.Length];
        for (int index = 0; index < _tables.Length; index++)
        {
            _directory[index] = _memory.Add(slots);
            _tables[index] = new Table { First = index, Depth = depth };
        }

        PutAll(CollectionsMarshal.AsSpan(contents));
    }

    private void PutAll(ReadOnlySpan<ulong> contents)
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
        var directory = new nint[_directory.Length * 2];
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
        nint[] halves = [_directory[first], _memory.Add(_mask + 1)];
        ulong[] contents = ArrayPool<ulong>.Shared.Rent(_mask + 1);
        Span<ulong> lower = WordSlabs.Of(halves[0], _mask + 1);
        lower.CopyTo(contents);
        lower.Clear();
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
    }

    private void Put(nint table, ulong content)
    {
        var search = new Search(table, (uint)(content >> 32), _mask);
        while (search.Next() >= 0) { }

        search.Set((int)(uint)content - 1);
    }

    /// <summary>A search: goes through the rows of a hash, and ends at a free slot.</summary>
    internal ref struct Search(nint table, uint hash, int mask)
    {
        private int _slot = (int)hash & mask;
        private int _steps;

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

                Step();
                if ((uint)(content >> 32) == Hash) { return (int)(uint)content - 1; }
            }
        }

        /// <summary>The slot of a row of the hash.</summary>
        public int SlotOf(int place)
        {
            while ((int)(uint)Slot(table, _slot) != place + 1) { Step(); }

            return _slot;
        }

        /// <summary>Puts a row at the slot.</summary>
        public readonly void Set(int place) => Slot(table, _slot) = ((ulong)Hash << 32) | (uint)(place + 1);

        // Round the line, and then to the same slot of the next one.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Step()
        {
            _slot = (_slot & ~LineMask) | ((_slot + 1) & LineMask);
            if ((++_steps & LineMask) == 0) { _slot = (_slot + LineSlots) & mask; }
        }
    }

    // What is known of a table is noted at the first of its places in the directory; the others know that.
    private struct Table
    {
        public int First;
        public int Depth;
        public int Count;
    }
}
