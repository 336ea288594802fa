using Ctas.Data;

namespace Ctas.Binding;

/// <summary>A sink that SQL declares, in a statement of its own or in place. Immutable.</summary>
/// <param name="Name">The name in SQL.</param>
/// <param name="Topic">The topic, null for a file.</param>
/// <param name="Path">The file, null for a topic. A relative path has been resolved.</param>
/// <param name="Properties">All properties that matter to it, by canonical name.</param>
internal sealed record SinkDeclaration(string Name, string? Topic, string? Path, PropertySet Properties)
{
    /// <summary>The table whose statement declares it; null for a statement of its own.</summary>
    public string? Owner { get; init; }

    /// <summary>Stands for a sink whose declaration holds a mistake.</summary>
    public static SinkDeclaration Without(string name) => new(name, Topic: null, Path: null, PropertySet.Empty);
}
