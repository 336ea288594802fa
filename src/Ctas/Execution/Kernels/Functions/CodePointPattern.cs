using System.Text;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>
/// Regular expressions over characters: what matches any character but some takes both halves of one that UTF-16 writes
/// in two.
/// </summary>
internal static class CodePointPattern
{
    private const string Pair = @"[\uD800-\uDBFF][\uDC00-\uDFFF]";

    /// <summary>The pattern with <c>.</c>, <c>[^…]</c>, <c>\D</c>, <c>\S</c> and <c>\W</c> made to take whole characters.</summary>
    public static string Of(string pattern)
    {
        var text = new StringBuilder(pattern.Length);
        for (int i = 0; i < pattern.Length;)
        {
            int length = LengthOfItem(pattern, i);
            string item = pattern.Substring(i, length);
            bool takesMost = item is "." or @"\D" or @"\S" or @"\W" || item.StartsWith("[^", StringComparison.Ordinal);
            text.Append(takesMost ? $"(?:{Pair}|{item})" : item);
            i += length;
        }

        return text.ToString();
    }

    // An escaped character, a class in brackets, or one character.
    private static int LengthOfItem(string pattern, int start)
    {
        if (pattern[start] == '\\') { return Math.Min(2, pattern.Length - start); }

        if (pattern[start] != '[') { return 1; }

        // "]" is a character of the class where it stands first.
        int end = start + 1;
        if (end < pattern.Length && pattern[end] == '^') { end++; }

        end++;
        while (end < pattern.Length && pattern[end] != ']') { end += pattern[end] == '\\' ? 2 : 1; }

        return Math.Min(end + 1, pattern.Length) - start;
    }
}
