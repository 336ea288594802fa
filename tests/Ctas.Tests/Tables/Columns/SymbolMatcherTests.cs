using System.Buffers.Binary;
using CsCheck;
using Ctas.Tables.Columns;

namespace Ctas.Tests.Tables.Columns;

/// <summary>What a matcher finds at a place, against a search through all symbols.</summary>
public sealed class SymbolMatcherTests
{
    // Few different bytes, so that symbols often stand where a word is looked up, and zeros, which empty slots hold.
    private static readonly byte[] Bytes = [0, 1, (byte)'a', (byte)'b', (byte)'c', 255];
    private static readonly Gen<byte> AnyByte = Gen.Int[0, Bytes.Length - 1].Select(at => Bytes[at]);
    private static readonly Gen<byte[][]> Symbols = AnyByte.Array[1, SymbolTable.MaxSymbolLength].Array[0, 60];

    [Fact]
    public void Find_AnyWord_TakesSymbolThatStandsThereAndNoShorterThanNeeded() =>
        Gen.Select(Symbols, AnyByte.Array[8, 8].Array[1, 40], Gen.Int[1, 8]).Sample((given, words, left) =>
        {
            byte[][] symbols = [.. given.DistinctBy(Convert.ToHexString)];
            var matcher = new SymbolMatcher(new SymbolTable([.. symbols.Select(WordOf)], [.. symbols.Select(symbol => (byte)symbol.Length)]));
            foreach (byte[] word in words) { Check(matcher, symbols, word, left); }
        });

    private static void Check(SymbolMatcher matcher, byte[][] symbols, byte[] word, int left)
    {
        int code = matcher.Find(WordOf(word), left, out int length);
        byte[][] there = [.. symbols.Where(symbol => symbol.Length <= left && word.AsSpan().StartsWith(symbol))];

        // Of longer symbols that begin alike one is known, so another may be missed; short ones never are.
        int least = there.Where(symbol => symbol.Length <= 2).Select(symbol => symbol.Length).DefaultIfEmpty(0).Max();
        bool isRight = code < 0
            ? least == 0 && length == 1
            : there.Contains(symbols[code]) && symbols[code].Length == length && length >= least;
        Assert.True(isRight, $"Code {code} of {length} bytes at {Convert.ToHexString(word)}, {left} left.");
    }

    private static ulong WordOf(byte[] bytes)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        word.Clear();
        bytes.CopyTo(word);
        return BinaryPrimitives.ReadUInt64LittleEndian(word);
    }
}
