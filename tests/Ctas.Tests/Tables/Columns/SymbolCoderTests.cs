using CsCheck;
using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tests.Tables.Columns;

/// <summary>Texts coded four at a time have the codes that each has by itself.</summary>
public sealed class SymbolCoderTests
{
    private static readonly Gen<byte[]> AnyText = Gen.Frequency(
        (6, Gen.String[Gen.Char["abcdé <>"], 0, 40].Select(System.Text.Encoding.UTF8.GetBytes)),
        (2, Gen.Byte.Array[0, 20]),
        (1, Gen.Const(Array.Empty<byte>())),
        (1, Gen.Int[1, 3000].Select(length => Enumerable.Range(0, length).Select(at => (byte)"the quick brown fox"[at % 19]).ToArray())));

    [Fact]
    public void Encode_AnyTexts_EqualsOneByOne() => AnyText.Array[0, 300].Sample(texts => Check(texts), iter: 60);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 1)]
    [InlineData(600, 0)]
    [InlineData(2_000, 2)]
    [InlineData(5, 200_000)]
    public void Encode_TextsOfOneLength_EqualsOneByOne(int count, int length)
    {
        var random = new Random(count + length);
        Check([.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, length).Select(_ => (byte)random.Next(97, 101)).ToArray())]);
    }

    private static void Check(byte[][] texts)
    {
        var pool = new StringPool(isInterned: false);
        int[] codes = [.. texts.Select((text, row) => row % 17 == 3 ? -1 : pool.Add(text))];
        var rows = new StringRows(pool, codes);
        List<byte[]> sample = [.. texts.Take(200), "abcd"u8.ToArray()];
        SymbolTable symbols = SymbolTraining.Of(sample);
        var matcher = new SymbolMatcher(symbols);
        var coder = new SymbolCoder(symbols);
        for (int first = 0; first < rows.Count;)
        {
            int next = coder.Gather(rows, first);
            coder.Encode();
            for (int row = first; row < next; row++)
            {
                byte[] padded = [.. rows[row], .. new byte[SymbolTable.MaxSymbolLength]];
                byte[] expected = new byte[(rows[row].Length * 2) + 1];
                int length = matcher.Encode(padded, rows[row].Length, expected);
                if (!coder.CodesOf(row - first).SequenceEqual(expected.AsSpan(0, length)))
                {
                    throw new InvalidOperationException($"Row {row} of {rows.Count} has other codes.");
                }
            }

            first = next;
        }
    }
}
