using Ctas.Binding;
using Ctas.Data;

namespace Ctas.Planning;

/// <summary>A sink as SQL declared it. Immutable.</summary>
/// <param name="Name">The name in SQL.</param>
/// <param name="Topic">The topic, null for a file.</param>
/// <param name="Path">The file, null for a topic.</param>
/// <param name="Properties">All its properties.</param>
internal sealed record PlannedSink(string Name, string? Topic, string? Path, PropertySet Properties)
{
    /// <summary>True for one that shall show each change once.</summary>
    public bool IsExactlyOnce => Properties["delivery"] == "exactly_once";

    /// <summary>True when values are delimited lines: as it says, else by the name of the file.</summary>
    public bool IsDelimited => (Properties["value_format"] ?? Properties["format"]) is { } format
        ? format == "DELIMITED"
        : Path is not null && System.IO.Path.GetExtension(Path).ToUpperInvariant() is ".CSV" or ".TSV";

    /// <summary>True when the other writes the same records to the same topic.</summary>
    public bool GoesOnFrom(PlannedSink other) => Topic is not null && Topic == other.Topic && Name == other.Name
        && Properties.Names.SequenceEqual(other.Properties.Names)
        && Properties.Names.All(name => Properties[name] == other.Properties[name]);

    /// <summary>A declaration, as loading takes it.</summary>
    public static PlannedSink Of(SinkDeclaration sink) => new(sink.Name, sink.Topic, sink.Path, sink.Properties);
}
