using Ctas.Binding;
using Ctas.Data;

namespace Ctas.Planning;

/// <summary>When a result follows its inputs.</summary>
internal enum EmitMode
{
    /// <summary>Loaded once.</summary>
    Snapshot,

    /// <summary>EMIT CHANGES.</summary>
    Changes,

    /// <summary>EMIT FINAL.</summary>
    Final,
}

/// <summary>One CREATE TABLE/STREAM … AS SELECT, ready to be ordered and loaded. Immutable.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Sql">
/// The statement's text; may hold secrets: show it through <see cref="Ctas.Text.SecretMask"/> only.
/// </param>
/// <param name="IsStream">True for CREATE STREAM … AS.</param>
/// <param name="OrReplace">True for OR REPLACE.</param>
/// <param name="IfNotExists">True for IF NOT EXISTS.</param>
/// <param name="Emit">When it follows its inputs.</param>
/// <param name="Dependencies">Names of the tables its SELECT reads, sorted; sources are not among them.</param>
/// <param name="Sources">
/// The sources its SELECT reads that SQL declares, in statements of their own or in place, by name.
/// </param>
/// <param name="Properties">The statement's own properties.</param>
internal sealed record TablePlan(
    string Name,
    string Sql,
    bool IsStream,
    bool OrReplace,
    bool IfNotExists,
    EmitMode Emit,
    IReadOnlyList<string> Dependencies,
    IReadOnlyList<PlannedSource> Sources,
    PropertySet Properties)
{
    /// <summary>
    /// Names of all sources its SELECT reads, sorted: those of <see cref="Sources"/> and those given to the builder.
    /// </summary>
    public required IReadOnlyList<string> SourceNames { get; init; }

    /// <summary>Where its rows and changes are written; null when nowhere.</summary>
    public PlannedSink? Sink { get; init; }

    /// <summary>The parsed statement, for binding it again once the schemas of its sources are known.</summary>
    public required TableStatement Statement { get; init; }

    /// <summary>The plan as far as it is known before loading; null where mistakes left none.</summary>
    public PlannedQuery? Preview { get; init; }

    /// <summary>
    /// The same before it was made better. It reads at least what any better plan of the statement reads.
    /// </summary>
    public PlannedQuery? Unoptimised { get; init; }
}

/// <summary>A query that can be run.</summary>
/// <param name="Plan">Its plan.</param>
/// <param name="Schema">
/// Its columns, and the key: the declared PRIMARY KEY, else what the plan shows to be unique.
/// </param>
internal sealed record PlannedQuery(LogicalPlan Plan, Schema Schema)
{
    /// <summary>True when the key is a declared PRIMARY KEY, which takes no NULL.</summary>
    public bool IsKeyDeclared { get; init; }

    /// <summary>True when the time at which it was planned is part of it: NOW() and its kin.</summary>
    public bool ReadsClock { get; init; }
}
