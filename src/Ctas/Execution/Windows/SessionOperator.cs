using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Windows;

/// <summary>
/// Puts rows into sessions: rows of one key, sorted by time, of which none is further from the one before than the gap.
/// </summary>
/// <remarks>
/// Gives all rows when the input ends, each with the first and the last time of its session. Because all rows are there,
/// sessions are exact: a row that came late joins two into one.
/// </remarks>
internal sealed class SessionOperator : IOperatorInput
{
    private static readonly SortKey[] ByTime =
        [new SortKey(new ConstantExpression(null, DataType.Timestamp), IsDescending: false, NullsFirst: true)];

    private readonly LogicalTimeWindow _plan;
    private readonly IOperatorInput _output;
    private readonly MemoryMeter _memory;
    private readonly Evaluator _evaluator;
    private readonly RowBuffer _values;
    private readonly List<Batch> _batches = [];
    private long _batchBytes;
    private long _charged;

    public SessionOperator(LogicalTimeWindow plan, RowErrorLog log, MemoryMeter memory, IOperatorInput output)
    {
        _plan = plan;
        _output = output;
        _memory = memory;
        ScalarExpression[] expressions = [plan.Time, .. plan.Keys];
        _evaluator = new Evaluator(expressions, plan.Input.Schema, log);
        _values = new RowBuffer([.. expressions.Select(expression => expression.Type)]);
    }

    public bool IsSatisfied => _output.IsSatisfied;

    public void Push(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        EvaluatedRows evaluated = _evaluator.Evaluate(changes);
        if (evaluated.Columns.RowCount == 0) { return; }

        Batch rows = evaluated.InputBatch();
        _values.Append(evaluated.Columns);
        _batches.Add(rows);
        foreach (Column column in rows.Columns) { _batchBytes += column.SizeInBytes; }

        _memory.Charge(_batchBytes + _values.SizeInBytes - _charged);
        _charged = _batchBytes + _values.SizeInBytes;
    }

    public void Complete()
    {
        if (_values.Count > 0 && !_output.IsSatisfied) { Give(_values.View()); }

        _memory.Charge(-_charged);
        _output.Complete();
    }

    private void Give(Batch values)
    {
        var times = (FixedColumn<long>)values[0];
        SortedRows rows = SortedRows.Of(values.Columns[1..], values.Columns[..1], ByTime, values.RowCount);
        var starts = new long[rows.Count];
        var ends = new long[rows.Count];
        for (int partition = 0; partition < rows.PartitionCount; partition++)
        {
            FillSessions(
                rows.Order.AsSpan(rows.PartitionStarts[partition]..rows.PartitionStarts[partition + 1]),
                times, starts, ends);
        }

        var start = new FixedColumn<long>(DataType.Timestamp, starts, starts.Length);
        var end = new FixedColumn<long>(DataType.Timestamp, ends, ends.Length);
        int first = 0;
        foreach (Batch batch in _batches)
        {
            if (_output.IsSatisfied) { return; }

            int count = batch.RowCount;
            Give(new Batch([.. batch.Columns, start.Slice(first, count), end.Slice(first, count)], count), times, first);
            first += count;
        }
    }

    /// <summary>Gives the rows that have a time.</summary>
    private void Give(Batch rows, FixedColumn<long> times, int first)
    {
        int[]? selection = times.Validity is null
            ? null
            : [.. Enumerable.Range(0, rows.RowCount).Where(row => !times.IsNull(first + row))];
        if (selection is not { Length: 0 }) { _output.Push(new ChangeBatch(rows, selection)); }
    }

    /// <summary>Sets the sessions of one key, whose rows are sorted by time, those without one first.</summary>
    private void FillSessions(ReadOnlySpan<int> rows, FixedColumn<long> times, long[] starts, long[] ends)
    {
        int first = 0;
        while (first < rows.Length && times.IsNull(rows[first])) { first++; }

        while (first < rows.Length)
        {
            int end = first + 1;
            while (end < rows.Length && times.Values[rows[end]] - times.Values[rows[end - 1]] <= _plan.Size) { end++; }

            foreach (int row in rows[first..end])
            {
                starts[row] = times.Values[rows[first]];
                ends[row] = times.Values[rows[end - 1]];
            }

            first = end;
        }
    }
}
