using System.Buffers;
using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>Maintains GROUP BY: given changes to R, gives the changes to the rows of the groups they touch.</summary>
/// <remarks>
/// For every touched group at most one retraction and one insertion. Cost O(changes), for MIN and MAX times the logarithm
/// of the group's values; R is not kept. A NULL key is its own group; without keys there is one group, also of no rows.
/// </remarks>
internal sealed class MaintainedAggregate : IOperatorInput, ITickState
{
    // States of more groups would not stay near until they are used.
    private const int MaxPrefetched = 4096;

    private readonly LogicalAggregate _plan;
    private readonly RowErrorLog _log;
    private readonly IOperatorInput _output;
    private readonly Evaluator _evaluator;
    private readonly Func<RetractableAccumulator>[] _kinds;
    private readonly int[][] _arguments;
    private readonly Consolidation _changes;
    private readonly ClosedWindows? _closed;
    private readonly List<Pushed> _pushed = [];
    private readonly List<int> _touched = [];
    private RetractableAccumulator[] _accumulators;
    private PackedRows<Group> _groups;
    private bool _isStarted;

    private MaintainedAggregate(
        LogicalAggregate plan, Func<RetractableAccumulator>[] kinds, ClosedWindows? closed, RowErrorLog log, IOperatorInput output)
    {
        (_plan, _kinds, _closed, _log, _output) = (plan, kinds, closed, log, output);
        _groups = new PackedRows<Group>([.. plan.Keys.Select(key => key.Type)], isExact: false);
        _accumulators = [.. kinds.Select(kind => kind())];
        var expressions = new List<ScalarExpression>(plan.Keys);
        _arguments = [.. plan.Aggregates.Select(call => ArgumentsOf(call).Select(value => Add(expressions, value)).ToArray())];
        _evaluator = new Evaluator(expressions, plan.Input.Schema, log);
        _changes = new Consolidation([.. plan.Schema.Fields.Select(field => field.Type)]);
    }

    /// <inheritdoc/>
    public long SizeInBytes
    {
        get
        {
            long bytes = _groups.SizeInBytes + _changes.SizeInBytes;
            foreach (RetractableAccumulator accumulator in _accumulators) { bytes += accumulator.SizeInBytes; }

            return bytes;
        }
    }

    public bool IsSatisfied => false;

    /// <summary>The operator of a node; null when one of its aggregates must be computed anew from the group's rows.</summary>
    /// <param name="plan">The node.</param>
    /// <param name="closed">Where the groups are windows that close: when; null otherwise.</param>
    /// <param name="log">Where rows that fail are noted.</param>
    /// <param name="output">Where the changes go.</param>
    public static MaintainedAggregate? TryCreate(
        LogicalAggregate plan, ClosedWindows? closed, RowErrorLog log, IOperatorInput output)
    {
        if (plan.Aggregates.Any(call => RetractableAccumulators.TryCreate(call) is null)) { return null; }

        return new MaintainedAggregate(
            plan,
            [.. plan.Aggregates.Select(call => (Func<RetractableAccumulator>)(() => RetractableAccumulators.TryCreate(call)!))],
            closed,
            log,
            output);
    }

    public void Push(ChangeBatch changes)
    {
        EvaluatedRows evaluated = _evaluator.Evaluate(changes);
        Batch rows = evaluated.Columns;
        if (rows.RowCount == 0) { return; }

        var groups = new int[rows.RowCount];
        _groups.FindOrAdd(rows.Columns[.._plan.Keys.Count], groups);
        Prefetch(groups);
        Touch(groups);
        var pushed = new Pushed(rows, groups, evaluated.Weights);

        // The first tick is undone by forgetting everything.
        if (_isStarted) { _pushed.Add(pushed); }

        Add(pushed, pushed.Weights);
    }

    public void Complete()
    {
        if (_plan.Keys.Count == 0 && !_isStarted)
        {
            var one = new int[1];
            _groups.FindOrAdd([], one);
            Touch(one);
            Add(new Pushed(NoRows(), [], null), null);
        }

        Give(_touched, isNow: true, _log, _changes.Add);
        foreach (ChangeBatch changes in _changes.Take()) { _output.Push(changes); }

        _output.Complete();
    }

    /// <inheritdoc/>
    public void Commit()
    {
        Settle();
        if (_closed is { } closed && closed.AreDue()) { RemoveClosed(closed); }

        _isStarted = true;
    }

    /// <summary>Ends the tick for the groups as they are now.</summary>
    private void Settle()
    {
        foreach (int group in _touched)
        {
            ref Group rows = ref _groups.State(group);
            rows.IsTouched = false;
            if (rows.Count != 0 || _plan.Keys.Count == 0) { continue; }

            foreach (RetractableAccumulator accumulator in _accumulators) { accumulator.Clear(group); }

            _groups.Remove(group);
        }

        _groups.Trim();
        EndTick();
    }

    /// <inheritdoc/>
    public void Rollback()
    {
        if (!_isStarted)
        {
            _groups = _groups.Emptied();
            _accumulators = [.. _kinds.Select(kind => kind())];
            EndTick();
            return;
        }

        foreach (Pushed pushed in _pushed) { Add(pushed, Negated(pushed)); }

        Settle();
    }

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        int[] groups = _groups.Places();
        state.Add([.. _groups.Columns(groups), StateWriter.Of(Array.ConvertAll(groups, group => _groups.State(group).Count))]);
        foreach (RetractableAccumulator accumulator in _accumulators) { accumulator.Save(groups, state); }
    }

    /// <inheritdoc/>
    public void Restore(StateReader state)
    {
        Batch saved = state.Next([.. _plan.Keys.Select(key => key.Type), DataType.BigInt]);
        var groups = new int[saved.RowCount];
        _groups.FindOrAdd(saved.Columns[..^1], groups);
        for (int row = 0; row < groups.Length; row++) { _groups.State(groups[row]).Count = StateReader.Numbers(saved.Columns[^1])[row]; }

        foreach (RetractableAccumulator accumulator in _accumulators) { accumulator.Restore(groups, state, _groups.PlaceCount); }

        _isStarted = true;
    }

    /// <summary>Forgets the groups of closed windows; their rows stay where they were given to.</summary>
    private void RemoveClosed(ClosedWindows closed)
    {
        int[] groups = _groups.Places();
        groups = Array.ConvertAll(closed.Of(_groups.Columns(groups)), row => groups[row]);
        foreach (RetractableAccumulator accumulator in _accumulators) { accumulator.Forget(groups); }

        foreach (int group in groups)
        {
            _groups.State(group).Count = 0;
            _groups.Remove(group);
        }
    }

    private static IEnumerable<ScalarExpression> ArgumentsOf(AggregateCall call)
    {
        if (call.Filter is null) { return call.Arguments; }

        // NULLs are left out, so that a row that does not count is one of NULL; it is not evaluated there.
        return call.Arguments.Count == 0
            ? [call.Filter]
            : call.Arguments.Select(argument =>
                new CaseExpression([new CaseBranch(call.Filter, argument)], Else: null, argument.Type));
    }

    private static int Add(List<ScalarExpression> expressions, ScalarExpression expression)
    {
        int known = expressions.IndexOf(expression);
        if (known >= 0) { return known; }

        expressions.Add(expression);
        return expressions.Count - 1;
    }

    private Batch NoRows() => _evaluator.Evaluate(new ChangeBatch(new Batch(
        [.. _plan.Input.Schema.Fields.Select(field => ColumnBuilder.Create(field.Type).Finish())], 0))).Columns;

    /// <summary>Asks for what the changes of a tick will need. The many of a first one find nothing yet.</summary>
    private void Prefetch(int[] groups)
    {
        if (!_isStarted || groups.Length > MaxPrefetched) { return; }

        foreach (RetractableAccumulator accumulator in _accumulators) { accumulator.Prefetch(groups); }
    }

    /// <summary>Notes groups that a tick changes; what they gave so far will be retracted.</summary>
    private void Touch(int[] groups)
    {
        int known = _touched.Count;
        foreach (int group in groups)
        {
            if (_groups.State(group).IsTouched) { continue; }

            _groups.State(group).IsTouched = true;
            _touched.Add(group);
        }

        if (_isStarted && _touched.Count > known)
        {
            Give(_touched.GetRange(known, _touched.Count - known), isNow: false, new RowErrorLog(_log.Policy), _changes.Subtract);
        }
    }

    private void Add(Pushed pushed, int[]? weights)
    {
        for (int row = 0; row < pushed.Groups.Length; row++)
        {
            _groups.State(pushed.Groups[row]).Count += weights is null ? 1 : weights[row];
        }

        for (int call = 0; call < _accumulators.Length; call++)
        {
            Column[] arguments = [.. _arguments[call].Select(ordinal => pushed.Rows[ordinal])];
            _accumulators[call].Add(arguments, pushed.Groups, weights, _groups.PlaceCount);
        }
    }

    /// <summary>The rows of groups that have any, and whose aggregates all have a result.</summary>
    private void Give(List<int> touched, bool isNow, RowErrorLog log, Action<ChangeBatch> take)
    {
        int[] groups = [.. touched.Where(HasRow)];
        if (groups.Length == 0) { return; }

        Bitmap? failed = null;
        int failing = -1;
        var results = new Column[_accumulators.Length];
        for (int call = 0; call < results.Length; call++)
        {
            results[call] = _accumulators[call].ResultOf(groups, ref failed);
            if (failed is not null && failing < 0) { failing = call; }
        }

        var rows = new Batch([.. _groups.Columns(groups), .. results], groups.Length);
        int[]? passed = failed is null ? null : [.. Enumerable.Range(0, groups.Length).Where(row => !failed[row])];
        if (failed is not null && isNow)
        {
            log.Skip(failed.CountSet(), ExecutionErrors.SumOverflow(
                ExpressionSql.Render(_plan.Aggregates[failing], _plan.Input.Schema)));
        }

        take(new ChangeBatch(rows, passed));
    }

    private bool HasRow(int group)
    {
        if (_groups.State(group).Count < 0) { throw NegativeWeight.Of(_groups, group, _plan, _plan.Schema); }

        return _groups.State(group).Count > 0 || _plan.Keys.Count == 0;
    }

    private void EndTick()
    {
        _touched.Clear();
        _pushed.Clear();
        _changes.Forget();
    }

    private static int[] Negated(Pushed pushed)
    {
        var negated = new int[pushed.Groups.Length];
        for (int row = 0; row < negated.Length; row++) { negated[row] = pushed.Weights is null ? -1 : -pushed.Weights[row]; }

        return negated;
    }

    private readonly record struct Pushed(Batch Rows, int[] Groups, int[]? Weights);

    private struct Group
    {
        public long Count;
        public bool IsTouched;
    }
}
