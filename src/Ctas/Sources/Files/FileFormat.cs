namespace Ctas.Sources.Files;

/// <summary>How a file is cut into records.</summary>
internal enum FileFormat
{
    /// <summary>One JSON object a line.</summary>
    JsonLines,

    /// <summary>A JSON array of objects, or objects one after the other.</summary>
    JsonValues,

    /// <summary>Delimited fields under a header line.</summary>
    Csv,
}

/// <summary>Reads the format off a file's name.</summary>
internal static class FileFormats
{
    /// <summary>True when the file is packed with gzip.</summary>
    public static bool IsGzip(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    /// <summary>The format, null when the name does not tell and none is declared.</summary>
    public static FileFormat? Of(string path, RecordFormat? declared)
    {
        if (declared is RecordFormat.Delimited) { return FileFormat.Csv; }

        if (declared is not (null or RecordFormat.Json)) { return null; }

        if (HasExtension(path, ".json")) { return FileFormat.JsonValues; }

        if (declared is RecordFormat.Json || HasExtension(path, ".ndjson") || HasExtension(path, ".jsonl"))
        {
            return FileFormat.JsonLines;
        }

        return HasExtension(path, ".csv") || HasExtension(path, ".tsv") ? FileFormat.Csv : null;
    }

    /// <summary>Comma, or tab for <c>.tsv</c>, unless declared.</summary>
    public static char Delimiter(string path, char? declared) => declared ?? (HasExtension(path, ".tsv") ? '\t' : ',');

    private static bool HasExtension(string path, string extension) =>
        path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(extension + ".gz", StringComparison.OrdinalIgnoreCase);
}
