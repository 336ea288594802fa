using System.Text;
using CsCheck;
using Ctas.Data;

namespace Ctas.Tests.Data;

/// <summary>Texts that are appended many bytes at a time are those appended one by one, and so are their codes.</summary>
public sealed class StringColumnBuilderTests
{
    private static readonly Gen<byte[]> AnyText = Gen.Frequency(
        (8, Gen.Int[0, 20_000].Select(number => Encoding.UTF8.GetBytes($"v-{number}"))),
        (4, Gen.String[Gen.Char["ab\0é"], 0, 17].Select(Encoding.UTF8.GetBytes)),
        (2, Gen.String[Gen.Char["xy世"], 30, 70].Select(Encoding.UTF8.GetBytes)),
        (1, Gen.Byte.Array[0, 40]),
        (1, Gen.Int[1000, 300_000].Select(length => new byte[length])));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryAppendPaddedText_AnyTexts_EqualsAppendingThemWithoutPadding(bool isInterned) =>
        AnyText.Array[0, 3_000].Sample(texts =>
        {
            var padded = new StringColumnBuilder(DataType.Varchar, new StringPool(isInterned));
            var plain = new StringColumnBuilder(DataType.Varchar, new StringPool(isInterned));
            foreach (byte[] text in texts)
            {
                byte[] followed = [.. text, .. Enumerable.Repeat((byte)0xF7, StringPool.TextPadding)];
                Assert.Equal(plain.TryAppendText(text), padded.TryAppendPaddedText(followed.AsSpan(0, text.Length)));
            }

            Assert.True(Codes(plain).SequenceEqual(Codes(padded)));
            Assert.Equal(plain.Pool.Count, padded.Pool.Count);
            for (int code = 0; code < plain.Pool.Count; code++)
            {
                Assert.True(plain.Pool.GetBytes(code).SequenceEqual(padded.Pool.GetBytes(code)));
            }
        }, iter: 30);

    [Fact]
    public void TryAppendPaddedText_MoreStringsThanAreKept_SharesCodesAllTheSame()
    {
        const int strings = 40_000;
        var builder = new StringColumnBuilder(DataType.Varchar, new StringPool(isInterned: true));
        byte[] padded = new byte[16 + StringPool.TextPadding];
        for (int row = 0; row < strings * 2; row++)
        {
            int length = Encoding.UTF8.GetBytes($"n{row % strings}", padded);
            Assert.True(builder.TryAppendPaddedText(padded.AsSpan(0, length)));
        }

        Assert.Equal(Enumerable.Range(0, strings * 2).Select(row => row % strings), Codes(builder).ToArray());
    }

    private static ReadOnlySpan<int> Codes(StringColumnBuilder builder) => ((StringColumn)builder.Finish()).Codes;
}
