using Ctas.Data;
using Ctas.Execution.Incremental;
using Ctas.Planning;
using Ctas.Sinks;
using Ctas.Tables;
using Ctas.Tables.Versions;

namespace Ctas.Maintenance;

/// <summary>A table that is kept fresh: its query with the state of every operator, and its one writer.</summary>
/// <remarks>Used by the one thread that runs ticks, except for <see cref="Failure"/>.</remarks>
/// <param name="name">The table's name.</param>
/// <param name="query">The query, after its first tick.</param>
/// <param name="writer">The writer, after its first version.</param>
/// <param name="inputs">What each scan reads; a scan of a table that never changes is not among them.</param>
internal sealed class MaintainedTable(
    string name, MaintainedQuery query, TableWriter writer, IReadOnlyList<MaintainedInput> inputs)
{
    private readonly (EventClock Clock, EventTimeSources Sources)[] _eventTimes =
        [.. query.Clocks.Select(clock => (clock, EventTimeSources.Of(clock, inputs)))];

    private readonly (LookedUpTable Table, MaintainedInput Input)[] _lookedUp = LookedUpIn(query, inputs);
    private Exception? _failure;
    private long _lateRowsTold = query.LateRows;

    /// <summary>The table's name.</summary>
    public string Name { get; } = name;

    /// <summary>The columns and the key.</summary>
    public Schema Schema => writer.Current.Schema;

    /// <summary>What it reads.</summary>
    public IReadOnlyList<MaintainedInput> Inputs { get; } = inputs;

    /// <summary>The sources behind it, those behind the tables it reads among them.</summary>
    public IReadOnlySet<LiveSource> Sources { get; } = SourcesOf(inputs);

    /// <summary>The statement that made it.</summary>
    public required TablePlan Definition { get; init; }

    /// <summary>What its stored form is compared by; null where nothing is stored.</summary>
    public LiveDefinition? Stored { get; init; }

    /// <summary>What it reads that does not go on changing; null when there is nothing.</summary>
    public string? ReadsOnce => query.Scans.FirstOrDefault(scan => Inputs.All(input => input.Scan != scan))?.Relation;

    /// <summary>The way of its changes to a sink; null when they go nowhere. Set while ticks are held.</summary>
    public TableDelivery? Delivery { get; set; }

    /// <summary>
    /// True while it is kept fresh beside the table that it will replace, and nobody else sees it. Changed while ticks are held.
    /// </summary>
    public bool IsBeside { get; set; }

    /// <summary>The version that was published last.</summary>
    public Table Current => writer.Current;

    /// <summary>The plan of its query.</summary>
    public LogicalPlan Plan => query.Plan;

    /// <summary>True when it has windows that close, or joins that forget.</summary>
    public bool GoesByEventTime => _eventTimes.Length > 0;

    /// <summary>When the next row becomes too old for it, in microseconds since 1970; <see cref="long.MaxValue"/> for never.</summary>
    public long NextLeavesAt => query.Recent?.NextLeavesAt ?? long.MaxValue;

    /// <summary>Rows left out so far because they came too late, each counted for every window it is too late for.</summary>
    public long LateRows => query.LateRows;

    /// <summary>Bytes that the operators keep.</summary>
    public long StateBytes => query.StateBytes;

    /// <summary>The operators that keep state, with the bytes they hold.</summary>
    public IReadOnlyList<MaintainedNode> Nodes => query.Nodes;

    /// <summary>Rows left out so far because an expression failed on them.</summary>
    public long RowsSkipped => query.RowsSkipped;

    /// <summary>Why it is fresh no longer; null while it is.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>What the tick did to its rows: retractions first, then insertions. Empty outside of ticks.</summary>
    public List<ChangeBatch> Changes { get; } = [];

    /// <summary>Takes the changes of its inputs, and applies what follows from them; nothing is visible yet.</summary>
    /// <exception cref="Execution.ExecutionException">A row could not be computed; the query is as it was.</exception>
    /// <exception cref="TableDataException">A row does not fit the table; the query is as it was.</exception>
    /// <param name="changesOf">Gives the changes of an input.</param>
    /// <param name="now">The moment of the tick, in microseconds since 1970.</param>
    public void Advance(Func<MaintainedInput, IReadOnlyList<ChangeBatch>> changesOf, long now)
    {
        try
        {
            bool hasAny = AdvanceEventTime() | (query.Recent?.Advance(now) ?? false);
            foreach (MaintainedInput input in Inputs)
            {
                foreach (ChangeBatch changes in changesOf(input))
                {
                    hasAny = true;
                    query.Push(input.Scan, changes with { Rows = changes.Rows.Select(input.Ordinals) });
                }
            }

            if (!hasAny) { return; }

            foreach (ChangeBatch changes in query.Complete()) { writer.Apply(InsertionsFirst(changes), Changes.Add); }

            query.Commit();
        }
        catch
        {
            query.Rollback();
            Changes.Clear();
            throw;
        }
    }

    /// <summary>Late rows since the last call.</summary>
    public long TakeLateRows()
    {
        long told = _lateRowsTold;
        _lateRowsTold = LateRows;
        return _lateRowsTold - told;
    }

    private bool AdvanceEventTime()
    {
        bool hasMoved = false;
        foreach ((EventClock clock, EventTimeSources sources) in _eventTimes) { hasMoved |= clock.Advance(sources.Current); }

        return hasMoved;
    }

    /// <summary>
    /// The same changes in the order in which a row of a key that goes and one that comes are told as one update: the writer
    /// leaves a retraction out whose row has been replaced.
    /// </summary>
    private static ChangeBatch InsertionsFirst(ChangeBatch changes)
    {
        ChangeBatch dense = changes.Densify();
        if (dense.Weights is not { } weights) { return dense; }

        int[] order = new int[weights.Length];
        int place = 0;
        for (int row = 0; row < weights.Length; row++)
        {
            if (weights[row] > 0) { order[place++] = row; }
        }

        int insertions = place;
        for (int row = 0; row < weights.Length; row++)
        {
            if (weights[row] < 0) { order[place++] = row; }
        }

        int[] ordered = new int[weights.Length];
        ordered.AsSpan(0, insertions).Fill(1);
        ordered.AsSpan(insertions).Fill(-1);
        return new ChangeBatch(dense.Rows.Gather(order), Selection: null, ordered);
    }

    /// <summary>The next version, which streams of changes do not see yet; the last one again when the tick changed nothing.</summary>
    public Table Prepare() => writer.Prepare(query.StateBytes);

    /// <summary>Lets streams see what was prepared, once everybody who looks sees it.</summary>
    public void Show() => writer.Show();

    /// <summary>From now on joins look rows up in versions that show one more tick; that is when all of them are published.</summary>
    /// <param name="versionOf">Gives the version of an input; null where it has not changed.</param>
    public void MoveOn(Func<MaintainedInput, Table?> versionOf)
    {
        foreach ((LookedUpTable table, MaintainedInput input) in _lookedUp)
        {
            if (Failure is null && versionOf(input) is { } version) { table.MoveTo(version); }
        }
    }

    /// <summary>Before anybody has seen it: its versions go on behind those of the table that it replaces.</summary>
    public void GoOnFrom(MaintainedTable replaced)
    {
        if (replaced.Current.Version >= Current.Version) { writer.Renumber(replaced.Current.Version + 1); }
    }

    /// <summary>How far its own sources have been applied, as metadata tell it.</summary>
    /// <param name="progressOf">How far each source is.</param>
    public SourcePosition[] PositionsAt(Func<LiveSource, LiveSourceProgress> progressOf) =>
    [
        .. Inputs.OfType<SourceInput>().Select(input => input.Source).Distinct().SelectMany(source =>
            source.PositionsAt(progressOf(source))),
    ];

    /// <summary>How far a source behind it has been applied, as its sink keeps it; empty where the sink keeps nothing.</summary>
    /// <param name="progressOf">How far each source is.</param>
    public IReadOnlyList<SinkPosition> SinkPositions(Func<LiveSource, LiveSourceProgress> progressOf) =>
        Delivery is not { KeepsPositions: true }
            ? []
            :
            [
                // A topic that is read in two ways is as far as the one that is behind.
                .. from source in Sources
                   from position in progressOf(source).Positions
                   group position.Offset by (source.Place, position.Partition) into partition
                   select new SinkPosition(partition.Key.Place, partition.Key.Partition, partition.Min()),
            ];

    /// <summary>What its sink must have to be where the table is; nothing where the sink keeps no positions. Called while ticks are held.</summary>
    public IEnumerable<DeliveryMark> Marks() => Delivery is { KeepsPositions: true } delivery ? [delivery.Mark()] : [];

    /// <summary>Writes the state of its query, between two ticks.</summary>
    public void Save(StateWriter state) => query.Save(state);

    /// <summary>Stops keeping it fresh; its last version stays, and streams of its changes end with the failure.</summary>
    public void Fail(Exception failure)
    {
        Volatile.Write(ref _failure, failure);
        writer.End(failure);
        foreach (LookedUpTable table in query.LookedUp) { table.Release(); }
    }

    private static (LookedUpTable Table, MaintainedInput Input)[] LookedUpIn(MaintainedQuery query, IReadOnlyList<MaintainedInput> inputs)
    {
        (LookedUpTable Table, MaintainedInput Input)[] lookedUp =
            [.. query.LookedUp.Join(inputs, table => table.Scan, input => input.Scan, (table, input) => (table, input))];

        // A source is followed from where its snapshot ended. Of a table, the load has said which version it read.
        foreach ((LookedUpTable table, MaintainedInput input) in lookedUp)
        {
            if (input is SourceInput { Version: { } version }) { table.MoveTo(version); }
        }

        return lookedUp;
    }

    private static HashSet<LiveSource> SourcesOf(IReadOnlyList<MaintainedInput> inputs)
    {
        var sources = new HashSet<LiveSource>();
        foreach (MaintainedInput input in inputs)
        {
            if (input is SourceInput { Source: var source }) { sources.Add(source); }
            else if (input is TableInput { Table: var producer }) { sources.UnionWith(producer.Sources); }
        }

        return sources;
    }
}

/// <summary>What one scan of a table's query reads.</summary>
/// <param name="Scan">The scan.</param>
/// <param name="Ordinals">Its columns among those of what it reads.</param>
internal abstract record MaintainedInput(LogicalScan Scan, int[] Ordinals)
{
    /// <summary>Its rows, in the version published last; null where they are not kept.</summary>
    public abstract Table? Version { get; }
}

/// <summary>A scan of a source that is followed.</summary>
internal sealed record SourceInput(LogicalScan Scan, int[] Ordinals, LiveSource Source) : MaintainedInput(Scan, Ordinals)
{
    public override Table? Version => Source.Rows;
}

/// <summary>A scan of another table that is kept fresh.</summary>
internal sealed record TableInput(LogicalScan Scan, int[] Ordinals, MaintainedTable Table) : MaintainedInput(Scan, Ordinals)
{
    public override Table? Version => Table.Current;
}
