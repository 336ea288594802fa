using System.Collections.Immutable;

namespace Ctas.Data;

/// <summary>Properties by canonical lower-case name. Immutable. Its text never shows secrets.</summary>
public sealed class PropertySet
{
    private readonly ImmutableSortedDictionary<string, string> _values;

    private PropertySet(ImmutableSortedDictionary<string, string> values) => _values = values;

    /// <summary>No properties.</summary>
    public static PropertySet Empty { get; } =
        new(ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase));

    /// <summary>The names, sorted.</summary>
    public IEnumerable<string> Names => _values.Keys;

    /// <summary>The value, null when it is not set. May be a secret: see <see cref="IsSecret"/>.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>The same properties with one set.</summary>
    public PropertySet With(string name, string value) => new(_values.SetItem(name, value));

    /// <summary>The properties whose names start with <paramref name="prefix"/>, which is removed.</summary>
    public IReadOnlyDictionary<string, string> WithPrefix(string prefix) => _values
        .Where(property => property.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        .ToDictionary(property => property.Key[prefix.Length..], property => property.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>True for names whose values must never be printed.</summary>
    public static bool IsSecret(string name) =>
        name.Contains("password", StringComparison.OrdinalIgnoreCase)
        || name.Contains("secret", StringComparison.OrdinalIgnoreCase)
        || name.Contains("sasl.", StringComparison.OrdinalIgnoreCase)
        || name.Contains("ssl.key", StringComparison.OrdinalIgnoreCase);

    /// <summary>The properties with secrets replaced by <c>***</c>.</summary>
    public IReadOnlyDictionary<string, string> Redacted() => _values.ToDictionary(
        property => property.Key, property => IsSecret(property.Key) ? "***" : property.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary><c>name = value, …</c>, secrets redacted.</summary>
    public override string ToString() => string.Join(", ", Redacted().Select(property => $"{property.Key} = {property.Value}"));
}
