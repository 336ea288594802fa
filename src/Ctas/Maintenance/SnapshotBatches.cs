using Ctas.Data;
using Ctas.Sinks;
using Ctas.Tables;

namespace Ctas.Maintenance;

/// <summary>The rows of a version of a table as batches for its sink.</summary>
internal static class SnapshotBatches
{
    /// <summary>All rows; read anew whenever they are gone through. A table without rows gives one batch without any.</summary>
    public static IEnumerable<SinkBatch> Of(ITable version)
    {
        bool hasAny = false;
        foreach (Batch rows in version.Scan())
        {
            hasAny = true;
            yield return Of(version, [new ChangeBatch(rows)]);
        }

        if (!hasAny) { yield return Of(version, []); }
    }

    private static SinkBatch Of(ITable version, IReadOnlyList<ChangeBatch> changes) =>
        new(version.Name, version.Schema, changes) { IsSnapshot = true };
}
