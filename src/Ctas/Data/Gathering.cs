using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Data;

/// <summary>Picks values by row number.</summary>
internal static class Gathering
{
    /// <summary>Writes the value of every row, <paramref name="absent"/> for a negative one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row lies past the values.</exception>
    [MethodImpl(HotLoop.Options)]
    public static void Gather<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> rows, Span<T> gathered, T absent)
        where T : unmanaged
    {
        gathered = gathered[..rows.Length];
        ref T first = ref MemoryMarshal.GetReference(values);
        uint length = (uint)values.Length;
        for (int row = 0; row < rows.Length; row++)
        {
            int from = rows[row];
            if ((uint)from < length) { gathered[row] = Unsafe.Add(ref first, from); }
            else { gathered[row] = from < 0 ? absent : throw Outside(); }
        }
    }

    /// <summary>The failure to find a row.</summary>
    public static ArgumentOutOfRangeException Outside() => new("rows", "A row lies past the end of its column.");
}
