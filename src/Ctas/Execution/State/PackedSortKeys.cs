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
        var values = new ulong[rowCount];
        for (int row = 0; row < values.Length; row++) { values[row] = (uint)numbers[row]; }

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
        ulong[] keys = _words[0];
        var packed = new ulong[rowCount];
        for (int row = 0; row < packed.Length; row++) { packed[row] = (keys[row] << 32) | (uint)row; }

        return Array.ConvertAll(RadixSort.SortPacked(packed, _used), number => (int)(uint)number);
    }

    private int[] OrderOfWords()
    {
        var entries = new RadixSort.Entry[rowCount];
        ulong[] keys = _words[0];
        for (int row = 0; row < entries.Length; row++) { entries[row] = new RadixSort.Entry(keys[row], row); }

        Sort(entries, new RadixSort.Entry[rowCount], word: 0);
        return Array.ConvertAll(entries, entry => entry.Row);
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
        var ranks = new ulong[rowCount];
        ReadOnlySpan<T> values = column.Values;
        for (int row = 0; row < ranks.Length; row++) { ranks[row] = TRank.Of(values[row]); }

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
        var low = new ulong[rowCount];
        var high = new ulong[isShort ? 0 : rowCount];
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
        for (int row = 0; row < ranks.Length; row++)
        {
            if (validity is not null && !validity[row]) { continue; }

            min = Math.Min(min, ranks[row]);
            max = Math.Max(max, ranks[row]);
        }

        ulong range = max < min ? 0 : max - min;
        if (validity is not null && range == ulong.MaxValue)
        {
            // No number is left for NULL: it gets a bit of its own.
            var places = new ulong[ranks.Length];
            for (int row = 0; row < places.Length; row++) { places[row] = validity[row] == nullsFirst ? 1UL : 0; }

            Append(places, 1);
        }

        ulong shift = validity is not null && nullsFirst && range != ulong.MaxValue ? 1UL : 0;
        ulong nullRank = nullsFirst || range == ulong.MaxValue ? 0 : range + 1;
        for (int row = 0; row < ranks.Length; row++)
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
        if (bits == 0) { return; }

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
        for (int row = 0; row < values.Length; row++) { last[row] = (last[row] << here) | (values[row] >> rest); }

        _used += here;
        if (rest == 0) { return; }

        ulong mask = (1UL << rest) - 1;
        for (int row = 0; row < values.Length; row++) { values[row] &= mask; }

        _words.Add(values);
        _used = rest;
    }
}
