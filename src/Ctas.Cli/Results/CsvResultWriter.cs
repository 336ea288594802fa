using System.Buffers;
using Ctas.Data;

namespace Ctas.Cli.Results;

/// <summary>A header line, then a line a row, quoted as RFC 4180 says; lines end with LF.</summary>
/// <remarks>NULL is empty, an empty string is <c>""</c>. Between two results stands an empty line.</remarks>
internal sealed class CsvResultWriter(TextWriter output) : IResultWriter
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(",\"\r\n");

    private bool _isFirst = true;

    /// <summary>True where all that is written is one result: it has one header.</summary>
    public bool IsOneResult { get; init; }

    /// <inheritdoc/>
    public void Write(QueryResult result)
    {
        if (!_isFirst && !IsOneResult) { output.Write('\n'); }

        if (_isFirst || !IsOneResult) { WriteHeader(result.Schema); }

        _isFirst = false;
        foreach (Batch batch in result.Batches)
        {
            for (int row = 0; row < batch.RowCount; row++) { WriteRow(batch, row); }
        }

        output.Flush();
    }

    private void WriteHeader(Schema schema)
    {
        for (int ordinal = 0; ordinal < schema.Fields.Count; ordinal++) { WriteField(ordinal, schema.Fields[ordinal].Name); }

        output.Write('\n');
    }

    private void WriteRow(Batch batch, int row)
    {
        for (int ordinal = 0; ordinal < batch.ColumnCount; ordinal++)
        {
            WriteField(ordinal, batch[ordinal].IsNull(row) ? null : ValueText.Of(batch[ordinal], row));
        }

        output.Write('\n');
    }

    private void WriteField(int ordinal, string? text)
    {
        if (ordinal > 0) { output.Write(','); }

        if (text is null) { return; }

        bool isQuoted = text.Length == 0
            || text.AsSpan().ContainsAny(NeedQuotes)
            || char.IsWhiteSpace(text[0])
            || char.IsWhiteSpace(text[^1]);
        output.Write(isQuoted ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text);
    }
}
