using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Tables.Columns;

/// <summary>Up to 255 frequent pieces of one to eight bytes, and texts as one-byte codes of them. Immutable.</summary>
/// <remarks>
/// Code 255 says that the next byte stands for itself. Every text is coded on its own, so one can be read without the
/// others. Source: Boncz, Neumann, Leis, FSST: Fast Random Access String Compression, VLDB 2020.
/// </remarks>
internal sealed class SymbolTable
{
    /// <summary>The longest symbol.</summary>
    public const int MaxSymbolLength = 8;

    /// <summary>The most symbols.</summary>
    public const int MaxSymbols = 255;

    /// <summary>The code before a byte that stands for itself.</summary>
    public const byte Escape = 255;

    private readonly ulong[] _symbols;
    private readonly byte[] _lengths;

    /// <summary>Takes over symbols, their first byte in the lowest place, and their lengths.</summary>
    public SymbolTable(ulong[] symbols, byte[] lengths)
    {
        // The escape code has a place of its own, so that no code is out of range.
        _symbols = new ulong[256];
        _lengths = new byte[256];
        symbols.CopyTo(_symbols, 0);
        lengths.CopyTo(_lengths, 0);
        Count = symbols.Length;
    }

    /// <summary>Number of symbols.</summary>
    public int Count { get; }

    /// <summary>Bytes kept alive.</summary>
    public long SizeInBytes => 48 + ArraySize.Of(_symbols) + ArraySize.Of(_lengths);

    /// <summary>A symbol and its length.</summary>
    public (ulong Bytes, int Length) this[int code] => (_symbols[code], _lengths[code]);

    /// <summary>The length of a coded text.</summary>
    public int LengthOf(ReadOnlySpan<byte> codes)
    {
        int length = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            if (codes[i] == Escape)
            {
                length++;
                i++;
            }
            else { length += _lengths[codes[i]]; }
        }

        return length;
    }

    /// <summary>Writes a coded text; −1 when it does not fit.</summary>
    public int Decode(ReadOnlySpan<byte> codes, Span<byte> text)
    {
        ref byte target = ref MemoryMarshal.GetReference(text);
        int length = 0, i = 0;

        // A symbol is written as a whole word while there is room for one.
        int lastWord = text.Length - MaxSymbolLength;
        for (; i < codes.Length && length <= lastWord; i++)
        {
            byte code = codes[i];
            if (code == Escape)
            {
                if (++i == codes.Length) { throw new InvalidDataException("A coded text ends in an escape."); }

                Unsafe.Add(ref target, length++) = codes[i];
                continue;
            }

            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, length), _symbols[code]);
            length += _lengths[code];
        }

        for (; i < codes.Length; i++)
        {
            (ulong symbol, int symbolLength) = codes[i] == Escape ? (codes[++i], 1) : (_symbols[codes[i]], _lengths[codes[i]]);
            if (symbolLength > text.Length - length) { return -1; }

            for (int place = 0; place < symbolLength; place++, symbol >>= 8) { text[length++] = (byte)symbol; }
        }

        return length;
    }

    /// <summary>True when a coded text is <paramref name="text"/>; stops at the first difference.</summary>
    public bool IsEqual(ReadOnlySpan<byte> codes, ReadOnlySpan<byte> text)
    {
        int length = 0;
        for (int i = 0; i < codes.Length; i++)
        {
            (ulong symbol, int symbolLength) = codes[i] == Escape ? (codes[++i], 1) : (_symbols[codes[i]], _lengths[codes[i]]);
            if (symbolLength > text.Length - length) { return false; }

            if (length + MaxSymbolLength <= text.Length)
            {
                ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.AsRef(in text[length]));
                if (((word ^ symbol) & MaskOf(symbolLength)) != 0) { return false; }

                length += symbolLength;
                continue;
            }

            for (int place = 0; place < symbolLength; place++, symbol >>= 8)
            {
                if (text[length++] != (byte)symbol) { return false; }
            }
        }

        return length == text.Length;
    }

    /// <summary>The ones that cover so many bytes.</summary>
    public static ulong MaskOf(int length) => ulong.MaxValue >> (64 - (8 * length));

    internal void Write(ISegmentWriter writer)
    {
        writer.Write<ulong>(_symbols.AsSpan(0, Count));
        writer.Write<byte>(_lengths.AsSpan(0, Count));
    }

    internal static SymbolTable Read(ISegmentReader reader)
    {
        ulong[] symbols = reader.ReadArray<ulong>();
        byte[] lengths = reader.ReadArray<byte>();
        bool isRight = symbols.Length == lengths.Length && symbols.Length <= MaxSymbols
            && !lengths.AsSpan().ContainsAnyExceptInRange((byte)1, (byte)MaxSymbolLength);
        return isRight ? new SymbolTable(symbols, lengths) : throw new InvalidDataException("No table of symbols.");
    }
}
