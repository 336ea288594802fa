using System.Text;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Functions that cut, fill and search text by places.</summary>
internal static class TextParts
{
    /// <summary>Longest text that a function makes of shorter ones.</summary>
    public const int MaxBytes = 64 << 20;

    private static readonly Outcome TooLong = Outcome.Fail("result longer than 64 MiB");

    public static Outcome Left(RowArguments row, ByteWriter output)
    {
        ReadOnlySpan<byte> text = row.Bytes(0);
        output.Append(text[..CodePoints.OffsetOf(text, Kept(text, row.Int(1)))]);
        return Outcome.Value;
    }

    public static Outcome Right(RowArguments row, ByteWriter output)
    {
        ReadOnlySpan<byte> text = row.Bytes(0);
        output.Append(text[CodePoints.OffsetOf(text, CodePoints.Count(text) - Kept(text, row.Int(1)))..]);
        return Outcome.Value;
    }

    public static Outcome PadLeft(RowArguments row, ByteWriter output) => Pad(row, output, isLeft: true);

    public static Outcome PadRight(RowArguments row, ByteWriter output) => Pad(row, output, isLeft: false);

    public static Outcome Repeat(RowArguments row, ByteWriter output)
    {
        ReadOnlySpan<byte> text = row.Bytes(0);
        int count = Math.Max(0, row.Int(1));
        if ((long)text.Length * count > MaxBytes) { return TooLong; }

        for (int i = 0; i < count; i++) { output.Append(text); }

        return Outcome.Value;
    }

    public static Outcome Reverse(RowArguments row, ByteWriter output)
    {
        for (ReadOnlySpan<byte> text = row.Bytes(0); !text.IsEmpty;)
        {
            int length = CodePoints.LengthOfLast(text);
            output.Append(text[^length..]);
            text = text[..^length];
        }

        return Outcome.Value;
    }

    public static Outcome Overlay(RowArguments row, ByteWriter output)
    {
        ReadOnlySpan<byte> text = row.Bytes(0);
        ReadOnlySpan<byte> piece = row.Bytes(1);
        int start = row.Int(2);
        if (start < 1) { return Outcome.Fail("negative or zero start"); }

        int count = row.Count > 3 ? row.Int(3) : CodePoints.Count(piece);
        output.Append(text[..CodePoints.OffsetOf(text, start - 1L)]);
        output.Append(piece);
        output.Append(text[CodePoints.OffsetOf(text, Math.Max(0, start - 1L + count))..]);
        return Outcome.Value;
    }

    /// <summary>Fields count from 1, negative ones from the end; a field that is not there is empty.</summary>
    public static Outcome SplitPart(RowArguments row, ByteWriter output)
    {
        ReadOnlySpan<byte> text = row.Bytes(0);
        ReadOnlySpan<byte> separator = row.Bytes(1);
        int field = row.Int(2);
        if (field == 0) { return Outcome.Fail("field position zero"); }

        if (separator.IsEmpty)
        {
            if (field is 1 or -1) { output.Append(text); }

            return Outcome.Value;
        }

        int wanted = field > 0 ? field : text.Count(separator) + 2 + field;
        for (int passed = 1; wanted >= 1; passed++)
        {
            int at = text.IndexOf(separator);
            if (passed == wanted)
            {
                output.Append(at < 0 ? text : text[..at]);
                break;
            }

            if (at < 0) { break; }

            text = text[(at + separator.Length)..];
        }

        return Outcome.Value;
    }

    /// <summary>ksqlDB's INSTR: from a place on, backwards when it is negative; the n-th occurrence; 0 for none.</summary>
    public static Outcome InString(RowArguments row, out int result)
    {
        ReadOnlySpan<byte> text = row.Bytes(0);
        ReadOnlySpan<byte> part = row.Bytes(1);
        int position = row.Count > 2 ? row.Int(2) : 1;
        int occurrence = row.Count > 3 ? row.Int(3) : 1;
        result = 0;
        if (position == 0 || occurrence < 1) { return Outcome.Value; }

        bool isForward = position > 0;
        int from = CodePoints.OffsetOf(text, isForward ? position - 1L : Math.Max(0, CodePoints.Count(text) + (long)position));
        int at = isForward ? NextFrom(text, part, from) : LastFrom(text, part, from);
        while (at >= 0 && --occurrence > 0)
        {
            at = isForward ? NextFrom(text, part, at + 1) : LastFrom(text, part, at - 1);
        }

        result = at < 0 ? 0 : CodePoints.Count(text[..at]) + 1;
        return Outcome.Value;
    }

    public static Outcome ConcatWithSeparator(RowArguments row, ByteWriter output)
    {
        if (!row.Has(0)) { return Outcome.Null; }

        bool isFirst = true;
        for (int i = 1; i < row.Count; i++)
        {
            if (!row.Has(i)) { continue; }

            if (!isFirst) { output.Append(row.Bytes(0)); }

            output.Append(row.Bytes(i));
            isFirst = false;
        }

        return Outcome.Value;
    }

    public static Outcome Translate(RowArguments row, ByteWriter output)
    {
        ReadOnlySpan<byte> from = row.Bytes(1);
        ReadOnlySpan<byte> to = row.Bytes(2);
        for (ReadOnlySpan<byte> text = row.Bytes(0); !text.IsEmpty;)
        {
            int length = CodePoints.LengthOfFirst(text);
            int at = from.IndexOf(text[..length]);
            if (at < 0) { output.Append(text[..length]); }
            else
            {
                ReadOnlySpan<byte> rest = to[CodePoints.OffsetOf(to, CodePoints.Count(from[..at]))..];
                if (!rest.IsEmpty) { output.Append(rest[..CodePoints.LengthOfFirst(rest)]); }
            }

            text = text[length..];
        }

        return Outcome.Value;
    }

    /// <summary>Each word's first letter upper, the others lower; letters and digits make words.</summary>
    public static Outcome InitialCapitals(RowArguments row, ByteWriter output)
    {
        bool isInside = false;
        for (ReadOnlySpan<byte> text = row.Bytes(0); !text.IsEmpty;)
        {
            Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            Rune cased = isInside ? Rune.ToLowerInvariant(rune) : Rune.ToUpperInvariant(rune);
            output.Advance(cased.EncodeToUtf8(output.Reserve(4)));
            isInside = Rune.IsLetterOrDigit(rune);
            text = text[length..];
        }

        return Outcome.Value;
    }

    public static Outcome CodeOfFirst(RowArguments row, out int result)
    {
        ReadOnlySpan<byte> text = row.Bytes(0);
        Rune.DecodeFromUtf8(text, out Rune rune, out _);
        result = text.IsEmpty ? 0 : rune.Value;
        return Outcome.Value;
    }

    public static Outcome Character(RowArguments row, ByteWriter output)
    {
        if (row.Int(0) == 0 || !Rune.TryCreate(row.Int(0), out Rune rune)) { return Outcome.Fail("no such character"); }

        output.Advance(rune.EncodeToUtf8(output.Reserve(4)));
        return Outcome.Value;
    }

    private static Outcome Pad(RowArguments row, ByteWriter output, bool isLeft)
    {
        ReadOnlySpan<byte> text = row.Bytes(0);
        ReadOnlySpan<byte> fill = row.Count > 2 ? row.Bytes(2) : " "u8;
        int width = Math.Max(0, row.Int(1));
        if ((long)width * 4 > MaxBytes) { return TooLong; }

        int length = CodePoints.Count(text);
        if (length >= width)
        {
            output.Append(text[..CodePoints.OffsetOf(text, width)]);
            return Outcome.Value;
        }

        if (!isLeft) { output.Append(text); }

        int fillLength = CodePoints.Count(fill);
        for (int missing = width - length; missing > 0 && fillLength > 0; missing -= fillLength)
        {
            output.Append(missing >= fillLength ? fill : fill[..CodePoints.OffsetOf(fill, missing)]);
        }

        if (isLeft) { output.Append(text); }

        return Outcome.Value;
    }

    // A negative count means: all but so many.
    private static long Kept(ReadOnlySpan<byte> text, int count)
    {
        int length = CodePoints.Count(text);
        return count >= 0 ? Math.Min(count, length) : Math.Max(0, length + (long)count);
    }

    private static int NextFrom(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part, int from)
    {
        int at = from > text.Length ? -1 : text[from..].IndexOf(part);
        return at < 0 ? -1 : at + from;
    }

    // The last occurrence that begins at a place or before it.
    private static int LastFrom(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part, int from) =>
        from < 0 ? -1 : text[..Math.Min(text.Length, from + part.Length)].LastIndexOf(part);
}
