namespace Ctas.Data;

/// <summary>The columns of a table, in order, and the ordinals of its key. Immutable; compared by value.</summary>
public sealed record Schema
{
    /// <summary>Makes a schema.</summary>
    /// <param name="fields">The columns in order.</param>
    /// <param name="key">Ordinals of the key columns in key order; empty for a table without a key.</param>
    /// <exception cref="ArgumentOutOfRangeException">A key ordinal names no column.</exception>
    public Schema(IEnumerable<Field> fields, params ReadOnlySpan<int> key)
    {
        Fields = new FieldList(fields);
        foreach (int ordinal in key)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(ordinal, nameof(key));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, Fields.Count, nameof(key));
        }

        Key = new OrdinalList(key);
    }

    /// <summary>The columns in order.</summary>
    public FieldList Fields { get; }

    /// <summary>Ordinals of the key columns in key order; empty for a table without a key.</summary>
    public OrdinalList Key { get; }

    /// <summary>True when lookups by key are possible.</summary>
    public bool HasKey => Key.Count > 0;

    /// <summary>The ordinal of the column called <paramref name="name"/>, −1 when there is none.</summary>
    /// <remarks>An exact match wins over one that ignores case. Cost O(columns).</remarks>
    public int IndexOf(string name)
    {
        int ignoringCase = -1;
        for (int ordinal = 0; ordinal < Fields.Count; ordinal++)
        {
            if (string.Equals(Fields[ordinal].Name, name, StringComparison.Ordinal)) { return ordinal; }

            if (ignoringCase < 0 && string.Equals(Fields[ordinal].Name, name, StringComparison.OrdinalIgnoreCase))
            {
                ignoringCase = ordinal;
            }
        }

        return ignoringCase;
    }

    /// <summary>The same columns with another key.</summary>
    public Schema WithKey(params ReadOnlySpan<int> key) => new(Fields, key);

    /// <summary><c>name TYPE, …</c> with <c>KEY</c> after key columns.</summary>
    public override string ToString() => string.Join(", ", Fields.Select((field, ordinal) =>
        Key.Contains(ordinal) ? $"{field.Name} {field.Type} KEY" : $"{field.Name} {field.Type}"));
}
