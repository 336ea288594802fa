using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>Maintains the rows that are not too old: given changes to R, and the time, gives those of what is left of it.</summary>
/// <remarks>
/// Holds exactly the rows it has given, by time. A change of a row that is too old is left out: it was never given, or has
/// been taken back. Cost O(changes and rows that become too old, times the logarithm of the rows held).
/// </remarks>
internal sealed class RecentRows : IOperatorInput, ITickState
{
    private readonly LogicalRetention _plan;
    private readonly IOperatorInput _output;
    private readonly Evaluator _time;
    private readonly RowWeights _rows;
    private readonly List<int> _old = [];
    private long _before;
    private long _now;

    /// <summary>Makes one without rows, at the moment of its plan.</summary>
    public RecentRows(LogicalRetention plan, RowErrorLog log, IOperatorInput output)
    {
        (_plan, _output) = (plan, output);
        _time = new Evaluator([plan.Time], plan.Input.Schema, log);
        _rows = new RowWeights([.. plan.Schema.Fields.Select(field => field.Type)], isExact: true) { Order = new TimeOrder() };
        _before = _now = plan.PlannedAt;
    }

    /// <inheritdoc/>
    public long SizeInBytes => _rows.SizeInBytes;

    /// <summary>When the next row becomes too old, in microseconds since 1970; <see cref="long.MaxValue"/> for never.</summary>
    public long NextLeavesAt => _rows.Order!.First > long.MaxValue - _plan.Length - 1 ? long.MaxValue : _rows.Order.First + _plan.Length + 1;

    public bool IsSatisfied => false;

    // Times up to this one are too old.
    private long OldUpTo => _now - _plan.Length - 1;

    /// <summary>Lets time go on, before the first changes of a tick; it never goes back.</summary>
    /// <returns>True when a row has become too old.</returns>
    public bool Advance(long now)
    {
        _now = Math.Max(_now, now);
        return NextLeavesAt <= _now;
    }

    public void Push(ChangeBatch changes)
    {
        EvaluatedRows evaluated = _time.Evaluate(changes);
        var times = (FixedColumn<long>)evaluated.Columns[0];
        Batch rows = evaluated.InputBatch();
        int[] recent = RecentOf(times);
        if (recent.Length == 0) { return; }

        var all = new ChangeBatch(rows, Selection: null, evaluated.Weights);
        ChangeBatch kept = recent.Length < rows.RowCount ? (all with { Selection = recent }).Densify() : all;
        var places = new int[recent.Length];
        _rows.Add(kept.Rows.Columns, kept.Weights, places);
        Time(places, times, at => recent[at]);
        _output.Push(kept);
    }

    public void Complete()
    {
        NegativeWeight.Check(_rows, _plan, _plan.Schema);
        TakeOld();
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
        _now = _before;
    }

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        _rows.Save(state);
        state.AddRow(_now);
    }

    /// <inheritdoc/>
    public void Restore(StateReader state)
    {
        (Batch saved, int[] places) = _rows.RestoreRows(state);
        var rows = new Batch([.. saved.Columns[..^1]], saved.RowCount);
        var times = (FixedColumn<long>)_time.Evaluate(new ChangeBatch(rows)).Columns[0];
        Time(places, times, row => row);
        _before = _now = state.NextRow(1)[0];
    }

    private void Time(int[] places, FixedColumn<long> times, Func<int, int> rowOf)
    {
        for (int at = 0; at < places.Length; at++)
        {
            int row = rowOf(at);
            _rows.Order!.Add(places[at], times.IsNull(row) ? long.MaxValue : times.Values[row]);
        }
    }

    private int[] RecentOf(FixedColumn<long> times)
    {
        long oldUpTo = OldUpTo;
        var recent = new List<int>(times.Values.Length);
        for (int row = 0; row < times.Values.Length; row++)
        {
            if (times.IsNull(row) || times.Values[row] > oldUpTo) { recent.Add(row); }
        }

        return [.. recent];
    }

    private void TakeOld()
    {
        _rows.Order!.AddUpTo(OldUpTo, _old);
        if (_old.Count == 0) { return; }

        int[] places = [.. _old];
        _old.Clear();
        int[] weights = Array.ConvertAll(places, place => -_rows.Now(place));
        _output.Push(new ChangeBatch(new Batch(_rows.Rows.Columns(places), places.Length), Selection: null, weights));
        foreach (int place in places) { _rows.Clear(place); }
    }
}
