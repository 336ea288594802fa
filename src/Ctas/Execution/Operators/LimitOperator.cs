using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>Rows [offset, offset + count) of the input in its order; then no more is read.</summary>
internal sealed class LimitOperator(long offset, long? count, IOperatorInput output) : StreamingOperator(output)
{
    private long _seen;

    public override bool IsSatisfied =>
        count == 0 || (count is not null && _seen - offset >= count) || Output.IsSatisfied;

    public override void Push(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        long end = count is null ? long.MaxValue : offset + count.Value;
        long from = Math.Clamp(offset - _seen, 0, changes.Count);
        long to = Math.Clamp(end - _seen, from, changes.Count);
        _seen += changes.Count;
        if (to - from == changes.Count) { Output.Push(changes); }
        else if (to > from) { Output.Push(changes with { Selection = Slice(changes, (int)from, (int)to) }); }
    }

    private static int[] Slice(ChangeBatch changes, int from, int to)
    {
        if (changes.Selection is { } selection) { return selection[from..to]; }

        var rows = new int[to - from];
        for (int row = 0; row < rows.Length; row++) { rows[row] = from + row; }

        return rows;
    }
}
