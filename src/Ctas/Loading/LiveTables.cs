using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Planning;
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
                Delivery = table.Sink is { } sink ? sinks.Deliver(table.Name, sink) : null,
            };
            tables[table.Name] = live;
            attached.Add(live);
        }

        maintainer.Attach(attached, [.. sources.Values]);
        foreach (MaintainedTable table in attached)
        {
            table.Delivery?.Start(table.Current, table.SinkPositions(source => source.Progress), closing);
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
