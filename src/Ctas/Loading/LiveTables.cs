using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>Hands tables that were loaded to be kept fresh to maintenance.</summary>
internal static class LiveTables
{
    /// <summary>Connects tables with what they read, and starts to follow their sources; ticks are held meanwhile.</summary>
    /// <param name="loaded">The tables of one load, each after those it reads.</param>
    /// <param name="maintainer">Where they go.</param>
    /// <param name="sinks">Makes the ways to their sinks.</param>
    /// <param name="closing">Completes when sinks that they may write to have been closed by others.</param>
    public static void Attach(
        IReadOnlyList<LoadedLiveTable> loaded, Maintainer maintainer, TableSinks sinks, Task closing)
    {
        var tables = new Dictionary<string, MaintainedTable>(StringComparer.OrdinalIgnoreCase);
        var sources = new Dictionary<SharedScan, LiveSource>();
        var attached = new List<MaintainedTable>();
        foreach (LoadedLiveTable table in loaded)
        {
            MaintainedInput[] inputs =
            [
                .. table.Query.Scans.Select(MaintainedInput? (scan) => scan.IsSource
                    ? OfSource(scan, table)
                    : OfTable(scan, tables.GetValueOrDefault(scan.Relation) ?? maintainer.Find(scan.Relation))).OfType<MaintainedInput>(),
            ];
            var live = new MaintainedTable(table.Name, table.Query, table.Writer, inputs)
            {
                Delivery = table.Sink is { } sink ? sinks.Deliver(sink) : null,
            };
            tables[table.Name] = live;
            attached.Add(live);
        }

        maintainer.Attach(attached, [.. sources.Values]);
        foreach ((LoadedLiveTable table, MaintainedTable live) in loaded.Zip(attached))
        {
            // What the sink has already is not written again.
            live.Delivery?.Start(
                table.Sink!.Progress.HasRows ? null : live.Current, live.SinkPositions(source => source.Progress), closing);
        }

        SourceInput? OfSource(LogicalScan scan, LoadedLiveTable table)
        {
            if (!table.Sources.TryGetValue(scan.Relation, out FollowedScan? followed)) { return null; }

            if (!sources.TryGetValue(followed.Scan, out LiveSource? source))
            {
                sources[followed.Scan] = source = maintainer.Follow(followed.Follow());
            }

            return new SourceInput(scan, OrdinalsOf(scan, source.Schema), source);
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

        IReadOnlyList<TableDelivery> deliveries;
        using (await maintainer.HoldAsync(cancellationToken).ConfigureAwait(false))
        {
            deliveries = await maintainer.DetachAsync(services.Registry.Drop(name, cascade)).ConfigureAwait(false);
        }

        await Task.WhenAll(deliveries.Select(delivery => delivery.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    private static TableInput? OfTable(LogicalScan scan, MaintainedTable? table) =>
        table is null ? null : new TableInput(scan, [.. scan.Columns], table);

    private static int[] OrdinalsOf(LogicalScan scan, Schema schema) =>
        [.. scan.Schema.Fields.Select(field => schema.IndexOf(field.Name))];
}
