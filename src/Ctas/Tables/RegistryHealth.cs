namespace Ctas.Tables;

/// <summary>How well a registry does as a whole.</summary>
public enum RegistryHealthStatus
{
    /// <summary>Every table has data.</summary>
    Healthy,

    /// <summary>Some table has no data yet, or an attempt to replace one did not succeed.</summary>
    Degraded,

    /// <summary>Some table will get no data.</summary>
    Unhealthy,
}

/// <summary>How one table does.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="State">Where it stands.</param>
/// <param name="IsReadable">True when it has data.</param>
/// <param name="RowCount">Number of rows.</param>
/// <param name="SizeInBytes">Bytes it keeps alive.</param>
/// <param name="UpdatedAt">When its state or data last changed.</param>
/// <param name="Problem">Why it has no data, in one line; null when all is well.</param>
public sealed record TableHealth(
    string Name,
    TableState State,
    bool IsReadable,
    long RowCount,
    long SizeInBytes,
    DateTimeOffset UpdatedAt,
    string? Problem);

/// <summary>How the tables of a registry do at one moment.</summary>
/// <param name="Status">The worst that holds for a table.</param>
/// <param name="Tables">Each table, sorted by name.</param>
public sealed record RegistryHealth(RegistryHealthStatus Status, IReadOnlyList<TableHealth> Tables);

public sealed partial class TableRegistry
{
    /// <summary>How each table does at this moment.</summary>
    public RegistryHealth Health()
    {
        IReadOnlyList<TableMetadata> tables = Snapshot().Tables;
        RegistryHealthStatus status = tables.Select(StatusOf).DefaultIfEmpty(RegistryHealthStatus.Healthy).Max();
        return new RegistryHealth(status, [.. tables.Select(table => new TableHealth(
            table.Name,
            table.State,
            TableStates.HasData(table.State),
            table.RowCount,
            table.SizeInBytes,
            table.UpdatedAt,
            ProblemOf(table)))]);
    }

    private static RegistryHealthStatus StatusOf(TableMetadata table)
    {
        if (TableStates.HasEndedWithoutData(table.State)) { return RegistryHealthStatus.Unhealthy; }

        bool isReplacementLost = table.Replacement is { } replacement && TableStates.HasEndedWithoutData(replacement);
        return TableStates.IsPending(table.State) || isReplacementLost
            ? RegistryHealthStatus.Degraded
            : RegistryHealthStatus.Healthy;
    }

    private static string? ProblemOf(TableMetadata table) => table switch
    {
        { State: TableState.Ready or TableState.Live, Replacement: TableState.Failed } =>
            $"could not be replaced: {table.Failure?.Message}",
        { State: TableState.Failed } => table.Failure?.Message ?? "failed",
        { State: TableState.Skipped } => $"skipped because of \"{table.SkippedBecauseOf}\"",
        { State: TableState.Cancelled } => "cancelled",
        _ => null,
    };
}
