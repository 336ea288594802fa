using System.Numerics;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>Finds the number of a key of 64 bits: open addressing, linear probing, at most half full. Single-threaded.</summary>
/// <remarks>Key and number lie side by side, so that a search touches one cache line as a rule.</remarks>
internal sealed class KeyTable
{
    private Entry[] _entries = [];

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _entries.Length * 16L;

    /// <summary>Makes room for so many keys in all.</summary>
    [MethodImpl(HotLoop.Options)]
    public void Reserve(int count)
    {
        if (count * 2L <= _entries.Length) { return; }

        const int quickGrowthLimit = 1 << 20;
        int length = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, count * 2L));
        if (_entries.Length > 0 && length < quickGrowthLimit) { length *= 2; }

        Entry[] old = _entries;
        _entries = PooledArrays.RentCleared<Entry>(length);
        foreach (Entry entry in old)
        {
            if (entry.Number != 0) { FindOrAdd(entry.Key) = entry.Number; }
        }

        PooledArrays.Release(ref old);
    }

    /// <summary>Forgets all keys and gives their memory back.</summary>
    public void Clear() => PooledArrays.Release(ref _entries);

    /// <summary>Brings the places of keys into the cache, many at a time, before they are searched one by one.</summary>
    [MethodImpl(HotLoop.Options)]
    public void Touch(ReadOnlySpan<ulong> keys)
    {
        Entry[] entries = _entries;
        const int cachedEntries = 1 << 14;
        if (entries.Length < cachedEntries) { return; }

        int mask = entries.Length - 1;
        foreach (ulong key in keys) { CacheLines.Prefetch(ref entries[(int)Hashing.Int64(key) & mask]); }
    }

    /// <summary>The number of a key, to be set when it is 0: the key is new then. There must be room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int FindOrAdd(ulong key)
    {
        Entry[] entries = _entries;
        int mask = entries.Length - 1;
        int slot = (int)Hashing.Int64(key) & mask;
        while (true)
        {
            ref Entry entry = ref entries[slot];
            if (entry.Number == 0)
            {
                entry.Key = key;
                return ref entry.Number;
            }

            if (entry.Key == key) { return ref entry.Number; }

            slot = (slot + 1) & mask;
        }
    }

    /// <summary>Writes number − 1 of each key, −1 for one that is not there and where −1 stands already.</summary>
    [MethodImpl(HotLoop.Options)]
    public void Find(ReadOnlySpan<ulong> keys, Span<int> numbers)
    {
        Entry[] entries = _entries;
        if (entries.Length == 0)
        {
            numbers.Fill(-1);
            return;
        }

        Touch(keys);
        int mask = entries.Length - 1;
        for (int row = 0; row < keys.Length; row++)
        {
            if (numbers[row] < 0) { continue; }

            ulong key = keys[row];
            int slot = (int)Hashing.Int64(key) & mask;
            while (entries[slot].Number != 0 && entries[slot].Key != key) { slot = (slot + 1) & mask; }

            numbers[row] = entries[slot].Number - 1;
        }
    }

    /// <summary>A key and its number; 0 is a free place.</summary>
    private struct Entry
    {
        public ulong Key;
        public int Number;
    }
}
