using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>Maintains ORDER BY … LIMIT: given changes to R, gives the changes of its first rows.</summary>
/// <remarks>
/// All rows are kept, and the first of them in order, some more than are wanted: the front. A row behind the front's
/// bound changes nothing; only when so many rows have left the front that too few are in it is R sorted anew. Cost
/// O((changes + front) · log front), and O(rows · log rows) once in as many lost rows as the front has to spare.
/// Among rows that the order leaves open, those stay that were there.
/// </remarks>
internal sealed class MaintainedTop : IOperatorInput, ITickState
{
    private const int MinSpare = 64;

    private readonly LogicalPlan _plan;
    private readonly LogicalSort _sort;
    private readonly IOperatorInput _output;
    private readonly Evaluator _keysOfNew;
    private readonly Evaluator _keysOfKept;
    private readonly RowWeights _rows;
    private readonly Consolidation _changes;
    private readonly long _offset;
    private readonly long _end;
    private readonly int _capacity;
    private Front _before = Front.Empty;
    private Front _now = Front.Empty;

    /// <summary>Makes one without rows.</summary>
    /// <param name="limit">A LIMIT with a count.</param>
    /// <param name="sort">The order below it.</param>
    /// <param name="log">Where rows that fail are noted.</param>
    /// <param name="output">Where the changes go.</param>
    public MaintainedTop(LogicalLimit limit, LogicalSort sort, RowErrorLog log, IOperatorInput output)
    {
        (_plan, _sort, _output) = (limit, sort, output);
        IEnumerable<ScalarExpression> keys = sort.Keys.Select(key => key.Expression);
        _keysOfNew = new Evaluator(keys, sort.Schema, log);
        _keysOfKept = new Evaluator(keys, sort.Schema, log);
        RowShape shape = RowShape.Of(sort.Input);
        _rows = new RowWeights(shape.Types, isExact: true, shape.Key);
        _changes = new Consolidation(shape.Types);
        _offset = limit.Offset;
        _end = limit.End;
        _capacity = (int)Math.Min(Math.Max(MinSpare, _end < int.MaxValue / 4 ? _end * 2 : int.MaxValue / 2), int.MaxValue / 2);
    }

    /// <inheritdoc/>
    public long SizeInBytes => _rows.SizeInBytes + (_now.Places.Length * 4L) + _changes.SizeInBytes;

    public bool IsSatisfied => false;

    /// <summary>Rows that were sorted so far.</summary>
    public long RowsSorted { get; private set; }

    public void Push(ChangeBatch changes)
    {
        // A row without sort keys is left out, here and for ever.
        EvaluatedRows keys = _keysOfNew.Evaluate(changes);
        Batch rows = keys.InputBatch();
        if (rows.RowCount > 0) { _rows.Add(new ChangeBatch(rows, Selection: null, keys.Weights)); }
    }

    public void Complete()
    {
        NegativeWeight.Check(_rows, _plan, _sort.Schema);
        if (_rows.Touched.Count > 0)
        {
            _now = Merge();
            if (!_now.IsAll && WeightOf(_now.Places) < _end) { _now = Sorted([.. AllPlaces()], [], bound: null); }

            Take(_before.Places, _rows.Before, _changes.Subtract);
            Take(_now.Places, _rows.Now, _changes.Add);
            foreach (ChangeBatch changes in _changes.Take()) { _output.Push(changes); }
        }

        _output.Complete();
    }

    /// <inheritdoc/>
    public void Commit()
    {
        _rows.Commit();
        _before = _now;
    }

    /// <inheritdoc/>
    public void Rollback()
    {
        _rows.Rollback();
        _changes.Forget();
        _now = _before;
    }

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        // Those of the front first and in its order: where the order leaves it open, they stay there.
        HashSet<int> front = [.. _now.Places];
        _rows.Save(state, [.. _now.Places, .. AllPlaces().Where(place => !front.Contains(place))]);
    }

    /// <inheritdoc/>
    public void Restore(StateReader state)
    {
        int[] places = _rows.RestoreRows(state).Places;
        _before = _now = Sorted(places, [], bound: null);
    }

    private long WeightOf(int[] places)
    {
        long weight = 0;
        foreach (int place in places) { weight += _rows.Now(place); }

        return weight;
    }

    private IEnumerable<int> AllPlaces() =>
        Enumerable.Range(0, _rows.Rows.PlaceCount).Where(place => _rows.Now(place) > 0);

    /// <summary>The front without the rows that have gone, and with those that have come before its bound.</summary>
    private Front Merge()
    {
        int[] kept = [.. _before.Places.Where(place => _rows.Now(place) > 0)];
        int[] come = [.. _rows.Touched.Where(place => _rows.Now(place) > 0 && _rows.Before(place) == 0)];
        return Sorted(kept, come, _before.Bound);
    }

    /// <summary>Sorts rows; those behind the bound, and those that are too many, are no part of the front.</summary>
    /// <param name="kept">Rows that were there, in their order.</param>
    /// <param name="come">Rows that came; where the order leaves it open they go behind.</param>
    /// <param name="bound">The sort keys of the last row that was in the front; null when the front was all rows.</param>
    private Front Sorted(int[] kept, int[] come, Batch? bound)
    {
        int[] places = [.. kept, .. come];
        RowsSorted += places.Length;
        Batch rows = new(_rows.Rows.Columns(places), places.Length);
        Batch keys = _keysOfKept.Evaluate(new ChangeBatch(rows)).Columns;
        var sorted = new RowBuffer([.. _sort.Keys.Select(key => key.Expression.Type)]);
        sorted.Append(keys.Slice(0, kept.Length));
        if (bound is not null) { sorted.Append(bound); }

        sorted.Append(keys.Slice(kept.Length, come.Length));
        var front = new List<int>();
        long weight = 0;
        int last = -1;
        bool isAll = bound is null;
        foreach (int row in SortOrder.Of(sorted.View(), _sort.Keys))
        {
            if (bound is not null && row == kept.Length) { break; }

            if (front.Count >= _capacity && weight >= _end)
            {
                isAll = false;
                bound = keys.Gather([last]);
                break;
            }

            last = bound is not null && row > kept.Length ? row - 1 : row;
            front.Add(places[last]);
            weight += _rows.Now(places[last]);
        }

        return new Front([.. front], isAll ? null : bound, isAll);
    }

    private void Take(int[] front, Func<int, int> weightOf, Action<ChangeBatch> take)
    {
        var places = new List<int>();
        var weights = new List<int>();
        long start = 0;
        foreach (int place in front)
        {
            long end = start + weightOf(place);
            long weight = Math.Min(end, _end) - Math.Max(start, _offset);
            start = end;
            if (weight <= 0) { continue; }

            places.Add(place);
            weights.Add((int)weight);
        }

        if (places.Count > 0)
        {
            take(new ChangeBatch(new Batch(_rows.Rows.Columns([.. places]), places.Count), Selection: null, [.. weights]));
        }
    }

    /// <summary>The first rows in order.</summary>
    /// <param name="Places">The rows.</param>
    /// <param name="Bound">Sort keys that no row outside the front is before; null when there is none outside.</param>
    /// <param name="IsAll">True when no row is outside.</param>
    private sealed record Front(int[] Places, Batch? Bound, bool IsAll)
    {
        public static Front Empty { get; } = new([], null, IsAll: true);
    }
}
