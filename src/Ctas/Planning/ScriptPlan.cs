using Ctas.Binding;
using Ctas.Data;
using Ctas.Text;

namespace Ctas.Planning;

/// <summary>What one or more scripts ask for, and every mistake in them. Immutable.</summary>
/// <param name="Statements">All statements in order; those with mistakes are left out.</param>
/// <param name="Graph">Which table is loaded before which.</param>
/// <param name="Settings">
/// What SET has set in the end, by canonical name; already part of every table's and source's properties.
/// </param>
/// <param name="Texts">The mistakes of each text.</param>
internal sealed record ScriptPlan(
    IReadOnlyList<PlannedStatement> Statements,
    DependencyGraph Graph,
    PropertySet Settings,
    IReadOnlyList<DiagnosticBag> Texts)
{
    /// <summary>The tables to load, in the order of their statements.</summary>
    public IReadOnlyList<TablePlan> Tables { get; } =
        [.. Statements.OfType<LoadStatement>().Select(load => load.Table)];

    /// <summary>The indexes that the script makes on a table.</summary>
    public IReadOnlyList<NamedIndex> IndexesOf(string table) =>
    [
        .. Statements.OfType<IndexStatement>()
            .Where(index => string.Equals(index.Table, table, StringComparison.OrdinalIgnoreCase))
            .Select(index => index.Index),
    ];

    /// <summary>The sources declared by statements of their own.</summary>
    public IReadOnlyList<PlannedSource> Sources { get; } =
        [.. Statements.OfType<SourceStatement>().Select(declaration => declaration.Source)];

    /// <summary>Every source that this script and those before it have declared.</summary>
    internal IReadOnlyList<SourceDeclaration> Declared { get; init; } = [];

    /// <summary>One of them, ignoring case; null when there is none.</summary>
    public RelationInfo? FindSource(string name) =>
        Declared.FirstOrDefault(source => string.Equals(source.Name, name, StringComparison.OrdinalIgnoreCase)) is { } found
            ? RelationInfo.Of(found.ToSymbol())
            : null;

    /// <summary>The same by name, as loading takes them.</summary>
    public IEnumerable<PlannedSource> KnownSources =>
        Declared.Select(PlannedSource.Of).OrderBy(source => source.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every sink that is there behind this script.</summary>
    internal IReadOnlyList<SinkDeclaration> DeclaredSinks { get; init; } = [];

    /// <summary>The same, as loading takes them.</summary>
    public IReadOnlyList<PlannedSink> Sinks => [.. DeclaredSinks.Select(PlannedSink.Of)];

    /// <summary>Every mistake, text after text, by place.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => [.. Texts.SelectMany(text => text.Sorted())];

    /// <exception cref="CtasCompilationException">There are mistakes.</exception>
    public void ThrowIfAny()
    {
        if (Texts.Any(text => text.Count > 0)) { throw new CtasCompilationException(Texts); }
    }
}

/// <summary>A statement of a script. Immutable.</summary>
internal abstract record PlannedStatement;

/// <summary>CREATE … AS SELECT: a table to load.</summary>
internal sealed record LoadStatement(TablePlan Table) : PlannedStatement;

/// <summary>A declared source.</summary>
internal sealed record SourceStatement(PlannedSource Source) : PlannedStatement;

/// <summary>SELECT, to be run over the loaded tables.</summary>
/// <param name="Sql">Its text.</param>
internal sealed record SelectStatement(string Sql) : PlannedStatement
{
    /// <summary>True for EMIT CHANGES: its rows are followed by their changes, without an end.</summary>
    public bool EmitsChanges { get; init; }
}

/// <summary>CREATE SINK.</summary>
/// <param name="Sink">The sink.</param>
/// <param name="Text">The text it stands in.</param>
/// <param name="NameSpan">Where its name stands there.</param>
internal sealed record SinkStatement(PlannedSink Sink, SourceText Text, TextSpan NameSpan) : PlannedStatement;

/// <summary>DROP SINK.</summary>
internal sealed record DropSinkStatement(string Name, bool IfExists, bool Cascade) : PlannedStatement;

/// <summary>DROP TABLE or STREAM.</summary>
internal sealed record DropStatement(string Name, bool IfExists, bool Cascade) : PlannedStatement;

/// <summary>DROP of a declared source: it is among <see cref="ScriptPlan.Declared"/> no longer.</summary>
internal sealed record DropSourceStatement(string Name) : PlannedStatement;

/// <summary>CREATE INDEX.</summary>
/// <param name="Table">The table.</param>
/// <param name="Index">The index.</param>
internal sealed record IndexStatement(string Table, NamedIndex Index) : PlannedStatement;

/// <summary>An index over columns that are known by name. Immutable.</summary>
/// <param name="Columns">The columns, the most significant first.</param>
/// <param name="Kind">How it finds rows.</param>
internal sealed record NamedIndex(IReadOnlyList<string> Columns, IndexKind Kind);

/// <summary>SHOW.</summary>
/// <param name="What"><c>tables</c>, <c>sources</c>, <c>sinks</c> or <c>properties</c>.</param>
internal sealed record ShowStatement(string What) : PlannedStatement;

/// <summary>DESCRIBE.</summary>
internal sealed record DescribeStatement(string Name) : PlannedStatement;

/// <summary>EXPLAIN.</summary>
/// <param name="Plan">The plan, with columns that are not known before loading as far as the SQL names them.</param>
/// <param name="Sql">Its text.</param>
internal sealed record ExplainStatement(PlannedQuery Plan, string Sql) : PlannedStatement
{
    /// <summary>What ANALYZE runs; null without it.</summary>
    public AnalysedStatement? Analysed { get; init; }
}

/// <summary>A statement that EXPLAIN ANALYZE runs.</summary>
/// <param name="Sql">Its text.</param>
/// <param name="Table">The table it creates; null for a SELECT.</param>
internal sealed record AnalysedStatement(string Sql, string? Table);

/// <summary>SET.</summary>
internal sealed record SetStatement(string Property, string Value) : PlannedStatement;
