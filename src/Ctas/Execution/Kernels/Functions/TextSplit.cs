using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Texts as arrays of their parts. Single-threaded.</summary>
internal sealed class TextSplit(DataType type)
{
    private readonly ValueShape _shape = ValueShape.Of(type);
    private readonly NestedValueWriter _writer = new();

    /// <summary>ksqlDB's SPLIT(text, separator): an empty separator gives the characters, an empty text one empty part.</summary>
    public Outcome Split(RowArguments row, ByteWriter output)
    {
        _writer.Begin(_shape);
        if (row.Bytes(1).IsEmpty) { WriteCharacters(row.Bytes(0), row); }
        else { WriteParts(row.Bytes(0), row); }

        return End(output);
    }

    /// <summary>
    /// PostgreSQL's STRING_TO_ARRAY(text, separator [, missing]): a NULL separator gives the characters, an empty one the text
    /// as it is, an empty text nothing; parts that equal the third argument are NULL.
    /// </summary>
    public Outcome ToArray(RowArguments row, ByteWriter output)
    {
        if (!row.Has(0)) { return Outcome.Null; }

        _writer.Begin(_shape);
        ReadOnlySpan<byte> text = row.Bytes(0);
        if (!row.Has(1)) { WriteCharacters(text, row); }
        else if (!text.IsEmpty) { WriteParts(text, row); }

        return End(output);
    }

    private void WriteCharacters(ReadOnlySpan<byte> text, RowArguments row)
    {
        for (; !text.IsEmpty; text = text[CodePoints.LengthOfFirst(text)..])
        {
            WritePart(text[..CodePoints.LengthOfFirst(text)], row);
        }
    }

    private void WriteParts(ReadOnlySpan<byte> text, RowArguments row)
    {
        ReadOnlySpan<byte> separator = row.Bytes(1);
        for (int at = IndexOf(text, separator); at >= 0; at = IndexOf(text, separator))
        {
            WritePart(text[..at], row);
            text = text[(at + separator.Length)..];
        }

        WritePart(text, row);
    }

    private static int IndexOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> separator) =>
        separator.IsEmpty ? -1 : text.IndexOf(separator);

    private void WritePart(ReadOnlySpan<byte> part, RowArguments row)
    {
        if (row.Has(2) && part.SequenceEqual(row.Bytes(2))) { _writer.WriteNull(); }
        else { _writer.WriteBytes(part); }
    }

    private Outcome End(ByteWriter output)
    {
        _writer.End();
        output.Append(_writer.Written);
        return Outcome.Value;
    }
}
