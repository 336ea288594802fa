using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Incremental;

/// <summary>
/// Different rows with what is known of each, each at a place of its own; the place of a removed row is used again.
/// Single-threaded.
/// </summary>
/// <remarks>
/// A row is packed into words of 64 bits, and its state lies right behind them, so that both come with one look into
/// memory. Rows lie in chunks that never move once they are full-sized: no addition costs more than a chunk, whatever
/// number is held. No object per row. Rows that have a key are hashed by it alone: a row and the one that replaces it are
/// found at the same place in memory.
/// <code>
/// hash ─► slot ─► place ─► words of the row | state
/// </code>
/// </remarks>
/// <typeparam name="TState">What is known of a row; all zero for a row that is new.</typeparam>
internal sealed class PackedRows<TState>
    where TState : unmanaged
{
    private const int ChunkBits = 12;
    private const int ChunkRows = 1 << ChunkBits;
    private const int MinRows = 16;
    private const int PortionRows = 8192;
    private const long MinTrimBytes = 64 << 10;

    private readonly IReadOnlyList<DataType> _types;
    private readonly bool _isExact;
    private readonly IReadOnlyList<int>? _key;
    private readonly int[] _partOrder;
    private readonly int _width;

    // What is hashed of a row: its first words, of the last one some bits.
    private readonly int _hashedWords;
    private readonly ulong _lastHashed;
    private readonly int _stride;

    // No row lies across two cache lines when they are parts of a line.
    private readonly bool _isInLine;
    private readonly HashSlots _slots = new();
    private KeyPart[] _parts;
    private readonly WordSlabs _memory = new();
    private nint[] _chunks = [0];
    private int _chunkCount = 1;
    private int _capacity;

    // A free place holds the next one + 1 in its first word.
    private int _firstFree = -1;
    private int _freeCount;
    private long _trimAtBytes = MinTrimBytes;
    private bool _hasRemoved;

    /// <summary>Makes an empty set of rows.</summary>
    /// <param name="types">Types of the columns; none is allowed.</param>
    /// <param name="isExact">
    /// True to tell rows apart that differ in any bit, as multisets of rows need; false for the equality of GROUP BY.
    /// </param>
    /// <param name="key">
    /// Ordinals of columns that tell nearly all rows apart; null or none to hash all columns. At no time may more than a few
    /// rows have one key.
    /// </param>
    public PackedRows(IReadOnlyList<DataType> types, bool isExact, IReadOnlyList<int>? key = null)
    {
        _types = types;
        _isExact = isExact;
        _key = key;
        _partOrder = [.. key ?? [], .. Enumerable.Range(0, types.Count).Except(key ?? [])];
        _parts = CreateParts(key is { Count: > 0 } ? key.Count : types.Count, out int keyBits, out int bits);
        _width = WordsOf(bits);
        _hashedWords = WordsOf(keyBits);
        _lastHashed = ulong.MaxValue >> ((64 - keyBits) & 63);
        _stride = _width + ((Unsafe.SizeOf<TState>() + 7) / 8);
        _isInLine = CacheLines.Bytes % (_stride * sizeof(ulong)) == 0;
    }

    /// <summary>Places given out so far: all of them are below it.</summary>
    public int PlaceCount { get; private set; }

    /// <summary>Rows held.</summary>
    public int Count => PlaceCount - _freeCount;

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _memory.SizeInBytes + (_chunks.Length * 8L) + _slots.SizeInBytes + PartBytes;

    /// <summary>Bytes that a row will take, its strings left out.</summary>
    public int BytesPerRow => (_stride + 2) * sizeof(ulong);

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
    public PackedRows<TState> Emptied() => new(_types, _isExact, _key);

    /// <summary>What is known of the row at a place. Valid until rows are added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref TState State(int place) => ref Unsafe.As<ulong, TState>(ref Unsafe.Add(ref At(place), _width));

    /// <summary>The place of every row; one that is not held is added.</summary>
    public void FindOrAdd(ReadOnlySpan<Column> columns, Span<int> places)
    {
        if (places.Length <= PortionRows)
        {
            FindOrAddPortion(columns, places);
            return;
        }

        // What is packed shall still be near when it is looked for.
        var portion = new Column[columns.Length];
        for (int start = 0; start < places.Length; start += PortionRows)
        {
            int count = Math.Min(PortionRows, places.Length - start);
            for (int column = 0; column < portion.Length; column++) { portion[column] = columns[column].Slice(start, count); }

            FindOrAddPortion(portion, places.Slice(start, count));
        }
    }

    /// <summary>Asks for the row at a place, and what is known of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int place)
    {
        ref ulong row = ref At(place);
        CacheLines.Prefetch(ref row);
        if (!_isInLine) { CacheLines.Prefetch(ref Unsafe.Add(ref row, _stride - 1)); }
    }

    /// <summary>Asks for what it takes to remove the row at a place, which is near itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchSlot(int place) => _slots.Prefetch(Hash(ref At(place)));

    /// <summary>Removes the row at a place, and what is known of it.</summary>
    public void Remove(int place)
    {
        ref ulong row = ref At(place);
        _slots.Remove(Hash(ref row), place);
        State(place) = default;
        row = (ulong)(_firstFree + 1);
        _firstFree = place;
        _freeCount++;
        _hasRemoved = true;
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
            columns[part] = _parts[part].Unpack(packed.AsSpan(0, places.Length * _width), _width, ColumnMemory.Kept);
        }

        ArrayPool<ulong>.Shared.Return(packed);
        return columns;
    }

    /// <summary>The places of the rows held, in ascending order: as they lie in memory. Cost O(places).</summary>
    public int[] Places()
    {
        ulong[] held = new ulong[(PlaceCount + 63) >> 6];
        _slots.Mark(held);
        int[] places = new int[Count];
        int count = 0;
        for (int word = 0; word < held.Length; word++)
        {
            for (ulong bits = held[word]; bits != 0; bits &= bits - 1) { places[count++] = (word << 6) + BitOperations.TrailingZeroCount(bits); }
        }

        return places;
    }

    /// <summary>
    /// Gives the strings of removed rows back once they may be more than those of the rows there are. Rows keep their
    /// places.
    /// </summary>
    /// <remarks>Cost O(rows) once in as many bytes of new strings as the rows have: O(1) for each row added.</remarks>
    /// <returns>True when strings have other codes now.</returns>
    public bool Trim()
    {
        long bytes = PartBytes;
        if (bytes <= _trimAtBytes) { return false; }

        if (!_hasRemoved)
        {
            _trimAtBytes = bytes * 2;
            return false;
        }

        int[] held = Places();
        Column[] columns = Columns(held);
        _parts = CreateParts(_types.Count, out _, out _);
        ulong[] packed = Pack(columns, new int[held.Length]);
        _slots.Clear();
        for (int row = 0; row < held.Length; row++)
        {
            packed.AsSpan(row * _width, _width).CopyTo(MemoryMarshal.CreateSpan(ref At(held[row]), _width));
            HashSlots.Search search = _slots.Find(Hash(ref At(held[row])));
            while (search.Next() >= 0) { }

            _slots.Add(search, held[row]);
        }

        ArrayPool<ulong>.Shared.Return(packed);
        _hasRemoved = false;
        _trimAtBytes = Math.Max(MinTrimBytes, PartBytes * 2);
        return true;
    }

    private void FindOrAddPortion(ReadOnlySpan<Column> columns, Span<int> places)
    {
        ulong[] packed = Pack(columns, places);
        FindOrAdd(packed.AsSpan(0, places.Length * _width), places);
        ArrayPool<ulong>.Shared.Return(packed);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindOrAdd(ReadOnlySpan<ulong> packed, Span<int> places)
    {
        uint[] rented = ArrayPool<uint>.Shared.Rent(places.Length);
        Span<uint> hashes = rented.AsSpan(0, places.Length);
        for (int row = 0; row < hashes.Length; row++) { hashes[row] = Hash(ref Unsafe.AsRef(in packed[row * _width])); }

        for (int start = 0; start < places.Length; start += CacheLines.BlockRows)
        {
            int end = Math.Min(start + CacheLines.BlockRows, places.Length);
            Prefetch(hashes[start..end]);
            for (int row = start; row < end; row++)
            {
                ReadOnlySpan<ulong> words = packed.Slice(row * _width, _width);
                HashSlots.Search search = _slots.Find(hashes[row]);
                int place = search.Next();
                while (place >= 0 && !IsAt(place, words)) { place = search.Next(); }

                if (place < 0)
                {
                    place = Add(words);
                    _slots.Add(search, place);
                }

                places[row] = place;
            }
        }

        ArrayPool<uint>.Shared.Return(rented);
    }

    /// <summary>Asks for what a block of rows will need, before it is needed one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Prefetch(ReadOnlySpan<uint> hashes)
    {
        foreach (uint hash in hashes) { _slots.Prefetch(hash); }

        foreach (uint hash in hashes)
        {
            if (_slots.Find(hash).Next() is >= 0 and var place) { Prefetch(place); }
        }
    }

    private static int WordsOf(int bits) => Math.Max(1, (bits + 63) / 64);

    private KeyPart[] CreateParts(int keyCount, out int keyBits, out int bits)
    {
        var parts = new KeyPart[_types.Count];
        keyBits = bits = 0;
        for (int at = 0; at < parts.Length; at++)
        {
            DataType type = _types[_partOrder[at]];
            parts[_partOrder[at]] = _isExact ? KeyPart.CreateExact(type, ref bits) : KeyPart.Create(type, ref bits);
            if (at < keyCount) { keyBits = bits; }
        }

        return parts;
    }

    // A place is always one that was given out.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong At(int place) =>
        ref WordSlabs.At(_chunks[place >> ChunkBits], (nint)(place & (ChunkRows - 1)) * _stride);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<ulong> Words(int place) => MemoryMarshal.CreateReadOnlySpan(ref At(place), _width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsAt(int place, ReadOnlySpan<ulong> words)
    {
        ref ulong row = ref At(place);
        for (int word = 0; word < words.Length; word++)
        {
            if (Unsafe.Add(ref row, word) != words[word]) { return false; }
        }

        return true;
    }

    private ulong[] Pack(ReadOnlySpan<Column> columns, Span<int> marks)
    {
        int length = marks.Length * _width;
        ulong[] packed = ArrayPool<ulong>.Shared.Rent(Math.Max(1, length));
        packed.AsSpan(0, length).Clear();
        for (int part = 0; part < _parts.Length; part++) { _parts[part].Pack(columns[part], packed, _width, marks, adds: true); }

        return packed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Add(ReadOnlySpan<ulong> words)
    {
        int place = _firstFree;
        if (place >= 0)
        {
            _firstFree = (int)At(place) - 1;
            _freeCount--;
        }
        else
        {
            place = PlaceCount++;
            if (PlaceCount > _capacity) { Grow(Math.Max(PlaceCount, Math.Min(ChunkRows, Math.Max(MinRows, _capacity * 2)))); }
        }

        ref ulong row = ref At(place);
        for (int word = 0; word < words.Length; word++) { Unsafe.Add(ref row, word) = words[word]; }

        return place;
    }

    // The first chunk grows, since most operators hold few rows; others are whole from the start.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int rows)
    {
        if (_chunkCount == 1 && _capacity < ChunkRows) { GrowFirst(Math.Min(rows, ChunkRows)); }

        int chunks = (int)(((long)rows + ChunkRows - 1) >> ChunkBits);
        if (chunks > _chunks.Length) { Array.Resize(ref _chunks, Math.Max(chunks, _chunks.Length * 2)); }

        for (; _chunkCount < chunks; _chunkCount++) { _chunks[_chunkCount] = _memory.Add(ChunkRows * _stride); }

        _capacity = chunks == 1 ? rows : chunks * ChunkRows;
    }

    private void GrowFirst(int rows)
    {
        ulong[] words = WordSlabs.Of(_chunks[0], _capacity * _stride).ToArray();
        _memory.Clear();
        _chunks[0] = _memory.Add(rows * _stride);
        words.CopyTo(WordSlabs.Of(_chunks[0], words.Length));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Hash(ref ulong words)
    {
        if (_hashedWords == 1) { return (uint)(Hashing.Int64(words & _lastHashed) >> 32); }

        ulong hash = Hashing.Int64(words);
        for (int word = 1; word < _hashedWords - 1; word++) { hash = Hashing.Combine(hash, Unsafe.Add(ref words, word)); }

        return (uint)(Hashing.Combine(hash, Unsafe.Add(ref words, _hashedWords - 1) & _lastHashed) >> 32);
    }
}
