using System.Buffers.Binary;
using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.State;

/// <summary>Numbers that order as the strings of a column do; equal strings have equal numbers.</summary>
/// <remarks>
/// Every string that occurs is looked at once, eight bytes at a time: those are sorted as numbers, and only strings
/// that agree in them are looked at further on.
/// </remarks>
internal static class StringRanks
{
    private const int ChunkBytes = 8;

    // Beyond, strings are compared as wholes: no text makes the sort go deep.
    private const int MaxChunkedBytes = 256;

    /// <summary>A rank for every row; that of a NULL row means nothing.</summary>
    public static ulong[] Of(StringColumn strings)
    {
        int[] codes = Occurring(strings);
        int[] sorted = Sorted(codes, strings);
        var rankOfCode = new CodeRanks(IsDense(strings.Pool.Count, strings.Length) ? strings.Pool.Count : 0, codes);
        uint rank = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            // A pool that is not interned holds equal strings under several codes.
            bool isEqual = i > 0 && !strings.Pool.IsInterned
                && strings.Pool.GetBytes(sorted[i]).SequenceEqual(strings.Pool.GetBytes(sorted[i - 1]));
            rank += i == 0 || isEqual ? 0u : 1u;
            rankOfCode[sorted[i]] = rank;
        }

        var ranks = new ulong[strings.Length];
        ReadOnlySpan<int> rows = strings.Codes;
        for (int row = 0; row < ranks.Length; row++) { ranks[row] = rows[row] < 0 ? 0 : rankOfCode[rows[row]]; }

        return ranks;
    }

    /// <summary>The codes that occur, ascending, each once.</summary>
    private static int[] Occurring(StringColumn strings)
    {
        if (!IsDense(strings.Pool.Count, strings.Length))
        {
            int[] all = strings.Codes.ToArray();
            Array.Sort(all);
            return [.. all.Where((code, i) => code >= 0 && (i == 0 || all[i - 1] != code))];
        }

        var occurs = new bool[strings.Pool.Count];
        foreach (int code in strings.Codes)
        {
            if (code >= 0) { occurs[code] = true; }
        }

        var codes = new int[occurs.AsSpan().Count(true)];
        int count = 0;
        for (int code = 0; code < occurs.Length && count < codes.Length; code++)
        {
            if (occurs[code]) { codes[count++] = code; }
        }

        return codes;
    }

    private static bool IsDense(int poolCount, int rows) => poolCount <= (8L * rows) + 1024;

    private static int[] Sorted(int[] codes, StringColumn strings)
    {
        var sorted = (int[])codes.Clone();
        if (strings.Type.IsNested)
        {
            ByteStringOrder order = ByteStringOrder.Of(strings.Type);
            Array.Sort(sorted, (x, y) => order.Compare(strings.Pool.GetBytes(x), strings.Pool.GetBytes(y)));
            return sorted;
        }

        var entries = new RadixSort.Entry[sorted.Length];
        var spare = new RadixSort.Entry[sorted.Length];
        Sort(sorted, entries, spare, strings.Pool, start: 0);
        return sorted;
    }

    /// <summary>Sorts codes whose strings agree before <paramref name="start"/>.</summary>
    private static void Sort(
        Span<int> codes, Span<RadixSort.Entry> entries, Span<RadixSort.Entry> spare, StringPool pool, int start)
    {
        for (int i = 0; i < codes.Length; i++)
        {
            entries[i] = new RadixSort.Entry(Chunk(pool.GetBytes(codes[i]), start), codes[i]);
        }

        RadixSort.Sort(entries[..codes.Length], spare, 64);
        for (int i = 0; i < codes.Length; i++) { codes[i] = entries[i].Row; }

        for (int first = 0; first < codes.Length;)
        {
            int end = first + 1;
            while (end < codes.Length && entries[end].Key == entries[first].Key) { end++; }

            if (end - first > 1) { SortEqual(codes[first..end], entries[first..end], spare, pool, start + ChunkBytes); }

            first = end;
        }
    }

    /// <summary>Sorts codes whose strings agree before <paramref name="start"/>, up to their ends.</summary>
    private static void SortEqual(
        Span<int> codes, Span<RadixSort.Entry> entries, Span<RadixSort.Entry> spare, StringPool pool, int start)
    {
        if (start > MaxChunkedBytes)
        {
            codes.Sort((x, y) => pool.GetBytes(x).SequenceCompareTo(pool.GetBytes(y)));
            return;
        }

        // A string that has ended comes before those that go on, even if these go on with zeros.
        int ended = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            if (pool.GetBytes(codes[i]).Length > start) { continue; }

            (codes[ended], codes[i]) = (codes[i], codes[ended]);
            ended++;
        }

        codes[..ended].Sort((x, y) => pool.GetBytes(x).Length.CompareTo(pool.GetBytes(y).Length));
        if (codes.Length - ended > 1) { Sort(codes[ended..], entries[ended..], spare, pool, start); }
    }

    private static ulong Chunk(ReadOnlySpan<byte> value, int start)
    {
        ReadOnlySpan<byte> rest = value[Math.Min(start, value.Length)..];
        if (rest.Length >= ChunkBytes) { return BinaryPrimitives.ReadUInt64BigEndian(rest); }

        ulong chunk = 0;
        for (int i = 0; i < rest.Length; i++) { chunk |= (ulong)rest[i] << (56 - (8 * i)); }

        return chunk;
    }

    /// <summary>A rank for each code: by code where most occur, else by place among those that do.</summary>
    /// <param name="poolCount">Number of codes of the pool; 0 where few of them occur.</param>
    private readonly struct CodeRanks(int poolCount, int[] codes)
    {
        private readonly uint[] _ranks = new uint[Math.Max(poolCount, codes.Length)];

        public uint this[int code]
        {
            get => _ranks[Place(code)];
            set => _ranks[Place(code)] = value;
        }

        private int Place(int code) => poolCount > 0 ? code : Array.BinarySearch(codes, code);
    }
}
