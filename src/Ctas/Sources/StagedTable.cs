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
}
