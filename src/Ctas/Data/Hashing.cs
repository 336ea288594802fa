using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Data;

/// <summary>64-bit hashes of values. Good in all bits; not for adversarial input, not stable across versions.</summary>
/// <remarks>Source: the multiply-and-fold mix of wyhash (Wang Yi), reduced to what short keys need.</remarks>
internal static class Hashing
{
    private const ulong Secret0 = 0xA0761D6478BD642FUL;
    private const ulong Secret1 = 0xE7037ED1A0B428DBUL;

    /// <summary>The hash that stands for NULL.</summary>
    public const ulong Null = 0x9E3779B97F4A7C15UL;

    /// <summary>Hash of an integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Int64(ulong value) => Fold(value ^ Secret0, Secret1);

    /// <summary>Adds the hash of one more key column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Combine(ulong left, ulong right) => Fold(left ^ Secret1, right ^ Secret0);

    /// <summary>Hash of a byte string. Cost about length / 16 multiplications.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Bytes(ReadOnlySpan<byte> value)
    {
        ref byte start = ref MemoryMarshal.GetReference(value);
        int length = value.Length;
        if (length <= 16)
        {
            ulong low, high;
            if (length >= 8)
            {
                low = Read64(ref start, 0);
                high = Read64(ref start, length - 8);
            }
            else if (length >= 4)
            {
                low = Read32(ref start, 0);
                high = Read32(ref start, length - 4);
            }
            else if (length > 0)
            {
                low = (ulong)start << 16 | (ulong)Unsafe.Add(ref start, length >> 1) << 8
                    | Unsafe.Add(ref start, length - 1);
                high = 0;
            }
            else
            {
                low = high = 0;
            }

            return Fold(Secret1 ^ (ulong)length, Fold(low ^ Secret0, high ^ Secret1));
        }

        ulong hash = Secret0;
        int offset = 0;
        for (; offset + 16 <= length; offset += 16)
        {
            hash = Fold(Read64(ref start, offset) ^ Secret0, Read64(ref start, offset + 8) ^ hash);
        }

        // The last 16 bytes again, so that the tail needs no branch of its own.
        hash = Fold(Read64(ref start, length - 16) ^ Secret1, Read64(ref start, length - 8) ^ hash);
        return Fold(Secret1 ^ (ulong)length, hash);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read64(ref byte start, int offset) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read32(ref byte start, int offset) =>
        Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
