using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>A query whose result is maintained: given the changes of its scans, tick by tick, gives those of its result.</summary>
/// <remarks>
/// <code>
/// Push(scan, changes) …  for every scan that has changed      rows retracted must be there
/// Complete()             gives the changes of the result      nothing is visible yet
/// Commit() | Rollback()  keeps the tick, or undoes all of it
/// </code>
/// The first tick is the snapshot: all rows of all scans, with weight +1. Cost of a tick is that of its changes, not of
/// the rows kept; see the operators. Single-threaded.
/// </remarks>
internal sealed class MaintainedQuery
{
    private readonly MaintainedPlanBuilder _operators;
    private readonly Consolidation _result;
    private readonly RowErrorLog _log;
    private bool _isStarted;
    private bool _isCompleted;

    /// <summary>Makes the operators of a plan, without rows.</summary>
    /// <param name="plan">A plan that <see cref="Maintainability"/> has no objection to.</param>
    /// <param name="onRowError">What happens to a row that an expression fails on: the tick fails, or it is left out.</param>
    /// <param name="isFinal">True for EMIT FINAL: a row of a window is given once, when that closes.</param>
    /// <param name="lookedUp">
    /// Tells the key and the indexes of tables in which joins may look rows up instead of keeping them; null for what a scan
    /// reads whose versions nobody can give. See <see cref="LookedUp"/>.
    /// </param>
    public MaintainedQuery(
        LogicalPlan plan,
        RowErrorPolicy onRowError = RowErrorPolicy.Fail,
        bool isFinal = false,
        Func<LogicalScan, RelationStatistics?>? lookedUp = null)
    {
        Plan = plan;
        _log = new RowErrorLog(onRowError);
        _operators = new MaintainedPlanBuilder(_log, isFinal, lookedUp);
        _result = new Consolidation([.. plan.Schema.Fields.Select(field => field.Type)]);
        _operators.Build(plan, new Result(this));
        _operators.Complete();
    }

    /// <summary>The plan.</summary>
    public LogicalPlan Plan { get; }

    /// <summary>The different scans of the plan; each gets its changes once.</summary>
    public IEnumerable<LogicalScan> Scans => _operators.Scans.Keys;

    /// <summary>
    /// The windows that close and the joins that forget, and how far event time has come for each: to be moved on before
    /// the first changes of a tick.
    /// </summary>
    public IReadOnlyList<EventClock> Clocks => _operators.Clocks;

    /// <summary>
    /// The tables in which joins look rows up. Each must stand at the version that shows all ticks kept so far whenever a tick
    /// but the first completes.
    /// </summary>
    public IReadOnlyCollection<LookedUpTable> LookedUp => _operators.LookedUp;

    /// <summary>What lets rows go that become too old, to be told the time as the clocks are; null where none do.</summary>
    public RecentRows? Recent => _operators.Recent;

    /// <summary>Rows left out so far because they came too late, each counted for every window it is too late for.</summary>
    public long LateRows => Clocks.Sum(clock => clock.LateRows);

    /// <summary>The nodes that keep state, with the bytes they hold.</summary>
    public IReadOnlyList<MaintainedNode> Nodes => _operators.Nodes;

    /// <summary>Bytes held by all nodes.</summary>
    public long StateBytes => Nodes.Sum(node => node.State.SizeInBytes);

    /// <summary>Rows left out so far because an expression failed on them.</summary>
    public long RowsSkipped => _log.Skipped;

    /// <summary>Why the first of them was left out; null when none was.</summary>
    public ExecutionException? FirstSkipped => _log.FirstSkipped;

    /// <summary>What its operators are, a line each: queries that give the same can take up what the other has saved.</summary>
    public IEnumerable<string> Describe() =>
    [
        .. ExplainText.Lines(Plan).Select(line => $"{line.Line} [{string.Join(", ", line.Node.Schema.Fields.Select(field => field.Type))}]"),
        .. Nodes.Select(node => node.State is MaintainedJoin join ? $"join, looks up {join.LooksUp}" : node.State.GetType().Name),
    ];

    /// <summary>Takes changes of a scan for this tick.</summary>
    /// <param name="scan">One of <see cref="Scans"/>.</param>
    /// <param name="changes">
    /// Rows with exactly the columns of <c>scan.Schema</c>; an update is a retraction and an insertion. Of a source that
    /// is a changelog: upserts and, with weight −1, deletions, in their order; those need the key's columns only.
    /// </param>
    /// <exception cref="ExecutionException">A row failed; the tick must be rolled back.</exception>
    public void Push(LogicalScan scan, ChangeBatch changes)
    {
        if (_isCompleted) { throw new InvalidOperationException("The tick is complete: commit it or roll it back first."); }

        if (changes.Count > 0) { _operators.Scans[scan].Push(changes); }
    }

    /// <summary>Ends the input of the tick, and gives the changes of the result.</summary>
    /// <returns>
    /// Weights add up to 0 for no row and are each +1 or −1; retractions come before insertions. Several batches only
    /// where nothing is retracted.
    /// </returns>
    /// <exception cref="ExecutionException">A row failed; the tick must be rolled back.</exception>
    public IReadOnlyList<ChangeBatch> Complete()
    {
        _isCompleted = true;
        foreach (IOperatorInput constant in _operators.Constants)
        {
            if (!_isStarted) { constant.Push(new ChangeBatch(new Batch([], 1))); }

            constant.Complete();
        }

        foreach (IOperatorInput empty in _operators.Empties) { empty.Complete(); }

        foreach (IOperatorInput scan in _operators.Scans.Values) { scan.Complete(); }

        return [.. _result.Take().Select(UnitWeights.Of)];
    }

    /// <summary>Keeps the tick.</summary>
    public void Commit()
    {
        foreach (MaintainedNode node in Nodes) { node.State.Commit(); }

        foreach (EventClock clock in Clocks) { clock.Commit(); }

        _isStarted = true;
        _isCompleted = false;
    }

    /// <summary>Undoes the tick, complete or not: everything is as it was before its first change.</summary>
    public void Rollback()
    {
        foreach (MaintainedNode node in Nodes) { node.State.Rollback(); }

        foreach (EventClock clock in Clocks) { clock.Rollback(); }

        _result.Forget();
        _isCompleted = false;
    }

    /// <summary>Writes all that the next ticks depend on, between two ticks. Cost O(rows held).</summary>
    /// <remarks>Of tables in which joins look rows up, the version that shows all ticks so far belongs to it.</remarks>
    public void Save(StateWriter state)
    {
        foreach (MaintainedNode node in Nodes) { node.State.Save(state); }

        foreach (EventClock clock in Clocks) { clock.Save(state); }
    }

    /// <summary>Goes on from what the same query has saved, in the place of a first tick.</summary>
    /// <exception cref="InvalidDataException">It was another query: this one is of no use any more.</exception>
    public void Restore(StateReader state)
    {
        foreach (MaintainedNode node in Nodes) { node.State.Restore(state); }

        foreach (EventClock clock in Clocks) { clock.Restore(state); }

        _isStarted = true;
    }

    private sealed class Result(MaintainedQuery query) : IOperatorInput
    {
        public bool IsSatisfied => false;

        public void Push(ChangeBatch changes) => query._result.Add(changes);

        public void Complete()
        {
        }
    }
}
