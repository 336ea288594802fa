using System.Text;
using System.Text.Json;
using CsCheck;
using Ctas.Sources;

namespace Ctas.Tests.Sources;

/// <summary>Strings with escapes are what the platform's reader makes of them, or refused where it refuses them.</summary>
public sealed class JsonEscapesTests
{
    private static readonly Gen<string> Piece = Gen.Frequency(
        (4, Gen.String[Gen.Char["abc é世"], 0, 40]),
        (3, AnyOf("\\u002B", "\\ud83d\\ude00", "\\u00e9", "\\u4E16", "\\\"", "\\\\", "\\/", "\\n", "\\r", "\\t", "\\b", "\\f", "\\u0000")),
        (1, AnyOf("\\ud83d", "\\ude00", "\\ud83d\\u0041", "\\ud83dx", "\\u12", "\\u00g0", "\\x", "\\U0041", "\n", "\"", "\\")));

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(text => texts[text]);

    [Fact]
    public void Read_AnyString_EqualsThePlatformsReader()
    {
        var escapes = new JsonEscapes();
        Piece.Array[0, 8].Sample(pieces =>
        {
            byte[] text = Encoding.UTF8.GetBytes($"\"{string.Concat(pieces)}\"");
            byte[] padded = [.. text, .. new byte[JsonText.Padding]];
            int close = escapes.Read(ref padded[0], 1, out ReadOnlySpan<byte> value);
            Assert.Equal(Expected(text), close < 0 ? null : $"{close}: {Encoding.UTF8.GetString(value)}");
        }, iter: 5_000, threads: 1);
    }

    /// <summary>Where the first string ends and what it is; null where there is none.</summary>
    private static string? Expected(byte[] text)
    {
        try
        {
            // What follows the string is not looked at.
            var reader = new Utf8JsonReader(text, isFinalBlock: false, default);
            return reader.Read() ? $"{reader.BytesConsumed - 1}: {reader.GetString()}" : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
