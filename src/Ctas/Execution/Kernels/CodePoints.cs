namespace Ctas.Execution.Kernels;

/// <summary>Code points of UTF-8 text: every byte but 10xxxxxx begins one.</summary>
internal static class CodePoints
{
    /// <summary>Number of code points.</summary>
    public static int Count(ReadOnlySpan<byte> text)
    {
        int count = 0;
        foreach (byte unit in text)
        {
            if (IsFirst(unit)) { count++; }
        }

        return count;
    }

    /// <summary>Where the code point with a number (from 0) begins; the text's length when there are fewer.</summary>
    public static int OffsetOf(ReadOnlySpan<byte> text, long codePoint)
    {
        if (codePoint >= text.Length) { return text.Length; }

        int offset = 0;
        for (long passed = 0; offset < text.Length; offset++)
        {
            if (IsFirst(text[offset]) && passed++ == codePoint) { break; }
        }

        return offset;
    }

    /// <summary>Bytes of the first code point of a text that is not empty.</summary>
    public static int LengthOfFirst(ReadOnlySpan<byte> text)
    {
        int length = 1;
        while (length < text.Length && !IsFirst(text[length])) { length++; }

        return length;
    }

    /// <summary>Bytes of the last code point of a text that is not empty.</summary>
    public static int LengthOfLast(ReadOnlySpan<byte> text)
    {
        int length = 1;
        while (length < text.Length && !IsFirst(text[^length])) { length++; }

        return length;
    }

    /// <summary>True when a code point is among those of a text.</summary>
    public static bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> codePoint) => text.IndexOf(codePoint) >= 0;

    private static bool IsFirst(byte unit) => (unit & 0xC0) != 0x80;
}
