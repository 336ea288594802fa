using Ctas.Data;

namespace Ctas.Binding.Properties;

/// <summary>Puts canonical properties together.</summary>
internal static class PropertySets
{
    /// <summary>Those that say something about one of <paramref name="places"/>, without some.</summary>
    public static PropertySet Only(PropertySet properties, PropertyPlace places, IReadOnlyList<string> except)
    {
        PropertySet kept = PropertySet.Empty;
        foreach (string name in properties.Names.Where(name => IsOf(name, places) && !except.Contains(name)))
        {
            kept = kept.With(name, properties[name]!);
        }

        return kept;
    }

    /// <summary>
    /// <paramref name="upper"/> where it says something, else <paramref name="lower"/>; only what fits the places.
    /// </summary>
    public static PropertySet Over(PropertySet lower, PropertySet upper, PropertyPlace places)
    {
        PropertySet all = PropertySet.Empty;
        foreach (PropertySet layer in (PropertySet[])[lower, upper])
        {
            foreach (string name in layer.Names.Where(name => IsOf(name, places)))
            {
                all = all.With(name, layer[name]!);
            }
        }

        return all;
    }

    private static bool IsOf(string name, PropertyPlace places) =>
        name != PropertyCatalog.ConfigFile && PropertyCatalog.Find(name) is { } known
            && (known.Places & places) != PropertyPlace.None;
}
