using Ctas.Data;
using Ctas.Execution.Kernels;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.Windows;

/// <summary>Puts rows into tumbling or hopping windows; a row comes once for each of its windows.</summary>
/// <remarks>
/// Keeps no rows; weights are kept. A tumbling window adds a column to the batch and copies nothing. A row that would be
/// in a window that starts before the year 1 fails: there is no TIMESTAMP for it.
/// </remarks>
internal sealed class TimeWindowOperator(LogicalTimeWindow plan, RowErrorLog log, IOperatorInput output)
    : StreamingOperator(output)
{
    // A row can be in very many windows: they are given on in portions.
    private const int PortionRows = 65_536;

    private readonly Evaluator _evaluator = new([plan.Time], plan.Input.Schema, log);
    private readonly long _earliestTime = EarliestTime(plan);
    private long _rowsBefore;

    public override void Push(ChangeBatch changes)
    {
        EvaluatedRows evaluated = _evaluator.Evaluate(changes);
        var times = (FixedColumn<long>)evaluated.Columns[0];
        Batch rows = evaluated.InputBatch();
        int[]? weights = evaluated.Weights;
        if (RowsThatFit(times) is { } fitting)
        {
            times = (FixedColumn<long>)times.Gather(fitting);
            rows = rows.Gather(fitting);
            weights = weights is null ? null : [.. fitting.Select(row => weights[row])];
        }

        if (plan.Advance == plan.Size && times.Validity is null) { PushAll(rows, times.Values, weights); }
        else { PushEach(rows, times, weights); }
    }

    /// <summary>The rows all of whose windows have a start; null when all rows are so.</summary>
    private int[]? RowsThatFit(FixedColumn<long> times)
    {
        ReadOnlySpan<long> values = times.Values;
        int first = 0;
        while (first < values.Length && (values[first] >= _earliestTime || times.IsNull(first))) { first++; }

        _rowsBefore += values.Length;
        if (first == values.Length) { return null; }

        int[] fitting = [.. Enumerable.Range(0, times.Length)
            .Where(row => times.Values[row] >= _earliestTime || times.IsNull(row))];
        var error = new RowError(plan.Time, ValueText.Of(times, first), "window starts before the year 1");
        log.Skip(
            times.Length - fitting.Length,
            ExecutionErrors.RowFailed(error, _rowsBefore - times.Length + first, plan.Input.Schema));
        return fitting;
    }

    private void PushAll(Batch rows, ReadOnlySpan<long> times, int[]? weights)
    {
        if (rows.RowCount == 0) { return; }

        var starts = new long[times.Length];
        for (int row = 0; row < starts.Length; row++) { starts[row] = LastStart(times[row]); }

        Push(rows, starts, starts.Length, weights);
    }

    private void PushEach(Batch rows, FixedColumn<long> times, int[]? weights)
    {
        var windowRows = new List<int>();
        var starts = new List<long>();
        for (int row = 0; row < rows.RowCount && !Output.IsSatisfied; row++)
        {
            if (times.IsNull(row)) { continue; }

            long last = LastStart(times.Values[row]);
            for (long start = FirstStart(times.Values[row]); start <= last; start += plan.Advance)
            {
                windowRows.Add(row);
                starts.Add(start);
                if (starts.Count == PortionRows) { Push(rows, windowRows, starts, weights); }
            }
        }

        if (starts.Count > 0) { Push(rows, windowRows, starts, weights); }
    }

    private void Push(Batch rows, List<int> windowRows, List<long> starts, int[]? weights)
    {
        int[]? windowWeights = weights is null ? null : [.. windowRows.Select(row => weights[row])];
        Push(rows.Gather([.. windowRows]), [.. starts], starts.Count, windowWeights);
        windowRows.Clear();
        starts.Clear();
    }

    private void Push(Batch rows, long[] starts, int count, int[]? weights)
    {
        var column = new FixedColumn<long>(DataType.Timestamp, starts, count);
        Output.Push(new ChangeBatch(new Batch([.. rows.Columns, column], count), Selection: null, weights));
    }

    private long LastStart(long time) => Calendar.FloorDivide(time, plan.Advance) * plan.Advance;

    /// <summary>The start of the earliest window that the time is in. As in ksqlDB, none starts before 1970.</summary>
    private long FirstStart(long time)
    {
        long earliest = (Calendar.FloorDivide(time - plan.Size, plan.Advance) + 1) * plan.Advance;
        return time >= 0 ? Math.Max(0, earliest) : earliest;
    }

    /// <summary>The first time whose earliest window starts in the year 1.</summary>
    private static long EarliestTime(LogicalTimeWindow plan)
    {
        long firstStart = -Calendar.FloorDivide(-Calendar.FirstTimestamp, plan.Advance) * plan.Advance;
        return Math.Min(0, firstStart - plan.Advance + plan.Size);
    }
}
