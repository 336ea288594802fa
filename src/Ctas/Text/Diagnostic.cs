namespace Ctas.Text;

/// <summary>One mistake in a SQL text: what it is, where it is, and a way out. Immutable.</summary>
/// <param name="Code">A stable code, <c>CTAS</c> and four digits: 1xxx syntax, 2xxx binding, 3xxx planning.</param>
/// <param name="Span">The place in the text that was given.</param>
/// <param name="Message">Lower case, no period; names the kind of object and quotes its name.</param>
/// <param name="Hint">A full sentence that tells how to go on, or null.</param>
public sealed record Diagnostic(string Code, TextSpan Span, string Message, string? Hint = null);
