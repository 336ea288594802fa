using System.Diagnostics;
using System.Numerics;
using Ctas.Data;
using Ctas.Execution.Kernels;

namespace Ctas.Execution.State;

/// <summary>
/// Sort keys of rows as unsigned numbers that order as the keys do, directions and NULLs included. Single-threaded.
/// </summary>
/// <remarks>
/// A key takes as many bits as its values differ by, and keys lie one after the other in as few words as possible: two
/// dates and a country mostly fit one word, and are then sorted as one number.
/// </remarks>
internal sealed class PackedSortKeys(int rowCount)
{
    private readonly List<ulong[]> _words = [];

    // Bits used of the last word; all bits of the words before it are.
    private int _used = 64;

    /// <summary>Adds a key of numbers from 0 on.</summary>
    public void AddNumbers(ReadOnlySpan<int> numbers, int count)
    {
        ulong[] values = PooledArrays.Rent<ulong>(rowCount);
        for (int row = 0; row < rowCount; row++) { values[row] = (uint)numbers[row]; }

        Append(values, (ulong)Math.Max(0, count - 1));
    }

    /// <summary>Adds a key, less significant than those added before.</summary>
    public void Add(Column column, bool isDescending, bool nullsFirst)
    {
        switch (column)
        {
            case FixedColumn<bool> booleans: AddRanks<bool, BooleanRank>(booleans, isDescending, nullsFirst); break;
            case FixedColumn<int> ints: AddRanks<int, IntRank>(ints, isDescending, nullsFirst); break;
            case FixedColumn<long> longs: AddRanks<long, BigIntRank>(longs, isDescending, nullsFirst); break;
            case FixedColumn<double> doubles: AddRanks<double, DoubleRank>(doubles, isDescending, nullsFirst); break;
            case FixedColumn<Int128> decimals: AddLong(decimals.Values.ToArray(), column, isDescending, nullsFirst); break;
            case FixedColumn<Interval> intervals:
                Int128[] lengths = Array.ConvertAll(intervals.Values.ToArray(), IntervalOrder.Length);
                AddLong(lengths, column, isDescending, nullsFirst);
                break;
            case StringColumn strings:
                AddLevel(StringRanks.Of(strings), column.Validity, isDescending, nullsFirst);
                break;
            default: throw new UnreachableException($"No order for {column.Type}.");
        }
    }

    /// <summary>Row numbers in sorted order; rows with equal keys in the order of their numbers.</summary>
    public int[] Order()
    {
        if (_words.Count == 0) { return RowNumbers.Ascending(rowCount); }

        return _words.Count == 1 && _used <= 32 ? OrderOfShortKeys() : OrderOfWords();
    }

    /// <summary>True when all keys of two rows are equal.</summary>
    public bool AreEqual(int left, int right)
    {
        foreach (ulong[] word in _words)
        {
            if (word[left] != word[right]) { return false; }
        }

        return true;
    }

    private int[] OrderOfShortKeys()
    {
        ReadOnlySpan<ulong> keys = _words[0].AsSpan(0, rowCount);
        ulong[] packed = PooledArrays.Rent<ulong>(rowCount);
        ulong[] spare = PooledArrays.Rent<ulong>(rowCount);
        for (int row = 0; row < keys.Length; row++) { packed[row] = (keys[row] << 32) | (uint)row; }

        bool isInSpare = RadixSort.SortPacked(packed.AsSpan(0, rowCount), spare.AsSpan(0, rowCount), _used);
        ReadOnlySpan<ulong> sorted = (isInSpare ? spare : packed).AsSpan(0, rowCount);
        var order = new int[rowCount];
        for (int place = 0; place < order.Length; place++) { order[place] = (int)(uint)sorted[place]; }

        PooledArrays.Release(ref packed);
        PooledArrays.Release(ref spare);
        return order;
    }

    private int[] OrderOfWords()
    {
        RadixSort.Entry[] rented = PooledArrays.Rent<RadixSort.Entry>(rowCount);
        RadixSort.Entry[] spare = PooledArrays.Rent<RadixSort.Entry>(rowCount);
        Span<RadixSort.Entry> entries = rented.AsSpan(0, rowCount);
        ulong[] keys = _words[0];
        for (int row = 0; row < entries.Length; row++) { entries[row] = new RadixSort.Entry(keys[row], row); }

        Sort(entries, spare, word: 0);
        var order = new int[rowCount];
        for (int place = 0; place < order.Length; place++) { order[place] = entries[place].Row; }

        PooledArrays.Release(ref rented);
        PooledArrays.Release(ref spare);
        return order;
    }

    /// <summary>Gives the memory of the keys back; nothing is called afterwards.</summary>
    public void Release()
    {
        foreach (ulong[] word in _words)
        {
            ulong[] released = word;
            PooledArrays.Release(ref released);
        }

        _words.Clear();
    }

    /// <summary>Sorts rows that agree in the words before <paramref name="word"/>, which is their key.</summary>
    private void Sort(Span<RadixSort.Entry> entries, Span<RadixSort.Entry> spare, int word)
    {
        bool isLast = word == _words.Count - 1;
        RadixSort.Sort(entries, spare, isLast ? _used : 64);
        if (isLast) { return; }

        ulong[] next = _words[word + 1];
        for (int first = 0; first < entries.Length;)
        {
            int end = first + 1;
            while (end < entries.Length && entries[end].Key == entries[first].Key) { end++; }

            if (end - first > 1)
            {
                Span<RadixSort.Entry> equal = entries[first..end];
                foreach (ref RadixSort.Entry entry in equal)
                {
                    entry = new RadixSort.Entry(next[entry.Row], entry.Row);
                }

                Sort(equal, spare, word + 1);
            }

            first = end;
        }
    }

    private void AddRanks<T, TRank>(FixedColumn<T> column, bool isDescending, bool nullsFirst)
        where T : unmanaged
        where TRank : struct, IRank<T>
    {
        ulong[] ranks = PooledArrays.Rent<ulong>(rowCount);
        ReadOnlySpan<T> values = column.Values;
        for (int row = 0; row < values.Length; row++) { ranks[row] = TRank.Of(values[row]); }

        AddLevel(ranks, column.Validity, isDescending, nullsFirst);
    }

    /// <summary>Adds numbers of 128 bits: as one level where they lie close enough together, else as two.</summary>
    private void AddLong(Int128[] values, Column column, bool isDescending, bool nullsFirst)
    {
        Int128 min = Int128.MaxValue;
        Int128 max = Int128.MinValue;
        for (int row = 0; row < values.Length; row++)
        {
            if (column.IsNull(row)) { continue; }

            min = Int128.Min(min, values[row]);
            max = Int128.Max(max, values[row]);
        }

        bool isShort = max < min || (UInt128)max - (UInt128)min <= ulong.MaxValue;
        ulong[] low = PooledArrays.Rent<ulong>(rowCount);
        ulong[] high = isShort ? [] : PooledArrays.Rent<ulong>(rowCount);
        for (int row = 0; row < values.Length; row++)
        {
            low[row] = (ulong)(isShort ? values[row] - min : values[row]);
            if (!isShort) { high[row] = (ulong)(values[row] >> 64) ^ (1UL << 63); }
        }

        if (!isShort) { AddLevel(high, column.Validity, isDescending, nullsFirst); }

        AddLevel(low, column.Validity, isDescending, nullsFirst);
    }

    /// <summary>Adds ranks, which it takes over, with NULLs at their place.</summary>
    private void AddLevel(ulong[] ranks, Bitmap? validity, bool isDescending, bool nullsFirst)
    {
        ulong min = ulong.MaxValue;
        ulong max = 0;
        for (int row = 0; row < rowCount; row++)
        {
            if (validity is not null && !validity[row]) { continue; }

            min = Math.Min(min, ranks[row]);
            max = Math.Max(max, ranks[row]);
        }

        ulong range = max < min ? 0 : max - min;
        if (validity is not null && range == ulong.MaxValue)
        {
            // No number is left for NULL: it gets a bit of its own.
            ulong[] places = PooledArrays.Rent<ulong>(rowCount);
            for (int row = 0; row < rowCount; row++) { places[row] = validity[row] == nullsFirst ? 1UL : 0; }

            Append(places, 1);
        }

        ulong shift = validity is not null && nullsFirst && range != ulong.MaxValue ? 1UL : 0;
        ulong nullRank = nullsFirst || range == ulong.MaxValue ? 0 : range + 1;
        for (int row = 0; row < rowCount; row++)
        {
            bool isNull = validity is not null && !validity[row];
            ranks[row] = isNull ? nullRank : (isDescending ? max - ranks[row] : ranks[row] - min) + shift;
        }

        Append(ranks, validity is null || range == ulong.MaxValue ? range : range + 1);
    }

    /// <summary>Adds numbers up to <paramref name="max"/>, which it takes over, after the bits used so far.</summary>
    private void Append(ulong[] values, ulong max)
    {
        int bits = 64 - BitOperations.LeadingZeroCount(max);
        if (bits == 0)
        {
            PooledArrays.Release(ref values);
            return;
        }

        int free = 64 - _used;
        if (free == 0)
        {
            _words.Add(values);
            _used = bits;
            return;
        }

        ulong[] last = _words[^1];
        int here = Math.Min(bits, free);
        int rest = bits - here;
        for (int row = 0; row < rowCount; row++) { last[row] = (last[row] << here) | (values[row] >> rest); }

        _used += here;
        if (rest == 0)
        {
            PooledArrays.Release(ref values);
            return;
        }

        ulong mask = (1UL << rest) - 1;
        for (int row = 0; row < rowCount; row++) { values[row] &= mask; }

        _words.Add(values);
        _used = rest;
    }
}
