using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Tables.Columns;

/// <summary>Codes texts: takes the longest symbol at each place, or nearly: of long ones with one beginning the best.</summary>
/// <remarks>
/// 150 KB, so it is let go of when a segment is sealed. What is found is packed: the code in nine bits, the bytes of text in
/// four, the bytes of codes in two; above them, for long symbols only, the bits of a word that lie behind the symbol.
/// </remarks>
internal sealed class SymbolMatcher
{
    private const int SlotBits = 11;
    private const int LengthShift = 9;
    private const int CodesShift = 13;
    private const int RestShift = 16;

    // No symbol; its lower byte is the escape.
    private const uint None = 511 | 1 << LengthShift | 2 << CodesShift;

    // Symbols of three bytes and more, by their first three.
    private readonly ulong[] _longSymbols = new ulong[1 << SlotBits];
    private readonly uint[] _longCodes = new uint[1 << SlotBits];

    // By the first two bytes: a symbol of both, else one of the first.
    private readonly ushort[] _shortCodes = new ushort[1 << 16];
    private readonly ushort[] _singles = new ushort[256];

    /// <summary>Prepares symbols, the best first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SymbolMatcher(SymbolTable symbols)
    {
        // A word that equals what stands in an empty slot is looked for in another one.
        _longSymbols[SlotOf(0)] = 1;
        Array.Fill(_singles, (ushort)None);
        for (int code = 0; code < symbols.Count; code++)
        {
            (ulong bytes, int length) = symbols[code];
            if (length == 1) { _singles[(int)bytes] = (ushort)Pack(code, length); }
        }

        for (int pair = 0; pair < _shortCodes.Length; pair += _singles.Length) { _singles.CopyTo(_shortCodes, pair); }

        for (int code = 0; code < symbols.Count; code++)
        {
            (ulong bytes, int length) = symbols[code];
            if (length == 2) { _shortCodes[(int)bytes] = (ushort)Pack(code, length); }

            int slot = SlotOf(bytes);
            if (length < 3 || _longCodes[slot] != 0) { continue; }

            _longSymbols[slot] = bytes;
            _longCodes[slot] = Pack(code, length) | (uint)(64 - (8 * length)) << RestShift;
        }

        Foreign = FindForeign(symbols);
    }

    /// <summary>A byte that no symbol holds, none of UTF-8 if there is one; −1 where there is none.</summary>
    public int Foreign { get; }

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
        uint found = Next(word);
        length = LengthOf(found);
        if (length > left)
        {
            // What stands behind the text made it a symbol.
            found = left > 1 ? _shortCodes[(int)(word & 0xFFFF)] : _singles[(int)(word & 0xFF)];
            length = LengthOf(found);
        }

        return CodesOf(found) == 1 ? (int)(found & byte.MaxValue) : -1;
    }

    /// <summary>What is found at a place where eight bytes are left; without a branch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Next(ulong word)
    {
        nint slot = SlotOf(word);
        uint longCode = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_longCodes), slot);
        ulong difference = word ^ Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_longSymbols), slot);
        uint shortCode = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_shortCodes), (nint)(word & 0xFFFF));
        uint wanted = 0u - Unsafe.BitCast<bool, byte>(difference << (int)(longCode >> RestShift) == 0);
        return shortCode ^ ((longCode ^ shortCode) & wanted);
    }

    /// <summary>Bytes of text that were taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LengthOf(uint found) => (int)(found >> LengthShift & 15);

    /// <summary>Bytes of codes: one, or two for a byte that stands for itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CodesOf(uint found) => (int)(found >> CodesShift & 3);

    private static uint Pack(int code, int length) => (uint)code | (uint)length << LengthShift | 1 << CodesShift;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SlotOf(ulong word) => (int)((uint)(word & 0xFFFFFF) * 2654435761u >> (32 - SlotBits));

    private static int FindForeign(SymbolTable symbols)
    {
        Span<bool> isKnown = stackalloc bool[256];
        isKnown.Clear();
        for (int code = 0; code < symbols.Count; code++)
        {
            (ulong bytes, int length) = symbols[code];
            for (; length > 0; length--, bytes >>= 8) { isKnown[(byte)bytes] = true; }
        }

        return isKnown.LastIndexOf(false);
    }
}
