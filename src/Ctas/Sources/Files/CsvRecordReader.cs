namespace Ctas.Sources.Files;

/// <summary>
/// One record of delimited fields after the other. A quoted field may hold line ends; blank lines are no records.
/// </summary>
/// <remarks>
/// Works on bytes, so that offsets are those of the file, strings need no detour over UTF-16, and an empty field can be
/// told from a quoted one.
/// </remarks>
internal sealed class CsvRecordReader(FileBuffer buffer, char delimiter) : FileRecordReader(buffer)
{
    private readonly byte _delimiter = (byte)delimiter;
    private long _lineEnds;

    /// <inheritdoc/>
    public override bool Read()
    {
        do
        {
            ConsumeRecord();
            LineNumber = _lineEnds + 1;
            if (!FindRecord()) { return false; }
        }
        while (RecordLength == 0);

        return true;
    }

    private bool FindRecord()
    {
        int searched = 0;
        while (true)
        {
            int end = FindEnd(Buffer.Unread, ref searched);
            if (end >= 0)
            {
                _lineEnds++;
                Take(end, end + 1);
                return true;
            }

            if (Buffer.Fill()) { continue; }

            // A last line without an end; also a quote that is never closed, which the decoder then reports.
            int length = Buffer.Unread.Length;
            Take(length, length);
            return length > 0;
        }
    }

    // The line end outside quotes, −1 when more bytes are needed. `searched` keeps the start of the line last looked at,
    // which is a place outside quotes only while the record has one line; so a quoted record is looked at from its start.
    private int FindEnd(ReadOnlySpan<byte> bytes, ref int searched)
    {
        int lineEnd = bytes[searched..].IndexOf((byte)'\n');
        if (lineEnd >= 0 && bytes[..(searched + lineEnd)].IndexOf((byte)'"') < 0) { return searched + lineEnd; }

        if (lineEnd < 0 && bytes.IndexOf((byte)'"') < 0)
        {
            searched = bytes.Length;
            return -1;
        }

        searched = 0;
        return FindEndWithQuotes(bytes);
    }

    private int FindEndWithQuotes(ReadOnlySpan<byte> bytes)
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

            int stop = bytes[at..].IndexOfAny(_delimiter, (byte)'\n');
            if (stop < 0) { return -1; }

            at += stop + 1;
            if (bytes[at - 1] == '\n')
            {
                _lineEnds += bytes[..(at - 1)].Count((byte)'\n');
                return at - 1;
            }
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

    private void Take(int length, int consumed)
    {
        bool endsWithReturn = length > 0 && Buffer.Unread[length - 1] == '\r';
        RecordLength = endsWithReturn ? length - 1 : length;
        ConsumedLength = consumed;
    }
}
