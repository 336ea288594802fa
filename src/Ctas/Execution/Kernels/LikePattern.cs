using System.Text;

namespace Ctas.Execution.Kernels;

/// <summary>A compiled LIKE pattern: <c>%</c> is any text, <c>_</c> any one code point. Immutable.</summary>
internal sealed class LikePattern
{
    private const int AnyText = -1;
    private const int AnyCodePoint = -2;

    // Bytes to match, or one of the two wildcards.
    private readonly short[] _tokens;
    private readonly bool _ignoresCase;

    /// <summary>Compiles a pattern.</summary>
    /// <param name="pattern">UTF-8.</param>
    /// <param name="escape">Makes the next character literal; null: nothing does.</param>
    /// <param name="ignoresCase">True for ILIKE.</param>
    public LikePattern(ReadOnlySpan<byte> pattern, char? escape, bool ignoresCase)
    {
        _ignoresCase = ignoresCase;
        var tokens = new List<short>();
        bool isLiteral = false;
        foreach (Rune rune in Encoding.UTF8.GetString(pattern).EnumerateRunes())
        {
            if (!isLiteral && escape is { } mark && rune.Value == mark)
            {
                isLiteral = true;
                continue;
            }

            Append(tokens, rune, isLiteral);
            isLiteral = false;
        }

        EndsInEscape = isLiteral;
        _tokens = [.. tokens];
    }

    /// <summary>True when nothing follows the last escape, so that the pattern means nothing.</summary>
    public bool EndsInEscape { get; }

    /// <summary>True when the whole text matches.</summary>
    public bool Matches(ReadOnlySpan<byte> text) =>
        MatchesFolded(_ignoresCase ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).ToLowerInvariant()) : text);

    // Greedy with one point of return: after the last %, more text is given to it. Cost O(text × pattern) at worst.
    private bool MatchesFolded(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<short> tokens = _tokens;
        int at = 0;
        int token = 0;
        int returnToken = -1;
        int returnAt = 0;
        while (at < text.Length)
        {
            if (token < tokens.Length && tokens[token] == AnyText)
            {
                returnToken = ++token;
                returnAt = at;
            }
            else if (token < tokens.Length && tokens[token] == AnyCodePoint)
            {
                token++;
                at += CodePointLength(text, at);
            }
            else if (token < tokens.Length && tokens[token] == text[at])
            {
                token++;
                at++;
            }
            else if (returnToken >= 0)
            {
                token = returnToken;
                returnAt += CodePointLength(text, returnAt);
                at = returnAt;
            }
            else
            {
                return false;
            }
        }

        while (token < tokens.Length && tokens[token] == AnyText) { token++; }

        return token == tokens.Length;
    }

    private static int CodePointLength(ReadOnlySpan<byte> text, int at)
    {
        int end = at + 1;
        while (end < text.Length && (text[end] & 0xC0) == 0x80) { end++; }

        return end - at;
    }

    private void Append(List<short> tokens, Rune rune, bool isLiteral)
    {
        if (!isLiteral && rune.Value == '%') { tokens.Add(AnyText); }
        else if (!isLiteral && rune.Value == '_') { tokens.Add(AnyCodePoint); }
        else
        {
            Span<byte> utf8 = stackalloc byte[4];
            Rune folded = _ignoresCase ? Rune.ToLowerInvariant(rune) : rune;
            foreach (byte unit in utf8[..folded.EncodeToUtf8(utf8)]) { tokens.Add(unit); }
        }
    }
}
