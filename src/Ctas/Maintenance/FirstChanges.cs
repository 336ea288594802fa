using Ctas.Sinks;
using Ctas.Tables;

namespace Ctas.Maintenance;

/// <summary>What a delivery writes before the changes of ticks.</summary>
/// <param name="Batches">The batches; null when the sink has everything.</param>
/// <param name="Count">How many changes they come to; of differences, as many as there may be.</param>
internal sealed record FirstChanges(IEnumerable<SinkBatch>? Batches, long Count)
{
    /// <summary>Nothing: the sink has it.</summary>
    public static FirstChanges None { get; } = new(null, 0);

    /// <summary>True for all rows of the table, which take the place of what the sink held.</summary>
    public bool AreAllRows { get; private init; }

    /// <summary>All rows of a version.</summary>
    public static FirstChanges AllOf(ITable rows) => new(SnapshotBatches.Of(rows), rows.RowCount) { AreAllRows = true };

    /// <summary>What leads from the rows that the sink has to those of a version, which replaces them.</summary>
    public static FirstChanges Between(Table before, Table after) => new(
        RowDifferences.Between(before, after).Select(changes => new SinkBatch(after.Name, after.Schema, [changes])),
        after.RowCount + before.RowCount);
}
