using Ctas.Data;

namespace Ctas.Tables;

/// <summary>The value of one key column in the physical form of that column, ready to be compared.</summary>
/// <param name="IsNull">True for NULL; the rest is then without meaning.</param>
/// <param name="Number">The number; bits for DOUBLE and INTERVAL.</param>
/// <param name="TextStart">Where a string starts in the text of the key.</param>
/// <param name="TextLength">Length of the string in bytes.</param>
internal readonly record struct KeyPart(bool IsNull, Int128 Number, int TextStart, int TextLength)
{
    /// <summary>An interval as comparable bits.</summary>
    public static Int128 Bits(Interval value) => new(
        (ulong)(uint)value.Months << 32 | (uint)value.Days, (ulong)value.Microseconds);

    /// <summary>A double as comparable bits: the two zeros are equal, and all NaNs.</summary>
    public static long Bits(double value)
    {
        if (value == 0) { return 0; }

        return BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value);
    }
}
