using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>
/// Maintains a node whose result falls apart by keys: given changes to R, runs the plain operators over the rows that
/// the touched keys had and have, and gives the difference.
/// </summary>
/// <remarks>
/// What the plain operators give for a key must depend on the rows of that key alone, and on their order only where SQL
/// leaves it open. Cost O(rows of the touched keys); without keys, of all rows. R is kept, equal rows once.
/// </remarks>
internal sealed class RecomputedNode : IOperatorInput, ITickState
{
    private readonly LogicalPlan _plan;
    private readonly LogicalPlan _input;
    private readonly RowErrorLog _log;
    private readonly IOperatorInput _output;
    private readonly Evaluator _keyValues;
    private readonly RowKeys _keys;
    private readonly KeyedRows _rows;
    private readonly Consolidation _changes;
    private readonly bool _hasKeys;
    private readonly ClosedWindows? _closed;
    private readonly List<int> _touched = [];
    private bool _hasRun;
    private bool _hadRun;

    /// <summary>Makes a node without rows.</summary>
    /// <param name="plan">What is computed: one node, or several, over <paramref name="input"/>.</param>
    /// <param name="input">The one input; a node of <paramref name="plan"/>.</param>
    /// <param name="keys">Over the input; NULLs are equal.</param>
    /// <param name="log">Where rows that fail are noted.</param>
    /// <param name="output">Where the changes go.</param>
    /// <param name="closed">
    /// Of a session, over its result, or of groups that are windows, over the keys: when they close; null otherwise.
    /// </param>
    public RecomputedNode(
        LogicalPlan plan,
        LogicalPlan input,
        IReadOnlyList<ScalarExpression> keys,
        RowErrorLog log,
        IOperatorInput output,
        ClosedWindows? closed = null)
    {
        _closed = closed;
        _input = PlainOperators.InPlaceOf(input, "");
        _plan = Over(plan, input);
        (_log, _output, _hasKeys) = (log, output, keys.Count > 0);
        _keyValues = new Evaluator(keys, input.Schema, log);
        _keys = new RowKeys([.. keys.Select(key => key.Type)], isNullKey: true);
        _rows = new KeyedRows(RowShape.Of(input), _keys);
        _changes = new Consolidation([.. plan.Schema.Fields.Select(field => field.Type)]);
    }

    /// <inheritdoc/>
    public long SizeInBytes => _keys.SizeInBytes + _rows.SizeInBytes + _changes.SizeInBytes;

    public bool IsSatisfied => false;

    /// <summary>Rows that the plain operators were given so far.</summary>
    public long RowsRecomputed { get; private set; }

    public void Push(ChangeBatch changes)
    {
        EvaluatedRows keys = _keyValues.Evaluate(changes);
        if (keys.Columns.RowCount == 0) { return; }

        Batch rows = keys.InputBatch();
        _rows.Add(rows, keys.Columns.Columns, keys.Weights);
    }

    public void Complete()
    {
        NegativeWeight.Check(_rows.Rows, _plan, _input.Schema);
        _rows.AddTouched(_touched);
        int[] before = PlacesOf<BeforeTick>();
        int[] now = PlacesOf<AfterTick>();
        _touched.Clear();
        if (_touched.Capacity > RowWeights.MaxKeptTouched) { _touched.TrimExcess(); }

        // Without keys there is a result of no rows, too.
        bool isFirst = !_hasKeys && !_hasRun;
        bool isTouched = _rows.TouchedKeys.Count > 0 || isFirst;
        if (isTouched && !isFirst) { Run(before, new RowErrorLog(_log.Policy), _changes.Subtract); }

        if (isTouched) { Run(now, _log, _changes.Add); }

        foreach (ChangeBatch changes in _changes.Take()) { _output.Push(changes); }

        _hasRun = true;
        _output.Complete();
    }

    /// <inheritdoc/>
    public void Commit()
    {
        _rows.Commit();
        _hadRun = _hasRun;
        if (_closed is { } closed && closed.AreDue()) { RemoveClosed(closed); }
    }

    /// <inheritdoc/>
    public void Rollback()
    {
        _rows.Rollback();
        _changes.Forget();
        _hasRun = _hadRun;
    }

    /// <inheritdoc/>
    public void Save(StateWriter state) => _rows.Save(state);

    /// <inheritdoc/>
    public void Restore(StateReader state)
    {
        _rows.Restore(state, rows => _keyValues.Evaluate(new ChangeBatch(rows)).Columns);
        _hasRun = _hadRun = true;
    }

    /// <summary>Forgets the rows of closed windows; what was made of them stays where it was given to.</summary>
    private void RemoveClosed(ClosedWindows closed)
    {
        Batch rows = _plan is LogicalTimeWindow ? ClosedSessions(closed) : ClosedGroups(closed);
        if (rows.RowCount == 0) { return; }

        int[] weights = new int[rows.RowCount];
        Array.Fill(weights, -1);
        Batch keys = _keyValues.Evaluate(new ChangeBatch(rows)).Columns;
        _rows.Add(rows, keys.Columns, weights);
        _rows.Commit();
    }

    private Batch ClosedGroups(ClosedWindows closed)
    {
        Batch rows = AllRows();
        return rows.Gather(closed.Of(_keyValues.Evaluate(new ChangeBatch(rows)).Columns.Columns));
    }

    /// <summary>The rows of closed sessions, which are known once sessions are made.</summary>
    private Batch ClosedSessions(ClosedWindows closed)
    {
        var sessions = new Consolidation([.. _plan.Schema.Fields.Select(field => field.Type)]);
        Run(AllRows(), new RowErrorLog(_log.Policy), sessions.Add);
        var rows = new RowBuffer([.. _input.Schema.Fields.Select(field => field.Type)]);
        int[] inputColumns = [.. Enumerable.Range(0, _input.Schema.Fields.Count)];
        foreach (ChangeBatch batch in sessions.Take().Select(batch => batch.Densify()))
        {
            rows.Append(batch.Rows.Gather(closed.Of(batch.Rows.Columns)).Select(inputColumns));
        }

        return rows.View();
    }

    private Batch AllRows()
    {
        var places = new List<int>();
        foreach (int place in _rows.Rows.Rows.Places())
        {
            for (int copy = _rows.Rows.Now(place); copy > 0; copy--) { places.Add(place); }
        }

        return new Batch(_rows.Rows.Rows.Columns([.. places]), places.Count);
    }

    private LogicalPlan Over(LogicalPlan plan, LogicalPlan input) => ReferenceEquals(plan, input)
        ? _input
        : plan.WithChildren([.. plan.Children.Select(child => Over(child, input))]);

    // The rows of the touched keys, each as often as its weight says.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int[] PlacesOf<TMoment>()
        where TMoment : struct, IMoment
    {
        var places = new List<int>(_touched.Count);
        foreach (int place in CollectionsMarshal.AsSpan(_touched))
        {
            for (int copy = TMoment.WeightOf(_rows.Rows, place); copy > 0; copy--) { places.Add(place); }
        }

        return [.. places];
    }

    private void Run(int[] places, RowErrorLog log, Action<ChangeBatch> take) =>
        Run(new Batch(_rows.Rows.Rows.Columns(places), places.Length), log, take);

    private void Run(Batch rows, RowErrorLog log, Action<ChangeBatch> take)
    {
        RowsRecomputed += rows.RowCount;
        ChangeBatch[] batches = rows.RowCount > 0 ? [new ChangeBatch(rows)] : [];
        PlainOperators.Run(_plan, log, _ => batches, take);
    }
}
