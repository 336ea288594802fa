using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ctas.Tables.Columns;

/// <summary>Unpacks integers of few bits eight at a time, where the processor can.</summary>
/// <remarks>
/// Eight values of b bits are b bytes, so every eight begin at a byte and are spread by the same pattern: bytes to lanes,
/// a shift for each lane, a mask. Source: the shuffle-based unpacking of Willhalm et al., SIMD-Scan, VLDB 2009.
/// </remarks>
internal static class BitUnpacking
{
    /// <summary>Values unpacked together.</summary>
    public const int Group = 8;

    // Four bytes hold a value of so many bits wherever it begins; eight bytes one of the widest packed form.
    private const int MaxNarrowBits = 25;

    /// <summary>Unpacks as many whole groups as there are; the caller does the rest.</summary>
    /// <param name="data">Packed values and slack.</param>
    /// <param name="bits">1 to <see cref="BitPacking.MaxPackedBits"/>.</param>
    /// <param name="base">Added to each.</param>
    /// <param name="start">The first value; a multiple of <see cref="Group"/>.</param>
    /// <param name="values">Where they go; int and long only.</param>
    /// <returns>Number of values unpacked.</returns>
    public static int Unpack<T>(byte[] data, int bits, long @base, int start, Span<T> values)
        where T : unmanaged
    {
        bool isPossible = Avx2.IsSupported && bits is > 0 and <= BitPacking.MaxPackedBits && start % Group == 0;
        if (!isPossible) { return 0; }

        int groups = values.Length / Group;
        ref byte source = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(data), (nint)start / Group * bits);
        if (typeof(T) == typeof(int) && bits <= MaxNarrowBits)
        {
            UnpackInts(ref source, bits, (int)@base, MemoryMarshal.Cast<T, int>(values)[..(groups * Group)]);
        }
        else if (typeof(T) == typeof(long) && bits <= MaxNarrowBits)
        {
            UnpackNarrow(ref source, bits, @base, MemoryMarshal.Cast<T, long>(values)[..(groups * Group)]);
        }
        else if (typeof(T) == typeof(long))
        {
            UnpackWide(ref source, bits, @base, MemoryMarshal.Cast<T, long>(values)[..(groups * Group)]);
        }
        else { return 0; }

        return groups * Group;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UnpackInts(ref byte source, int bits, int @base, Span<int> values)
    {
        NarrowPattern pattern = new(bits);
        var offset = Vector256.Create(@base);
        ref int target = ref MemoryMarshal.GetReference(values);
        for (nint at = 0; at < values.Length; at += Group)
        {
            (pattern.Read(ref source).AsInt32() + offset).StoreUnsafe(ref Unsafe.Add(ref target, at));
            source = ref Unsafe.Add(ref source, bits);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UnpackNarrow(ref byte source, int bits, long @base, Span<long> values)
    {
        NarrowPattern pattern = new(bits);
        var offset = Vector256.Create(@base);
        ref long target = ref MemoryMarshal.GetReference(values);
        for (nint at = 0; at < values.Length; at += Group)
        {
            (Vector256<ulong> low, Vector256<ulong> high) = Vector256.Widen(pattern.Read(ref source));
            (low.AsInt64() + offset).StoreUnsafe(ref Unsafe.Add(ref target, at));
            (high.AsInt64() + offset).StoreUnsafe(ref Unsafe.Add(ref target, at + 4));
            source = ref Unsafe.Add(ref source, bits);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void UnpackWide(ref byte source, int bits, long @base, Span<long> values)
    {
        // Values 0 to 3 of a group, then 4 to 7, which may begin inside a byte.
        WidePattern first = new(bits, 0), second = new(bits, 4);
        var offset = Vector256.Create(@base);
        ref long target = ref MemoryMarshal.GetReference(values);
        for (nint at = 0; at < values.Length; at += Group)
        {
            (first.Read(ref source).AsInt64() + offset).StoreUnsafe(ref Unsafe.Add(ref target, at));
            (second.Read(ref source).AsInt64() + offset).StoreUnsafe(ref Unsafe.Add(ref target, at + 4));
            source = ref Unsafe.Add(ref source, bits);
        }
    }

    /// <summary>How eight values of at most 25 bits lie in their bytes.</summary>
    private readonly struct NarrowPattern
    {
        private readonly Vector256<byte> _bytes;
        private readonly Vector256<uint> _shifts;
        private readonly Vector256<uint> _mask;
        private readonly int _half;

        public NarrowPattern(int bits)
        {
            Span<byte> bytes = stackalloc byte[32];
            Span<uint> shifts = stackalloc uint[Group];
            _half = 4 * bits / 8;
            for (int lane = 0; lane < Group; lane++)
            {
                int bit = lane * bits, from = (bit >> 3) - (lane < 4 ? 0 : _half);
                for (int place = 0; place < 4; place++) { bytes[(lane * 4) + place] = (byte)(from + place); }

                shifts[lane] = (uint)(bit & 7);
            }

            _bytes = Vector256.Create<byte>(bytes);
            _shifts = Vector256.Create<uint>(shifts);
            _mask = Vector256.Create((uint)BitPacking.MaskOf(bits));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<uint> Read(ref byte source)
        {
            var loaded = Vector256.Create(
                Vector128.LoadUnsafe(ref source), Vector128.LoadUnsafe(ref Unsafe.Add(ref source, _half)));
            return Avx2.ShiftRightLogicalVariable(Avx2.Shuffle(loaded, _bytes).AsUInt32(), _shifts) & _mask;
        }
    }

    /// <summary>How four values of at most 56 bits lie in their bytes, two by two.</summary>
    private readonly struct WidePattern
    {
        private readonly Vector256<byte> _bytes;
        private readonly Vector256<ulong> _shifts;
        private readonly Vector256<ulong> _mask;
        private readonly int _low;
        private readonly int _high;

        public WidePattern(int bits, int firstLane)
        {
            Span<byte> bytes = stackalloc byte[32];
            Span<ulong> shifts = stackalloc ulong[4];
            _low = firstLane * bits >> 3;
            _high = (firstLane + 2) * bits >> 3;
            for (int lane = 0; lane < 4; lane++)
            {
                int bit = (firstLane + lane) * bits, from = (bit >> 3) - (lane < 2 ? _low : _high);
                for (int place = 0; place < 8; place++) { bytes[(lane * 8) + place] = (byte)(from + place); }

                shifts[lane] = (ulong)(bit & 7);
            }

            _bytes = Vector256.Create<byte>(bytes);
            _shifts = Vector256.Create<ulong>(shifts);
            _mask = Vector256.Create(BitPacking.MaskOf(bits));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<ulong> Read(ref byte source)
        {
            var loaded = Vector256.Create(
                Vector128.LoadUnsafe(ref Unsafe.Add(ref source, _low)), Vector128.LoadUnsafe(ref Unsafe.Add(ref source, _high)));
            return Avx2.ShiftRightLogicalVariable(Avx2.Shuffle(loaded, _bytes).AsUInt64(), _shifts) & _mask;
        }
    }
}
