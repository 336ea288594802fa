namespace Ctas.Syntax;

/// <summary>A statement, without the semicolon that ends it.</summary>
internal abstract record StatementSyntax : SyntaxNode;

/// <summary>A statement with syntax mistakes, all of them reported; nothing else is to be said about it.</summary>
/// <param name="DeclaredName">
/// What it would have created, where that much was read; uses of it are no further mistakes.
/// </param>
internal sealed record BrokenStatementSyntax(NameSyntax? DeclaredName) : StatementSyntax;

/// <summary><c>SELECT …</c> over loaded tables.</summary>
internal sealed record SelectStatementSyntax(QuerySyntax Query, EmitMode Emit = EmitMode.None) : StatementSyntax;

/// <summary><c>DROP TABLE | STREAM | SINK [IF EXISTS] name [CASCADE]</c></summary>
internal sealed record DropSyntax(DropKind Kind, bool IfExists, NameSyntax Name, bool Cascade) : StatementSyntax;

/// <summary><c>SHOW TABLES | SOURCES | SINKS | PROPERTIES</c></summary>
internal sealed record ShowSyntax(ShowKind Kind) : StatementSyntax;

/// <summary><c>DESCRIBE name</c></summary>
internal sealed record DescribeSyntax(NameSyntax Name) : StatementSyntax;

/// <summary><c>EXPLAIN [ANALYZE] statement</c></summary>
internal sealed record ExplainSyntax(bool Analyze, StatementSyntax Statement) : StatementSyntax;

/// <summary><c>SET 'property' = value</c></summary>
internal sealed record SetSyntax(PropertySyntax Property) : StatementSyntax;

/// <summary>What kind of object a DROP names.</summary>
internal enum DropKind
{
    Table,
    Stream,
    Sink,
}

/// <summary>What a SHOW lists.</summary>
internal enum ShowKind
{
    Tables,
    Sources,
    Sinks,
    Properties,
}

/// <summary>Whether a result is kept fresh, and what of it is shown.</summary>
internal enum EmitMode
{
    /// <summary>No EMIT clause.</summary>
    None,
    Changes,
    Final,
}
