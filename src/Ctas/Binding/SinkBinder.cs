using Ctas.Binding.Properties;
using Ctas.Data;
using Ctas.Text;

namespace Ctas.Binding;

/// <summary>Makes sink declarations of properties.</summary>
/// <param name="diagnostics">Where mistakes go.</param>
/// <param name="surroundings">For relative paths.</param>
/// <param name="settings">What SET has set; counts where nothing else is said.</param>
internal sealed class SinkBinder(DiagnosticBag diagnostics, ScriptSurroundings surroundings, PropertySet settings)
{
    /// <summary>A sink that properties declare; null after a mistake without which nothing can be written.</summary>
    public SinkDeclaration? Bind(string name, PropertyGroup group)
    {
        // A time column is one of a table: SET speaks of sources with it.
        PropertySet set = PropertySets.Only(settings, PropertyPlace.Sink, except: ["timestamp"]);
        PropertySet properties = PropertySets.Over(set, group.Properties, PropertyPlace.Sink);
        string? topic = properties["topic"];
        string? path = properties["path"];
        CheckTogether(group, name);
        if (topic is null && path is null)
        {
            diagnostics.Add(BindingDiagnostics.SinkWithoutPlace(group.Span, name));
            return null;
        }

        return new SinkDeclaration(
            name,
            topic,
            path is null ? null : Path.GetFullPath(Path.Combine(group.InputOf("path")?.Folder ?? surroundings.BaseFolder, path)),
            properties);
    }

    private void CheckTogether(PropertyGroup group, string name)
    {
        PropertyContradictions.Report(group, "topic", "path", "A sink writes a topic or a file.", diagnostics);
        PropertyContradictions.Report(group, "format", "value_format", "The one sets the other.", diagnostics);
        PropertyContradictions.Report(group, "format", "key_format", "The one sets the other.", diagnostics);
        if (group.InputOf("type") is not { } type) { return; }

        string written = group.Properties["type"]!;
        if (written is not ("kafka_sink" or "file_sink"))
        {
            diagnostics.Add(BindingDiagnostics.PropertyValue(type.ValueSpan, type.Shown, written, "kafka_sink or file_sink"));
            return;
        }

        string other = written == "file_sink" ? "topic" : "path";
        PropertyContradictions.Report(group, "type", other, $"Leave the type of \"{name}\" out.", diagnostics);
    }
}
