using Ctas.Text;

namespace Ctas.Syntax;

/// <summary>
/// A part of the parse tree. Immutable. Two trees are equal when they say the same, wherever they stand.
/// </summary>
internal abstract record SyntaxNode
{
    /// <summary>The place in the text, from the first to the last token of the part.</summary>
    public TextSpan Span { get; init; }

    /// <summary>The place is no part of equality: it changes when a tree is printed and parsed again.</summary>
    public virtual bool Equals(SyntaxNode? other) => other is not null && EqualityContract == other.EqualityContract;

    public override int GetHashCode() => EqualityContract.GetHashCode();
}
