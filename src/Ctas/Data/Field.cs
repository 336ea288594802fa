using System.Collections;

namespace Ctas.Data;

/// <summary>A named, typed column or struct field. Every field may hold NULL.</summary>
/// <param name="Name">As declared; compared ignoring case unless quoted in SQL.</param>
/// <param name="Type">The SQL type.</param>
public sealed record Field(string Name, DataType Type);

/// <summary>An immutable list of fields, compared by value.</summary>
public sealed class FieldList : IReadOnlyList<Field>, IEquatable<FieldList>
{
    private readonly Field[] _fields;

    /// <summary>Copies <paramref name="fields"/>.</summary>
    public FieldList(IEnumerable<Field> fields) => _fields = [.. fields];

    /// <summary>No fields.</summary>
    public static FieldList Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _fields.Length;

    /// <inheritdoc/>
    public Field this[int index] => _fields[index];

    /// <inheritdoc/>
    public bool Equals(FieldList? other) => other is not null && _fields.AsSpan().SequenceEqual(other._fields);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FieldList);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (Field field in _fields) { hash.Add(field); }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<Field> GetEnumerator() => ((IEnumerable<Field>)_fields).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
