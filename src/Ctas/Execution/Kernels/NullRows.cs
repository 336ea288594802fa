using System.Numerics;
using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>Work on the rows that are NULL, a word of 64 rows at a time.</summary>
internal static class NullRows
{
    /// <summary>Writes <paramref name="value"/> to every NULL row.</summary>
    public static void Fill<T>(Span<T> values, Bitmap? validity, T value)
    {
        if (validity is null) { return; }

        ReadOnlySpan<ulong> words = validity.Words;
        for (int word = 0; word < words.Length; word++)
        {
            for (ulong nulls = ~words[word]; nulls != 0; nulls &= nulls - 1)
            {
                int row = (word << 6) + BitOperations.TrailingZeroCount(nulls);
                if (row < values.Length) { values[row] = value; }
            }
        }
    }

    /// <summary>A copy that can be changed, with every bit set when there is none.</summary>
    public static Bitmap CopyOf(Bitmap? validity, int length)
    {
        var copy = new Bitmap(length, value: validity is null);
        validity?.Words.CopyTo(copy.Words);
        return copy;
    }
}
