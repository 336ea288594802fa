using System.Collections;

namespace Ctas.Text;

/// <summary>The mistakes found in one text, in the order in which they were found. Single-threaded.</summary>
internal sealed class DiagnosticBag(SourceText source) : IReadOnlyCollection<Diagnostic>
{
    private readonly List<Diagnostic> _diagnostics = [];

    /// <summary>The text that the spans refer to.</summary>
    public SourceText Source { get; } = source;

    public int Count => _diagnostics.Count;

    public void Add(Diagnostic diagnostic) => _diagnostics.Add(diagnostic);

    public void AddRange(IEnumerable<Diagnostic> diagnostics) => _diagnostics.AddRange(diagnostics);

    /// <summary>The mistakes by place, as they are shown to a user.</summary>
    public IReadOnlyList<Diagnostic> Sorted() => [.. _diagnostics.OrderBy(diagnostic => diagnostic.Span.Start)];

    /// <exception cref="CtasCompilationException">The bag is not empty.</exception>
    public void ThrowIfAny()
    {
        if (Count > 0) { throw new CtasCompilationException(this); }
    }

    public IEnumerator<Diagnostic> GetEnumerator() => _diagnostics.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
