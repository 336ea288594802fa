using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Windows;

/// <summary>Adds a column for every function over a window. Gives all rows when the input ends, in their order.</summary>
/// <remarks>
/// Rows are kept as the batches they came in; only keys and arguments are brought together. They are sorted once for all
/// functions, as numbers of partitions and packed sort keys.
/// </remarks>
internal sealed class WindowOperator : IOperatorInput
{
    private readonly LogicalWindow _plan;
    private readonly IOperatorInput _output;
    private readonly MemoryMeter _memory;
    private readonly RowErrorLog _log;
    private readonly Evaluator _evaluator;
    private readonly RowBuffer _values;
    private readonly WindowSlot[] _slots;
    private readonly List<Batch> _batches = [];
    private long _batchBytes;
    private long _charged;

    public WindowOperator(LogicalWindow plan, RowErrorLog log, MemoryMeter memory, IOperatorInput output)
    {
        _plan = plan;
        _output = output;
        _memory = memory;
        _log = log;

        // Keys and arguments are evaluated together; each function knows where its arguments are.
        var expressions = new ExpressionList([.. plan.PartitionBy, .. plan.OrderBy.Select(key => key.Expression)]);
        _slots = [.. plan.Calls.Select(call => WindowSlot.Of(call, plan, expressions))];
        _evaluator = new Evaluator(expressions.All, plan.Input.Schema, log, reusesResults: true);
        _values = new RowBuffer([.. expressions.All.Select(expression => expression.Type)], isPooled: true);
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
        if (_values.Count > 0 && !_output.IsSatisfied) { Give(); }

        _values.Release();
        _memory.Charge(-_charged);
        _output.Complete();
    }

    private void Give()
    {
        Batch values = _values.View();
        int keys = _plan.PartitionBy.Count;
        SortedRows rows = SortedRows.Of(
            values.Columns[..keys], values.Columns.Slice(keys, _plan.OrderBy.Count), _plan.OrderBy, values.RowCount);
        var results = new Column[_slots.Length];
        Bitmap? failed = null;
        for (int slot = 0; slot < results.Length; slot++)
        {
            (results[slot], GroupFailures? failures) = _slots[slot].Compute(rows, values);
            if (failures is null) { continue; }

            _log.Skip(failures.Groups.CountSet(), failures.First);
            failed = failed is null ? failures.Groups : Bitmap.Or(failed, failures.Groups);
        }

        int start = 0;
        foreach (Batch batch in _batches)
        {
            if (_output.IsSatisfied) { return; }

            var columns = new Column[batch.ColumnCount + results.Length];
            batch.Columns.CopyTo(columns);
            for (int slot = 0; slot < results.Length; slot++)
            {
                columns[batch.ColumnCount + slot] = results[slot].Slice(start, batch.RowCount);
            }

            Give(new Batch(columns, batch.RowCount), Selected(failed, start, batch.RowCount));
            start += batch.RowCount;
        }
    }

    private void Give(Batch rows, int[]? selection)
    {
        if (selection is not { Length: 0 }) { _output.Push(new ChangeBatch(rows, selection)); }
    }

    /// <summary>The rows that have results; null when all have.</summary>
    private static int[]? Selected(Bitmap? failed, int start, int count)
    {
        if (failed is null) { return null; }

        return [.. Enumerable.Range(0, count).Where(row => !failed[start + row])];
    }
}

/// <summary>Expressions to evaluate, equal ones once.</summary>
internal sealed class ExpressionList(IEnumerable<ScalarExpression> first)
{
    private readonly List<ScalarExpression> _all = [.. first];

    /// <summary>All of them, in order.</summary>
    public IReadOnlyList<ScalarExpression> All => _all;

    /// <summary>The place of an expression, added when it is new.</summary>
    public int Add(ScalarExpression expression)
    {
        int known = _all.IndexOf(expression);
        if (known >= 0) { return known; }

        _all.Add(expression);
        return _all.Count - 1;
    }
}
