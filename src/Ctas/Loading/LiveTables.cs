using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>Hands tables that were loaded to be kept fresh to maintenance.</summary>
internal static class LiveTables
{
    /// <summary>Connects tables with what they read; ticks are held meanwhile.</summary>
    /// <param name="loaded">The tables of one load, each after those it reads.</param>
    /// <param name="maintainer">Keeps those fresh that they read and that are not loaded with them.</param>
    /// <param name="isLoadedNow">True for the name of a table of the load, which is what readers of it read.</param>
    /// <param name="isBeside">True for a table that will replace another later.</param>
    public static ConnectedTables Connect(
        IReadOnlyList<LoadedLiveTable> loaded, Maintainer maintainer, Func<string, bool> isLoadedNow, Func<string, bool> isBeside)
    {
        var tables = new Dictionary<string, MaintainedTable>(StringComparer.OrdinalIgnoreCase);
        var sources = new Dictionary<SharedScan, LiveSource>();
        foreach (LoadedLiveTable table in loaded)
        {
            MaintainedInput[] inputs =
            [
                .. table.Query.Scans.Select(MaintainedInput? (scan) => scan.IsSource
                    ? OfSource(scan, table)
                    : OfTable(scan)).OfType<MaintainedInput>(),
            ];
            tables[table.Name] = new MaintainedTable(table.Name, table.Query, table.Writer, inputs)
            {
                Definition = table.Plan,
                IsBeside = isBeside(table.Name),
                Stored = table.Definition,
            };
        }

        return new ConnectedTables([.. loaded.Select(table => tables[table.Name])], [.. sources.Values]);

        SourceInput? OfSource(LogicalScan scan, LoadedLiveTable table)
        {
            if (!table.Sources.TryGetValue(scan.Relation, out FollowedScan? followed)) { return null; }

            if (!sources.TryGetValue(followed.Scan, out LiveSource? source))
            {
                sources[followed.Scan] = source = maintainer.Follow(followed.Follow());
            }

            return new SourceInput(scan, OrdinalsOf(scan, source.Schema), source);
        }

        TableInput? OfTable(LogicalScan scan)
        {
            MaintainedTable? read = isLoadedNow(scan.Relation) ? tables.GetValueOrDefault(scan.Relation) : maintainer.Find(scan.Relation);
            return read is null ? null : new TableInput(scan, [.. scan.Columns], read);
        }
    }

    /// <summary>Waits until a table shows its source up to these offsets, or is not going to.</summary>
    public static async Task CatchUpAsync(
        Maintainer maintainer, MaintainedTable table, string sourceName, IReadOnlyList<PartitionOffset> ends, CancellationToken cancellationToken)
    {
        if (ends.Count == 0 || table.Inputs.OfType<SourceInput>().FirstOrDefault(input => input.Scan.Relation == sourceName) is not { Source: var source }) { return; }

        while (true)
        {
            Task ticked = maintainer.Ticked;
            bool isThere = ends.All(end => source.Progress.Positions.Any(position => position.Partition == end.Partition && position.Offset >= end.Offset));
            if (isThere || table.Failure is not null || maintainer.IsPaused || cancellationToken.IsCancellationRequested) { return; }

            await ticked.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Drops a table, and stops keeping it and its dependents fresh.</summary>
    /// <exception cref="TableNotFoundException">There is no such table.</exception>
    /// <exception cref="TableRegistrationException">Others depend on it, or one of them is being loaded.</exception>
    public static async Task DropAsync(string name, bool cascade, LoadServices services, CancellationToken cancellationToken)
    {
        if (services.Maintainer is not { } maintainer)
        {
            services.Registry.Drop(name, cascade);
            return;
        }

        DetachedTables detached;
        using (await maintainer.HoldAsync(cancellationToken).ConfigureAwait(false))
        {
            detached = maintainer.Detach(services.Registry.Drop(name, cascade));
        }

        await detached.StopReadingAsync().ConfigureAwait(false);
        await Task.WhenAll(detached.Deliveries.Select(delivery => delivery.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    private static int[] OrdinalsOf(LogicalScan scan, Schema schema) =>
        [.. scan.Schema.Fields.Select(field => schema.IndexOf(field.Name))];
}

/// <summary>Live tables with what they read, not taken on yet.</summary>
/// <param name="Tables">The tables, each after those it reads.</param>
/// <param name="Sources">The sources that they follow themselves.</param>
internal sealed record ConnectedTables(IReadOnlyList<MaintainedTable> Tables, IReadOnlyList<LiveSource> Sources);
