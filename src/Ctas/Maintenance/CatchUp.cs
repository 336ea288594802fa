using Ctas.Sources;

namespace Ctas.Maintenance;

/// <summary>
/// Waits until tables that are kept fresh beside others can take their place: until no reader would see a record gone that the
/// old ones show.
/// </summary>
/// <param name="maintainer">Keeps all of them fresh.</param>
/// <param name="tables">The tables that are beside.</param>
/// <param name="time">The clock.</param>
internal sealed class CatchUp(Maintainer maintainer, IReadOnlyList<MaintainedTable> tables, TimeProvider time)
{
    // Under load each of the two is ahead now and then, seldom everywhere at once: every other slice the old ones wait.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(200);

    // What is known of a source may change without a tick.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<LiveSource, IReadOnlyList<PartitionOffset>> _firstEnds = [];

    /// <summary>Waits for it.</summary>
    /// <returns>Ticks are held until it is disposed: what was waited for stays as it is meanwhile.</returns>
    /// <exception cref="MaintenanceException">One of the tables is kept fresh no longer.</exception>
    /// <exception cref="TablesPausedException">They cannot catch up before tables that are seen go on.</exception>
    public async Task<IDisposable> WaitAsync(CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        LiveSource[] old = [.. tables.Select(table => maintainer.Find(table.Name)).OfType<MaintainedTable>()
            .SelectMany(table => table.Sources).Except(tables.SelectMany(table => table.Sources))];
        try
        {
            while (true)
            {
                Task ticked = maintainer.Ticked;
                if (await TryAsync(old, IsTheirTurn(started), cancellationToken).ConfigureAwait(false) is { } held) { return held; }

                try { await ticked.WaitAsync(LookAgain, time, cancellationToken).ConfigureAwait(false); }
                catch (TimeoutException)
                {
                    // Look again.
                }
            }
        }
        finally { maintainer.HoldBack(this, []); }
    }

    private bool IsTheirTurn(long started) => (long)(time.GetElapsedTime(started) / Slice) % 2 == 0;

    private async Task<IDisposable?> TryAsync(LiveSource[] old, bool isTheirTurn, CancellationToken cancellationToken)
    {
        IDisposable held = await maintainer.HoldAsync(cancellationToken).ConfigureAwait(false);
        bool isThere = false;
        try
        {
            if (tables.Select(table => table.Failure).FirstOrDefault(failure => failure is not null) is { } failure) { throw failure; }

            LiveSource[] behind = [.. tables.SelectMany(Behind)];
            isThere = behind.Length == 0;
            if (!isThere)
            {
                RequireMoving(behind);
                maintainer.HoldBack(this, isTheirTurn ? [] : old);
            }

            return isThere ? held : null;
        }
        finally
        {
            if (!isThere) { held.Dispose(); }
        }
    }

    /// <summary>Who has paused tables may be the one who waits here: then nobody would ever let them go on.</summary>
    private void RequireMoving(LiveSource[] behind)
    {
        foreach (LiveSource source in behind)
        {
            if (maintainer.WhatHoldsStill(source) is { } seen)
            {
                throw new TablesPausedException(
                    $"tables are paused, and table \"{seen.Name}\", which stays as it is, holds source \"{source.Name}\" still: "
                    + "resume maintenance, then replace again");
            }
        }
    }

    /// <summary>The sources of which a table does not show yet what the one shows that it replaces.</summary>
    private IEnumerable<LiveSource> Behind(MaintainedTable table)
    {
        // One that is fresh no longer may stand at offsets that are there no more.
        MaintainedTable? replaced = maintainer.Find(table.Name) is { Failure: null } fresh ? fresh : null;
        ILookup<string, LiveSource> former = (replaced?.Sources ?? Enumerable.Empty<LiveSource>()).ToLookup(source => source.Place);
        return table.Sources.Where(source => former.Contains(source.Place)
            ? former[source.Place].Any(before => !IsAsFarAs(source, before.Progress.Positions))
            : !HasWhatWasKnown(source));
    }

    /// <summary>True for a source that nothing is compared with, when all is applied that was known of it first.</summary>
    private bool HasWhatWasKnown(LiveSource source)
    {
        if (maintainer.IsPaused || source.Status is { Fault: not null }) { return true; }

        if (!_firstEnds.TryGetValue(source, out IReadOnlyList<PartitionOffset>? ends) && source.Status is { } status)
        {
            _firstEnds.Add(source, ends = status.Ends);
        }

        return ends is not null && IsAsFarAs(source, ends);
    }

    private static bool IsAsFarAs(LiveSource source, IReadOnlyList<PartitionOffset> offsets) => offsets.All(offset =>
        offset.Offset == 0
        || source.Progress.Positions.Any(position => position.Partition == offset.Partition && position.Offset >= offset.Offset));
}
