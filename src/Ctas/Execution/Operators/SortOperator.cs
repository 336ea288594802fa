using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>
/// Orders the rows by the keys; equal ones stay in the order in which they came. Gives all when the input ends.
/// </summary>
internal sealed class SortOperator(LogicalSort plan, RowErrorLog log, MemoryMeter memory, IOperatorInput output)
    : IOperatorInput
{
    // Given on in portions, so that a LIMIT above need not gather what it drops.
    private const int PortionRows = 8192;

    private readonly Evaluator _evaluator = new(plan.Keys.Select(key => key.Expression), plan.Input.Schema, log);
    private readonly RowBuffer _rows = new([.. plan.Schema.Fields.Select(field => field.Type)]);
    private readonly RowBuffer _keys = new([.. plan.Keys.Select(key => key.Expression.Type)]);
    private long _charged;

    public bool IsSatisfied => output.IsSatisfied;

    public void Push(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        EvaluatedRows evaluated = _evaluator.Evaluate(changes);
        _keys.Append(evaluated.Columns);
        _rows.Append(evaluated.InputRows is { } inputRows ? changes.Rows.Gather(inputRows) : changes.Rows);
        long bytes = _rows.SizeInBytes + _keys.SizeInBytes;
        memory.Charge(bytes - _charged);
        _charged = bytes;
    }

    public void Complete()
    {
        Batch rows = _rows.View();
        int[] order = SortOrder.Of(_keys.View(), plan.Keys);
        for (int start = 0; start < order.Length && !output.IsSatisfied; start += PortionRows)
        {
            int end = Math.Min(start + PortionRows, order.Length);
            output.Push(new ChangeBatch(rows.Gather(order.AsSpan(start, end - start))));
        }

        memory.Charge(-_charged);
        output.Complete();
    }
}
