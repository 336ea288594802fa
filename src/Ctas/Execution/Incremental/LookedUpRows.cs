using System.Runtime.InteropServices;
using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>
/// Gives one side of a join the rows it had before the tick, for the keys that the tick touches, from the table they lie in;
/// after the tick the side is empty again. Single-threaded.
/// </summary>
/// <remarks>
/// <code>
/// touched keys ─► rows of the version before the tick ─► filters and projections ─► the side, as if it had kept them
/// </code>
/// So old and new rows are told apart as they are where rows are kept, whatever has changed on both sides. Cost O(rows of
/// the touched keys).
/// </remarks>
internal sealed class LookedUpRows
{
    private readonly LookedUpTable _table;
    private readonly JoinLookup _lookup;
    private readonly IOperatorInput _operators;
    private readonly JoinSide _side;
    private readonly List<int> _keys = [];
    private readonly List<int> _places = [];

    /// <summary>Makes it for a side.</summary>
    /// <param name="plan">What gives the side's rows: filters and projections over the table's scan.</param>
    /// <param name="table">The table.</param>
    /// <param name="lookup">How the keys of the join are found in it.</param>
    /// <param name="side">The side.</param>
    public LookedUpRows(LogicalPlan plan, LookedUpTable table, JoinLookup lookup, JoinSide side)
    {
        (_table, _lookup, _side) = (table, lookup, side);

        // What could fail is not looked up through.
        _operators = Over(plan, new RowErrorLog(RowErrorPolicy.Fail), new Loaded(side));
    }

    /// <summary>Looks up the rows of the keys that either side has touched.</summary>
    public void Load(JoinSide other)
    {
        // NULL is not found. It meets nothing either, so that nothing but what goes needs to have been there.
        foreach (int place in _side.Rows.Rows.Touched) { _side.Rows.HadWhatGoes(place); }

        _keys.AddRange(_side.Rows.TouchedKeys);
        foreach (int key in other.Rows.TouchedKeys)
        {
            if (!_side.Rows.IsTouchedKey(key)) { _keys.Add(key); }
        }

        if (_keys.Count == 0) { return; }

        Batch rows = _table.Find(_side.Rows.KeyColumns(CollectionsMarshal.AsSpan(_keys)), _lookup);
        if (rows.RowCount > 0) { _operators.Push(new ChangeBatch(rows)); }
    }

    /// <summary>Empties the side, whether the tick is kept or undone.</summary>
    public void Clear()
    {
        KeyedRows rows = _side.Rows;
        _places.AddRange(rows.Rows.Touched);
        foreach (int key in _keys)
        {
            foreach (int place in rows.RowsOf(key)) { _places.Add(place); }
        }

        // Those that the tick touched come twice.
        foreach (int place in _places) { rows.Clear(place); }

        _places.Clear();
        _keys.Clear();
        rows.Commit();
    }

    private static IOperatorInput Over(LogicalPlan plan, RowErrorLog log, IOperatorInput output) => plan switch
    {
        LogicalScan => output,
        LogicalFilter filter => Over(filter.Input, log, new FilterOperator(filter, log, output)),
        LogicalProject project => Over(project.Input, log, new ProjectOperator(project, log, output)),
        _ => throw new System.Diagnostics.UnreachableException($"No lookup through {plan.GetType().Name}."),
    };

    private sealed class Loaded(JoinSide side) : IOperatorInput
    {
        public bool IsSatisfied => false;

        public void Push(ChangeBatch changes) => side.Load(changes);

        public void Complete()
        {
        }
    }
}
