using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Tables.Columns;

/// <summary>Codes texts: takes the longest symbol at each place, or nearly: of long ones with one beginning the best.</summary>
/// <remarks>
/// 160 KB, so it is let go of when a segment is sealed. What is found is packed into sixteen bits: the code, the bytes of
/// codes, the bytes of text. All that is looked up lies in one array, so that a loop needs one register for it:
/// <code>
/// symbols of three bytes and more, by their first three │ for each, the bits of a word behind it and what is found │
/// what is found by the first two bytes: a symbol of both, else one of the first
/// </code>
/// </remarks>
internal sealed class SymbolMatcher
{
    private const int SlotBits = 11;
    private const int CodesShift = 8;
    private const int LengthShift = 12;
    private const int FoundShift = 16;
    private const int LongCodes = 1 << SlotBits;
    private const int ShortCodes = LongCodes * 2;
    private const int Pairs = 1 << 16;

    // No symbol.
    private const int None = SymbolTable.Escape | 2 << CodesShift | 1 << LengthShift;

    private readonly ulong[] _table = new ulong[ShortCodes + (Pairs * sizeof(ushort) / sizeof(ulong))];
    private readonly ushort[] _singles = new ushort[256];

    /// <summary>Prepares symbols, the best first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SymbolMatcher(SymbolTable symbols)
    {
        Span<ulong> longSymbols = _table.AsSpan(0, LongCodes), longCodes = _table.AsSpan(LongCodes, LongCodes);
        Span<ushort> shortCodes = MemoryMarshal.Cast<ulong, ushort>(_table.AsSpan(ShortCodes));

        // A word that equals what stands in an empty slot is looked for in another one.
        longSymbols[(int)SlotOf(0)] = 1;
        Array.Fill(_singles, (ushort)None);
        for (int code = 0; code < symbols.Count; code++)
        {
            (ulong bytes, int length) = symbols[code];
            if (length == 1) { _singles[(int)bytes] = Pack(code, length); }
        }

        for (int pair = 0; pair < Pairs; pair += _singles.Length) { _singles.CopyTo(shortCodes[pair..]); }

        for (int code = 0; code < symbols.Count; code++)
        {
            (ulong bytes, int length) = symbols[code];
            if (length == 2) { shortCodes[(int)bytes] = Pack(code, length); }

            int slot = (int)SlotOf(bytes);
            if (length < 3 || longCodes[slot] != 0) { continue; }

            longSymbols[slot] = bytes;
            longCodes[slot] = (ulong)Pack(code, length) << FoundShift | (uint)(64 - (8 * length));
        }

        Foreign = FindForeign(symbols);
    }

    /// <summary>What <see cref="Next"/> looks up.</summary>
    public ref ulong Table => ref MemoryMarshal.GetArrayDataReference(_table);

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
        uint found = Next(ref Table, word);
        length = (int)LengthOf(found);
        if (length > left)
        {
            // What stands behind the text made it a symbol.
            found = left > 1 ? ShortCode(ref Table, word) : _singles[(int)(word & 0xFF)];
            length = (int)LengthOf(found);
        }

        return CodesOf(found) == 1 ? (int)(found & byte.MaxValue) : -1;
    }

    /// <summary>What is found at a place where eight bytes are left; without a branch.</summary>
    /// <param name="table">The matcher's <see cref="Table"/>.</param>
    /// <param name="word">The eight bytes, the first in the lowest place.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Next(ref ulong table, ulong word)
    {
        nuint slot = SlotOf(word);
        ulong longCode = Unsafe.Add(ref Unsafe.Add(ref table, slot), LongCodes);
        ulong difference = (word ^ Unsafe.Add(ref table, slot)) << (int)longCode;
        uint shortCode = ShortCode(ref table, word);

        // All bits are set where there is no difference.
        uint wanted = (uint)((long)(~difference & (difference - 1)) >> 63);
        return ((uint)(longCode >> FoundShift) & wanted) | (shortCode & ~wanted);
    }

    /// <summary>Bytes of text that were taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint LengthOf(uint found) => found >> LengthShift;

    /// <summary>Bytes of codes: one, or two for a byte that stands for itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint CodesOf(uint found) => found >> CodesShift & 15;

    private static ushort Pack(int code, int length) => (ushort)(code | 1 << CodesShift | length << LengthShift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ShortCode(ref ulong table, ulong word) =>
        Unsafe.Add(ref Unsafe.As<ulong, ushort>(ref Unsafe.Add(ref table, ShortCodes)), (nuint)(ushort)word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint SlotOf(ulong word) => (uint)(word & 0xFFFFFF) * 2654435761u >> (32 - SlotBits);

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
