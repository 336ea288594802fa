namespace Ctas.Binding.Properties;

/// <summary>What a property says something about.</summary>
[Flags]
internal enum PropertyPlace
{
    None = 0,

    /// <summary>
    /// A source: CREATE TABLE or STREAM over a topic or file, <c>name.…</c>, and what is read in place.
    /// </summary>
    Source = 1,

    /// <summary>The table that CREATE … AS makes.</summary>
    Table = 2,

    /// <summary>Both.</summary>
    Any = Source | Table,

    /// <summary>A sink: CREATE SINK, and <c>name.…</c> of what stands after INTO.</summary>
    Sink = 4,
}

/// <summary>What came of reading a value: a canonical text, or why not.</summary>
/// <param name="Canonical">The one spelling of the value; null when it was refused.</param>
/// <param name="LaterFeature">
/// What the value asks for, when that will come; null when the value does not fit at all.
/// </param>
internal readonly record struct PropertyValue(string? Canonical, string? LaterFeature = null)
{
    /// <summary>The value does not fit.</summary>
    public static PropertyValue Unfit => default;

    /// <summary>The value asks for something that will come.</summary>
    public static PropertyValue Later(string feature) => new(null, feature);
}

/// <summary>One property of the dialect. Immutable.</summary>
/// <param name="Name">The canonical name.</param>
/// <param name="Places">What it says something about.</param>
/// <param name="Expected">What it takes, in words that follow "It takes".</param>
/// <param name="Read">Reads a value.</param>
internal sealed record PropertyDefinition(
    string Name, PropertyPlace Places, string Expected, Func<string, PropertyValue> Read)
{
    /// <summary>Other names that mean the same.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}
