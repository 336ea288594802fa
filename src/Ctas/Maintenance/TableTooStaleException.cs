namespace Ctas.Maintenance;

/// <summary>A table is further behind its sources than a read allows. It is being kept fresh: a retry may help.</summary>
public sealed class TableTooStaleException : Exception
{
    internal TableTooStaleException(TableFreshness freshness, StalenessPolicy policy)
        : base(
            $"table \"{freshness.Table}\" is {LagOf(freshness)}, and {policy.Describe()} was asked for"
            + $"{(freshness.Fault is { } fault ? $" (its source: {fault})" : "")}; "
            + (policy.Timeout > TimeSpan.Zero ? "allow more, or wait longer" : "allow more, or wait with Within(timeout)"))
    {
        Freshness = freshness;
    }

    /// <summary>How far it was when the read gave up.</summary>
    public TableFreshness Freshness { get; }

    private static string LagOf(TableFreshness freshness) => freshness.LagRecords is { } records
        ? $"{records:N0} records and {freshness.LagTime.TotalSeconds:0.###} s behind"
        : "behind by an unknown number of records, because its source is not open yet";
}
