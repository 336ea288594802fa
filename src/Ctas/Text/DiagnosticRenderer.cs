using System.Text;

namespace Ctas.Text;

/// <summary>Shows a diagnostic with its line and a caret under the place.</summary>
internal static class DiagnosticRenderer
{
    // A script may be one line of a megabyte: only this much of it is shown around the place.
    private const int MaxShownChars = 160;
    private const string Ellipsis = "...";

    /// <summary>Code and message, the line, the carets, the hint: up to four lines without a final break.</summary>
    public static string Render(SourceText source, Diagnostic diagnostic)
    {
        var text = new StringBuilder();
        text.Append(diagnostic.Code).Append(": ").Append(diagnostic.Message).Append('\n');
        AppendLineAndCarets(text, source, diagnostic.Span);
        if (diagnostic.Hint is { } hint) { text.Append("\nHint: ").Append(hint); }

        return text.ToString();
    }

    /// <summary>All diagnostics of a bag by place, with an empty line between two.</summary>
    public static string Render(DiagnosticBag diagnostics) =>
        string.Join("\n\n", diagnostics.Sorted().Select(diagnostic => Render(diagnostics.Source, diagnostic)));

    private static void AppendLineAndCarets(StringBuilder text, SourceText source, TextSpan span)
    {
        TextSpan line = source.LineAt(span.Start);
        TextSpan shown = Window(line, span.Start);
        string prefix = $"LINE {source.PositionAt(span.Start).Line}: " + (shown.Start > line.Start ? Ellipsis : "");
        ReadOnlySpan<char> visible = source.ShownText.AsSpan(shown.Start, shown.Length);
        text.Append(prefix).Append(visible).Append(shown.End < line.End ? Ellipsis : "").Append('\n');

        // Tabs are copied, so that the carets stand right whatever the width of a tab is.
        int caretStart = Math.Min(span.Start, shown.End);
        int caretEnd = Math.Max(caretStart + 1, Math.Min(span.End, shown.End));
        text.Append(' ', prefix.Length);
        for (int i = shown.Start; i < caretStart; i++) { text.Append(source.Text[i] == '\t' ? '\t' : ' '); }

        text.Append('^', caretEnd - caretStart);
    }

    private static TextSpan Window(TextSpan line, int offset)
    {
        if (line.Length <= MaxShownChars) { return line; }

        int start = Math.Max(line.Start, Math.Min(offset, line.End) - (MaxShownChars / 2));
        return new TextSpan(start, Math.Min(line.End, start + MaxShownChars));
    }
}
