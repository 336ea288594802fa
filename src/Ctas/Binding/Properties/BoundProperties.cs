namespace Ctas.Binding.Properties;

/// <summary>The properties of a statement.</summary>
/// <param name="Own">Those without a name in front.</param>
/// <param name="Named">Those of named sources, by the name in front.</param>
internal sealed record BoundProperties(PropertyGroup Own, IReadOnlyDictionary<string, PropertyGroup> Named);
