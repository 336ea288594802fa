using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ctas.Tables.Columns;

/// <summary>Chooses the form of a sequence of integers: one pass for exact facts, a sample for the rest.</summary>
internal static class IntegerEncoder
{
    private const int SampleLength = 1024;

    // A form that costs more per read must save something worth it.
    private const double WorthIt = 0.9;

    /// <summary>Encodes integers in the form that promises to be smallest.</summary>
    public static EncodedIntegers Encode(ReadOnlySpan<long> values)
    {
        if (values.Length == 0) { return PackedIntegers.Pack(values, 0, 0); }

        Facts facts = Facts.Of(values);
        if (facts.IsSequence && values.Length > 1)
        {
            return PackedIntegers.Sequence(values[0], unchecked(values[1] - values[0]), values.Length);
        }

        EncodedIntegers encoded = Encode(values, facts);
        return TryDivide(values, facts) is { } divided && divided.SizeInBytes < encoded.SizeInBytes * WorthIt ? divided : encoded;
    }

    private static EncodedIntegers Encode(ReadOnlySpan<long> values, Facts facts)
    {
        int bits = BitPacking.WidthOf(facts.Range);
        double packed = (double)values.Length * bits;
        EncodedIntegers? best = bits <= 1 || values.Length < 256 ? null : Better(values, facts, packed * WorthIt);
        if (facts.Runs * (16.0 + bits) < Math.Min(packed * WorthIt, 8.0 * (best?.SizeInBytes ?? long.MaxValue)))
        {
            return RunIntegers.Pack(values, facts.Runs);
        }

        return best is not null && best.SizeInBytes * 8 < packed ? best : PackedIntegers.Pack(values, facts.Min, facts.Max);
    }

    /// <summary>Bits an integer may take when encoded, as far as a sample without order tells; sorts the sample.</summary>
    public static double EstimateBits(Span<long> sample)
    {
        if (sample.Length == 0) { return 0; }

        RadixSort.Sort(sample);
        int bits = BitPacking.WidthOf(unchecked((ulong)(sample[^1] - sample[0])));
        double distinct = EstimateDistinct(sample, CompactSegment.MaxRows);
        double coded = distinct > DictionaryIntegers.MaxDistinct ? 64 : CodeBits(distinct);
        return Math.Min(Math.Min(bits, coded), Patching.Of(sample, bits).BitsPerValue);
    }

    /// <summary>A form better than <paramref name="maxBits"/>, null when there is none.</summary>
    private static EncodedIntegers? Better(ReadOnlySpan<long> values, Facts facts, double maxBits)
    {
        int count = values.Length;
        int bits = BitPacking.WidthOf(facts.Range);
        Span<long> sample = stackalloc long[Math.Min(SampleLength, count)];
        for (int i = 0; i < sample.Length; i++) { sample[i] = values[Sampling.RowOf(i, sample.Length, count)]; }

        RadixSort.Sort(sample);
        double blocks = (double)BlockIntegers.EstimateBits(values) * count;
        Patching patching = Patching.Of(sample, bits);
        double patched = patching.BitsPerValue * count;
        double distinct = EstimateDistinct(sample, count);
        double coded = distinct > DictionaryIntegers.MaxDistinct
            ? double.MaxValue
            : (CodeBits(distinct) * (double)count) + (distinct * bits);

        double least = Math.Min(blocks, Math.Min(patched, coded));
        if (least >= maxBits) { return null; }

        if (least == coded && DictionaryIntegers.Pack(values) is { } dictionary) { return dictionary; }

        if (least == blocks) { return BlockIntegers.Pack(values); }

        return patched < maxBits ? PatchedIntegers.Pack(values, patching.Base, patching.Bits, count / 8) : null;
    }

    /// <summary>Integers as multiples of what all differences have in common; null when that saves little.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static StrideIntegers? TryDivide(ReadOnlySpan<long> values, Facts facts)
    {
        const int samples = 64;
        const ulong worthIt = 8;
        if (facts.Range < 256) { return null; }

        ulong stride = 0;
        for (int i = 0; i < samples && stride != 1; i++)
        {
            stride = Gcd(stride, unchecked((ulong)(values[Sampling.RowOf(i, samples, values.Length)] - facts.Min)));
        }

        // Powers of two and round decimal numbers pass the sample by chance once in many columns; then one pass is lost.
        foreach (long value in values)
        {
            ulong difference = unchecked((ulong)(value - facts.Min));
            if (stride < worthIt) { return null; }

            if (difference % stride != 0) { stride = Gcd(stride, difference); }
        }

        long[] multiples = ArrayPool<long>.Shared.Rent(values.Length);
        for (int index = 0; index < values.Length; index++)
        {
            multiples[index] = (long)(unchecked((ulong)(values[index] - facts.Min)) / stride);
        }

        ReadOnlySpan<long> used = multiples.AsSpan(0, values.Length);
        EncodedIntegers encoded = Encode(used, Facts.Of(used));
        ArrayPool<long>.Shared.Return(multiples);
        return new StrideIntegers(facts.Min, (long)stride, encoded);
    }

    private static ulong Gcd(ulong left, ulong right)
    {
        while (right != 0) { (left, right) = (right, left % right); }

        return left;
    }

    private static int CodeBits(double distinct) => BitPacking.WidthOf((ulong)Math.Max(1, distinct) - 1);

    /// <summary>Different integers among all, as a sorted sample tells: those that came once stand for others unseen.</summary>
    /// <remarks>Source: Charikar et al., Towards Estimation Error Guarantees for Distinct Values, PODS 2000.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double EstimateDistinct(ReadOnlySpan<long> sorted, int count)
    {
        int distinct = 0, once = 0;
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            end = start + 1;
            while (end < sorted.Length && sorted[end] == sorted[start]) { end++; }

            distinct++;
            once += end - start == 1 ? 1 : 0;
        }

        return distinct - once + (once * Math.Sqrt((double)count / sorted.Length));
    }

    /// <summary>What one pass tells.</summary>
    private readonly record struct Facts(long Min, long Max, int Runs, bool IsSequence)
    {
        public ulong Range => unchecked((ulong)(Max - Min));

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static Facts Of(ReadOnlySpan<long> values)
        {
            long first = values[0];
            var min = new Vector<long>(first);
            Vector<long> max = min, changes = Vector<long>.Zero, uneven = Vector<long>.Zero;
            var step = new Vector<long>(values.Length > 1 ? unchecked(values[1] - first) : 0);
            int index = 1;
            for (; index + Vector<long>.Count <= values.Length; index += Vector<long>.Count)
            {
                var current = new Vector<long>(values[index..]);
                Vector<long> difference = current - new Vector<long>(values[(index - 1)..]);
                min = Vector.Min(min, current);
                max = Vector.Max(max, current);
                changes -= Vector.OnesComplement(Vector.Equals(difference, Vector<long>.Zero));
                uneven |= difference ^ step;
            }

            var facts = new Facts(first, first, 1 + (int)Vector.Sum(changes), Vector.EqualsAll(uneven, Vector<long>.Zero));
            for (int lane = 0; lane < Vector<long>.Count; lane++)
            {
                facts = facts with { Min = Math.Min(facts.Min, min[lane]), Max = Math.Max(facts.Max, max[lane]) };
            }

            for (; index < values.Length; index++)
            {
                long difference = unchecked(values[index] - values[index - 1]);
                facts = new Facts(
                    Math.Min(facts.Min, values[index]),
                    Math.Max(facts.Max, values[index]),
                    facts.Runs + (difference == 0 ? 0 : 1),
                    facts.IsSequence && difference == step[0]);
            }

            return facts;
        }
    }

    /// <summary>Where to cut off outliers.</summary>
    private readonly record struct Patching(long Base, int Bits, double BitsPerValue)
    {
        /// <summary>The best cut of a sorted sample: some of the highest, some of the lowest, or both.</summary>
        public static Patching Of(ReadOnlySpan<long> sorted, int bits)
        {
            var best = new Patching(sorted[0], 64, double.MaxValue);
            for (int cut = 1; cut <= sorted.Length / 20; cut *= 2)
            {
                foreach ((int low, int high) in (ReadOnlySpan<(int, int)>)[(0, cut), (cut, 0), (cut, cut)])
                {
                    long least = sorted[low];
                    ulong range = unchecked((ulong)(sorted[^(high + 1)] - least));
                    int width = BitPacking.WidthOf(range + 1);
                    double cost = width + ((double)(low + high) / sorted.Length * (16 + bits));
                    if (width < 64 && cost < best.BitsPerValue) { best = new Patching(least, width, cost); }
                }
            }

            return best;
        }
    }
}
