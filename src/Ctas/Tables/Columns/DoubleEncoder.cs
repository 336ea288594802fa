using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Chooses the form of DOUBLEs by a sample: decimal, split bits, or as they are.</summary>
internal static class DoubleEncoder
{
    private const int SampleLength = 1024;
    private const double MaxExact = 1L << 53;

    // Bits that a form must save to be worth its reads.
    private const double WorthIt = 60;

    /// <summary>Encodes values; NULL rows hold something cheap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static EncodedColumn Encode(DataType type, ReadOnlySpan<double> values, NullRows? nulls)
    {
        if (values.Length == 0) { return new PlainColumn<double>(type, [], nulls); }

        double[] sample = new double[Math.Min(SampleLength, values.Length)];
        for (int i = 0; i < sample.Length; i++) { sample[i] = values[Sampling.RowOf(i, sample.Length, values.Length)]; }

        ReadOnlySpan<long> bits = MemoryMarshal.Cast<double, long>(values);
        int zeroBits = ZeroBits(bits);
        (int lowBits, double splitBits) = BestSplit(MemoryMarshal.Cast<double, long>(sample), zeroBits);
        (double divisor, double scaledBits) = BestDivisor(sample);
        if (scaledBits <= splitBits && scaledBits < WorthIt && Scale(values, divisor) is { } scaled)
        {
            return new ScaledColumn(type, scaled, nulls);
        }

        return splitBits < WorthIt ? Split(type, bits, (zeroBits, lowBits), nulls) : new PlainColumn<double>(type, values.ToArray(), nulls);
    }

    /// <summary>Decimal form; null when too many values are no decimals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static ScaledValues? Scale(ReadOnlySpan<double> values, double divisor)
    {
        long[] integers = ArrayPool<long>.Shared.Rent(values.Length);
        var rows = new List<ushort>();
        int maxExceptions = values.Length / 8;
        long max = long.MinValue;
        for (int row = 0; row < values.Length && rows.Count <= maxExceptions;)
        {
            if (TryScale(values[row..], divisor, integers.AsSpan(row), ref max))
            {
                row += Vector<double>.Count;
            }
            else if (TryScale(values[row], divisor, out integers[row])) { max = Math.Max(max, integers[row++]); }
            else { rows.Add((ushort)row++); }
        }

        bool pays = rows.Count <= maxExceptions;
        long marker = max + 1;
        double[] exceptions = new double[pays ? rows.Count : 0];
        for (int i = 0; i < exceptions.Length; i++)
        {
            exceptions[i] = values[rows[i]];
            integers[rows[i]] = marker;
        }

        ScaledValues? scaled = !pays ? null : new ScaledValues(
            EncodedIntegers.Encode(integers.AsSpan(0, values.Length)), divisor, marker, [.. rows], exceptions);
        ArrayPool<long>.Shared.Return(integers);
        return scaled;
    }

    /// <summary>Split form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static SplitColumn Split(DataType type, ReadOnlySpan<long> bits, (int Zero, int Low) places, NullRows? nulls)
    {
        long[] shifted = ArrayPool<long>.Shared.Rent(bits.Length);
        for (int row = 0; row < bits.Length; row++) { shifted[row] = bits[row] >> places.Zero; }

        SplitColumn split = SplitColumn.Of(type, shifted.AsSpan(0, bits.Length), places.Zero, places.Low, nulls);
        ArrayPool<long>.Shared.Return(shifted);
        return split;
    }

    /// <summary>Low bits that are zero in all values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int ZeroBits(ReadOnlySpan<long> bits)
    {
        long any = 0;
        foreach (long value in bits) { any |= value; }

        return any == 0 ? 0 : BitOperations.TrailingZeroCount(any);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryScale(double value, double divisor, out long integer)
    {
        double product = Math.Round(value * divisor);
        integer = 0;
        if (!(Math.Abs(product) < MaxExact)) { return false; }

        integer = (long)product;
        return BitConverter.DoubleToInt64Bits(integer / divisor) == BitConverter.DoubleToInt64Bits(value);
    }

    /// <summary>As many values as a vector has; false when one of them may be no decimal, or there are fewer left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryScale(ReadOnlySpan<double> values, double divisor, Span<long> integers, ref long max)
    {
        // Below this, adding 1.5 · 2^52 leaves an integer in the low bits.
        const double maxShifted = 1L << 51;
        var shift = new Vector<double>(6755399441055744.0);
        if (values.Length < Vector<double>.Count) { return false; }

        var given = new Vector<double>(values);

        // Adding 0 makes −0 0, which then differs.
        Vector<double> rounded = Vector.Round(given * divisor) + Vector<double>.Zero;
        bool areDecimals = Vector.LessThanAll(Vector.Abs(rounded), new Vector<double>(maxShifted))
            && Vector.EqualsAll(Vector.AsVectorInt64(rounded / new Vector<double>(divisor)), Vector.AsVectorInt64(given));
        if (!areDecimals) { return false; }

        Vector<long> numbers = Vector.AsVectorInt64(rounded + shift) - Vector.AsVectorInt64(shift);
        numbers.CopyTo(integers);
        for (int lane = 0; lane < Vector<long>.Count; lane++) { max = Math.Max(max, numbers[lane]); }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Divisor, double Bits) BestDivisor(ReadOnlySpan<double> sample)
    {
        // Powers of ten up to 10^22 are exact DOUBLEs; integers above 2^53 are not, so 10^15 is as far as it helps.
        const int maxPlaces = 15;
        var best = (Divisor: 1.0, Bits: double.MaxValue);
        Span<long> integers = stackalloc long[sample.Length];
        double divisor = 1;
        for (int places = 0; places <= maxPlaces; places++, divisor *= 10)
        {
            int scaled = 0, exceptions = 0;
            for (int i = 0; i < sample.Length && exceptions <= sample.Length / 10; i++)
            {
                if (TryScale(sample[i], divisor, out long integer)) { integers[scaled++] = integer; }
                else { exceptions++; }
            }

            if (exceptions > sample.Length / 10) { continue; }

            double bits = IntegerEncoder.EstimateBits(integers[..scaled]) + ((double)exceptions / sample.Length * (64 + 16));
            if (bits < best.Bits) { best = (divisor, bits); }

            if (exceptions == 0) { break; }
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (int LowBits, double Bits) BestSplit(ReadOnlySpan<long> sample, int zeroBits)
    {
        var best = (LowBits: 0, Bits: double.MaxValue);
        Span<long> high = stackalloc long[sample.Length];

        // What is left of sorted values is sorted, so that each estimate need not sort again.
        Span<long> sorted = stackalloc long[sample.Length];
        sample.CopyTo(sorted);
        RadixSort.Sort(sorted);
        foreach (int lowBits in (ReadOnlySpan<int>)[0, 32, 40, 44, 48, 50, 52])
        {
            // What is left of the value needs some bits of its own.
            if (lowBits > 0 && lowBits + zeroBits > 54) { break; }

            for (int i = 0; i < sample.Length; i++) { high[i] = sorted[i] >> zeroBits >> lowBits; }

            double bits = lowBits + IntegerEncoder.EstimateBits(high);
            if (bits < best.Bits) { best = (lowBits, bits); }
        }

        return best;
    }
}
