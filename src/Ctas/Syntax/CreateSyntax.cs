namespace Ctas.Syntax;

/// <summary><c>CREATE [OR REPLACE] TABLE | STREAM [IF NOT EXISTS] name [(columns)] [WITH (…)] AS query …</c></summary>
/// <param name="Columns">Names (and perhaps types) for the result columns; empty when the query names them.</param>
/// <param name="Properties">Those before AS, then those after the query.</param>
/// <param name="Sink">The name after INTO.</param>
internal sealed record CreateAsSyntax(
    RelationKind Kind,
    bool OrReplace,
    bool IfNotExists,
    NameSyntax Name,
    SyntaxList<ColumnDefinitionSyntax> Columns,
    SyntaxList<PropertySyntax> Properties,
    QuerySyntax Query,
    NameSyntax? Sink,
    EmitMode Emit) : StatementSyntax;

/// <summary>
/// <c>CREATE [OR REPLACE] TABLE | STREAM [IF NOT EXISTS] name [(columns)] WITH (…)</c>: a source over a topic or
/// file.
/// </summary>
/// <param name="Columns">Empty when they are inferred. Each has a type.</param>
internal sealed record CreateSourceSyntax(
    RelationKind Kind,
    bool OrReplace,
    bool IfNotExists,
    NameSyntax Name,
    SyntaxList<ColumnDefinitionSyntax> Columns,
    SyntaxList<PropertySyntax> Properties) : StatementSyntax;

/// <summary><c>CREATE SINK name WITH (…)</c></summary>
internal sealed record CreateSinkSyntax(NameSyntax Name, SyntaxList<PropertySyntax> Properties) : StatementSyntax;

/// <summary><c>CREATE INDEX ON table [USING method] (column, …)</c></summary>
/// <param name="Table">The table.</param>
/// <param name="Method">How the index finds rows; null when it is not said.</param>
/// <param name="Columns">The columns, the most significant first.</param>
internal sealed record CreateIndexSyntax(NameSyntax Table, NameSyntax? Method, SyntaxList<NameSyntax> Columns) : StatementSyntax;

/// <summary>A column of a declaration: <c>name [type] [KEY | PRIMARY KEY | HEADER('key') | HEADERS]</c></summary>
/// <param name="Type">Null only in the column list of a CREATE … AS.</param>
/// <param name="HeaderKey">The header of a <see cref="ColumnRole.Header"/> column.</param>
internal sealed record ColumnDefinitionSyntax(
    NameSyntax Name,
    TypeSyntax? Type,
    ColumnRole Role = ColumnRole.Value,
    StringLiteralSyntax? HeaderKey = null) : SyntaxNode;

/// <summary>A property: <c>'key' = value</c>. The key may have been written bare and dotted.</summary>
/// <param name="Value">
/// A string, number, boolean or NULL literal; the text of a negative number starts with <c>-</c>.
/// </param>
internal sealed record PropertySyntax(PropertyNameSyntax Name, LiteralSyntax Value) : SyntaxNode;

/// <summary>The key of a property, dots and all, as it was written.</summary>
internal sealed record PropertyNameSyntax(string Text) : SyntaxNode;

/// <summary>What a CREATE makes.</summary>
internal enum RelationKind
{
    Table,
    Stream,
}

/// <summary>Where a declared column takes its value from.</summary>
internal enum ColumnRole
{
    Value,
    Key,
    PrimaryKey,

    /// <summary>One header of the record.</summary>
    Header,

    /// <summary>All headers of the record.</summary>
    Headers,
}
