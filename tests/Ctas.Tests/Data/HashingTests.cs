using System.Text;
using Ctas.Data;

namespace Ctas.Tests.Data;

public sealed class HashingTests
{
    private const int MaxLength = 80;

    [Fact]
    public void TryAscii_AsciiOfAnyLength_IsTheHashOfItsUtf8()
    {
        var random = new Random(1);
        for (int length = 0; length <= MaxLength; length++)
        {
            string text = Ascii(random, length);

            Hashing.TryAscii(text, out ulong hash).Should().BeTrue();
            hash.Should().Be(Hashing.Bytes(Encoding.UTF8.GetBytes(text)), "of {0} characters", length);
        }
    }

    [Theory]
    [InlineData('\u0080')]
    [InlineData('ü')]
    [InlineData('\u0100')]
    [InlineData('€')]
    [InlineData('\uFF41')]
    [InlineData('\uD800')]
    public void TryAscii_OtherCharacterAtAnyPlace_IsFalse(char other)
    {
        var random = new Random(2);
        for (int length = 1; length <= MaxLength; length++)
        {
            char[] text = Ascii(random, length).ToCharArray();
            for (int place = 0; place < length; place++)
            {
                char before = text[place];
                text[place] = other;
                Hashing.TryAscii(text, out _).Should().BeFalse("character {0} of {1}", place, length);
                text[place] = before;
            }
        }
    }

    private static string Ascii(Random random, int length) =>
        string.Create(length, random, static (text, random) =>
        {
            for (int place = 0; place < text.Length; place++) { text[place] = (char)random.Next(128); }
        });
}
