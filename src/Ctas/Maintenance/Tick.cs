using System.Collections.Immutable;
using Ctas.Data;
using Ctas.Sinks;
using Ctas.Tables;
using Microsoft.Extensions.Logging;

namespace Ctas.Maintenance;

/// <summary>One step of maintenance: what has arrived, through every table, published together. Used once.</summary>
internal sealed class Tick(
    ImmutableArray<MaintainedTable> tables,
    ImmutableArray<LiveSource> sources,
    MaintenanceOptions options,
    TableRegistry registry,
    ILogger logger)
{
    private readonly Dictionary<LiveSource, SourceChanges> _arrived = [];
    private readonly Dictionary<MaintainedTable, MaintenanceException> _failed = [];

    /// <summary>Where the step is counted; null for nowhere.</summary>
    public MaintenanceMetrics? Metrics { get; init; }

    /// <summary>The moment of the step, in microseconds since 1970: which rows are too old.</summary>
    public required long Now { get; init; }

    /// <summary>Whom changes are handed to beside the tables.</summary>
    public ImmutableArray<ChangeSubscription> Subscriptions { get; init; } = [];

    /// <summary>Runs the step.</summary>
    /// <returns>True when there may be more to take at once.</returns>
    public bool Run()
    {
        foreach (LiveSource source in sources) { Take(source); }

        foreach (MaintainedTable table in tables.Where(table => FailureOf(table) is null)) { Advance(table); }

        Publish();
        return _arrived.Count > 0;
    }

    private void Take(LiveSource source)
    {
        try
        {
            // What came before a failure is applied first.
            SourceChanges? taken = source.Take(options.MaxRecordsPerTick);
            source.EventTime.Advance((taken?.Progress ?? source.Progress).Positions, source.Status?.Ends);
            if (taken is { } changes) { _arrived[source] = changes; }
            else if (source.Error is { } error) { Fail(source, error); }
        }
        catch (TableDataException e)
        {
            source.Fail(e);
            Fail(source, e);
        }
    }

    private void Fail(LiveSource source, Exception error)
    {
        foreach (MaintainedTable table in tables.Where(table => FailureOf(table) is null
            && table.Inputs.Any(input => input is SourceInput reads && reads.Source == source)))
        {
            Fail(table, error);
        }
    }

    private void Advance(MaintainedTable table)
    {
        if (table.Inputs.OfType<TableInput>().Select(input => input.Table).FirstOrDefault(read => FailureOf(read) is not null) is { } stale)
        {
            Exception cause = FailureOf(stale)!;
            Fail(table, new MaintenanceException(
                table.Name,
                $"table \"{table.Name}\" is kept fresh no longer, because table \"{stale.Name}\", which it reads, is not: {cause.Message}",
                cause));
            return;
        }

        try { table.Advance(ChangesOf, Now); }
        catch (Exception e) when (e is Execution.ExecutionException or TableDataException or OverflowException)
        {
            Fail(table, e);
        }
    }

    private IReadOnlyList<ChangeBatch> ChangesOf(MaintainedInput input) => input switch
    {
        SourceInput { Source: var source } => _arrived.GetValueOrDefault(source)?.Changes ?? [],
        TableInput { Table: var table } => table.Changes,
        _ => throw new System.Diagnostics.UnreachableException($"No rule for {input.GetType().Name}."),
    };

    private void Fail(MaintainedTable table, Exception failure) => _failed[table] = failure as MaintenanceException ?? new MaintenanceException(
        table.Name, $"table \"{table.Name}\" is kept fresh no longer: {failure.Message}", failure);

    private Exception? FailureOf(MaintainedTable table) => _failed.GetValueOrDefault(table) ?? table.Failure;

    private void Publish()
    {
        // Before everything else: who sees a change finds it counted, and what its records have shown told.
        Count();
        ShowFailures();

        var advances = new List<TableAdvance>();
        foreach (MaintainedTable table in tables.Where(table => table.Changes.Count > 0 && table.Failure is null))
        {
            Table version = table.Prepare();
            if (!table.IsBeside) { advances.Add(new TableAdvance(version, table.PositionsAt(ProgressOf))); }
        }

        // First, so that who sees a change can wait for its delivery.
        foreach (MaintainedTable table in tables) { Deliver(table); }

        if (advances.Count > 0) { registry.Advance(advances); }

        // Who hears of a change finds it wherever he looks.
        foreach (MaintainedTable table in tables) { table.Show(); }

        HandOn();

        foreach ((LiveSource source, SourceChanges changes) in _arrived) { source.Applied(changes.Progress); }

        foreach (MaintainedTable table in tables) { table.MoveOn(input => input.Version); }
    }

    /// <summary>
    /// Before the others move on, so that no moment shows a table as fresh that is not. Who sees that a table has failed finds
    /// it told; who waits for it or follows it, its state changed as well.
    /// </summary>
    private void ShowFailures()
    {
        if (_failed.Count == 0) { return; }

        // Of one that nobody sees yet, its load tells.
        MaintainedTable[] seen = [.. _failed.Keys.Where(table => !table.IsBeside)];
        try
        {
            foreach (MaintainedTable table in seen) { Tell(table.Name, _failed[table]); }
        }
        finally
        {
            registry.MarkStale([.. seen.Select(table => (table.Name, (Exception)_failed[table]))]);
            foreach ((MaintainedTable table, MaintenanceException failure) in _failed) { table.Fail(failure); }
        }
    }

    private void Tell(string table, MaintenanceException failure)
    {
        Metrics?.Failed(table);
        MaintenanceLog.TableFailed(logger, table, failure);
    }

    private void Warn(LiveSource source)
    {
        foreach (string warning in source.TakeWarnings())
        {
            MaintenanceLog.SourceWarning(logger, source.Name, warning);
            Metrics?.Warned(source);
        }
    }

    private void Count()
    {
        foreach (LiveSource source in _arrived.Keys) { Warn(source); }

        if (Metrics is not { } metrics) { return; }

        foreach ((LiveSource source, SourceChanges changes) in _arrived)
        {
            metrics.Applied(source, changes.Progress.Positions.Sum(position => position.Offset) - source.Progress.Positions.Sum(position => position.Offset));
        }

        foreach (MaintainedTable table in tables.Where(table => !table.IsBeside))
        {
            metrics.Changed(table.Name, table.Changes.Sum(changes => (long)changes.Count), table.TakeLateRows());
        }
    }

    /// <summary>Gives the changes to subscriptions, now that tables show them, and lets go of them.</summary>
    private void HandOn()
    {
        if (!Subscriptions.IsEmpty)
        {
            long version = registry.Snapshot().Version;
            foreach (ChangeSubscription subscription in Subscriptions) { subscription.Offer(version); }
        }

        foreach (MaintainedTable table in tables) { table.Changes.Clear(); }
    }

    /// <summary>What becomes visible goes on to the sink; what failed will never be.</summary>
    private void Deliver(MaintainedTable table)
    {
        if (table is not { Delivery: { } delivery, Failure: null }) { return; }

        SinkBatch? changes = table.Changes.Count > 0 ? new SinkBatch(table.Name, table.Schema, [.. table.Changes]) : null;
        delivery.Offer(changes, table.SinkPositions(ProgressOf));
    }

    private LiveSourceProgress ProgressOf(LiveSource source) =>
        _arrived.TryGetValue(source, out SourceChanges? changes) ? changes.Progress : source.Progress;
}
