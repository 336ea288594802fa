namespace Ctas.Text;

/// <summary>A text that was given to the engine, with its line starts. Immutable.</summary>
internal sealed class SourceText
{
    private readonly int[] _lineStarts;
    private readonly Lazy<string> _shownText;

    public SourceText(string text)
    {
        Text = text;
        _lineStarts = FindLineStarts(text);
        _shownText = new Lazy<string>(() => SecretMask.Apply(text));
    }

    public string Text { get; }

    /// <summary>The text as it may be shown: values of secret properties are masked, offsets are the same.</summary>
    public string ShownText => _shownText.Value;

    public int Length => Text.Length;

    /// <summary>The characters of a span. The span must lie in the text.</summary>
    public ReadOnlySpan<char> this[TextSpan span] => Text.AsSpan(span.Start, span.Length);

    /// <summary>Line and column of an offset; the offset may be the length of the text.</summary>
    public LinePosition PositionAt(int offset)
    {
        int line = LineIndexAt(offset);
        return new LinePosition(line + 1, offset - _lineStarts[line] + 1);
    }

    /// <summary>The line that holds the offset, without its line break.</summary>
    public TextSpan LineAt(int offset)
    {
        int line = LineIndexAt(offset);
        int start = _lineStarts[line];
        int end = line + 1 < _lineStarts.Length ? _lineStarts[line + 1] : Text.Length;
        while (end > start && Text[end - 1] is '\n' or '\r') { end--; }

        return new TextSpan(start, end);
    }

    private static int[] FindLineStarts(string text)
    {
        List<int> starts = [0];
        for (int i = 0; i < text.Length; i++)
        {
            // "\r\n" is one break, as is a lone '\r' or '\n'.
            bool isBreak = text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n'));
            if (isBreak) { starts.Add(i + 1); }
        }

        return [.. starts];
    }

    private int LineIndexAt(int offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Text.Length);
        int found = Array.BinarySearch(_lineStarts, offset);
        return found >= 0 ? found : ~found - 1;
    }
}
