using System.Buffers;
using System.Runtime.CompilerServices;

namespace Ctas.Tables.Columns;

/// <summary>Sorts integers byte by byte, the lowest first; bytes that all share cost one look each.</summary>
/// <remarks>
/// For samples. The generic sort of the runtime is compiled anew for 64-bit integers in every process, slowly at first,
/// and that would be most of what the choice of an encoding costs in a short load.
/// </remarks>
internal static class RadixSort
{
    private const int Digits = 256;

    /// <summary>Sorts in ascending order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sort(Span<long> values)
    {
        if (IsSorted(values)) { return; }

        long[] rented = ArrayPool<long>.Shared.Rent(values.Length);
        Span<long> from = values, to = rented.AsSpan(0, values.Length);
        Span<int> places = stackalloc int[Digits];
        for (int shift = 0; shift < 64; shift += 8)
        {
            if (!TryPlace(from, shift, places)) { continue; }

            foreach (long value in from) { to[places[Digit(value, shift)]++] = value; }

            Span<long> sorted = to;
            to = from;
            from = sorted;
        }

        if (from != values) { from.CopyTo(values); }

        ArrayPool<long>.Shared.Return(rented);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool IsSorted(ReadOnlySpan<long> values)
    {
        for (int index = 1; index < values.Length; index++)
        {
            if (values[index] < values[index - 1]) { return false; }
        }

        return true;
    }

    /// <summary>Where the values of each digit begin; false when all have the same one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryPlace(ReadOnlySpan<long> values, int shift, Span<int> places)
    {
        places.Clear();
        foreach (long value in values) { places[Digit(value, shift)]++; }

        if (places[Digit(values[0], shift)] == values.Length) { return false; }

        int next = 0;
        foreach (ref int place in places) { (place, next) = (next, next + place); }

        return true;
    }

    // The sign is turned round: negative integers come first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Digit(long value, int shift) => (byte)((ulong)(value ^ long.MinValue) >> shift);
}
