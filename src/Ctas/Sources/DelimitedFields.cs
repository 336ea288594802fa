namespace Ctas.Sources;

/// <summary>Splits one delimited line into fields; reused from line to line. Single-threaded.</summary>
/// <remarks>
/// A field may be quoted with <c>"</c>, in which a doubled quote stands for one. An empty field without quotes is NULL,
/// one with quotes is the empty string.
/// </remarks>
internal sealed class DelimitedFields
{
    private byte[] _text = new byte[256];
    private (int Start, int Length)[] _fields = new (int, int)[16];

    /// <summary>Number of fields of the line.</summary>
    public int Count { get; private set; }

    /// <summary>True when the field is empty and not quoted.</summary>
    public bool IsNull(int field) => _fields[field].Length < 0;

    /// <summary>The field without its quotes; valid until the next <see cref="Split"/>.</summary>
    public ReadOnlySpan<byte> this[int field] => _text.AsSpan(_fields[field].Start, Math.Max(0, _fields[field].Length));

    /// <summary>Splits a line.</summary>
    /// <returns>What is wrong with the line, null when nothing is.</returns>
    public string? Split(ReadOnlySpan<byte> line, char delimiter)
    {
        if (_text.Length < line.Length) { _text = new byte[line.Length * 2]; }

        Count = 0;
        int written = 0;
        int at = 0;
        while (true)
        {
            int start = written;
            bool isQuoted = at < line.Length && line[at] == '"';
            if (isQuoted)
            {
                if (!TryUnquote(line, ref at, ref written)) { return "a quoted field does not end"; }

                if (at < line.Length && line[at] != delimiter) { return "text follows a quoted field"; }
            }
            else
            {
                int length = line[at..].IndexOf((byte)delimiter);
                ReadOnlySpan<byte> field = length < 0 ? line[at..] : line.Slice(at, length);
                field.CopyTo(_text.AsSpan(written));
                written += field.Length;
                at += field.Length;
            }

            AddField(start, written == start && !isQuoted ? -1 : written - start);
            if (at >= line.Length) { return null; }

            at++;
        }
    }

    private bool TryUnquote(ReadOnlySpan<byte> line, ref int at, ref int written)
    {
        at++;
        while (true)
        {
            int quote = line[at..].IndexOf((byte)'"');
            if (quote < 0) { return false; }

            line.Slice(at, quote).CopyTo(_text.AsSpan(written));
            written += quote;
            at += quote + 1;
            if (at >= line.Length || line[at] != '"') { return true; }

            _text[written++] = (byte)'"';
            at++;
        }
    }

    private void AddField(int start, int length)
    {
        if (Count == _fields.Length) { Array.Resize(ref _fields, Count * 2); }

        _fields[Count++] = (start, length);
    }
}
