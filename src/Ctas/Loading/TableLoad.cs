using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Analysis;
using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Planning.Rewrites;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tables.Snapshots;

namespace Ctas.Loading;

/// <summary>Loads one table: opens its sources, plans its SELECT against what was found, runs it into a new table.</summary>
/// <remarks>
/// <code>
/// Opening ─┬─► Reading ───────────► Planning ─► Executing ─┬─► (the caller publishes)
///          │   staged sources only              streamed sources are read here
///          └─► Restoring ── nothing new ───────────────────┘
/// </code>
/// With a stored snapshot, Restoring comes before Reading, and what is read is what came since then.
/// </remarks>
internal sealed class TableLoad : IChangeConsumer, IDisposable
{
    private readonly TablePlan _plan;
    private readonly IReadOnlyDictionary<string, ScanSubscription> _scans;
    private readonly RegistrySnapshot _tables;
    private readonly LoadOptions _options;
    private readonly Action<LoadPhase> _enter;
    private readonly LoadInputs _inputs;
    private PlannedQuery? _query;
    private readonly MemoryReservation _operators;
    private TableBuilder? _builder;

    /// <summary>Prepares a load.</summary>
    /// <param name="plan">The table.</param>
    /// <param name="scans">Its sources by name; the caller releases them.</param>
    /// <param name="registry">Where the tables are that it reads.</param>
    /// <param name="options">Limits.</param>
    /// <param name="enter">Told of every phase as it begins.</param>
    public TableLoad(
        TablePlan plan,
        IReadOnlyDictionary<string, ScanSubscription> scans,
        TableRegistry registry,
        LoadOptions options,
        Action<LoadPhase> enter)
    {
        _plan = plan;
        _scans = scans;
        _tables = registry.Snapshot();
        _operators = registry.Reserve();
        Held = registry.Reserve();
        _inputs = new LoadInputs(_tables, scans);
        _options = options;
        _enter = enter;
    }

    /// <summary>The tables that it reads, at one moment; as they are now unless said otherwise.</summary>
    public RegistrySnapshot Tables
    {
        get => _tables;
        init => (_tables, _inputs) = (value, new LoadInputs(value, _scans));
    }

    /// <summary>The clock and the functions that the SELECT uses.</summary>
    public StatementEnvironment Statements { get; init; } = StatementEnvironment.Default;

    /// <summary>Rows read from other tables so far.</summary>
    public long RowsRead => _inputs.RowsRead;

    /// <summary>Rows left out because an expression failed, by policy.</summary>
    public ExecutionStatistics? Statistics { get; private set; }

    /// <summary>What maintenance needs of a table that will be kept fresh; null before it is loaded, and for others.</summary>
    public LoadedLiveTable? Live { get; private set; }

    /// <summary>Where to note what each operator does; null: nowhere.</summary>
    public PlanProfile? Profile { get; init; }

    /// <summary>The snapshot behind which its scans begin; null: they begin at the start.</summary>
    public StoredTable? Stored { get; init; }

    /// <summary>What a live table goes on from; null: its sources.</summary>
    public StoredLiveTable? StoredLive { get; init; }

    /// <summary>Where tables are stored; null: nowhere.</summary>
    public TableSnapshots? Snapshots { get; init; }

    /// <summary>How the table will be kept fresh.</summary>
    public MaintenanceOptions Maintenance { get; init; } = new();

    /// <summary>What its query shares with those of other tables; null: nothing.</summary>
    public TableParts? Parts { get; init; }

    /// <summary>How the table came to its rows.</summary>
    public LoadKind Kind { get; private set; }

    /// <summary>What the table holds of the engine's memory until it is published.</summary>
    public MemoryReservation Held { get; }

    /// <summary>Runs all phases.</summary>
    /// <returns>The finished table, not yet published; the caller owns it.</returns>
    /// <exception cref="NotContinuedException">The snapshot does not fit; a load without it may well succeed.</exception>
    public async Task<ITable> RunAsync(CancellationToken cancellationToken)
    {
        _enter(LoadPhase.Opening);
        await OpenAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Batch> stored = [];
        if (Stored is not null)
        {
            bool hasNewRecords = Stored.HasNewRecords(_scans.Values.Select(scan => scan.Scan), _tables);
            _enter(LoadPhase.Restoring);
            Kind = hasNewRecords ? LoadKind.Continued : LoadKind.Restored;
            if (!hasNewRecords) { return Restore(Stored, cancellationToken); }

            stored = Stored.ReadRows(_options.MaxDegreeOfParallelism, cancellationToken);
        }

        _enter(LoadPhase.Reading);
        await _inputs.StageAsync(cancellationToken).ConfigureAwait(false);

        _enter(LoadPhase.Planning);
        PlannedQuery query = QueryPlanner.Plan(_plan, new QueryContext(FindRelation)
        {
            Optimiser = LoadPlanning.Optimiser with { SharesParts = Parts is null },
            Statements = Statements,
        });
        _query = query;
        if (IsLive) { return await RunLiveAsync(query, cancellationToken).ConfigureAwait(false); }

        _builder = TableBuilder.Create(
            LoadProperties.Model(_plan.Properties),
            _plan.Name,
            query.Schema,
            query.IsKeyDeclared ? NullKeyRule.Refuse : NullKeyRule.Keep,
            Stored is null && !query.IsKeyDeclared && UniqueKeys.AreGivenBy(query.Plan)
                && !_scans.Values.Any(scan => scan.Scan.IsUpserted));
        _builder.MaxThreads = _options.MaxDegreeOfParallelism;
        _builder.Expect(query.Plan.EstimatedRows ?? 0);
        Stored?.Seed(_builder, stored, query, _inputs.Staged);

        _enter(LoadPhase.Executing);
        await ExecuteAsync(query.Plan, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return _builder.Complete();
    }

    private async Task ExecuteAsync(LogicalPlan plan, CancellationToken cancellationToken)
    {
        ExecutionOptions options = Execution;
        IScanProvider scans = _inputs;
        if (Parts is { } parts)
        {
            LogicalPlan shared = await parts.ShareAsync(plan, _inputs, options).ConfigureAwait(false);
            plan = SharedPlans.Apply(await parts.TryReadAsync(cancellationToken).ConfigureAwait(false) ? shared : plan);
            scans = parts.Over(_inputs);
            options = Execution;
        }

        try
        {
            Statistics = await PlanExecutor.ExecuteAsync(plan, scans, this, options, cancellationToken).ConfigureAwait(false);
        }
        catch (SourceException) when (_scans.Values.Any(scan => scan.Scan.IsUpserted))
        {
            // The changelog is still being read while its rows are stored.
            _enter(LoadPhase.Reading);
            throw;
        }

        Statistics = Parts?.Added(Statistics) ?? Statistics;
    }

    private ExecutionOptions Execution => new(LoadProperties.RowErrors(_plan.Properties))
    {
        Memory = MemoryLimit,
        Held = _operators,
        Profile = Profile,
        MaxDegreeOfParallelism = _options.MaxDegreeOfParallelism,
    };

    private bool IsLive => _plan.Emit != EmitMode.Snapshot;

    private async Task<ITable> RunLiveAsync(PlannedQuery query, CancellationToken cancellationToken)
    {
        if (_plan.Sink is { } sink && !query.Schema.HasKey && query.Plan.Kind != ChangeKind.AppendOnly)
        {
            // Planned without its columns, which are known only now.
            throw new LoadException(
                _plan.Name,
                LoadPhase.Planning,
                $"its rows change and have no key, so that sink \"{sink.Name}\" cannot be told which row a change is of",
                isTransient: false);
        }

        _enter(StoredLive is null ? LoadPhase.Executing : LoadPhase.Restoring);
        var live = new LiveLoad(_plan, _scans, _inputs.Staged) { Maintenance = Maintenance, Stored = StoredLive };
        Live = await live.RunAsync(query, _inputs, CheckMemory, cancellationToken).ConfigureAwait(false);
        if (Snapshots is { } snapshots)
        {
            Live = Live with { Definition = new LiveDefinition(snapshots.DefinitionOf(_plan), Live.Operators, WhyLiveIsNotStored(query)) };
        }

        return Live.Writer.Current;
    }

    /// <summary>How far each partition was read, and from where on its records are in the table.</summary>
    public SourcePosition[] Positions() =>
    [
        .. from entry in _scans
           let scan = entry.Value.Scan
           from partition in scan.Partitions.Zip(scan.GetStatistics()?.Positions ?? [])
           select new SourcePosition(
               scan.Definition.Name,
               partition.First.Name,
               Stored?.StartOf(entry.Key, partition.First.Id) ?? scan.StartOf(partition.First),
               partition.Second),
    ];

    /// <summary>What the table was made of; once it is finished.</summary>
    public LoadedContents Contents(TableSnapshots snapshots)
    {
        if (Kind == LoadKind.Restored)
        {
            SnapshotHeader header = Stored!.Header;
            return new LoadedContents(header.Definition, header.Stamp)
            {
                WhyNotContinued = header.WhyNotContinued,
                Sources = header.Sources,
                Inputs = header.Inputs,
                IsStored = true,
            };
        }

        return new LoadedContents(snapshots.DefinitionOf(_plan), Guid.NewGuid())
        {
            WhyNotStored = WhyNotStored(snapshots),
            WhyNotContinued = Continuation.Of(_query!).Reason,
            Sources = [.. _scans.Select(scan => StoredSourceOf(scan.Key, scan.Value.Scan))],
            Inputs = [.. _plan.Dependencies.Select(name => new StoredInput(
                name, snapshots.ContentsOf(_tables[name])?.Stamp ?? Guid.Empty))],
        };
    }

    /// <inheritdoc/>
    public bool KeepsColumns => _builder is not { KeepsColumns: false };

    /// <inheritdoc/>
    public void Consume(ChangeBatch changes)
    {
        _builder!.Append(changes);
        _builder = _builder.WithoutHoles();
        CheckMemory(_builder.SizeInBytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _builder?.Dispose();
        _operators.Dispose();
        Held.Dispose();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _inputs.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BookmarkException e) { throw new NotContinuedException(e.Message); }
    }

    /// <summary>A table of finished rows.</summary>
    private ITable Restore(StoredTable stored, CancellationToken cancellationToken)
    {
        TableModel model = LoadProperties.Model(_plan.Properties);
        if (stored.IsWhole(model))
        {
            ITable table = stored.ReadTable(_plan.Name, _options.MaxDegreeOfParallelism, cancellationToken);
            CheckMemory(table.Memory.Total);
            return table;
        }

        IReadOnlyList<Batch> rows = stored.ReadRows(_options.MaxDegreeOfParallelism, cancellationToken);
        _builder = TableBuilder.Create(model, _plan.Name, stored.Header.Schema, NullKeyRule.Keep, hasUniqueKeys: true);
        _builder.MaxThreads = _options.MaxDegreeOfParallelism;
        foreach (Batch batch in rows) { Consume(new ChangeBatch(batch)); }

        return _builder.Complete();
    }

    private string WhyLiveIsNotStored(PlannedQuery query) =>
        LoadProperties.Unified(_plan.Properties) == UnifiedLoading.Off ? "loading.unified is 'false'" : Continuation.WhyNotDetermined(query) ?? "";

    private string WhyNotStored(TableSnapshots snapshots)
    {
        if (LoadProperties.Unified(_plan.Properties) == UnifiedLoading.Off) { return "loading.unified is 'false'"; }

        if (IsLive) { return TableSnapshots.IsFollowed; }

        if (Continuation.WhyNotRepeatable(_query!) is { } reason) { return reason; }

        foreach ((string name, ScanSubscription scan) in _scans)
        {
            if (scan.Scan.Identity is null) { return $"source \"{name}\" cannot be read on later"; }

            if (scan.Scan.Definition.Start.Kind == StartKind.Latest) { return $"source \"{name}\" starts at its end"; }
        }

        string? input = _plan.Dependencies.FirstOrDefault(name =>
            snapshots.ContentsOf(_tables[name]) is not { WhyNotStored: "" });
        return input is null ? "" : $"table \"{input}\", which it reads, is not stored";
    }

    private StoredSource StoredSourceOf(string name, SharedScan scan) => new(
        name,
        scan.Identity ?? "",
        scan.Definition.Columns is null ? _inputs.Staged[name].Inferred : null,
        [
            .. scan.Partitions.Zip(
                scan.GetStatistics()!.Positions,
                (partition, position) => new StoredPartition(
                    partition.Id,
                    partition.Name,
                    Stored?.StartOf(name, partition.Id) ?? scan.StartOf(partition),
                    position)),
        ])
    {
        ReadAt = scan.ReadAt,
    };

    /// <summary>A relation as it is now; of one that goes on changing, sizes say nothing.</summary>
    private RelationInfo? FindRelation(string name) =>
        IsLive ? _inputs.Describe(name) is { } relation ? relation with { Statistics = null } : null : _inputs.Describe(name);

    private long? MemoryBudget => LoadProperties.MemoryBytes(_plan.Properties) ?? _options.TableMemoryBytes;

    private string MemoryOption => LoadProperties.MemoryBytes(_plan.Properties) is null
        ? "LoadOptions.TableMemoryBytes"
        : $"property {LoadProperties.MemoryLimit}";

    private MemoryLimit MemoryLimit => MemoryBudget is not { } budget
        ? MemoryLimit.None
        : HeldBytes == 0
        ? new MemoryLimit(budget, MemoryOption)
        : new MemoryLimit(
            Math.Max(0, budget - HeldBytes), $"{MemoryOption} of {budget}, less {HeldBytes} of {WhatIsHeld}");

    /// <summary>What is held for the query before it runs: staged records, and rows that are shared with other tables.</summary>
    private long HeldBytes => _inputs.StagedBytes + (Parts?.SizeInBytes ?? 0);

    private string WhatIsHeld => Parts is { SizeInBytes: > 0 } ? "staged records and shared rows" : "staged records";

    private void CheckMemory(long tableBytes)
    {
        if (Held.Hold(tableBytes) is { } refusal)
        {
            throw new LoadException(_plan.Name, LoadPhase.Executing, $"it takes too much memory: {refusal}", isTransient: false);
        }

        if (MemoryBudget is not { } budget) { return; }

        long used = tableBytes + HeldBytes;
        if (used > budget)
        {
            throw new LoadException(
                _plan.Name, LoadPhase.Executing, $"{used} bytes exceed its memory budget of {budget} bytes, set by {MemoryOption}", isTransient: false);
        }
    }
}
