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

    private readonly Evaluator _evaluator = new(plan.Keys.Select(key => key.Expression), plan.Input.Schema, log, reusesResults: true);
    private readonly long _wanted = plan.RowLimit ?? long.MaxValue;
    private RowBuffer _rows = new([.. plan.Schema.Fields.Select(field => field.Type)], isPooled: true);
    private RowBuffer _keys = new([.. plan.Keys.Select(key => key.Expression.Type)], isPooled: true);
    private readonly ColumnMemory _memory = ColumnMemory.For(output.KeepsColumns);
    private long _charged;

    public bool IsSatisfied => output.IsSatisfied;

    public bool KeepsColumns => false;

    public void Push(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        EvaluatedRows evaluated = _evaluator.Evaluate(changes);
        _keys.Append(evaluated.Columns);
        if (evaluated.InputRows is { } inputRows) { _rows.Append(changes.Rows, inputRows.Span); }
        else { _rows.Append(changes.Rows); }

        if (IsMostlySurplus) { KeepFirst(); }

        long bytes = _rows.SizeInBytes + _keys.SizeInBytes;
        memory.Charge(bytes - _charged);
        _charged = bytes;
    }

    public void Complete()
    {
        Batch rows = _rows.View();
        int[] order = Wanted();
        for (int start = 0; start < order.Length && !output.IsSatisfied; start += PortionRows)
        {
            int end = Math.Min(start + PortionRows, order.Length);
            Batch portion = rows.Gather(order.AsSpan(start, end - start), _memory);
            output.Push(new ChangeBatch(portion));
            portion.GiveBack();
        }

        _rows.Release();
        _keys.Release();
        memory.Charge(-_charged);
        output.Complete();
    }

    // Sorting what is there whenever it has grown manifold costs little for each row, and memory stays small.
    private bool IsMostlySurplus => _rows.Count > PortionRows && _rows.Count / 4 >= _wanted;

    private int[] Wanted()
    {
        int[] order = SortOrder.Of(_keys.View(), plan.Keys);
        return order.Length > _wanted ? order[..(int)_wanted] : order;
    }

    /// <summary>Drops the rows that the first ones wanted keep out. Those that stay are in order, so ties stay as they came.</summary>
    private void KeepFirst()
    {
        int[] first = Wanted();
        _rows = Copy(_rows, first);
        _keys = Copy(_keys, first);
    }

    private static RowBuffer Copy(RowBuffer buffer, int[] rows)
    {
        Batch all = buffer.View();
        var copy = new RowBuffer([.. all.Columns.ToArray().Select(column => column.Type)], isPooled: true);
        copy.Append(all, rows);
        buffer.Release();
        return copy;
    }
}
