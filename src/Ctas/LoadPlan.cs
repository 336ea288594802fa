namespace Ctas;

/// <summary>What a load would do, known without touching any source. Immutable.</summary>
/// <param name="Waves">The waves in order; every producer of a table sits in an earlier wave.</param>
public sealed record LoadPlan(IReadOnlyList<PlannedWave> Waves)
{
    /// <summary>Every table, in wave order, then by name.</summary>
    public IEnumerable<PlannedTable> Tables => Waves.SelectMany(wave => wave.Tables);
}

/// <summary>Tables that can load together.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Tables">By name.</param>
public sealed record PlannedWave(int Number, IReadOnlyList<PlannedTable> Tables);

/// <summary>One table of a plan.</summary>
/// <param name="Name">The table.</param>
/// <param name="Wave">Number of its wave, from 1.</param>
/// <param name="Dependencies">Tables it reads, sorted.</param>
/// <param name="Sources">Sources it reads, for display.</param>
/// <param name="Columns">Its columns as <c>name TYPE</c>; a type that only the data tells is <c>UNKNOWN</c>.</param>
/// <param name="Key">Names of its key columns; empty when it has no key or only the data tells.</param>
/// <param name="ChangeKind">append-only, upsert or retract.</param>
/// <param name="Model">standard or compact.</param>
/// <param name="Explain">Its logical plan as text.</param>
public sealed record PlannedTable(
    string Name,
    int Wave,
    IReadOnlyList<string> Dependencies,
    IReadOnlyList<string> Sources,
    IReadOnlyList<string> Columns,
    IReadOnlyList<string> Key,
    string ChangeKind,
    string Model,
    string Explain);
