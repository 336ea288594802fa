using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>Rows [offset, end) of the input in its order; then no more is read.</summary>
internal sealed class LimitOperator(LogicalLimit plan, IOperatorInput output) : StreamingOperator(output)
{
    private readonly ColumnMemory _memory = ColumnMemory.For(output.KeepsColumns);
    private long _seen;

    public override bool IsSatisfied => _seen >= plan.End || plan.Count == 0 || Output.IsSatisfied;

    public override void Push(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        long from = Math.Clamp(plan.Offset - _seen, 0, changes.Count);
        long to = Math.Clamp(plan.End - _seen, from, changes.Count);
        _seen += changes.Count;
        if (to - from == changes.Count) { Output.Push(changes); }
        else if (to > from) { PushSlice(changes, (int)from, (int)to); }
    }

    private void PushSlice(ChangeBatch changes, int from, int to)
    {
        if (changes.Selection is { } selection)
        {
            Output.Push(changes with { Selection = selection[from..to] });
            return;
        }

        int[] rows = _memory.Allocate<int>(to - from);
        for (int row = 0; row < to - from; row++) { rows[row] = from + row; }

        Output.Push(changes with { Selection = new RowSelection(rows, to - from) });
        _memory.GiveBack(rows);
    }
}
