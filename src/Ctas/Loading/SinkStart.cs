using Ctas.Maintenance;
using Ctas.Sinks;
using Ctas.Sources;

namespace Ctas.Loading;

/// <summary>The sink of a table that will be kept fresh, opened before the table is loaded.</summary>
/// <param name="Table">The table.</param>
/// <param name="Writer">The sink; whoever delivers to it closes it.</param>
internal sealed record SinkStart(TableToLoad Table, SinkWriter Writer)
{
    /// <summary>True when each change shall show once.</summary>
    public bool IsExactlyOnce => Table.Plan.Sink!.IsExactlyOnce;

    /// <summary>The tables of the load behind it, itself included.</summary>
    public required IReadOnlySet<TableToLoad> Behind { get; init; }

    /// <summary>True when positions are committed with what is written.</summary>
    public bool KeepsPositions { get; init; }

    /// <summary>How far the sink is: with positions, the sources are read up to there before their changes go to it.</summary>
    public SinkProgress Progress { get; init; } = SinkProgress.None;

    /// <summary>How far the sources had been read for what the sink has; empty for one that begins.</summary>
    public IReadOnlyList<SinkPosition> Positions => Progress.Positions;

    /// <summary>The delivery to the same sink that goes on until the table replaces its own; null when there is none.</summary>
    public TableDelivery? Before { get; init; }

    /// <summary>What the positions belong to.</summary>
    public string Generation { get; init; } = "";

    /// <summary>Why the table cannot be loaded; null when it can.</summary>
    public Exception? Failure { get; init; }

    /// <summary>The same for a table that cannot be loaded because of another's sink.</summary>
    public SinkStart ConflictsWith(SinkStart rival) => this with
    {
        Failure = new LoadException(
            Table.Plan.Name,
            LoadPhase.Opening,
            $"sink \"{Writer.Name}\" cannot go on from what it has, because sink \"{rival.Writer.Name}\" of table \"{rival.Table.Plan.Name}\" has come less far or further, and a table is behind both",
            isTransient: false),
    };

    /// <summary>The positions of a source of the table, as a scan takes them.</summary>
    public IReadOnlyList<PartitionOffset> Of(string place) =>
    [
        .. Positions.Where(position => position.Source == place)
            .Select(position => new PartitionOffset(position.Partition, position.Offset)).OrderBy(offset => offset.Partition),
    ];
}
