using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <summary>A statement of a script whose own text has been checked; the names it reads have not. Immutable.</summary>
/// <param name="Span">Its place in the text.</param>
internal abstract record BoundStatement(TextSpan Span);

/// <summary>CREATE TABLE or STREAM … AS SELECT.</summary>
internal sealed record BoundCreateTable(TableStatement Table, TextSpan Span) : BoundStatement(Span);

/// <summary>CREATE TABLE or STREAM over a topic or file.</summary>
internal sealed record BoundCreateSource(
    SourceDeclaration Source, bool OrReplace, bool IfNotExists, TextSpan NameSpan, TextSpan Span)
    : BoundStatement(Span);

/// <summary>CREATE SINK.</summary>
internal sealed record BoundCreateSink(SinkDeclaration Sink, TextSpan NameSpan, TextSpan Span) : BoundStatement(Span);

/// <summary>SELECT.</summary>
internal sealed record BoundSelect(QueryStatement Query, TextSpan Span) : BoundStatement(Span);

/// <summary>DROP.</summary>
internal sealed record BoundDrop(DropKind Kind, NameSyntax Name, bool IfExists, bool Cascade, TextSpan Span)
    : BoundStatement(Span)
{
    /// <summary>True for a sink.</summary>
    public bool IsSink => Kind == DropKind.Sink;

    /// <summary>TABLE, STREAM or SINK.</summary>
    public string KindName => Kind.ToString().ToLowerInvariant();
}

/// <summary>CREATE INDEX.</summary>
/// <param name="Table">The table.</param>
/// <param name="Kind">How the index finds rows.</param>
/// <param name="Columns">The columns, the most significant first.</param>
/// <param name="Span">Where it stands.</param>
internal sealed record BoundCreateIndex(WrittenName Table, IndexKind Kind, IReadOnlyList<WrittenName> Columns, TextSpan Span)
    : BoundStatement(Span);

/// <summary>A name and where it stands.</summary>
internal sealed record WrittenName(string Text, TextSpan Span);

/// <summary>SHOW.</summary>
internal sealed record BoundShow(ShowKind Kind, TextSpan Span) : BoundStatement(Span)
{
    /// <summary>What is listed: tables, sources, sinks or properties.</summary>
    public string KindName => Kind.ToString().ToLowerInvariant();
}

/// <summary>DESCRIBE.</summary>
internal sealed record BoundDescribe(NameSyntax Name, TextSpan Span) : BoundStatement(Span);

/// <summary>EXPLAIN.</summary>
/// <param name="Statement">What is explained.</param>
/// <param name="IsAnalysed">True when it is also run.</param>
/// <param name="Span">The place in the text.</param>
internal sealed record BoundExplain(BoundStatement Statement, bool IsAnalysed, TextSpan Span) : BoundStatement(Span);

/// <summary>SET; what follows it has been read with its value.</summary>
internal sealed record BoundSet(string Property, string Value, TextSpan Span) : BoundStatement(Span);

/// <summary>A statement with mistakes, all reported. A name it would have declared is no mistake elsewhere.</summary>
internal sealed record BoundBroken(string? DeclaredName, TextSpan Span) : BoundStatement(Span);
