namespace Ctas.Maintenance;

/// <summary>How tables are kept fresh. Immutable.</summary>
public sealed record MaintenanceOptions
{
    /// <summary>Most records of one source that one tick takes; 65,536 by default. More raise the rate, and the delay.</summary>
    public int MaxRecordsPerTick { get; init; } = 65_536;
}
