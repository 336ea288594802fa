using System.Buffers;
using System.Runtime.CompilerServices;

namespace Ctas.Tables.Keys;

/// <summary>The parts of a <see cref="TagIndex"/> of keys that are all known.</summary>
/// <remarks>
/// Keys are first put in the order of their parts, then each part is filled while it lies in the cache (radix
/// partitioning, Balkesen et al., Main-Memory Hash Joins on Multi-Core CPUs, ICDE 2013). Both on several threads.
/// </remarks>
/// <param name="hashes">The short hash of each key.</param>
/// <param name="rows">The row of each key; empty when the rows are 0, 1, 2 …</param>
/// <param name="depth">Leading bits of a hash that choose its part.</param>
internal sealed class TagIndexBuild(ReadOnlyMemory<uint> hashes, ReadOnlyMemory<int> rows, int depth)
{
    private readonly int _shift = 32 - depth;

    /// <summary>Fills the parts.</summary>
    /// <param name="groupsFor">Groups of a part of so many keys.</param>
    /// <param name="maxThreads">Threads at most.</param>
    public byte[][] Run(Func<int, int> groupsFor, int maxThreads)
    {
        int shares = Shares.Count(hashes.Length, maxThreads);
        int[][] counts = new int[shares][];
        Shares.Run(hashes.Length, maxThreads, (share, start, end) => counts[share] = CountParts(start, end));
        int[] starts = Starts(counts);

        ulong[] keys = ArrayPool<ulong>.Shared.Rent(hashes.Length);
        Shares.Run(hashes.Length, maxThreads, (share, start, end) => Scatter(start, end, counts[share], keys));

        byte[][] parts = new byte[1 << depth][];
        void Fill(int part)
        {
            ReadOnlySpan<ulong> inside = keys.AsSpan(starts[part]..starts[part + 1]);
            parts[part] = TagPart.Create(groupsFor(inside.Length), depth);
            TagPart.Fill(parts[part], inside);
        }

        if (shares > 1) { Parallel.For(0, parts.Length, new ParallelOptions { MaxDegreeOfParallelism = shares }, Fill); }
        else
        {
            for (int part = 0; part < parts.Length; part++) { Fill(part); }
        }

        ArrayPool<ulong>.Shared.Return(keys);
        return parts;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int[] CountParts(int start, int end)
    {
        int[] counts = new int[1 << depth];
        foreach (uint hash in hashes.Span[start..end]) { counts[(int)((ulong)hash >> _shift)]++; }

        return counts;
    }

    /// <summary>Where each part starts; the counts become the places at which each share begins to write.</summary>
    private static int[] Starts(int[][] counts)
    {
        int[] starts = new int[counts[0].Length + 1];
        int next = 0;
        for (int part = 0; part < counts[0].Length; part++)
        {
            starts[part] = next;
            foreach (int[] ofShare in counts)
            {
                int count = ofShare[part];
                ofShare[part] = next;
                next += count;
            }
        }

        starts[^1] = next;
        return starts;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scatter(int start, int end, int[] places, ulong[] keys)
    {
        ReadOnlySpan<uint> given = hashes.Span;
        ReadOnlySpan<int> numbers = rows.Span;
        for (int key = start; key < end; key++)
        {
            uint hash = given[key];
            keys[places[(int)((ulong)hash >> _shift)]++] = TagPart.Key(hash, numbers.IsEmpty ? key : numbers[key]);
        }
    }
}
