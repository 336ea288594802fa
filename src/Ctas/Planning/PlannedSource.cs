using System.Diagnostics;
using Ctas.Binding;
using Ctas.Data;

namespace Ctas.Planning;

/// <summary>A source as SQL declared it, or as it stands in a FROM. Immutable.</summary>
/// <param name="Name">The name in SQL; for a source declared in place, the location's text.</param>
/// <param name="Topic">Topic, null for files and for sources given to the builder.</param>
/// <param name="BootstrapServers">Brokers named in the location, null for the default.</param>
/// <param name="Path">File path or glob, null for topics.</param>
/// <param name="IsStream">True for CREATE STREAM, false for CREATE TABLE, null where the records decide.</param>
/// <param name="Columns">Declared columns, null to infer them.</param>
/// <param name="Properties">All its properties.</param>
internal sealed record PlannedSource(
    string Name,
    string? Topic,
    string? BootstrapServers,
    string? Path,
    bool? IsStream,
    IReadOnlyList<PlannedSourceColumn>? Columns,
    PropertySet Properties)
{
    /// <summary>The source of a declaration.</summary>
    public static PlannedSource Of(SourceDeclaration source) => new(
        source.Name,
        source.Topic,
        source.BootstrapServers,
        source.Path,
        source.IsStream,
        source.Columns is null ? null : [.. source.Columns.Select(PlannedSourceColumn.Of)],
        source.Properties);
}

/// <summary>The marks a declared source column can carry.</summary>
internal enum SourceColumnMark
{
    None,
    Key,
    PrimaryKey,
    Header,
    Headers,
}

/// <summary>A declared source column.</summary>
internal sealed record PlannedSourceColumn(string Name, DataType Type, SourceColumnMark Mark, string? HeaderKey)
{
    /// <summary>The column of a declaration.</summary>
    public static PlannedSourceColumn Of(DeclaredColumn column) =>
        new(column.Name, column.Type, AsMark(column.Mark), column.HeaderKey);

    private static SourceColumnMark AsMark(DeclaredMark mark) => mark switch
    {
        DeclaredMark.None => SourceColumnMark.None,
        DeclaredMark.Key => SourceColumnMark.Key,
        DeclaredMark.PrimaryKey => SourceColumnMark.PrimaryKey,
        DeclaredMark.Header => SourceColumnMark.Header,
        DeclaredMark.Headers => SourceColumnMark.Headers,
        _ => throw new UnreachableException($"No rule for {mark}."),
    };
}
