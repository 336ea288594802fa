using System.Collections;
using System.Runtime.CompilerServices;

namespace Ctas.Syntax;

/// <summary>A list of syntax nodes that equals another one when their nodes are equal in order. Immutable.</summary>
[CollectionBuilder(typeof(SyntaxList), nameof(SyntaxList.Create))]
internal readonly struct SyntaxList<T> : IReadOnlyList<T>, IEquatable<SyntaxList<T>>
    where T : SyntaxNode
{
    private readonly T[]? _nodes;

    internal SyntaxList(T[] nodes) => _nodes = nodes;

    public int Count => _nodes?.Length ?? 0;

    public bool IsEmpty => Count == 0;

    public T this[int index] => AsSpan()[index];

    public static bool operator ==(SyntaxList<T> left, SyntaxList<T> right) => left.Equals(right);

    public static bool operator !=(SyntaxList<T> left, SyntaxList<T> right) => !left.Equals(right);

    public ReadOnlySpan<T> AsSpan() => _nodes;

    public bool Equals(SyntaxList<T> other) => AsSpan().SequenceEqual(other.AsSpan());

    public override bool Equals(object? obj) => obj is SyntaxList<T> other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (T node in AsSpan()) { hash.Add(node); }

        return hash.ToHashCode();
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)(_nodes ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Makes syntax lists from collection expressions.</summary>
internal static class SyntaxList
{
    public static SyntaxList<T> Create<T>(ReadOnlySpan<T> nodes)
        where T : SyntaxNode => new(nodes.ToArray());
}
