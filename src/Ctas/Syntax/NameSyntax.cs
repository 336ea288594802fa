namespace Ctas.Syntax;

/// <summary>One name, without its quotes.</summary>
/// <param name="Text">The name as it was written, doubled quotes made single.</param>
/// <param name="IsQuoted">A quoted name is matched exactly, an unquoted one ignoring case.</param>
internal sealed record NameSyntax(string Text, bool IsQuoted = false) : SyntaxNode;
