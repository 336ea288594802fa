using Ctas.Data;

namespace Ctas;

/// <summary>What one moment changed in the result of a SELECT … EMIT CHANGES. Immutable, so safe for many readers.</summary>
/// <remarks>Adding the weights of equal rows over all moments gives the result as it is then: no row is there less than 0 times.</remarks>
/// <param name="Version">Version of the registry that shows the moment first; it grows from moment to moment.</param>
/// <param name="IsSnapshot">True for the first moment, which has every row of the result, each inserted; it may have none.</param>
/// <param name="Schema">The columns.</param>
/// <param name="Batches">Changes with weights +1 and −1; retractions come before insertions.</param>
public sealed record QueryChanges(long Version, bool IsSnapshot, Schema Schema, IReadOnlyList<ChangeBatch> Batches)
{
    /// <summary>Number of changes.</summary>
    public int Count => Batches.Sum(batch => batch.Count);

    /// <summary>The changes one by one, retractions first.</summary>
    public IEnumerable<RowChange> Rows
    {
        get
        {
            foreach (ChangeBatch changes in Batches)
            {
                for (int row = 0; row < changes.Rows.RowCount; row++)
                {
                    yield return new RowChange(changes.Rows.GetRow(row), changes.Weights?[row] ?? 1);
                }
            }
        }
    }
}

/// <summary>A row that came into a result or went.</summary>
/// <param name="Row">The row.</param>
/// <param name="Weight">+1 for a row that came, −1 for one that went; an update is both.</param>
public readonly record struct RowChange(Row Row, int Weight);
