using Ctas.Data;

namespace Ctas.Binding;

/// <summary>A source that SQL declares, in a statement of its own or in place. Immutable.</summary>
/// <param name="Name">The name in FROM; for a location its text.</param>
/// <param name="Topic">The topic, null for files.</param>
/// <param name="BootstrapServers">Brokers named in the location or in the properties; null for the default.</param>
/// <param name="Path">Path or glob, null for topics. Relative ones have been resolved.</param>
/// <param name="IsStream">Rows are only added; null where the records decide.</param>
/// <param name="Columns">Declared columns, null to infer them.</param>
/// <param name="Properties">All properties that matter to it, by canonical name.</param>
internal sealed record SourceDeclaration(
    string Name,
    string? Topic,
    string? BootstrapServers,
    string? Path,
    bool? IsStream,
    IReadOnlyList<DeclaredColumn>? Columns,
    PropertySet Properties)
{
    /// <summary>Stands for a source whose declaration holds a mistake.</summary>
    public static SourceDeclaration Without(string name) =>
        new(name, Topic: null, BootstrapServers: null, Path: null, IsStream: null, Columns: null, PropertySet.Empty);

    /// <summary>What the name means in FROM. Where nothing is said, files have no keys and topics do.</summary>
    public RelationSymbol ToSymbol() => new(Name, IsSource: true, IsStream ?? Path is not null, DeclaredSchema());

    private Schema? DeclaredSchema()
    {
        if (Columns is null) { return null; }

        int[] key = IsStream == true
            ? []
            : [.. Columns.Select((column, i) => (column, i)).Where(c => c.column.IsKey).Select(c => c.i)];
        return new Schema(Columns.Select(column => new Field(column.Name, column.Type)), key);
    }
}

/// <summary>The marks a declared source column can carry.</summary>
internal enum DeclaredMark
{
    None,
    Key,
    PrimaryKey,
    Header,
    Headers,
}

/// <summary>A declared source column.</summary>
internal sealed record DeclaredColumn(string Name, DataType Type, DeclaredMark Mark, string? HeaderKey)
{
    public bool IsKey => Mark is DeclaredMark.Key or DeclaredMark.PrimaryKey;
}
