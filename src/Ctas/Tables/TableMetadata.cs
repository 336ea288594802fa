using System.Collections.Immutable;
using Ctas.Data;

namespace Ctas.Tables;

/// <summary>How far a source partition was read for a table.</summary>
/// <param name="Source">The source's name.</param>
/// <param name="Partition">The partition's name: <c>orders[3]</c>, a file path.</param>
/// <param name="Start">First offset of the table, inclusive.</param>
/// <param name="Position">Next offset to read, exclusive end of what the table holds.</param>
public sealed record SourcePosition(string Source, string Partition, long Start, long Position);

/// <summary>Everything that is known of a table at one moment. Immutable.</summary>
public sealed record TableMetadata
{
    /// <summary>The name it was declared with.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public required TableState State { get; init; }

    /// <summary>The statement that made it; empty for a table that the host registered without one.</summary>
    public string Sql { get; init; } = "";

    /// <summary>How its rows are stored.</summary>
    public TableModel Model { get; init; }

    /// <summary>Columns and key; null before there is data, unless they are known from the declaration.</summary>
    public Schema? Schema { get; init; }

    /// <summary>Names of the key columns in key order; empty without a key.</summary>
    public IReadOnlyList<string> Key =>
        Schema is null ? [] : [.. Schema.Key.Select(ordinal => Schema.Fields[ordinal].Name)];

    /// <summary>Its indexes beside the key.</summary>
    public IReadOnlyList<TableIndex> Indexes { get; init; } = [];

    /// <summary>Number of rows; 0 before there is data.</summary>
    public long RowCount { get; init; }

    /// <summary>Bytes it keeps alive; 0 before there is data.</summary>
    public long SizeInBytes { get; init; }

    /// <summary>Number of the published version; 0 before there is data.</summary>
    public long Version { get; init; }

    /// <summary>How far each source partition was read.</summary>
    public IReadOnlyList<SourcePosition> Positions { get; init; } = [];

    /// <summary>The sink that its rows and changes are written to; null without one.</summary>
    public string? Sink { get; init; }

    /// <summary>Names of the tables it reads.</summary>
    public IReadOnlyList<string> Dependencies { get; init; } = [];

    /// <summary>Names of the tables that read it, sorted.</summary>
    public IReadOnlyList<string> Dependents { get; init; } = [];

    /// <summary>When it was first declared or registered.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its state or data last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Its properties; secrets read <c>***</c>.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } =
        ImmutableDictionary<string, string>.Empty;

    /// <summary>What the user should know: columns widened, partitions added during the load.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Why it failed or was cancelled; of a skipped table, the failure it was skipped for.</summary>
    public Exception? Failure { get; init; }

    /// <summary>The table it was skipped for; null when it was not skipped.</summary>
    public string? SkippedBecauseOf { get; init; }

    /// <summary>True for a live table whose rows are only ever added, as the planner found.</summary>
    internal bool IsAppendOnly { get; init; }

    /// <summary>State of the load that will replace it, null when there is none or the last one succeeded.</summary>
    public TableState? Replacement { get; init; }
}
