using System.Text;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>ksqlDB's MASK family: characters are replaced by one that stands for their class.</summary>
/// <param name="isKept">True when the count of characters is kept and the others masked; false the other way.</param>
/// <param name="fromLeft">True when the count is of characters at the start.</param>
/// <param name="hasCount">False for MASK, which masks everything.</param>
internal sealed class TextMasks(bool hasCount, bool isKept, bool fromLeft)
{
    /// <summary>Arguments: text [, count], and up to four characters: upper, lower, digit, other.</summary>
    public Outcome Apply(RowArguments row, ByteWriter output)
    {
        int firstMask = hasCount ? 2 : 1;
        if (!row.Has(0) || (hasCount && !row.Has(1))) { return Outcome.Null; }

        int count = hasCount ? row.Int(1) : 0;
        if (count < 0) { return Outcome.Fail("negative count"); }

        ReadOnlySpan<byte> text = row.Bytes(0);
        (int start, int end) = MaskedRange(CodePoints.Count(text), count);
        for (int place = 0; !text.IsEmpty; place++)
        {
            Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            int mask = ClassOf(rune);
            bool isMasked = place >= start && place < end;
            if (!isMasked || IsLeftAlone(row, firstMask + mask)) { output.Append(text[..length]); }
            else if (firstMask + mask < row.Count) { output.Append(row.Bytes(firstMask + mask)); }
            else { output.Append("Xxn-"u8.Slice(mask, 1)); }

            text = text[length..];
        }

        return Outcome.Value;
    }

    private (int Start, int End) MaskedRange(int length, int count)
    {
        if (!hasCount) { return (0, length); }

        return (isKept, fromLeft) switch
        {
            (true, true) => (count, length),
            (true, false) => (0, length - count),
            (false, true) => (0, count),
            (false, false) => (length - count, length),
        };
    }

    // NULL in place of a mask: characters of that class stay.
    private static bool IsLeftAlone(RowArguments row, int argument) => argument < row.Count && !row.Has(argument);

    private static int ClassOf(Rune rune) =>
        Rune.IsUpper(rune) ? 0 : Rune.IsLower(rune) ? 1 : Rune.IsDigit(rune) ? 2 : 3;
}
