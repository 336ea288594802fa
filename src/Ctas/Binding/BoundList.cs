using System.Collections;
using System.Runtime.CompilerServices;

namespace Ctas.Binding;

/// <summary>A list of bound nodes that equals another one when their nodes are equal in order. Immutable.</summary>
[CollectionBuilder(typeof(BoundList), nameof(BoundList.Create))]
internal sealed class BoundList<T>(T[] nodes) : IReadOnlyList<T>, IEquatable<BoundList<T>>
    where T : class
{
    public int Count => nodes.Length;

    public T this[int index] => nodes[index];

    public bool Equals(BoundList<T>? other) => other is not null && nodes.AsSpan().SequenceEqual(other.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as BoundList<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (T node in nodes) { hash.Add(node); }

        return hash.ToHashCode();
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)nodes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private ReadOnlySpan<T> AsSpan() => nodes;
}

/// <summary>Makes bound lists from collection expressions.</summary>
internal static class BoundList
{
    public static BoundList<T> Create<T>(ReadOnlySpan<T> nodes)
        where T : class => new(nodes.ToArray());
}
