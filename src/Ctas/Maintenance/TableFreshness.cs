using Ctas.Tables;

namespace Ctas.Maintenance;

/// <summary>How fresh a table is at one moment. Immutable.</summary>
/// <param name="Table">The table.</param>
/// <param name="State">Its state: Live while it is kept fresh.</param>
/// <param name="Version">The version published last.</param>
/// <param name="LagRecords">
/// Offsets between what has been applied and the known ends of its sources, those behind the tables it reads among them;
/// null before anything is known of them.
/// </param>
/// <param name="NewestRecordAt">The latest time of a record that has been applied since the load; null while there was none.</param>
/// <param name="Positions">
/// How far its sources have been applied, those behind the tables it reads among them, also where that has changed no row.
/// </param>
/// <param name="StateBytes">Bytes that its operators keep.</param>
/// <param name="Fault">What keeps a source from being read and is being waited out; null when all is well.</param>
public sealed record TableFreshness(
    string Table,
    TableState State,
    long Version,
    long? LagRecords,
    DateTimeOffset? NewestRecordAt,
    IReadOnlyList<SourcePosition> Positions,
    long StateBytes,
    string? Fault)
{
    /// <summary>
    /// For how long the oldest record of its sources has been known that it does not show, or a source could not be reached;
    /// zero when neither.
    /// </summary>
    public TimeSpan LagTime { get; init; }

    /// <summary>How far its changes have been delivered; null without a sink.</summary>
    public SinkStatus? Sink { get; init; }

    /// <summary>
    /// What records of its sources have shown since the load that one should know: fields that appeared and are no columns.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Records of its sources that were left out by <c>on_error</c> since they were last opened.</summary>
    public long RejectedRecords { get; init; }

    /// <summary>
    /// Rows left out since the load because they came later than the GRACE PERIOD of their window, once for each window.
    /// </summary>
    public long LateRows { get; init; }
}
