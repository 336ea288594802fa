using System.Text;

namespace Ctas.Execution.Kernels;

/// <summary>UPPER(text), invariant.</summary>
internal readonly struct UpperFunction : ITextFunction
{
    public bool IgnoresNull => false;

    public void Apply(TextArguments arguments, int row, ByteWriter output)
    {
        ReadOnlySpan<byte> text = arguments.Text(0, row);
        if (Ascii.ToUpper(text, output.Reserve(text.Length), out int written) == System.Buffers.OperationStatus.Done)
        {
            output.Advance(written);
            return;
        }

        output.Append(Encoding.UTF8.GetString(text).ToUpperInvariant().AsSpan());
    }
}

/// <summary>LOWER(text), invariant.</summary>
internal readonly struct LowerFunction : ITextFunction
{
    public bool IgnoresNull => false;

    public void Apply(TextArguments arguments, int row, ByteWriter output)
    {
        ReadOnlySpan<byte> text = arguments.Text(0, row);
        if (Ascii.ToLower(text, output.Reserve(text.Length), out int written) == System.Buffers.OperationStatus.Done)
        {
            output.Advance(written);
            return;
        }

        output.Append(Encoding.UTF8.GetString(text).ToLowerInvariant().AsSpan());
    }
}

/// <summary>All arguments after one another.</summary>
/// <param name="ignoresNull">True for CONCAT, which takes NULL for an empty text; false for the operator ||.</param>
internal readonly struct ConcatFunction(bool ignoresNull) : ITextFunction
{
    public bool IgnoresNull { get; } = ignoresNull;

    public void Apply(TextArguments arguments, int row, ByteWriter output)
    {
        for (int argument = 0; argument < arguments.Count; argument++) { output.Append(arguments.Text(argument, row)); }
    }
}

/// <summary>
/// SUBSTRING(text, start [, length]) in code points, counted from 1; places before the first hold nothing.
/// </summary>
internal readonly struct SubstringFunction : ITextFunction
{
    public bool IgnoresNull => false;

    public void Apply(TextArguments arguments, int row, ByteWriter output)
    {
        ReadOnlySpan<byte> text = arguments.Text(0, row);
        long start = (long)arguments.Int(1, row) - 1;
        long end = arguments.Count < 3 ? long.MaxValue : start + Math.Max(0, arguments.Int(2, row));
        int from = CodePoints.OffsetOf(text, Math.Max(0, start));
        int to = CodePoints.OffsetOf(text, Math.Max(0, end));
        if (from < to) { output.Append(text[from..to]); }
    }
}

/// <summary>REPLACE(text, part, replacement): every occurrence; an empty part changes nothing.</summary>
internal readonly struct ReplaceFunction : ITextFunction
{
    public bool IgnoresNull => false;

    public void Apply(TextArguments arguments, int row, ByteWriter output)
    {
        ReadOnlySpan<byte> rest = arguments.Text(0, row);
        ReadOnlySpan<byte> part = arguments.Text(1, row);
        ReadOnlySpan<byte> replacement = arguments.Text(2, row);
        for (int at = Find(rest, part); at >= 0; at = Find(rest, part))
        {
            output.Append(rest[..at]);
            output.Append(replacement);
            rest = rest[(at + part.Length)..];
        }

        output.Append(rest);
    }

    private static int Find(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part) => part.IsEmpty ? -1 : text.IndexOf(part);
}

/// <summary>TRIM, LTRIM and RTRIM(text [, characters]): cuts the characters, spaces by default, off the ends.</summary>
internal readonly struct TrimFunction(bool atStart, bool atEnd) : ITextFunction
{
    private readonly bool _atStart = atStart;
    private readonly bool _atEnd = atEnd;

    public bool IgnoresNull => false;

    public void Apply(TextArguments arguments, int row, ByteWriter output)
    {
        ReadOnlySpan<byte> text = arguments.Text(0, row);
        ReadOnlySpan<byte> characters = arguments.Count > 1 ? arguments.Text(1, row) : " "u8;
        while (_atStart && !text.IsEmpty)
        {
            int length = CodePoints.LengthOfFirst(text);
            if (!CodePoints.Contains(characters, text[..length])) { break; }

            text = text[length..];
        }

        while (_atEnd && !text.IsEmpty)
        {
            int length = CodePoints.LengthOfLast(text);
            if (!CodePoints.Contains(characters, text[^length..])) { break; }

            text = text[..^length];
        }

        output.Append(text);
    }
}

/// <summary>LENGTH(text) in code points.</summary>
internal readonly struct LengthFunction : ITextReader<int>
{
    public int Apply(TextArguments arguments, int row) => CodePoints.Count(arguments.Text(0, row));
}

/// <summary>STARTS_WITH(text, prefix).</summary>
internal readonly struct StartsWithFunction : ITextReader<bool>
{
    public bool Apply(TextArguments arguments, int row) => arguments.Text(0, row).StartsWith(arguments.Text(1, row));
}

/// <summary>STRPOS(text, part): where a part begins, counted from 1; 0 when it is not there.</summary>
internal readonly struct PositionFunction : ITextReader<int>
{
    public int Apply(TextArguments arguments, int row)
    {
        ReadOnlySpan<byte> text = arguments.Text(0, row);
        int at = text.IndexOf(arguments.Text(1, row));
        return at < 0 ? 0 : CodePoints.Count(text[..at]) + 1;
    }
}
