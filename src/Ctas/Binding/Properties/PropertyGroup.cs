using Ctas.Data;
using Ctas.Text;

namespace Ctas.Binding.Properties;

/// <summary>A property as it was written in WITH or in a file.</summary>
/// <param name="Name">The key as written.</param>
/// <param name="Value">The value as text.</param>
/// <param name="NameSpan">Place of the key; for one from a file, of the config_file property.</param>
/// <param name="ValueSpan">Place of the value, likewise.</param>
/// <param name="File">The file it stands in; null for WITH.</param>
/// <param name="Folder">Where relative paths in the value start.</param>
internal sealed record PropertyInput(
    string Name, string Value, TextSpan NameSpan, TextSpan ValueSpan, string? File, string Folder)
{
    /// <summary>The name for messages.</summary>
    public string Shown => File is null ? Name : $"{Name}\" in \"{File}";
}

/// <summary>The properties of one thing, with their places. Built by the property binder, then only read.</summary>
internal sealed class PropertyGroup(TextSpan span)
{
    private readonly Dictionary<string, PropertyInput> _inputs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where the group is first spoken of.</summary>
    public TextSpan Span { get; } = span;

    /// <summary>The properties by canonical name, with canonical values.</summary>
    public PropertySet Properties { get; private set; } = PropertySet.Empty;

    /// <summary>The input that set the property; null when it is not set.</summary>
    public PropertyInput? InputOf(string name) => _inputs.GetValueOrDefault(name);

    /// <summary>Place of the property's key; the group's own when it is not set.</summary>
    public TextSpan SpanOf(string name) => InputOf(name)?.NameSpan ?? Span;

    public void Set(string name, string value, PropertyInput input)
    {
        Properties = Properties.With(name, value);
        _inputs[name] = input;
    }
}
