namespace Ctas.Sources.Files;

/// <summary>One record a line: NDJSON. Blank lines are no records.</summary>
/// <remarks>Lines end with LF or CRLF; the last one may end with the file.</remarks>
internal sealed class LineReader(FileBuffer buffer) : FileRecordReader(buffer)
{
    /// <inheritdoc/>
    public override bool Read()
    {
        do
        {
            ConsumeRecord();
            if (!FindLine()) { return false; }

            LineNumber++;
        }
        while (Record.Trim(" \t\r"u8).IsEmpty);

        return true;
    }

    private bool FindLine()
    {
        int searched = 0;
        while (true)
        {
            int length = Buffer.Unread[searched..].IndexOf((byte)'\n');
            if (length >= 0)
            {
                TakeLine(searched + length, searched + length + 1);
                return true;
            }

            searched = Buffer.Unread.Length;
            if (Buffer.Fill()) { continue; }

            TakeLine(searched, searched);
            return searched > 0;
        }
    }

    private void TakeLine(int length, int consumed)
    {
        bool endsWithReturn = length > 0 && Buffer.Unread[length - 1] == '\r';
        RecordLength = endsWithReturn ? length - 1 : length;
        ConsumedLength = consumed;
    }
}
