namespace Ctas.Maintenance;

/// <summary>How far behind its sources a table may be that somebody reads. Immutable.</summary>
/// <remarks>A table that is loaded once is never behind; one that is kept fresh no longer is taken by <see cref="Any"/> only.</remarks>
public sealed record StalenessPolicy
{
    private StalenessPolicy()
    {
    }

    /// <summary>The table is taken as it is.</summary>
    public static StalenessPolicy Any { get; } = new();

    /// <summary>Most records that may be known and not be applied yet; null for any number.</summary>
    public long? MaxRecords { get; private init; }

    /// <summary>Longest time for which a record may have been known and not be applied yet; null for any.</summary>
    public TimeSpan? MaxTime { get; private init; }

    /// <summary>How long the read waits for the table; zero to fail at once.</summary>
    public TimeSpan Timeout { get; private init; }

    /// <summary>True to wait for everything that is known when the read begins.</summary>
    internal bool IsCatchingUp { get; private init; }

    /// <summary>At most so many records are known that the table does not show.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static StalenessPolicy MaxLag(long records)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(records);
        return new StalenessPolicy { MaxRecords = records };
    }

    /// <summary>Every record that has been known for longer is shown.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static StalenessPolicy MaxLag(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return new StalenessPolicy { MaxTime = time };
    }

    /// <summary>Waits until the table shows everything that is known of its sources when the read begins.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static StalenessPolicy Wait(TimeSpan timeout) => new StalenessPolicy { IsCatchingUp = true }.Within(timeout);

    /// <summary>The same, waiting for it instead of failing at once.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public StalenessPolicy Within(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        return this with { Timeout = timeout };
    }

    /// <summary>What is asked for, for an error.</summary>
    internal string Describe() => (MaxRecords, MaxTime) switch
    {
        ({ } records, _) => $"at most {records:N0} records",
        (_, { } time) => $"at most {time.TotalSeconds:0.###} s",
        _ => "everything that was known when the read began",
    };
}
