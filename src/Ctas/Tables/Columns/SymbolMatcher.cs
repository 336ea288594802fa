using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Tables.Columns;

/// <summary>Codes texts: takes the longest symbol at each place, or nearly: of long ones with one beginning the best.</summary>
/// <remarks>150 KB, so it is let go of when a segment is sealed.</remarks>
internal sealed class SymbolMatcher
{
    private const int SlotBits = 11;
    private const int CodeMask = 511;
    private const int None = CodeMask;

    // Code | length << 9 of symbols of three bytes and more, by their first three.
    private readonly ulong[] _longSymbols = new ulong[1 << SlotBits];
    private readonly ushort[] _longCodes = new ushort[1 << SlotBits];

    // Code | length << 9 by the first two bytes: a symbol of both, else one of the first.
    private readonly ushort[] _shortCodes = new ushort[1 << 16];
    private readonly ushort[] _singles = new ushort[256];

    /// <summary>Prepares symbols, the best first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SymbolMatcher(SymbolTable symbols)
    {
        Array.Fill(_singles, (ushort)(None | 1 << 9));
        for (int code = 0; code < symbols.Count; code++)
        {
            (ulong bytes, int length) = symbols[code];
            if (length == 1) { _singles[(int)bytes] = (ushort)(code | 1 << 9); }
        }

        for (int pair = 0; pair < _shortCodes.Length; pair++) { _shortCodes[pair] = _singles[pair & 255]; }

        for (int code = 0; code < symbols.Count; code++)
        {
            (ulong bytes, int length) = symbols[code];
            if (length == 2) { _shortCodes[(int)bytes] = (ushort)(code | 2 << 9); }

            int slot = SlotOf(bytes);
            if (length < 3 || _longCodes[slot] != 0) { continue; }

            _longSymbols[slot] = bytes;
            _longCodes[slot] = (ushort)(code | length << 9);
        }
    }

    /// <summary>Codes a text.</summary>
    /// <param name="text">The text; eight readable bytes follow it.</param>
    /// <param name="length">Its length.</param>
    /// <param name="codes">Room for twice the text.</param>
    /// <returns>The number of codes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Encode(ReadOnlySpan<byte> text, int length, Span<byte> codes)
    {
        ref byte source = ref MemoryMarshal.GetReference(text);
        int written = 0;
        for (int at = 0; at < length;)
        {
            ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, at));
            int code = Find(word, length - at, out int taken);
            if (code < 0)
            {
                codes[written++] = SymbolTable.Escape;
                codes[written++] = (byte)word;
            }
            else { codes[written++] = (byte)code; }

            at += taken;
        }

        return written;
    }

    /// <summary>The code of the symbol at a place, −1 when only the byte itself will do.</summary>
    /// <param name="word">The next eight bytes, the first in the lowest place.</param>
    /// <param name="left">Bytes of the text that are left; at least one.</param>
    /// <param name="length">Bytes taken.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong word, int left, out int length)
    {
        int slot = SlotOf(word);
        int found = _longCodes[slot];
        length = found >> 9;
        if (found != 0 && length <= left && ((word ^ _longSymbols[slot]) & SymbolTable.MaskOf(length)) == 0)
        {
            return found & CodeMask;
        }

        found = left > 1 ? _shortCodes[(int)(word & 0xFFFF)] : _singles[(int)(word & 0xFF)];
        length = found >> 9;
        int code = found & CodeMask;
        return code == None ? -1 : code;
    }

    /// <summary>As <see cref="Find"/> where eight bytes are left, without a branch: what was found, for the methods below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(ulong word)
    {
        nint slot = SlotOf(word);
        int longCode = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_longCodes), slot);
        ulong difference = word ^ Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_longSymbols), slot);
        bool isLong = (longCode != 0) & (difference << (64 - (8 * (longCode >> 9))) == 0);
        int shortCode = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_shortCodes), (nint)(word & 0xFFFF));
        int wanted = -Unsafe.BitCast<bool, byte>(isLong);
        return (longCode & wanted) | (shortCode & ~wanted);
    }

    /// <summary>A code and the bytes of text that it takes as one number; a negative code says that there is no symbol.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Pack(int code, int length) => (code & CodeMask) | length << 9;

    /// <summary>Bytes of text that were taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LengthOf(int found) => found >> 9;

    /// <summary>Bytes of codes: one, or two for a byte that stands for itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CodesOf(int found) => 1 + Unsafe.BitCast<bool, byte>((found & CodeMask) == None);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SlotOf(ulong word) => (int)((uint)(word & 0xFFFFFF) * 2654435761u >> (32 - SlotBits));
}
