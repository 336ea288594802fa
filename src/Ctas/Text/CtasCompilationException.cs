namespace Ctas.Text;

/// <summary>A SQL text holds mistakes. Nothing of it was run.</summary>
/// <remarks><see cref="Exception.Message"/> shows every diagnostic with its line, a caret and a hint.</remarks>
public sealed class CtasCompilationException : Exception
{
    internal CtasCompilationException(params IReadOnlyList<DiagnosticBag> texts)
        : base(string.Join("\n\n", texts.Where(text => text.Count > 0).Select(DiagnosticRenderer.Render))) =>
        Diagnostics = [.. texts.SelectMany(text => text.Sorted())];

    /// <summary>All mistakes, by place in their text; where several texts were given, text after text.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }
}
