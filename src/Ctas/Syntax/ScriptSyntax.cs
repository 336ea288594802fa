using Ctas.Text;

namespace Ctas.Syntax;

/// <summary>
/// The statements of a script, in order. A statement with mistakes is there as a <see
/// cref="BrokenStatementSyntax"/>.
/// </summary>
internal sealed record ScriptSyntax(SyntaxList<StatementSyntax> Statements) : SyntaxNode;

/// <summary>
/// What parsing gave: the tree, and the mistakes of the text. The tree is whole where there are none.
/// </summary>
internal sealed record ParseResult<T>(T Root, DiagnosticBag Diagnostics);
