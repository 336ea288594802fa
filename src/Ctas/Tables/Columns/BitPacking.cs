using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Tables.Columns;

/// <summary>Unsigned integers in a fixed number of bits each, one after the other, lowest bit first.</summary>
/// <remarks>
/// Widths are 0 to 56 bits, so that a value and the bits before it in its first byte fit one load, or 64. Packed data
/// ends in slack that loads may run over; a value is read by one unaligned load, a shift and a mask.
/// </remarks>
internal static class BitPacking
{
    /// <summary>The widest form below 64 bits.</summary>
    public const int MaxPackedBits = 56;

    /// <summary>Bytes after the last value that are read but mean nothing.</summary>
    public const int Slack = 16;

    /// <summary>The width that holds values up to <paramref name="max"/>.</summary>
    public static int WidthOf(ulong max)
    {
        int bits = 64 - BitOperations.LeadingZeroCount(max);
        return bits > MaxPackedBits ? 64 : bits;
    }

    /// <summary>The ones of a width.</summary>
    public static ulong MaskOf(int bits) => bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;

    /// <summary>Bytes of <paramref name="count"/> values, slack included; nothing for no bits.</summary>
    public static int SizeOf(long count, int bits) => bits == 0 ? 0 : (int)(((count * bits) + 7) / 8) + Slack;

    /// <summary>True when data has the size that so many values of a width have.</summary>
    /// <exception cref="InvalidDataException">It has not.</exception>
    public static byte[] Checked(byte[] data, long count, int bits) =>
        bits is >= 0 and <= MaxPackedBits or 64 && data.Length == SizeOf(count, bits)
            ? data
            : throw new InvalidDataException($"{data.Length} bytes are not {count} values of {bits} bits.");

    /// <summary>One value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(byte[] data, int row, int bits, ulong mask)
    {
        long bit = (long)row * bits;
        ref byte start = ref MemoryMarshal.GetArrayDataReference(data);
        ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, (nint)(bit >> 3)));
        return word >> (int)(bit & 7) & mask;
    }

    /// <summary>Packs differences to a base; each fits the width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static byte[] Pack(ReadOnlySpan<long> values, long @base, int bits)
    {
        byte[] data = new byte[SizeOf(values.Length, bits)];
        if (bits == 0) { return data; }

        if (bits == 64)
        {
            Span<long> words = MemoryMarshal.Cast<byte, long>(data.AsSpan());
            for (int row = 0; row < values.Length; row++) { words[row] = unchecked(values[row] - @base); }

            return data;
        }

        // Bits gather in a word, which is written when it is full.
        ref byte start = ref MemoryMarshal.GetArrayDataReference(data);
        ulong word = 0;
        int used = 0;
        nint at = 0;
        foreach (long value in values)
        {
            ulong packed = unchecked((ulong)(value - @base));
            word |= packed << used;
            used += bits;
            if (used < 64) { continue; }

            Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, at), word);
            at += 8;
            used -= 64;
            word = used == 0 ? 0 : packed >> (bits - used);
        }

        Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, at), word);
        return data;
    }

    /// <summary>Unpacks values from row <paramref name="start"/> on and adds the base; keeps the low bytes of each.</summary>
    /// <typeparam name="T">A type of at most eight bytes.</typeparam>
    public static void Unpack<T>(byte[] data, int bits, long @base, int start, Span<T> values)
        where T : unmanaged
    {
        if (bits == 0)
        {
            values.Fill(Narrow<T>(@base));
            return;
        }

        // Up to a whole group one by one, then groups, then what is left.
        int single = Math.Min(values.Length, -start & (BitUnpacking.Group - 1));
        UnpackEach(data, bits, @base, start, values[..single]);
        int done = single + BitUnpacking.Unpack(data, bits, @base, start + single, values[single..]);
        UnpackEach(data, bits, @base, start + done, values[done..]);
    }

    private static void UnpackEach<T>(byte[] data, int bits, long @base, int start, Span<T> values)
        where T : unmanaged
    {
        ulong mask = MaskOf(bits);
        ref byte source = ref MemoryMarshal.GetArrayDataReference(data);
        long bit = (long)start * bits;
        for (int row = 0; row < values.Length; row++)
        {
            ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, (nint)(bit >> 3)));
            values[row] = Narrow<T>(unchecked(@base + (long)(word >> (int)(bit & 7) & mask)));
            bit += bits;
        }
    }

    /// <summary>The low bytes of a number as a type of at most eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Narrow<T>(long value)
        where T : unmanaged => Unsafe.As<long, T>(ref value);

    /// <summary>The bytes of a value as the low ones of a number; for sums and products that are cut to the same bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Low<T>(T value)
        where T : unmanaged => Unsafe.SizeOf<T>() switch
        {
            8 => Unsafe.As<T, long>(ref value),
            4 => Unsafe.As<T, uint>(ref value),
            2 => Unsafe.As<T, ushort>(ref value),
            _ => Unsafe.As<T, byte>(ref value),
        };

    /// <summary>A bool, int or long as what is packed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Widen<T>(T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(long)) { return Unsafe.As<T, long>(ref value); }

        return typeof(T) == typeof(int) ? Unsafe.As<T, int>(ref value) : Unsafe.As<T, byte>(ref value);
    }
}
