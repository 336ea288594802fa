using Ctas.Data;

namespace Ctas.Sources;

/// <summary>What a scan has come to: rows that are all alive, in one schema. Immutable.</summary>
/// <param name="Schema">The final schema: the union of all batches, each column in its widest type.</param>
/// <param name="Batches">Insertions only, in the order the rows were read.</param>
/// <param name="KeylessDropped">Rows left out at the end because keys appeared later and the policy says to skip.</param>
internal sealed record StagedTable(Schema Schema, IReadOnlyList<ChangeBatch> Batches, long KeylessDropped)
{
    /// <summary>Number of rows.</summary>
    public long RowCount => Batches.Sum(batch => (long)batch.Count);

    /// <summary>
    /// The columns as the records showed them: NULL is the type of one that has held nothing else, and VARCHAR in
    /// <see cref="Schema"/>.
    /// </summary>
    public Schema Inferred { get; init; } = Schema;

    /// <summary>True when the records had columns, types or keys that were not known of the source before.</summary>
    public bool IsNewSchema { get; init; }

    /// <summary>Keys that the records name, tombstones included; kept only where a scan was continued.</summary>
    public IReadOnlyList<Batch> TouchedKeys { get; init; } = [];
}
