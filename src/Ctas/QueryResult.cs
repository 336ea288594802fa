using Ctas.Data;

namespace Ctas;

/// <summary>The rows of a SELECT. Immutable, so safe for many readers; independent of later changes to the tables.</summary>
/// <param name="Schema">The columns.</param>
/// <param name="Batches">The rows, in result order.</param>
/// <param name="Elapsed">From the call to the last row.</param>
public sealed record QueryResult(Schema Schema, IReadOnlyList<Batch> Batches, TimeSpan Elapsed)
{
    /// <summary>Number of rows.</summary>
    public long RowCount => Batches.Sum(batch => (long)batch.RowCount);

    /// <summary>The rows in result order, as views.</summary>
    public IEnumerable<Row> Rows
    {
        get
        {
            foreach (Batch batch in Batches)
            {
                for (int row = 0; row < batch.RowCount; row++) { yield return batch.GetRow(row); }
            }
        }
    }
}
