using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
        var text = new Utf8Text(ref MemoryMarshal.GetReference(value));
        return Text(ref text, value.Length);
    }

    /// <summary>What <see cref="Bytes"/> gives for the UTF-8 form of a text that is ASCII; false for any other text.</summary>
    /// <remarks>
    /// It reads the text itself. A copy in UTF-8 would be read back before it has left the processor's store buffer, which
    /// waits for everything before it: one lookup could not begin until the last had its row from memory.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryAscii(ReadOnlySpan<char> value, out ulong hash)
    {
        var text = new AsciiText(ref MemoryMarshal.GetReference(value));
        hash = Text(ref text, value.Length);
        return text.IsAscii;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Text<TText>(ref TText text, int length)
        where TText : struct, IHashedText, allows ref struct
    {
        if (length <= 16)
        {
            ulong low, high;
            if (length >= 8)
            {
                low = text.Read64(0);
                high = text.Read64(length - 8);
            }
            else if (length >= 4)
            {
                low = text.Read32(0);
                high = text.Read32(length - 4);
            }
            else if (length > 0)
            {
                low = (ulong)text.Read8(0) << 16 | (ulong)text.Read8(length >> 1) << 8 | text.Read8(length - 1);
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
            hash = Fold(text.Read64(offset) ^ Secret0, text.Read64(offset + 8) ^ hash);
        }

        // The last 16 bytes again, so that the tail needs no branch of its own.
        hash = Fold(text.Read64(length - 16) ^ Secret1, text.Read64(length - 8) ^ hash);
        return Fold(Secret1 ^ (ulong)length, hash);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }

    /// <summary>The bytes of a text, from an offset on.</summary>
    private interface IHashedText
    {
        ulong Read64(int offset);

        uint Read32(int offset);

        byte Read8(int offset);
    }

    private readonly ref struct Utf8Text(ref byte start) : IHashedText
    {
        private readonly ref byte _start = ref start;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ulong Read64(int offset) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref _start, offset));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public uint Read32(int offset) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref _start, offset));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public byte Read8(int offset) => Unsafe.Add(ref _start, offset);
    }

    /// <summary>Together, the reads of a hash see every character.</summary>
    private ref struct AsciiText(ref char start) : IHashedText
    {
        private readonly ref ushort _start = ref Unsafe.As<char, ushort>(ref start);
        private Vector128<ushort> _seen;

        public readonly bool IsAscii => (_seen & Vector128.Create((ushort)0xFF80)) == Vector128<ushort>.Zero;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ulong Read64(int offset) => Narrow(Vector128.LoadUnsafe(ref _start, (nuint)offset)).AsUInt64().ToScalar();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public uint Read32(int offset)
        {
            ulong four = Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ushort, byte>(ref Unsafe.Add(ref _start, offset)));
            return Narrow(Vector128.CreateScalar(four).AsUInt16()).AsUInt32().ToScalar();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public byte Read8(int offset)
        {
            ushort one = Unsafe.Add(ref _start, offset);
            _seen |= Vector128.CreateScalar(one);
            return (byte)one;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector128<sbyte> Narrow(Vector128<ushort> wide)
        {
            _seen |= wide;
            return Vector128.NarrowWithSaturation(wide.AsInt16(), wide.AsInt16());
        }
    }
}
