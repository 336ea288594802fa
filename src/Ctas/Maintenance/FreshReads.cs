using Ctas.Sources;

namespace Ctas.Maintenance;

/// <summary>Gives tables to reads that state how stale they may be.</summary>
/// <param name="maintainer">Keeps them fresh.</param>
/// <param name="time">The clock.</param>
internal sealed class FreshReads(Maintainer maintainer, TimeProvider time)
{
    // What is known of a source may change without a tick.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until a table is as fresh as asked for; one that is not kept fresh is as it was loaded.</summary>
    /// <exception cref="TableTooStaleException">It is not, and was not in time.</exception>
    /// <exception cref="MaintenanceException">It is kept fresh no longer.</exception>
    public async Task RequireAsync(string name, StalenessPolicy policy, CancellationToken cancellationToken)
    {
        if (policy == StalenessPolicy.Any) { return; }

        long started = time.GetTimestamp();
        Dictionary<LiveSource, IReadOnlyList<PartitionOffset>> wanted = [];
        while (true)
        {
            // Taken before looking, so that no tick is missed.
            Task ticked = maintainer.Ticked;
            if (maintainer.Find(name) is not { } table) { return; }

            TableFreshness freshness = maintainer.FreshnessOf(table);
            bool isFresh = policy.IsCatchingUp ? HasCaughtUp(table, wanted) : IsMet(policy, freshness);

            // Asked last: a table that fails on what its sources bring has failed before they go on.
            if (table.Failure is { } failure)
            {
                if (maintainer.Find(name) != table) { continue; }

                throw failure as MaintenanceException ?? new MaintenanceException(table.Name, failure.Message, failure);
            }

            if (isFresh) { return; }

            TimeSpan left = policy.Timeout - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) { throw new TableTooStaleException(freshness, policy); }

            try { await ticked.WaitAsync(left < LookAgain ? left : LookAgain, time, cancellationToken).ConfigureAwait(false); }
            catch (TimeoutException)
            {
                // Look again.
            }
        }
    }

    private static bool IsMet(StalenessPolicy policy, TableFreshness freshness) =>
        freshness.LagRecords is { } records
        && (policy.MaxRecords is not { } mostRecords || records <= mostRecords)
        && (policy.MaxTime is not { } longest || freshness.LagTime <= longest);

    /// <summary>Notes the ends of sources when they are known first, and tells whether all of that is applied.</summary>
    private static bool HasCaughtUp(MaintainedTable table, Dictionary<LiveSource, IReadOnlyList<PartitionOffset>> wanted)
    {
        bool hasCaughtUp = true;
        foreach (LiveSource source in table.Sources)
        {
            if (!wanted.TryGetValue(source, out IReadOnlyList<PartitionOffset>? ends) && source.Status is { Fault: null } status)
            {
                wanted.Add(source, ends = status.Ends);
            }

            IReadOnlyList<PartitionOffset> applied = source.Progress.Positions;
            hasCaughtUp &= ends is not null && ends.All(end => applied.Any(position =>
                position.Partition == end.Partition && position.Offset >= end.Offset) || end.Offset == 0);
        }

        return hasCaughtUp;
    }
}
