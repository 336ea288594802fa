using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ctas.Sources;

/// <summary>Reads JSON strings that hold escapes. Single-threaded.</summary>
/// <remarks>See <see cref="JsonText"/> for the padding that the text needs.</remarks>
internal sealed class JsonEscapes
{
    // The most bytes that one escape, or a pair of them, comes to.
    private const int MaxCharacterBytes = 4;

    private byte[] _unescaped = new byte[256];

    /// <summary>Reads the rest of a string.</summary>
    /// <param name="text">The padded text.</param>
    /// <param name="at">Where the string begins, behind its quote.</param>
    /// <param name="value">The string without its escapes, padded as the text is; valid until the next one.</param>
    /// <returns>The offset of the quote that ends it; negative where the string is malformed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Read(ref byte text, int at, out ReadOnlySpan<byte> value)
    {
        int written = 0;
        while (true)
        {
            if (_unescaped.Length - written < JsonText.Padding + Vector256<byte>.Count + MaxCharacterBytes)
            {
                Array.Resize(ref _unescaped, _unescaped.Length * 2);
            }

            // A whole vector is copied; what of it lies behind the next escape is overwritten.
            ref byte target = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_unescaped), written);
            Vector256<byte> bytes = Vector256.LoadUnsafe(ref text, (nuint)at);
            bytes.StoreUnsafe(ref target);
            uint ends = JsonText.StringEnds(bytes);
            int plain = ends == 0 ? Vector256<byte>.Count : BitOperations.TrailingZeroCount(ends);
            at += plain;
            written += plain;
            if (ends == 0) { continue; }

            if (Unsafe.Add(ref text, at) == '"')
            {
                value = _unescaped.AsSpan(0, written);
                return at;
            }

            int taken = ReadEscape(ref Unsafe.Add(ref text, at), ref Unsafe.Add(ref target, plain), out int length);
            if (taken == 0)
            {
                value = default;
                return -1;
            }

            at += taken;
            written += length;
        }
    }

    /// <summary>Writes the character that is escaped at a place.</summary>
    /// <returns>Bytes of text taken; 0 where there is no sound escape.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int ReadEscape(ref byte text, ref byte target, out int length)
    {
        length = 1;
        if (text != '\\') { return 0; }

        byte kind = Unsafe.Add(ref text, 1);
        if (kind == 'u') { return ReadCodePoint(ref text, ref target, out length); }

        target = kind switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' => kind,
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            _ => 0,
        };
        return target == 0 ? 0 : 2;
    }

    private static int ReadCodePoint(ref byte text, ref byte target, out int length)
    {
        const int escapeLength = 6;
        length = 0;
        int point = ReadHex(ref text, 2);
        if (point < 0) { return 0; }

        if ((point & 0xF800) != 0xD800)
        {
            length = Write(point, ref target);
            return escapeLength;
        }

        // Two halves of one character.
        bool isPair = point < 0xDC00 && Unsafe.Add(ref text, escapeLength) == '\\' && Unsafe.Add(ref text, escapeLength + 1) == 'u';
        int low = isPair ? ReadHex(ref text, escapeLength + 2) : -1;
        if ((low & ~0x3FF) != 0xDC00) { return 0; }

        length = Write(0x10000 + ((point & 0x3FF) << 10) + (low & 0x3FF), ref target);
        return escapeLength * 2;
    }

    private static int ReadHex(ref byte text, int at)
    {
        int value = 0;
        for (int place = at; place < at + 4; place++)
        {
            byte digit = Unsafe.Add(ref text, place);
            if (!char.IsAsciiHexDigit((char)digit)) { return -1; }

            value = (value << 4) + (digit & 0xF) + (digit > '9' ? 9 : 0);
        }

        return value;
    }

    /// <summary>Writes a code point as UTF-8; gives the bytes.</summary>
    private static int Write(int point, ref byte target)
    {
        if (point < 0x80)
        {
            target = (byte)point;
            return 1;
        }

        int length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        for (int place = length - 1; place > 0; place--, point >>= 6)
        {
            Unsafe.Add(ref target, place) = (byte)(0x80 | (point & 0x3F));
        }

        target = (byte)((0xF00 >> length & 0xF0) | point);
        return length;
    }
}
