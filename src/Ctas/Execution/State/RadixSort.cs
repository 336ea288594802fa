namespace Ctas.Execution.State;

/// <summary>Sorts rows by unsigned numbers, a byte of them at a time; rows with equal numbers keep their order.</summary>
/// <remarks>Bytes that are equal in all rows cost nothing but one pass that counts them all.</remarks>
internal static class RadixSort
{
    private const int DigitBits = 8;
    private const int Digits = 1 << DigitBits;
    private const int MaxInserted = 32;

    /// <summary>A number, and the row it belongs to.</summary>
    public readonly record struct Entry(ulong Key, int Row);

    /// <summary>Sorts entries by their keys.</summary>
    /// <param name="entries">What is sorted.</param>
    /// <param name="spare">At least as long; what it holds afterwards means nothing.</param>
    /// <param name="bits">Number of low bits of the keys that may be set.</param>
    public static void Sort(Span<Entry> entries, Span<Entry> spare, int bits)
    {
        if (entries.Length <= MaxInserted)
        {
            Insert(entries);
            return;
        }

        if (IsSorted(entries)) { return; }

        int passes = (bits + DigitBits - 1) / DigitBits;
        Span<int> counts = stackalloc int[passes * Digits];
        counts.Clear();
        foreach (Entry entry in entries) { Count(entry.Key, counts, passes); }

        Span<Entry> source = entries;
        Span<Entry> target = spare[..entries.Length];
        for (int pass = 0; pass < passes; pass++)
        {
            Span<int> starts = counts.Slice(pass * Digits, Digits);
            int shift = pass * DigitBits;
            if (starts[(byte)(source[0].Key >> shift)] == source.Length) { continue; }

            ToStarts(starts);
            foreach (Entry entry in source) { target[starts[(byte)(entry.Key >> shift)]++] = entry; }

            Span<Entry> sorted = target;
            target = source;
            source = sorted;
        }

        if (source != entries) { source.CopyTo(entries); }
    }

    /// <summary>Sorts numbers that hold a key of some bits above a row of 32 bits, by the key.</summary>
    /// <param name="packed">What is sorted, in the order of its rows.</param>
    /// <param name="spare">As long.</param>
    /// <param name="bits">Number of bits of the keys, at most 32.</param>
    /// <returns>True when the sorted numbers are in <paramref name="spare"/>.</returns>
    public static bool SortPacked(Span<ulong> packed, Span<ulong> spare, int bits)
    {
        if (IsSorted(packed)) { return false; }

        int passes = (bits + DigitBits - 1) / DigitBits;
        Span<int> counts = stackalloc int[passes * Digits];
        counts.Clear();
        foreach (ulong number in packed) { Count(number >> 32, counts, passes); }

        Span<ulong> source = packed;
        Span<ulong> target = spare;
        bool isInSpare = false;
        for (int pass = 0; pass < passes; pass++)
        {
            Span<int> starts = counts.Slice(pass * Digits, Digits);
            int shift = 32 + (pass * DigitBits);
            if (starts[(byte)(source[0] >> shift)] == source.Length) { continue; }

            ToStarts(starts);
            foreach (ulong number in source) { target[starts[(byte)(number >> shift)]++] = number; }

            Span<ulong> sorted = target;
            target = source;
            source = sorted;
            isInSpare = !isInSpare;
        }

        return isInSpare;
    }

    private static void Count(ulong key, Span<int> counts, int passes)
    {
        for (int pass = 0; pass < passes; pass++)
        {
            counts[(pass * Digits) + (byte)key]++;
            key >>= DigitBits;
        }
    }

    private static void ToStarts(Span<int> counts)
    {
        int start = 0;
        for (int digit = 0; digit < counts.Length; digit++)
        {
            int count = counts[digit];
            counts[digit] = start;
            start += count;
        }
    }

    private static void Insert(Span<Entry> entries)
    {
        for (int next = 1; next < entries.Length; next++)
        {
            Entry entry = entries[next];
            int place = next;
            while (place > 0 && entries[place - 1].Key > entry.Key)
            {
                entries[place] = entries[place - 1];
                place--;
            }

            entries[place] = entry;
        }
    }

    private static bool IsSorted(ReadOnlySpan<Entry> entries)
    {
        for (int i = 1; i < entries.Length; i++)
        {
            if (entries[i - 1].Key > entries[i].Key) { return false; }
        }

        return true;
    }

    private static bool IsSorted(ReadOnlySpan<ulong> packed)
    {
        for (int i = 1; i < packed.Length; i++)
        {
            if (packed[i - 1] > packed[i]) { return false; }
        }

        return true;
    }
}
