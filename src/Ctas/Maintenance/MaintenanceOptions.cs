namespace Ctas.Maintenance;

/// <summary>How tables are kept fresh. Immutable.</summary>
public sealed record MaintenanceOptions
{
    /// <summary>Most records of one source that one tick takes; 65,536 by default. More raise the rate, and the delay.</summary>
    public int MaxRecordsPerTick { get; init; } = 65_536;

    /// <summary>
    /// A partition without news for so long holds event time up no longer: 30 seconds by default. Only where windows have a
    /// GRACE PERIOD or EMIT FINAL.
    /// </summary>
    public TimeSpan IdlePartitionAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// For so long at most a row is still there after it has become older than the <c>retention</c> of its table: 1 second by
    /// default. Rows leave with any tick; without one, so long after the first that is due.
    /// </summary>
    public TimeSpan RetentionDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Most changed rows that wait for the reader of a SELECT … EMIT CHANGES; 1,048,576 by default. One that falls further
    /// behind gets a <see cref="QueryChangesLostException"/>; tables never wait for a reader.
    /// </summary>
    public int MaxChangesBehind { get; init; } = 1 << 20;

    /// <summary>
    /// Most changed rows that a table keeps for readers of its <see cref="Tables.ITable.ChangesAsync"/>, those of its last version at
    /// least; 65,536 by default. A reader that is further behind gets a <see cref="Tables.TableChangesLostException"/>.
    /// </summary>
    public int MaxChangesKept { get; init; } = 65_536;
}
