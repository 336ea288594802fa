using Ctas.Tables.Snapshots;

namespace Ctas.Maintenance;

/// <summary>
/// Live tables that hang together, with what they follow, between two ticks: all that a later process needs to go on from there.
/// Immutable, but that the rows are read when they are written.
/// </summary>
/// <param name="Parts">Header, sources and tables, see <see cref="TiedTables.Capture"/>.</param>
internal sealed record CapturedTables(IReadOnlyList<SnapshotPart> Parts)
{
    /// <summary>What their sinks must have before they are stored.</summary>
    public required IReadOnlyList<DeliveryMark> Marks { get; init; }

    /// <summary>The names of the tables.</summary>
    public IEnumerable<string> TableNames => Parts[0].Header.Inputs.Select(table => table.Table);
}

/// <summary>What the stored form of a live table is compared by.</summary>
/// <param name="Definition">The digest of its statement and its sources.</param>
/// <param name="Plan">The digest of what its operators are.</param>
/// <param name="WhyNotStored">Why what it has become cannot be taken up later; empty where it can.</param>
internal sealed record LiveDefinition(string Definition, Guid Plan, string WhyNotStored = "");
