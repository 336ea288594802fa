using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Tables.Columns;

/// <summary>Integers as differences to a base, in as many bits as the largest difference needs. Immutable.</summary>
/// <remarks>
/// A constant takes no bits, and neither does a run that grows by one from row to row. A read is one unaligned load,
/// a shift and a mask. Source: frame-of-reference coding (Goldstein et al., ICDE 1998).
/// </remarks>
internal sealed class PackedIntegers
{
    // Above this a value and the bits before it in its first byte do not fit one load.
    private const int MaxPackedBits = 56;

    private readonly long _base;
    private readonly int _step;
    private readonly int _bits;
    private readonly ulong _mask;
    private readonly byte[] _data;

    private PackedIntegers(long @base, int step, int bits, byte[] data, int count)
    {
        _base = @base;
        _step = step;
        _bits = bits;
        _mask = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
        _data = data;
        Count = count;
    }

    /// <summary>Number of integers.</summary>
    public int Count { get; }

    /// <summary>Bytes kept alive.</summary>
    public long SizeInBytes => _data.Length + 64;

    /// <summary>One integer.</summary>
    public long this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_bits == 0) { return _base + ((long)_step * row); }

            long bit = (long)row * _bits;
            ref byte start = ref MemoryMarshal.GetArrayDataReference(_data);
            ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, (nint)(bit >> 3)));
            return _base + (long)(word >> (int)(bit & 7) & _mask);
        }
    }

    /// <summary>Packs values.</summary>
    public static PackedIntegers Pack(ReadOnlySpan<long> values)
    {
        if (values.Length == 0) { return new PackedIntegers(0, 0, 0, [], 0); }

        long min = values[0], max = values[0];
        bool isSequence = true;
        for (int row = 0; row < values.Length; row++)
        {
            min = Math.Min(min, values[row]);
            max = Math.Max(max, values[row]);
            isSequence &= values[row] == unchecked(values[0] + row);
        }

        if (isSequence && values.Length > 1) { return new PackedIntegers(values[0], 1, 0, [], values.Length); }

        int bits = 64 - BitOperations.LeadingZeroCount(unchecked((ulong)(max - min)));
        if (bits > MaxPackedBits) { bits = 64; }

        return new PackedIntegers(min, 0, bits, Write(values, min, bits), values.Length);
    }

    /// <summary>All integers.</summary>
    public void CopyTo(Span<long> values)
    {
        for (int row = 0; row < Count; row++) { values[row] = this[row]; }
    }

    /// <summary>A bool, int or long as what is packed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Widen<T>(T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(long)) { return Unsafe.As<T, long>(ref value); }

        return typeof(T) == typeof(int) ? Unsafe.As<T, int>(ref value) : Unsafe.As<T, byte>(ref value);
    }

    private static byte[] Write(ReadOnlySpan<long> values, long min, int bits)
    {
        if (bits == 0) { return []; }

        // Eight bytes more, so that the last value too can be read by a whole word.
        byte[] data = new byte[(((long)values.Length * bits) + 7) / 8 + 8];
        for (int row = 0; row < values.Length; row++)
        {
            long bit = (long)row * bits;
            ref byte place = ref data[bit >> 3];
            ulong word = Unsafe.ReadUnaligned<ulong>(ref place);
            Unsafe.WriteUnaligned(ref place, word | unchecked((ulong)(values[row] - min)) << (int)(bit & 7));
        }

        return data;
    }
}
