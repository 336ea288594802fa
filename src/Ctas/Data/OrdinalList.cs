using System.Collections;

namespace Ctas.Data;

/// <summary>An immutable list of column ordinals, compared by value.</summary>
public sealed class OrdinalList : IReadOnlyList<int>, IEquatable<OrdinalList>
{
    private readonly int[] _ordinals;

    /// <summary>Copies <paramref name="ordinals"/>.</summary>
    public OrdinalList(params ReadOnlySpan<int> ordinals) => _ordinals = ordinals.ToArray();

    /// <summary>No ordinals.</summary>
    public static OrdinalList Empty { get; } = new();

    /// <inheritdoc/>
    public int Count => _ordinals.Length;

    /// <inheritdoc/>
    public int this[int index] => _ordinals[index];

    /// <summary>The ordinals without a copy.</summary>
    public ReadOnlySpan<int> AsSpan() => _ordinals;

    /// <summary>True when <paramref name="ordinal"/> is in the list.</summary>
    public bool Contains(int ordinal) => Array.IndexOf(_ordinals, ordinal) >= 0;

    /// <inheritdoc/>
    public bool Equals(OrdinalList? other) => other is not null && _ordinals.AsSpan().SequenceEqual(other._ordinals);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OrdinalList);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int ordinal in _ordinals) { hash.Add(ordinal); }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)_ordinals).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
