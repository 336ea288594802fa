using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Analysis;
using Ctas.Planning;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>Loads one table: opens its sources, plans its SELECT against what was found, runs it into a new table.</summary>
/// <remarks>
/// <code>
/// Opening ─► Reading ───────────► Planning ─► Executing ─► (the caller publishes)
///            staged sources only              streamed sources are read here
/// </code>
/// </remarks>
internal sealed class TableLoad : IScanProvider, IChangeConsumer, IDisposable
{
    private readonly TablePlan _plan;
    private readonly IReadOnlyDictionary<string, ScanSubscription> _scans;
    private readonly RegistrySnapshot _tables;
    private readonly LoadOptions _options;
    private readonly Action<LoadPhase> _enter;
    private readonly Dictionary<string, StagedTable> _staged = new(StringComparer.OrdinalIgnoreCase);
    private TableBuilder? _builder;
    private long _rowsRead;

    /// <summary>Prepares a load.</summary>
    /// <param name="plan">The table.</param>
    /// <param name="scans">Its sources by name; the caller releases them.</param>
    /// <param name="tables">The tables it reads, all at one moment.</param>
    /// <param name="options">Limits.</param>
    /// <param name="enter">Told of every phase as it begins.</param>
    public TableLoad(
        TablePlan plan,
        IReadOnlyDictionary<string, ScanSubscription> scans,
        RegistrySnapshot tables,
        LoadOptions options,
        Action<LoadPhase> enter)
    {
        _plan = plan;
        _scans = scans;
        _tables = tables;
        _options = options;
        _enter = enter;
    }

    /// <summary>The clock and the functions that the SELECT uses.</summary>
    public StatementEnvironment Statements { get; init; } = StatementEnvironment.Default;

    /// <summary>Rows read from other tables so far.</summary>
    public long RowsRead => Volatile.Read(ref _rowsRead);

    /// <summary>Rows left out because an expression failed, by policy.</summary>
    public ExecutionStatistics? Statistics { get; private set; }

    /// <summary>What maintenance needs of a table that will be kept fresh; null before it is loaded, and for others.</summary>
    public LoadedLiveTable? Live { get; private set; }

    /// <summary>Where to note what each operator does; null: nowhere.</summary>
    public PlanProfile? Profile { get; init; }

    /// <summary>Runs all phases.</summary>
    /// <returns>The finished table, not yet published; the caller owns it.</returns>
    public async Task<ITable> RunAsync(CancellationToken cancellationToken)
    {
        _enter(LoadPhase.Opening);
        foreach (ScanSubscription scan in _scans.Values)
        {
            await scan.Scan.OpenAsync(cancellationToken).ConfigureAwait(false);
        }

        _enter(LoadPhase.Reading);
        foreach ((string name, ScanSubscription scan) in _scans)
        {
            if (scan.Scan.IsStaged) { _staged[name] = await scan.Scan.ReadStagedAsync(cancellationToken).ConfigureAwait(false); }
        }

        _enter(LoadPhase.Planning);
        PlannedQuery query = QueryPlanner.Plan(_plan, FindRelation, LoadPlanning.Optimiser, Statements);
        if (IsLive) { return await RunLiveAsync(query, cancellationToken).ConfigureAwait(false); }

        _builder = TableBuilder.Create(
            LoadProperties.Model(_plan.Properties),
            _plan.Name,
            query.Schema,
            query.IsKeyDeclared ? NullKeyRule.Refuse : NullKeyRule.Keep,
            !query.IsKeyDeclared && UniqueKeys.AreGivenBy(query.Plan));

        _enter(LoadPhase.Executing);
        var execution = new ExecutionOptions(LoadProperties.RowErrors(_plan.Properties))
        {
            Memory = MemoryLimit,
            Profile = Profile,
            MaxDegreeOfParallelism = _options.MaxDegreeOfParallelism,
        };
        Statistics = await PlanExecutor.ExecuteAsync(query.Plan, this, this, execution, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return _builder.Complete();
    }

    private bool IsLive => _plan.Emit != EmitMode.Snapshot;

    private async Task<ITable> RunLiveAsync(PlannedQuery query, CancellationToken cancellationToken)
    {
        _enter(LoadPhase.Executing);
        Live = await new LiveLoad(_plan, _scans, _staged).RunAsync(query, this, CheckMemory, cancellationToken)
            .ConfigureAwait(false);
        return Live.Writer.Current;
    }

    /// <inheritdoc/>
    public void Consume(ChangeBatch changes)
    {
        _builder!.Append(changes);
        CheckMemory(_builder.SizeInBytes);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChangeBatch> ReadAsync(
        LogicalScan scan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!scan.IsSource)
        {
            foreach (Batch batch in _tables[scan.Relation].Scan(scan.Columns))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _rowsRead += batch.RowCount;
                yield return new ChangeBatch(batch);
            }
        }
        else if (_staged.TryGetValue(scan.Relation, out StagedTable? staged))
        {
            int[] ordinals = OrdinalsOf(scan, staged.Schema);
            foreach (ChangeBatch batch in staged.Batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return batch with { Rows = batch.Rows.Select(ordinals) };
            }
        }
        else
        {
            await foreach (SourceBatch batch in _scans[scan.Relation].StreamAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return new ChangeBatch(batch.Rows.Select(OrdinalsOf(scan, batch.Schema)));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _builder?.Dispose();

    private static int[] OrdinalsOf(LogicalScan scan, Schema schema) =>
        [.. scan.Schema.Fields.Select(field => schema.IndexOf(field.Name))];

    /// <summary>A relation as it is now; of one that goes on changing, sizes say nothing.</summary>
    private RelationInfo? FindRelation(string name) =>
        IsLive ? Describe(name) is { } relation ? relation with { Statistics = null } : null : Describe(name);

    private RelationInfo? Describe(string name)
    {
        if (_scans.TryGetValue(name, out ScanSubscription? scan))
        {
            return scan.Scan.Definition.Columns is null
                ? SourceSchemas.Describe(name, scan.Scan.Definition, _staged[name].Schema) with { Statistics = SizeOf(name, scan) }
                : SourceSchemas.Describe(name, scan.Scan.Definition) with { Statistics = SizeOf(name, scan) };
        }

        return _tables.TryGet(name, out ITable? table)
            ? new RelationInfo(name, IsSource: false, IsStream: !table.Schema.HasKey, table.Schema)
            {
                Statistics = new TableStatistics(table),
            }
            : null;
    }

    /// <summary>Rows that are there, else records that offsets tell; the bytes of files tell nothing.</summary>
    private RowCountStatistics? SizeOf(string name, ScanSubscription scan)
    {
        if (_staged.TryGetValue(name, out StagedTable? staged)) { return new RowCountStatistics(staged.RowCount); }

        return scan.Scan.Definition.Location is FileLocation
            ? null
            : new RowCountStatistics(scan.Scan.Partitions.Sum(partition => partition.Range.Length));
    }

    private MemoryLimit MemoryLimit => _options.TableMemoryBytes is { } budget
        ? new MemoryLimit(
            Math.Max(0, budget - StagedBytes),
            StagedBytes == 0
                ? "LoadOptions.TableMemoryBytes"
                : $"LoadOptions.TableMemoryBytes of {budget}, less {StagedBytes} of staged records")
        : MemoryLimit.None;

    private long StagedBytes => _scans.Values.Sum(scan => scan.Scan.StagedBytes);

    private void CheckMemory(long tableBytes)
    {
        if (_options.TableMemoryBytes is not { } budget) { return; }

        long used = tableBytes + StagedBytes;
        if (used > budget)
        {
            throw new LoadException(
                _plan.Name, LoadPhase.Executing, $"{used} bytes exceed its memory budget of {budget} bytes", isTransient: false);
        }
    }
}
