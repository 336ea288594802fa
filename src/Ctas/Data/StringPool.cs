using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Ctas.Data;

/// <summary>An append-only store of byte strings, addressed by code (0, 1, 2 …).</summary>
/// <remarks>
/// Bytes lie in chunks that never move, so spans stay valid. An <i>interned</i> pool gives equal strings the same
/// code: there, equal codes ⇔ equal strings. One writer; many readers of codes that were published to them. A pool of
/// <see cref="DeferredStrings"/> takes no others. The memory of a <i>lent</i> pool serves another one as soon as nobody uses
/// it any more, see <see cref="Release"/>.
/// </remarks>
public sealed partial class StringPool
{
    private const int ChunkBits = 20;
    private const int ChunkBytes = 1 << ChunkBits;
    private const int LengthBits = 24;
    private const int LongLength = (1 << LengthBits) - 1;

    // An entry is chunk (20 bits) | offset in it (20 bits) | length (24 bits). A value too long for a shared chunk has
    // a chunk of its own; one whose length does not fit 24 bits is as long as its chunk.
    private ulong[] _entries = new ulong[16];
    private byte[][] _chunks = new byte[4][];
    private int _chunkCount;
    private int _openChunk = -1;
    private int _openOffset;
    private int _openEnd = -1;
    private long _chunkBytes;

    // Written when the string is there, so that whoever reads it finds that.
    private int _count;

    // Those that read or fill a lent pool; 0 in any other.
    private int _users;

    // Slots of the intern table: hash (high 32 bits) | code + 1; 0 is free. Linear probing, at most half full.
    private ulong[]? _slots;

    // The same for readers of a pool that has given its own up; collected when nobody searches.
    private WeakReference<ulong[]>? _lentSlots;

    /// <summary>Makes an empty pool.</summary>
    /// <param name="isInterned">True when equal strings must share a code.</param>
    public StringPool(bool isInterned)
    {
        IsInterned = isInterned;
        if (isInterned) { _slots = new ulong[32]; }
    }

    /// <summary>Makes an empty pool with room to address so many strings.</summary>
    internal StringPool(bool isInterned, int capacity)
        : this(isInterned) => _entries = new ulong[Math.Max(_entries.Length, capacity)];

    /// <summary>An empty pool in pooled memory that does not look for equal strings; the caller is its first user.</summary>
    /// <param name="capacity">Room to address so many strings.</param>
    internal static StringPool Lend(int capacity) => new(isInterned: false)
    {
        _users = 1,
        _entries = ArrayPool<ulong>.Shared.Rent(capacity),
    };

    /// <summary>Makes a pool of strings that are made when they are read.</summary>
    internal StringPool(DeferredStrings strings)
    {
        Deferred = strings;
        IsInterned = strings.AreDistinct;
        _count = strings.Count;
        _entries = [];
    }

    /// <summary>The strings that are made when they are read; null when the pool holds its strings.</summary>
    internal DeferredStrings? Deferred { get; }

    /// <summary>True when equal strings have equal codes.</summary>
    public bool IsInterned { get; private set; }

    /// <summary>Number of codes given out.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes the pool keeps alive, tables included.</summary>
    public long SizeInBytes =>
        _chunkBytes + ((_entries.Length + (_slots?.Length ?? 0)) * 8L) + (Deferred?.SizeInBytes ?? 0);

    /// <summary>Says that one user more reads a lent pool; nothing happens to any other. Safe for concurrent users.</summary>
    internal void Retain()
    {
        if (_users > 0) { Interlocked.Increment(ref _users); }
    }

    /// <summary>Says that a user of a lent pool needs its strings no more; nothing happens to any other.</summary>
    /// <remarks>The last one gives the memory back. Safe for concurrent users.</remarks>
    internal void Release()
    {
        if (_users > 0 && Interlocked.Decrement(ref _users) == 0) { GiveBack(); }
    }

    /// <summary>The bytes behind a code. No copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> GetBytes(int code)
    {
        if (Deferred is { } deferred) { return deferred.GetBytes(code); }

        ulong entry = _entries[code];
        int length = (int)(entry & LongLength);
        byte[] chunk = _chunks[(int)(entry >> (LengthBits + ChunkBits))];
        int offset = (int)(entry >> LengthBits) & (ChunkBytes - 1);
        return chunk.AsSpan(offset, length == LongLength ? chunk.Length : length);
    }

    /// <summary>The string behind a code; allocates.</summary>
    public string GetString(int code) => Encoding.UTF8.GetString(GetBytes(code));

    /// <summary>The code of <paramref name="value"/>, appended when it is new (or always, when not interned).</summary>
    /// <exception cref="InvalidOperationException">The pool is one of deferred strings.</exception>
    public int Add(ReadOnlySpan<byte> value)
    {
        RequireOwnStrings();
        return IsInterned ? Intern(value) : Append(value);
    }

    /// <summary>The code of <paramref name="value"/>, as <see cref="Add(ReadOnlySpan{byte})"/>; −1 when it is not UTF-8.</summary>
    /// <remarks>For pools of text only: a string that is there already is not checked again.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal int AddText(ReadOnlySpan<byte> value)
    {
        RequireOwnStrings();
        if (!IsInterned) { return Utf8.IsValid(value) ? Append(value) : -1; }

        uint hash = (uint)Hashing.Bytes(value);
        int code = Find(_slots ??= MakeSlots(), value, hash);
        if (code >= 0) { return code; }

        return Utf8.IsValid(value) ? AddNew(value, hash) : -1;
    }

    /// <summary>Appends a value that is known not to be there; equal ones are looked for again when they are asked for.</summary>
    internal void AddDistinct(ReadOnlySpan<byte> value)
    {
        ReleaseTable();
        Append(value);
    }

    /// <summary>The code of the UTF-8 form of <paramref name="value"/>.</summary>
    public int Add(string value)
    {
        Span<byte> utf8 = value.Length <= 256 ? stackalloc byte[768] : new byte[Encoding.UTF8.GetMaxByteCount(value.Length)];
        return Add(utf8[..Encoding.UTF8.GetBytes(value, utf8)]);
    }

    /// <summary>Room for the bytes of a value to come, which <see cref="Advance"/> then appends.</summary>
    /// <param name="maxLength">At most 256 KiB.</param>
    internal Span<byte> GetSpan(int maxLength)
    {
        RequireOwnStrings();
        (int chunk, int offset) = Reserve(maxLength);
        _openOffset -= maxLength;
        return _chunks[chunk].AsSpan(offset, maxLength);
    }

    /// <summary>Appends the first bytes of the span that <see cref="GetSpan"/> gave; the pool is not interned.</summary>
    /// <returns>The code.</returns>
    internal int Advance(int length)
    {
        int code = AddEntry(Entry(_openChunk, _openOffset, length));
        _openOffset += length;
        return code;
    }

    /// <summary>The code of <paramref name="value"/> in an interned pool, −1 when it is not there.</summary>
    /// <exception cref="InvalidOperationException">The pool is not interned.</exception>
    public int Find(ReadOnlySpan<byte> value) => Deferred is not null && IsInterned
        ? Deferred.Find(value)
        : Find(SlotsForFinding(), value, (uint)Hashing.Bytes(value));

    /// <summary>The code of a string of another pool in an interned pool, −1 when it is not there.</summary>
    internal int Find(StringPool other, int code) => Deferred is not null && IsInterned
        ? Deferred.Find(other, code)
        : Find(other.GetBytes(code));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Find(ulong[] slots, ReadOnlySpan<byte> value, uint hash)
    {
        for (int slot = (int)(hash & (uint)(slots.Length - 1)); ; slot = (slot + 1) & (slots.Length - 1))
        {
            // The writer may fill slots meanwhile: whoever sees a code has to see its string.
            ulong content = Volatile.Read(ref slots[slot]);
            if (content == 0) { return -1; }

            int code = (int)(uint)content - 1;
            if ((uint)(content >> 32) == hash && GetBytes(code).SequenceEqual(value)) { return code; }
        }
    }

    /// <summary>
    /// Gives up the table of equal strings: for the owner of a pool whose strings turn out to be nearly all different.
    /// </summary>
    /// <remarks>Codes stay what they are. Only before the pool is shared with readers.</remarks>
    internal void StopInterning()
    {
        IsInterned = false;
        _slots = null;
    }

    /// <summary>
    /// Gives up the table of equal strings, but not that they share codes: it is made again when strings are added, and
    /// for as long as somebody searches.
    /// </summary>
    /// <remarks>For a pool that is complete. Only before the pool is shared with readers.</remarks>
    internal void ReleaseTable()
    {
        // One that was made for a search lacks the strings added since.
        _slots = null;
        _lentSlots = null;
    }

    /// <summary>Makes the table of equal strings of an interned pool if it is not there.</summary>
    /// <remarks>Only before the pool is shared with readers.</remarks>
    internal void MakeTable() => _slots ??= MakeSlots();

    /// <summary>Gives back room that was kept for strings to come; they can still be added.</summary>
    /// <remarks>Spans handed out before stay valid. Only before the pool is shared with readers.</remarks>
    internal void TrimExcess()
    {
        Array.Resize(ref _entries, Math.Max(1, _count));
        if (_openChunk >= 0 && _openOffset < _chunks[_openChunk].Length)
        {
            _chunkBytes -= _chunks[_openChunk].Length - _openOffset;
            Array.Resize(ref _chunks[_openChunk], _openOffset);
            _openEnd = _openOffset;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RequireOwnStrings()
    {
        if (Deferred is not null) { ThrowDeferred(); }
    }

    [DoesNotReturn]
    private static void ThrowDeferred() => throw new InvalidOperationException("A pool of deferred strings takes no others.");

    private int Intern(ReadOnlySpan<byte> value)
    {
        uint hash = (uint)Hashing.Bytes(value);
        int code = Find(_slots ??= MakeSlots(), value, hash);
        return code >= 0 ? code : AddNew(value, hash);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int AddNew(ReadOnlySpan<byte> value, uint hash)
    {
        ulong[] slots = _slots!;
        int slot = (int)(hash & (uint)(slots.Length - 1));
        while (slots[slot] != 0) { slot = (slot + 1) & (slots.Length - 1); }

        int added = Append(value);
        Volatile.Write(ref slots[slot], (ulong)hash << 32 | (uint)(added + 1));
        if (_count * 2 > slots.Length) { GrowSlots(); }

        return added;
    }

    private ulong[] SlotsForFinding()
    {
        if (!IsInterned) { throw new InvalidOperationException("Only an interned pool can be searched by value."); }

        if (_slots is { } kept) { return kept; }

        if (_lentSlots is { } lent && lent.TryGetTarget(out ulong[]? slots)) { return slots; }

        // Two readers may both make them; either will do.
        slots = MakeSlots();
        _lentSlots = new WeakReference<ulong[]>(slots);
        return slots;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong[] MakeSlots()
    {
        // The writer may go on adding meanwhile.
        int count = Count;
        var slots = new ulong[BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, count)) * 2];
        for (int code = 0; code < count; code++)
        {
            uint hash = (uint)Hashing.Bytes(GetBytes(code));
            int slot = (int)(hash & (uint)(slots.Length - 1));
            while (slots[slot] != 0) { slot = (slot + 1) & (slots.Length - 1); }

            slots[slot] = (ulong)hash << 32 | (uint)(code + 1);
        }

        return slots;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void GrowSlots()
    {
        ulong[] old = _slots!;
        var slots = new ulong[old.Length * 2];
        foreach (ulong content in old)
        {
            if (content == 0) { continue; }

            int slot = (int)(content >> 32) & (slots.Length - 1);
            while (slots[slot] != 0) { slot = (slot + 1) & (slots.Length - 1); }

            slots[slot] = content;
        }

        _slots = slots;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Append(ReadOnlySpan<byte> value)
    {
        (int chunk, int offset) = Reserve(value.Length);
        value.CopyTo(_chunks[chunk].AsSpan(offset));
        return AddEntry(Entry(chunk, offset, value.Length));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int AddEntry(ulong entry)
    {
        int code = _count;
        if (code == _entries.Length) { EnlargeEntries(); }

        _entries[code] = entry;
        Volatile.Write(ref _count, code + 1);
        return code;
    }

    private static ulong Entry(int chunk, int offset, int length) =>
        (ulong)chunk << (LengthBits + ChunkBits) | (ulong)offset << LengthBits | (uint)Math.Min(length, LongLength);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (int Chunk, int Offset) Reserve(int length)
    {
        int offset = _openOffset;
        if (length > _openEnd - offset || length > ChunkBytes / 4) { return ReserveElsewhere(length); }

        _openOffset = offset + length;
        return (_openChunk, offset);
    }

    private (int Chunk, int Offset) ReserveElsewhere(int length)
    {
        if (length > ChunkBytes / 4) { return (AddChunk(length), 0); }

        // The first chunks are small: most pools are, and there is one for every string column.
        int bytes = _chunkCount < 8 ? Math.Max(1024 << (2 * Math.Min(_chunkCount, 5)), length) : ChunkBytes;
        _openEnd = Math.Min(bytes, ChunkBytes);
        _openChunk = AddChunk(_openEnd);
        _openOffset = length;
        return (_openChunk, 0);
    }

    private int AddChunk(int bytes)
    {
        if (_chunkCount == _chunks.Length) { Array.Resize(ref _chunks, _chunks.Length * 2); }

        byte[] chunk = IsPooled(bytes) ? ArrayPool<byte>.Shared.Rent(bytes) : GC.AllocateUninitializedArray<byte>(bytes);
        _chunks[_chunkCount] = chunk;
        _chunkBytes += chunk.Length;
        return _chunkCount++;
    }

    // A chunk that is one long string has its length.
    private bool IsPooled(int bytes) => _users > 0 && bytes <= ChunkBytes;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnlargeEntries()
    {
        // Somebody may still be reading the smaller array, so that it is left to the garbage collector.
        ulong[] larger = _users > 0 ? ArrayPool<ulong>.Shared.Rent(_entries.Length * 2) : new ulong[_entries.Length * 2];
        _entries.CopyTo(larger, 0);
        _entries = larger;
    }

    private void GiveBack()
    {
        RentedMemory.Return(_entries);
        foreach (byte[] chunk in _chunks.AsSpan(0, _chunkCount))
        {
            if (chunk.Length <= ChunkBytes) { RentedMemory.Return(chunk); }
        }

        // Whoever reads it all the same finds nothing.
        (_entries, _chunks) = ([], []);
    }
}
