using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>Leaves out and counts the changes that come too late for their window or match, insertions and retractions alike.</summary>
/// <remarks>A window closes once and for all, so that what was inserted before is never retracted after.</remarks>
/// <param name="time">What tells when a row is late: the start of its window, else its own time.</param>
/// <param name="schema">The columns of the rows.</param>
/// <param name="clock">How far event time has come.</param>
/// <param name="lateBy">By how much, in microseconds, event time has passed the time of a row that is late.</param>
/// <param name="log">Where rows that fail are noted.</param>
/// <param name="output">Where the other changes go.</param>
internal sealed class LateRows(
    ScalarExpression time, Schema schema, EventClock clock, long lateBy, RowErrorLog log, IOperatorInput output)
    : StreamingOperator(output)
{
    private readonly Evaluator _time = new([time], schema, log);

    public override void Push(ChangeBatch changes)
    {
        long lateUpTo = clock.PassedBefore(lateBy);
        if (lateUpTo == long.MinValue)
        {
            Output.Push(changes);
            return;
        }

        EvaluatedRows evaluated = _time.Evaluate(changes);
        var times = (FixedColumn<long>)evaluated.Columns[0];
        Batch rows = evaluated.InputBatch();
        int[]? weights = evaluated.Weights;
        var kept = new List<int>(rows.RowCount);
        int late = 0;
        for (int row = 0; row < rows.RowCount; row++)
        {
            if (times.IsNull(row) || times.Values[row] > lateUpTo) { kept.Add(row); }
            else if (weights is null || weights[row] > 0) { late++; }
        }

        clock.CountLate(late);
        if (kept.Count == rows.RowCount) { Output.Push(new ChangeBatch(rows, Selection: null, weights)); }
        else if (kept.Count > 0) { Output.Push(new ChangeBatch(rows, kept.ToArray(), weights)); }
    }
}
