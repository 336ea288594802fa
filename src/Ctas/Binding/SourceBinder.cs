using System.Diagnostics;
using Ctas.Binding.Properties;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <summary>Makes source declarations of statements, of named properties and of locations.</summary>
/// <param name="diagnostics">Where mistakes go.</param>
/// <param name="surroundings">For relative paths.</param>
/// <param name="settings">What SET has set; counts where nothing else is said.</param>
internal sealed class SourceBinder(DiagnosticBag diagnostics, ScriptSurroundings surroundings, PropertySet settings)
{
    // Of one source only, never handed on from the statement that reads it.
    private static readonly string[] Places = ["topic", "path", "type"];

    /// <summary>
    /// CREATE TABLE or STREAM over a topic or file; null after a mistake without which nothing can be read.
    /// </summary>
    public SourceDeclaration? BindStatement(CreateSourceSyntax syntax, PropertyGroup group)
    {
        bool isStream = syntax.Kind == RelationKind.Stream;
        IReadOnlyList<DeclaredColumn>? columns = BindColumns(syntax, isStream);
        if (HasMode(group, isStream ? "changelog" : "append"))
        {
            string kind = isStream ? "CREATE STREAM" : "CREATE TABLE";
            string other = isStream ? "CREATE TABLE" : "CREATE STREAM";
            diagnostics.Add(BindingDiagnostics.PropertiesContradict(
                group.SpanOf("mode"), "mode", kind, $"Use {other}, or leave the mode out."));
        }

        SourceDeclaration? source = BindNamed(syntax.Name.Text, group, statement: null, isStream);
        if (source is null) { return null; }

        // A changelog is brought down to the last row of each key, so the key must be among its columns.
        bool lacksKey =
            !isStream && source.Topic is not null && columns is not null && !columns.Any(column => column.IsKey);
        if (lacksKey) { diagnostics.Add(BindingDiagnostics.KeyNeeded(syntax.Name.Span, syntax.Name.Text)); }

        bool hasKey = columns is null || columns.Any(column => column.IsKey);
        return source with { Columns = columns, IsStream = isStream || (source.Path is not null && !hasKey) };
    }

    /// <summary>A source that properties declare; null when they give no place.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="group">Its own properties.</param>
    /// <param name="statement">Those of the statement that reads it, which count where its own say nothing.</param>
    /// <param name="isStream">What the statement says; null when it says nothing.</param>
    public SourceDeclaration? BindNamed(string name, PropertyGroup group, PropertyGroup? statement, bool? isStream)
    {
        PropertySet properties = Layered(statement, group.Properties);
        CheckTogether(group, properties);
        string? path = properties["path"] is { } written
            ? Resolve(written, group.InputOf("path")?.Folder)
            : null;
        string? topic = properties["topic"];
        if (topic is null && path is null)
        {
            diagnostics.Add(BindingDiagnostics.SourceWithoutPlace(group.Span, name));
            return null;
        }

        return new SourceDeclaration(
            name, topic, properties["bootstrap.servers"], path, Mode(properties, isStream), Columns: null, properties);
    }

    /// <summary>A location in FROM; null when it is not understood.</summary>
    public SourceDeclaration? BindLocation(TableReference location, PropertyGroup statement, bool? isStream)
    {
        PropertySet properties = Layered(statement, PropertySet.Empty);
        CheckTogether(statement, properties);
        bool? mode = Mode(properties, isStream);
        if (SourceLocationText.FilePathOf(location.Name) is { } path)
        {
            return new SourceDeclaration(
                location.Name,
                Topic: null,
                BootstrapServers: null,
                Resolve(path, folder: null),
                mode,
                Columns: null,
                properties);
        }

        if (SourceLocationText.TopicOf(location.Name) is not { } topic)
        {
            diagnostics.Add(BindingDiagnostics.LocationNotUnderstood(location.Span, location.Name));
            return null;
        }

        return new SourceDeclaration(
            location.Name,
            topic.Topic,
            topic.BootstrapServers ?? properties["bootstrap.servers"],
            Path: null,
            mode,
            Columns: null,
            properties);
    }

    private PropertySet Layered(PropertyGroup? statement, PropertySet own)
    {
        PropertySet lower = statement is null
            ? settings
            : PropertySets.Over(
                settings,
                PropertySets.Only(statement.Properties, PropertyPlace.Source, except: Places),
                PropertyPlace.Source);
        return PropertySets.Over(lower, own, PropertyPlace.Source);
    }

    private string Resolve(string path, string? folder) =>
        Path.GetFullPath(Path.Combine(folder ?? surroundings.BaseFolder, path));

    private static bool? Mode(PropertySet properties, bool? isStream) => isStream ?? properties["mode"] switch
    {
        "append" => true,
        "changelog" => false,
        _ => null,
    };

    private static bool HasMode(PropertyGroup group, string mode) => group.Properties["mode"] == mode;

    private void CheckTogether(PropertyGroup group, PropertySet properties)
    {
        Contradict(group, "topic", "path", "A source reads a topic or files.");
        Contradict(group, "format", "value_format", "The one sets the other.");
        Contradict(group, "format", "key_format", "The one sets the other.");
        bool isFile = group.Properties["type"] == "file_source";
        if (group.Properties["type"] is "kafka_sink" or "file_sink")
        {
            PropertyInput type = group.InputOf("type")!;
            diagnostics.Add(BindingDiagnostics.PropertyValue(
                type.ValueSpan, type.Shown, group.Properties["type"], "kafka_source or file_source"));
        }
        else if (group.Properties["type"] is not null)
        {
            Contradict(group, "type", isFile ? "topic" : "path", "Leave the type out.");
        }

        bool isDeadLetter = properties["on_error"] == "dead_letter";
        if (isDeadLetter && properties["dead_letter_topic"] is null)
        {
            diagnostics.Add(
                BindingDiagnostics.PropertyNeeds(group.SpanOf("on_error"), "on_error", "dead_letter_topic"));
        }

        if (!isDeadLetter && group.InputOf("dead_letter_topic") is { } deadLetter)
        {
            diagnostics.Add(BindingDiagnostics.PropertyNeeds(
                deadLetter.NameSpan, "dead_letter_topic", "on_error' = 'dead_letter"));
        }

        if (properties["timestamp"] is null && group.InputOf("timestamp_format") is { } format)
        {
            diagnostics.Add(BindingDiagnostics.PropertyNeeds(format.NameSpan, "timestamp_format", "timestamp"));
        }
    }

    private void Contradict(PropertyGroup group, string property, string other, string reason) =>
        PropertyContradictions.Report(group, property, other, reason, diagnostics);

    private List<DeclaredColumn>? BindColumns(CreateSourceSyntax syntax, bool isStream)
    {
        if (syntax.Columns.IsEmpty) { return null; }

        List<DeclaredColumn> columns = [];
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (ColumnDefinitionSyntax column in syntax.Columns)
        {
            if (!names.Add(column.Name.Text))
            {
                diagnostics.Add(BindingDiagnostics.DuplicateColumn(column.Name.Span, column.Name.Text));
                continue;
            }

            if (isStream && column.Role == ColumnRole.PrimaryKey)
            {
                diagnostics.Add(BindingDiagnostics.ColumnMarkMisplaced(column.Span, "PRIMARY KEY", "CREATE STREAM"));
            }

            DataType? type = column.Type is null ? DataType.Unknown : TypeBinder.Bind(column.Type, diagnostics);
            if (column.Role == ColumnRole.Headers && type is not null && !HeaderType.TakesHeaders(type))
            {
                diagnostics.Add(BindingDiagnostics.HeadersType(column.Type!.Span, column.Name.Text, type));
            }

            columns.Add(new DeclaredColumn(
                column.Name.Text, type ?? DataType.Unknown, Mark(column.Role), column.HeaderKey?.Value));
        }

        return columns;
    }

    private static DeclaredMark Mark(ColumnRole role) => role switch
    {
        ColumnRole.Value => DeclaredMark.None,
        ColumnRole.Key => DeclaredMark.Key,
        ColumnRole.PrimaryKey => DeclaredMark.PrimaryKey,
        ColumnRole.Header => DeclaredMark.Header,
        ColumnRole.Headers => DeclaredMark.Headers,
        _ => throw new UnreachableException($"No rule for {role}."),
    };
}
