using System.Collections.Concurrent;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>What the tables of a load read of other tables: each as it is at one moment, while ticks go on.</summary>
/// <remarks>
/// A live table that is not loaded with them stays, for them, as it was when the load began. What ticks did to it since then is
/// kept, and given to the live tables of the load before they are taken on. A table of the load that will replace another shows
/// here, and nowhere else. Safe for concurrent loads of tables.
/// </remarks>
internal sealed class LiveInputs : IDisposable
{
    private readonly TableRegistry _registry;
    private readonly Maintainer? _maintainer;
    private readonly ChangeSubscription? _changes;
    private readonly IReadOnlyList<TablePublication> _moment;
    private readonly ConcurrentDictionary<string, TablePublication> _heldBack = new(StringComparer.OrdinalIgnoreCase);

    private LiveInputs(TableRegistry registry, Maintainer? maintainer, ChangeSubscription? changes, IReadOnlyList<TablePublication> moment) =>
        (_registry, _maintainer, _changes, _moment) = (registry, maintainer, changes, moment);

    /// <summary>The tables as those of the load read them.</summary>
    public RegistrySnapshot Tables => _registry.Snapshot().With([.. _moment, .. _heldBack.Values]);

    /// <summary>Begins between two ticks, where a table of the load will be kept fresh.</summary>
    public static async Task<LiveInputs> BeginAsync(LoadGraph graph, LoadServices services, CancellationToken cancellationToken)
    {
        TableToLoad[] loading = [.. graph.Tables.Where(table => !table.IsLoaded)];
        TableToLoad[] live = [.. loading.Where(table => table.Plan.Emit != EmitMode.Snapshot)];
        if (services.Maintainer is not { } maintainer || live.Length == 0)
        {
            return new LiveInputs(services.Registry, maintainer: null, changes: null, []);
        }

        using IDisposable held = await maintainer.HoldAsync(cancellationToken).ConfigureAwait(false);
        MaintainedTable[] read =
        [
            .. live.SelectMany(table => table.Plan.Dependencies)
                .Except(loading.Select(table => table.Plan.Name), StringComparer.OrdinalIgnoreCase)
                .Select(maintainer.Find).OfType<MaintainedTable>().Where(table => table.Failure is null),
        ];
        return new LiveInputs(
            services.Registry,
            maintainer,
            read.Length > 0 ? maintainer.Subscribe(read) : null,
            [.. read.Select(table => new TablePublication(table.Current, IsLive: true) { IsAppendOnly = table.Plan.Kind == ChangeKind.AppendOnly })]);
    }

    /// <summary>Shows a loaded table to those of the load that read it, and to nobody else.</summary>
    public void HoldBack(TablePublication loaded) => _heldBack[loaded.Table.Name] = loaded;

    /// <summary>Gives loaded tables what ticks have done since the load began, tick by tick; ticks are held meanwhile.</summary>
    /// <param name="tables">The tables, each after those it reads. One that cannot take it is kept fresh no longer.</param>
    /// <returns>Those that have changed.</returns>
    public IReadOnlyList<MaintainedTable> Replay(IReadOnlyList<MaintainedTable> tables)
    {
        HashSet<MaintainedTable> changed = [];
        try
        {
            while (_changes?.TryRead() is { } tick) { Replay(tick, tables, changed); }
        }
        catch (QueryChangesLostException e)
        {
            foreach (MaintainedTable table in tables.Where(ReadsOthers)) { table.Fail(Lost(table, e)); }
        }

        return [.. changed];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_changes is not null) { _maintainer!.Unsubscribe(_changes); }
    }

    private void Replay(TickChanges tick, IReadOnlyList<MaintainedTable> tables, HashSet<MaintainedTable> changed)
    {
        foreach (MaintainedTable table in tables.Where(table => table.Failure is null))
        {
            try { table.Advance(input => ChangesOf(input, tick), _maintainer!.Now); }
            catch (Exception e) when (e is ExecutionException or TableDataException or OverflowException) { table.Fail(e); }

            if (table.Changes.Count > 0) { changed.Add(table); }
        }

        foreach (MaintainedTable table in tables)
        {
            if (table.Changes.Count > 0) { table.Prepare(); }

            table.Changes.Clear();
        }

        foreach (MaintainedTable table in tables) { table.MoveOn(input => VersionAfter(input, tick, tables)); }
    }

    // Of a table that is loaded too, what follows from the same tick; sources begin later.
    private static IReadOnlyList<ChangeBatch> ChangesOf(MaintainedInput input, TickChanges tick) => input switch
    {
        TableInput { Table: var read } => tick.Changes.GetValueOrDefault(read)?.Changes ?? read.Changes,
        _ => [],
    };

    private static Table? VersionAfter(MaintainedInput input, TickChanges tick, IReadOnlyList<MaintainedTable> tables) => input switch
    {
        TableInput { Table: var read } when tables.Contains(read) => read.Current,
        TableInput { Table: var read } => tick.Changes.GetValueOrDefault(read)?.Version,
        _ => null,
    };

    private bool ReadsOthers(MaintainedTable table) =>
        table.Inputs.OfType<TableInput>().Any(input => _changes!.Tables.Contains(input.Table));

    private static MaintenanceException Lost(MaintainedTable table, QueryChangesLostException e) => new(
        table.Name,
        $"the tables that \"{table.Name}\" reads have changed in more rows than MaintenanceOptions.MaxChangesBehind while it was loaded",
        e);
}
