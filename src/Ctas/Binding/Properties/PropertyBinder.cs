using System.Diagnostics;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding.Properties;

/// <summary>Where a script stands: for relative paths and <c>${NAME}</c>.</summary>
internal sealed record ScriptSurroundings(string BaseFolder, Func<string, string?> Environment);

/// <summary>Reads the properties of a statement against the catalog, with the config files they name.</summary>
/// <param name="diagnostics">Where mistakes go; values of secrets are never shown.</param>
/// <param name="surroundings">For config files.</param>
/// <param name="statement">What the statement is called in messages.</param>
/// <param name="places">What its own properties may say something about.</param>
/// <param name="names">Names that can stand in front of a property, each with what it is: a source or a sink.</param>
internal sealed class PropertyBinder(
    DiagnosticBag diagnostics,
    ScriptSurroundings surroundings,
    string statement,
    PropertyPlace places,
    IReadOnlyDictionary<string, PropertyPlace> names)
{
    private readonly Dictionary<string, PropertyGroup> _named = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Binds the properties of one statement. What WITH says wins over what its files say.</summary>
    public BoundProperties Bind(SyntaxList<PropertySyntax> properties, TextSpan statementSpan)
    {
        var own = new PropertyGroup(properties.IsEmpty ? statementSpan : properties[0].Span);
        foreach (PropertySyntax property in properties)
        {
            if (TextOf(property.Value) is { } value)
            {
                Add(own, new PropertyInput(
                    property.Name.Text,
                    value,
                    property.Name.Span,
                    property.Value.Span,
                    File: null,
                    surroundings.BaseFolder));
                continue;
            }

            diagnostics.Add(BindingDiagnostics.PropertyValue(
                property.Value.Span, property.Name.Text, "NULL", "a text, a number, TRUE or FALSE"));
        }

        AddFile(own, own);
        foreach (PropertyGroup group in _named.Values.ToList()) { AddFile(group, group); }

        return new BoundProperties(own, _named);
    }

    private static string? TextOf(LiteralSyntax literal) => literal switch
    {
        StringLiteralSyntax text => text.Value,
        NumberLiteralSyntax number => number.Text,
        BooleanLiteralSyntax boolean => boolean.Value ? "true" : "false",
        NullLiteralSyntax => null,
        _ => throw new UnreachableException($"A property cannot be a {literal.GetType().Name}."),
    };

    /// <summary>
    /// Adds the properties of the group's config file; those without a name in front go to the group itself.
    /// </summary>
    private void AddFile(PropertyGroup group, PropertyGroup target)
    {
        if (group.InputOf(PropertyCatalog.ConfigFile) is not { } input) { return; }

        string path = Path.GetFullPath(Path.Combine(input.Folder, group.Properties[PropertyCatalog.ConfigFile]!));
        foreach (ConfigEntry entry in ConfigFile.Read(path, input.ValueSpan, surroundings.Environment, diagnostics))
        {
            Add(target, new PropertyInput(
                entry.Name, entry.Value, input.ValueSpan, input.ValueSpan, Path.GetFileName(entry.File), entry.Folder));
        }
    }

    private void Add(PropertyGroup own, PropertyInput input)
    {
        if (PropertyCatalog.Find(input.Name) is { } definition)
        {
            string? name = _named.FirstOrDefault(named => named.Value == own).Key;
            PropertyPlace allowed = name is null ? places : names[name];
            if ((definition.Places & allowed) == PropertyPlace.None)
            {
                diagnostics.Add(BindingDiagnostics.PropertyMisplaced(
                    input.NameSpan, input.Shown, name is null ? statement : KindOf(allowed), HomeOf(definition)));
                return;
            }

            Set(own, definition, input);
            return;
        }

        AddNamed(input);
    }

    /// <summary>A property with a name in front: <c>orders.topic</c>.</summary>
    private void AddNamed(PropertyInput input)
    {
        int dot = input.Name.IndexOf('.', StringComparison.Ordinal);
        string? prefix = dot > 0 ? input.Name[..dot] : null;
        PropertyDefinition? definition = prefix is null ? null : PropertyCatalog.Find(input.Name[(dot + 1)..]);
        bool isKnownName = prefix is not null && names.ContainsKey(prefix);
        PropertyPlace place = isKnownName ? names[prefix!] : PropertyPlace.Source | PropertyPlace.Sink;
        if (definition is null || (definition.Places & place) == PropertyPlace.None)
        {
            string rest = isKnownName ? input.Name[(dot + 1)..] : input.Name;
            string? closest = ClosestName.Find(rest, isKnownName ? PropertyCatalog.NamesOf(place) : PropertyCatalog.Names);
            diagnostics.Add(BindingDiagnostics.UnknownProperty(
                input.NameSpan, input.Shown, closest is not null && isKnownName ? $"{prefix}.{closest}" : closest));
            return;
        }

        if (!isKnownName)
        {
            diagnostics.Add(BindingDiagnostics.UnusedSourceName(
                input.NameSpan, prefix!, ClosestName.Find(prefix!, names.Keys)));
            return;
        }

        if (!_named.TryGetValue(prefix!, out PropertyGroup? group))
        {
            group = new PropertyGroup(input.NameSpan);
            _named.Add(prefix!, group);
        }

        Set(group, definition, input);
    }

    private void Set(PropertyGroup group, PropertyDefinition definition, PropertyInput input)
    {
        if (group.InputOf(definition.Name) is { } earlier)
        {
            // A file gives what WITH does not say; within one of them twice is a mistake.
            if (earlier.File is not null || input.File is null)
            {
                diagnostics.Add(BindingDiagnostics.PropertyTwice(
                    input.NameSpan, input.Shown, IsSameName(earlier.Name, input.Name) ? null : earlier.Name));
            }

            return;
        }

        PropertyValue value = definition.Read(input.Value);
        if (value.LaterFeature is { } feature)
        {
            diagnostics.Add(BindingDiagnostics.NotSupportedYet(input.ValueSpan, feature));
        }
        else if (value.Canonical is null)
        {
            diagnostics.Add(BindingDiagnostics.PropertyValue(
                input.ValueSpan,
                input.Shown,
                PropertySet.IsSecret(definition.Name) || PropertySet.IsSecret(input.Name) ? null : input.Value,
                definition.Expected));
        }
        else { group.Set(definition.Name, value.Canonical, input); }
    }

    private static string KindOf(PropertyPlace place) => place == PropertyPlace.Sink ? "a sink" : "a source";

    private static string HomeOf(PropertyDefinition definition) =>
        definition.Places == PropertyPlace.Table ? "CREATE TABLE … AS" : KindOf(definition.Places);

    private static bool IsSameName(string left, string right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
