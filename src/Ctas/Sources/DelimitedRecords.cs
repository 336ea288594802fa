namespace Ctas.Sources;

/// <summary>Finds the ends of delimited records: line ends outside quoted fields. The texts begin with a record.</summary>
internal static class DelimitedRecords
{
    /// <summary>Offset of the line end of the first record; negative when it is not there.</summary>
    public static int FindEnd(ReadOnlySpan<byte> bytes, byte delimiter)
    {
        int lineEnd = bytes.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = lineEnd < 0 ? bytes : bytes[..lineEnd];
        return line.Contains((byte)'"') ? FindQuotedEnd(bytes, delimiter) : lineEnd;
    }

    /// <summary>Offset behind the last record that ends; 0 when none does.</summary>
    public static int FindLastEnd(ReadOnlySpan<byte> bytes, byte delimiter)
    {
        int end = 0;
        while (true)
        {
            int quote = bytes[end..].IndexOf((byte)'"');
            ReadOnlySpan<byte> unquoted = quote < 0 ? bytes[end..] : bytes.Slice(end, quote);
            end += unquoted.LastIndexOf((byte)'\n') + 1;
            if (quote < 0) { return end; }

            int length = FindQuotedEnd(bytes[end..], delimiter);
            if (length < 0) { return end; }

            end += length + 1;
        }
    }

    private static int FindQuotedEnd(ReadOnlySpan<byte> bytes, byte delimiter)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            // Quotes count only at the start of a field.
            if (bytes[at] == '"')
            {
                at = SkipQuoted(bytes, at);
                if (at < 0) { return -1; }
            }

            int stop = bytes[at..].IndexOfAny(delimiter, (byte)'\n');
            if (stop < 0) { return -1; }

            at += stop + 1;
            if (bytes[at - 1] == '\n') { return at - 1; }
        }

        return -1;
    }

    private static int SkipQuoted(ReadOnlySpan<byte> bytes, int quote)
    {
        int at = quote + 1;
        while (true)
        {
            int next = bytes[at..].IndexOf((byte)'"');
            if (next < 0) { return -1; }

            at += next + 1;
            if (at >= bytes.Length || bytes[at] != '"') { return at; }

            at++;
        }
    }
}
