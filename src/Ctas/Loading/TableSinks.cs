using System.Security.Cryptography;
using System.Text;
using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Sinks;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>The sinks of the tables of one load: opened before anything is read, handed to deliveries when rows are there.</summary>
internal sealed class TableSinks(LoadServices services, LoadGraph graph)
{
    private const int GenerationDigits = 12;

    private readonly Dictionary<string, TableToLoad> _tables =
        graph.Tables.ToDictionary(table => table.Plan.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The place of a source that a table follows, as positions name it; null for one that it does not follow.</summary>
    public string? PlaceOf(TableToLoad table, string source) =>
        table.Plan.Emit == EmitMode.Snapshot ? null
        : services.Sources.DefinitionOf(source, table.Plan).Location switch
        {
            TopicLocation topic => topic.Topic,
            FileLocation => null,
            _ => source,
        };

    /// <summary>Opens the sinks of tables that will be kept fresh, and asks them how far they are.</summary>
    /// <remarks>A sink that cannot be opened fails its table alone.</remarks>
    /// <param name="waits">Told of each table with the sink that it waits for, and with null when it waits no more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<SinkStart>> OpenAsync(
        Action<TableToLoad, SinkWriter?> waits, CancellationToken cancellationToken) =>
        await Task.WhenAll(graph.Tables
            .Where(table => table is { IsLoaded: false, Plan: { Sink: not null, Emit: not EmitMode.Snapshot } } && services.Maintainer is not null)
            .Select(table => OpenAsync(table, waits, cancellationToken))).ConfigureAwait(false);

    /// <summary>Writes the rows of a table once, and waits until the sink has them.</summary>
    /// <param name="sink">The sink.</param>
    /// <param name="table">The table.</param>
    /// <param name="waits">Told of the sink that is waited for, and null when it is waited for no more.</param>
    /// <param name="cancellationToken">Ends it; the sink may have a part.</param>
    /// <exception cref="LoadException">It has not taken them, or not all.</exception>
    public async Task WriteOnceAsync(
        PlannedSink sink, ITable table, Action<SinkWriter?> waits, CancellationToken cancellationToken)
    {
        try
        {
            SinkWriter writer = Open(sink, takesChanges: false, generation: "");
            await using (writer.ConfigureAwait(false))
            {
                waits(writer);
                await writer.WriteAsync(
                    SnapshotBatches.Of(table), [], services.Delivery.MaxRetriesOfLoads, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SinkException e)
        {
            throw new LoadException(table.Name, LoadPhase.Delivering, e.Message, e.IsTransient, e);
        }
        finally { waits(null); }
    }

    /// <summary>Starts the way of a table that is kept fresh to its sink; called while ticks are held.</summary>
    /// <param name="start">The sink.</param>
    /// <param name="live">The table.</param>
    /// <param name="replaced">The table in whose place it comes; null when there is none.</param>
    /// <param name="free">Completes when nobody else writes to the sink.</param>
    public void Deliver(SinkStart start, MaintainedTable live, MaintainedTable? replaced, Task free)
    {
        TableDelivery delivery = DeliveryOf(start);
        delivery.OnFull = isFull => services.Maintainer!.HoldBack(delivery, isFull ? live.Sources : []);
        live.Delivery = delivery;
        delivery.Start(FirstChangesOf(start, live, replaced), live.SinkPositions(source => source.Progress), free);
    }

    /// <summary>What the sink has already is not written again.</summary>
    private static FirstChanges FirstChangesOf(SinkStart start, MaintainedTable live, MaintainedTable? replaced)
    {
        if (start.Progress.HasRows) { return FirstChanges.None; }

        return start.Before is not null
            && replaced is { Definition.Sink: { } sink } && start.Table.Plan.Sink!.GoesOnFrom(sink)
            && RowDifferences.CanCompare(replaced.Schema, live.Schema)
            ? FirstChanges.Between(replaced.Current, live.Current)
            : FirstChanges.AllOf(live.Current);
    }

    private TableDelivery DeliveryOf(SinkStart start)
    {
        string table = start.Table.Plan.Name;
        TableRegistry registry = services.Registry;
        return new TableDelivery(
            new DeliveryTarget(table, start.Writer)
            {
                KeepsPositions = start.KeepsPositions,
                Committed = start.Positions,
                Generation = start.Generation,
            },
            services.Delivery,
            services.TimeProvider,
            services.LoggerFactory.CreateLogger(typeof(TableDelivery).FullName!))
        {
            OnFailed = failure => registry.MarkStale([(table, failure)]),
        };
    }

    private async Task<SinkStart> OpenAsync(
        TableToLoad table, Action<TableToLoad, SinkWriter?> waits, CancellationToken cancellationToken)
    {
        HashSet<TableToLoad> behind = Behind(table);
        string generation = GenerationOf(table, behind);
        string[] places = [.. behind.SelectMany(read => read.Plan.SourceNames.Select(source => PlaceOf(read, source))).OfType<string>().Distinct()];
        var start = new SinkStart(table, Open(table.Plan.Sink!, takesChanges: true, generation))
        {
            Behind = behind,
            Generation = generation,
            KeepsPositions = table.Plan.Sink!.IsExactlyOnce || KeepsPositions(table.Plan.Sink, behind),
        };
        waits(table, start.Writer);
        try
        {
            if (start.IsExactlyOnce) { RequireReproducible(start, places); }

            // One that is written to meanwhile tells nothing yet: what it lacks is known when the table is replaced.
            if (AliveBefore(table) is { } alive) { return start with { Before = alive }; }

            return start.KeepsPositions
                ? start with { Progress = await ProgressAsync(start, places, cancellationToken).ConfigureAwait(false) }
                : start;
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested) { return start with { Failure = e }; }
        catch (Exception e)
        {
            // Whatever it is belongs to this table: the others are loaded.
            bool isTransient = e is SinkException { IsTransient: true };
            return start with { Failure = new LoadException(table.Plan.Name, LoadPhase.Opening, e.Message, isTransient, e) };
        }
        finally { waits(table, null); }
    }

    private async Task<SinkProgress> ProgressAsync(
        SinkStart start, IReadOnlyCollection<string> places, CancellationToken cancellationToken)
    {
        Maintainer maintainer = services.Maintainer!;
        SinkProgress progress = await start.Writer.GetProgressAsync(
            places, services.Delivery.MaxRetriesOfLoads, cancellationToken).ConfigureAwait(false);

        // A table that has gone on since cannot be taken back to where the sink is.
        string? ahead = progress.Positions.Count == 0 ? null : start.Behind.SelectMany(table => table.Producers).FirstOrDefault(
            producer => maintainer.Find(producer) is not null && _tables.GetValueOrDefault(producer) is not { IsLoaded: false });
        if (ahead is null) { return progress; }

        return start.IsExactlyOnce
            ? throw new SinkException(
                start.Writer.Name,
                $"sink \"{start.Writer.Name}\" cannot go on from what it has, because table \"{ahead}\", which \"{start.Table.Plan.Name}\" reads, has gone on since; drop both and load them together",
                isTransient: false)
            : SinkProgress.None;
    }

    private TableDelivery? AliveBefore(TableToLoad table) =>
        services.Maintainer!.Find(table.Plan.Name) is { Delivery: { } delivery } replaced
            && delivery.Status.Failure is null
            && replaced.Definition.Sink is { } sink && sink.Name == table.Plan.Sink!.Name
            ? delivery
            : null;

    /// <summary>Positions tell something where all that is followed are topics, which a later process finds as they are.</summary>
    private bool KeepsPositions(PlannedSink sink, IEnumerable<TableToLoad> behind) => sink.Topic is not null && behind
        .SelectMany(table => table.Plan.SourceNames.Select(source => services.Sources.DefinitionOf(source, table.Plan).Location))
        .All(location => location is TopicLocation or FileLocation);

    /// <summary>Only what the same positions give again can be shown once.</summary>
    private void RequireReproducible(SinkStart start, string[] places)
    {
        string name = start.Writer.Name;
        if (places.Length == 0)
        {
            throw new SinkException(
                name, $"sink \"{name}\" is to show each change once, but table \"{start.Table.Plan.Name}\" follows no source", isTransient: false);
        }

        (string Place, string Identity, string? Brokers)[] readings = [.. start.Behind.SelectMany(ReadingsOf).Distinct()];
        if (readings.GroupBy(reading => reading.Place).FirstOrDefault(reading => reading.Count() > 1) is { } twice)
        {
            throw new SinkException(
                name,
                $"sink \"{name}\" is to show each change once, but what it shows reads topic \"{twice.Key}\" in two ways, which do not move together",
                isTransient: false);
        }

        string? brokers = start.Table.Plan.Sink!.Properties["bootstrap.servers"];
        if (readings.FirstOrDefault(reading => brokers is not null && reading.Brokers is not null && reading.Brokers != brokers) is { Place: { } elsewhere })
        {
            throw new SinkException(
                name,
                $"sink \"{name}\" is to show each change once, but topic \"{elsewhere}\" is on other brokers, which have no part in its transactions",
                isTransient: false);
        }
    }

    private IEnumerable<(string Place, string Identity, string? Brokers)> ReadingsOf(TableToLoad table) =>
        from source in table.Plan.SourceNames
        let place = PlaceOf(table, source)
        where place is not null
        let declared = table.Plan.Sources.FirstOrDefault(declared => string.Equals(declared.Name, source, StringComparison.OrdinalIgnoreCase))
        select (
            place,
            SourceDefinitions.Identity(source, declared, table.Plan.Properties),
            (services.Sources.DefinitionOf(source, table.Plan).Location as TopicLocation)?.BootstrapServers);

    /// <summary>The tables of the load that are kept fresh and that a table shows, itself included.</summary>
    private HashSet<TableToLoad> Behind(TableToLoad table)
    {
        HashSet<TableToLoad> behind = [table];
        var waiting = new Stack<TableToLoad>(behind);
        while (waiting.TryPop(out TableToLoad? reader))
        {
            foreach (TableToLoad producer in reader.Producers.Select(name => _tables.GetValueOrDefault(name)).OfType<TableToLoad>()
                .Where(producer => producer is { IsLoaded: false, Plan.Emit: not EmitMode.Snapshot } && behind.Add(producer)))
            {
                waiting.Push(producer);
            }
        }

        return behind;
    }

    /// <summary>Names what the sink shows: positions of another query say nothing of this one.</summary>
    private string GenerationOf(TableToLoad table, IEnumerable<TableToLoad> behind)
    {
        IEnumerable<string> digests = behind.OrderBy(read => read.Plan.Name, StringComparer.OrdinalIgnoreCase).Select(read =>
            DefinitionDigest.Of(
                read.Plan, read.Plan.SourceNames.Select(name => (name, services.Sources.DefinitionOf(name, read.Plan))), read.Plan.Name));
        string all = string.Join('\n', digests.Prepend(table.Plan.Sink!.Topic ?? ""));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..GenerationDigits].ToLowerInvariant();
    }

    private SinkWriter Open(PlannedSink sink, bool takesChanges, string generation) => new(
        sink.Name,
        services.Sinks.Open(sink, takesChanges, generation, new SourceServices(services.TimeProvider, services.LoggerFactory)),
        services.Delivery,
        services.TimeProvider,
        services.LoggerFactory.CreateLogger(typeof(SinkWriter).FullName!));
}
