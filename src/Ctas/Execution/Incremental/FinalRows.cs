using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>EMIT FINAL: holds the rows of windows that are open, and gives each once, when its window closes.</summary>
/// <remarks>
/// Cost O(changes), and O(rows held) in a tick in which a window closes. What it has given it forgets: no change of a
/// closed window reaches it.
/// </remarks>
internal sealed class FinalRows : IOperatorInput, ITickState
{
    private readonly LogicalAggregate _plan;
    private readonly WindowClock _clock;
    private readonly int _closing;
    private readonly IOperatorInput _output;
    private readonly RowWeights _rows;

    // Of the rows held, none closes before this one; it may have gone.
    private long _firstOpen = long.MaxValue;

    /// <summary>Makes one without rows.</summary>
    /// <param name="plan">The GROUP BY over a window that feeds it.</param>
    /// <param name="clock">How far event time has come for that window.</param>
    /// <param name="closing">Ordinal of the column that tells when the window closes.</param>
    /// <param name="output">Where final rows go.</param>
    public FinalRows(LogicalAggregate plan, WindowClock clock, int closing, IOperatorInput output)
    {
        (_plan, _clock, _closing, _output) = (plan, clock, closing, output);
        _rows = new RowWeights([.. plan.Schema.Fields.Select(field => field.Type)], isExact: true);
    }

    /// <inheritdoc/>
    public long SizeInBytes => _rows.SizeInBytes;

    public bool IsSatisfied => false;

    public void Push(ChangeBatch changes)
    {
        foreach (long closing in ((FixedColumn<long>)changes.Rows[_closing]).Values) { _firstOpen = Math.Min(_firstOpen, closing); }

        _rows.Add(changes);
    }

    public void Complete()
    {
        NegativeWeight.Check(_rows, _plan, _plan.Schema);
        if (_firstOpen <= _clock.ClosedUpTo) { GiveClosed(_clock.ClosedUpTo); }

        _output.Complete();
    }

    /// <inheritdoc/>
    public void Commit() => _rows.Commit();

    /// <inheritdoc/>
    public void Rollback()
    {
        _rows.Rollback();
        _firstOpen = long.MinValue;
    }

    /// <inheritdoc/>
    public void Save(StateWriter state) => _rows.Save(state);

    /// <inheritdoc/>
    public void Restore(StateReader state)
    {
        _rows.Restore(state);
        _firstOpen = long.MinValue;
    }

    private void GiveClosed(long closedUpTo)
    {
        int[] places = [.. _rows.Rows.Places().Where(place => _rows.Now(place) > 0)];
        ReadOnlySpan<long> closings = ((FixedColumn<long>)_rows.Rows.Columns(places)[_closing]).Values;
        var closed = new List<int>();
        _firstOpen = long.MaxValue;
        for (int row = 0; row < places.Length; row++)
        {
            if (closings[row] <= closedUpTo) { closed.Add(places[row]); }
            else { _firstOpen = Math.Min(_firstOpen, closings[row]); }
        }

        if (closed.Count == 0) { return; }

        var rows = new Batch(_rows.Rows.Columns([.. closed]), closed.Count);
        int[] weights = [.. closed.Select(_rows.Now)];
        _output.Push(new ChangeBatch(rows, Selection: null, weights));
        _rows.Add(new ChangeBatch(rows, Selection: null, Array.ConvertAll(weights, weight => -weight)));
    }
}
