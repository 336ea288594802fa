using Ctas.Planning;
using Ctas.Tables;

namespace Ctas.Maintenance;

/// <summary>What a host sees and does of the tables that are kept fresh. Safe for any number of threads.</summary>
public sealed class TableMaintenance
{
    private readonly Maintainer _maintainer;
    private readonly TableRegistry _registry;
    private readonly FreshReads _reads;

    internal TableMaintenance(Maintainer maintainer, TableRegistry registry, TimeProvider time)
    {
        _reads = new FreshReads(maintainer, time);
        _maintainer = maintainer;
        _registry = registry;
    }

    /// <summary>True between <see cref="PauseAsync"/> and <see cref="Resume"/>.</summary>
    public bool IsPaused => _maintainer.IsPaused;

    /// <summary>Waits for the tick that runs and lets none begin: tables stay as they are, sources wait.</summary>
    public Task PauseAsync(CancellationToken cancellationToken = default) => _maintainer.PauseAsync(cancellationToken);

    /// <summary>Lets tables go on from where they stopped; nothing is lost.</summary>
    public void Resume() => _maintainer.Resume();

    /// <summary>How fresh a table is. Cheap; asks no broker.</summary>
    /// <exception cref="TableNotFoundException">There is no such table.</exception>
    /// <exception cref="TableNotReadyException">It has no data yet.</exception>
    /// <exception cref="InvalidOperationException">It is loaded once: it was not made with EMIT CHANGES.</exception>
    public TableFreshness FreshnessOf(string table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return _maintainer.FreshnessOf(Require(table));
    }

    /// <summary>The version of a table that is as fresh as asked for: for lookups that state how stale they may be.</summary>
    /// <param name="table">The table; one that is loaded once is never behind.</param>
    /// <param name="staleness">How far behind it may be, and how long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TableNotFoundException">There is no such table.</exception>
    /// <exception cref="TableNotReadyException">It has no data yet.</exception>
    /// <exception cref="TableTooStaleException">It is further behind, and was until the time ran out.</exception>
    /// <exception cref="MaintenanceException">It is kept fresh no longer, or the engine was disposed.</exception>
    public async Task<ITable> ReadAsync(string table, StalenessPolicy staleness, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(staleness);
        await RequireAsync([table], staleness, cancellationToken).ConfigureAwait(false);
        return _registry[table].Snapshot();
    }

    /// <summary>Waits until those of the tables that are kept fresh are as fresh as asked for.</summary>
    internal async Task RequireAsync(IEnumerable<string> tables, StalenessPolicy staleness, CancellationToken cancellationToken)
    {
        foreach (string table in tables)
        {
            await _reads.RequireAsync(table, staleness, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// What the operators of a table keep, those nearest to its rows first, then the changelogs that it reads itself, which
    /// it may share with other tables.
    /// </summary>
    /// <exception cref="TableNotFoundException">There is no such table.</exception>
    /// <exception cref="TableNotReadyException">It has no data yet.</exception>
    /// <exception cref="InvalidOperationException">It is loaded once: it was not made with EMIT CHANGES.</exception>
    public IReadOnlyList<OperatorState> StateOf(string table)
    {
        ArgumentNullException.ThrowIfNull(table);
        MaintainedTable live = Require(table);
        return
        [
            .. live.Nodes.Select(node => new OperatorState(ExplainText.Describe(node.Plan), node.State.SizeInBytes)),
            .. live.Inputs.OfType<SourceInput>().Select(input => input.Source).Distinct()
                .Where(source => source.StateBytes > 0)
                .Select(source => new OperatorState($"changelog {source.Name}", source.StateBytes)),
        ];
    }

    /// <summary>Waits until the sink of a table has every change that the table shows when this is called.</summary>
    /// <exception cref="TableNotFoundException">There is no such table.</exception>
    /// <exception cref="TableNotReadyException">It has no data yet.</exception>
    /// <exception cref="InvalidOperationException">It has no sink, or was not made with EMIT CHANGES.</exception>
    /// <exception cref="MaintenanceException">The sink takes no changes any more.</exception>
    public Task WaitForDeliveryAsync(string table, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        MaintainedTable live = Require(table);
        return live.Delivery?.WaitAsync(cancellationToken)
            ?? throw new InvalidOperationException($"Table \"{live.Name}\" has no sink.");
    }

    /// <summary>
    /// Waits until a table shows the record at an offset of one of its sources: to read what one has just produced.
    /// </summary>
    /// <param name="table">The table; its source may also be behind a table that it reads.</param>
    /// <param name="record">Where the record lies; the source is named by its topic, or its name in SQL.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A version that shows the record.</returns>
    /// <exception cref="TableNotFoundException">There is no such table.</exception>
    /// <exception cref="TableNotReadyException">It has no data yet.</exception>
    /// <exception cref="InvalidOperationException">It is loaded once: it was not made with EMIT CHANGES.</exception>
    /// <exception cref="ArgumentException">It does not read such a source.</exception>
    /// <exception cref="MaintenanceException">It is kept fresh no longer, or the engine was disposed.</exception>
    public Task<ITable> WaitForRecordAsync(string table, RecordPosition record, CancellationToken cancellationToken = default) =>
        WaitForRecordsAsync(table, [record], cancellationToken);

    /// <summary>As <see cref="WaitForRecordAsync"/>, for all of several records, of one source or more.</summary>
    /// <returns>A version that shows all of them.</returns>
    /// <exception cref="TableNotFoundException">There is no such table.</exception>
    /// <exception cref="TableNotReadyException">It has no data yet.</exception>
    /// <exception cref="InvalidOperationException">It is loaded once: it was not made with EMIT CHANGES.</exception>
    /// <exception cref="ArgumentException">It does not read such a source.</exception>
    /// <exception cref="MaintenanceException">It is kept fresh no longer, or the engine was disposed.</exception>
    public async Task<ITable> WaitForRecordsAsync(
        string table, IReadOnlyCollection<RecordPosition> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        return await WaitAsync(
            table,
            live => Shows(live, records) ? _registry.Snapshot()[table] : null,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until a condition on a table holds; it is asked again for every version.</summary>
    /// <returns>The version for which it holds.</returns>
    /// <exception cref="TableNotFoundException">There is no such table.</exception>
    /// <exception cref="TableNotReadyException">It has no data yet.</exception>
    /// <exception cref="InvalidOperationException">It is loaded once: it was not made with EMIT CHANGES.</exception>
    /// <exception cref="MaintenanceException">The table is kept fresh no longer, or the engine was disposed.</exception>
    public async Task<ITable> WaitForAsync(
        string table, Func<ITable, bool> condition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return await WaitAsync(
            table,
            _ => _registry.Snapshot()[table] is var version && condition(version) ? version : null,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks again with every tick; goes on with the table that replaces the one that was there.</summary>
    private async Task<ITable> WaitAsync(string table, Func<MaintainedTable, ITable?> find, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before looking, so that no change is missed.
            Task ticked = _maintainer.Ticked;
            MaintainedTable live = Require(table);
            if (find(live) is { } version) { return version; }

            if (live.Failure is not { } failure) { await ticked.WaitAsync(cancellationToken).ConfigureAwait(false); }
            else if (_maintainer.Find(table) == live)
            {
                throw failure as MaintenanceException ?? new MaintenanceException(table, failure.Message, failure);
            }
        }
    }

    // A table that fails on a record does not show it, although its source goes on: it has failed before the source does.
    private static bool Shows(MaintainedTable table, IReadOnlyCollection<RecordPosition> records) =>
        records.All(record => IsApplied(table, record)) && table.Failure is null;

    private static bool IsApplied(MaintainedTable table, RecordPosition record)
    {
        // A topic that is read in two ways shows the record when both have come to it.
        LiveSource[] sources =
        [
            .. table.Sources.Where(source => string.Equals(source.Place, record.Source, StringComparison.Ordinal)
                || string.Equals(source.Name, record.Source, StringComparison.OrdinalIgnoreCase)),
        ];
        return sources.Length == 0
            ? throw new ArgumentException($"Table \"{table.Name}\" does not read a source \"{record.Source}\".", nameof(record))
            : sources.All(source => source.Progress.Positions.Any(
                position => position.Partition == record.Partition && position.Offset > record.Offset));
    }

    private MaintainedTable Require(string table) => _maintainer.Find(table) ?? throw NotFollowed(_registry[table]);

    private static InvalidOperationException NotFollowed(ITable loaded) =>
        new($"Table \"{loaded.Name}\" is loaded once and follows nothing; make it with EMIT CHANGES to keep it fresh.");
}

/// <summary>Where a record lies.</summary>
/// <param name="Source">The topic, or the source's name in SQL.</param>
/// <param name="Partition">Number of the partition.</param>
/// <param name="Offset">The record's offset.</param>
public readonly record struct RecordPosition(string Source, int Partition, long Offset);
