using Ctas.Data;

namespace Ctas.Tables.Snapshots;

/// <summary>What a stored table is: enough to decide, without its rows, whether they can be used. Immutable.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="Definition">A digest of all that decides what the rows of given records are.</param>
/// <param name="Schema">Columns and key.</param>
/// <param name="RowCount">Number of rows.</param>
/// <param name="Stamp">Names these contents: given anew whenever the table changes.</param>
internal sealed record SnapshotHeader(string Table, string Definition, Schema Schema, long RowCount, Guid Stamp)
{
    /// <summary>True when the file holds the segments of a compact table, false when it holds rows.</summary>
    public bool HoldsSegments { get; init; }

    /// <summary>When the rows were stored.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Why the rows of new records cannot be applied to these; empty where they can.</summary>
    public string WhyNotContinued { get; init; } = "";

    /// <summary>The sources read.</summary>
    public IReadOnlyList<StoredSource> Sources { get; init; } = [];

    /// <summary>The tables read.</summary>
    public IReadOnlyList<StoredInput> Inputs { get; init; } = [];
}

/// <summary>How far a source was read for a stored table.</summary>
/// <param name="Name">Its name in SQL.</param>
/// <param name="Identity">What its offsets belong to.</param>
/// <param name="Schema">Its columns where they were inferred; null where they are declared.</param>
/// <param name="Partitions">Its partitions.</param>
internal sealed record StoredSource(
    string Name, string Identity, Schema? Schema, IReadOnlyList<StoredPartition> Partitions)
{
    /// <summary>When its partitions ended at the offsets up to which they were read, or earlier.</summary>
    public DateTimeOffset ReadAt { get; init; }
}

/// <summary>Offsets [Start, Position) of a partition are in the stored table.</summary>
internal sealed record StoredPartition(int Id, string Name, long Start, long Position);

/// <summary>The contents of another table that the stored one was made from.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Stamp">Its contents.</param>
internal sealed record StoredInput(string Table, Guid Stamp);
