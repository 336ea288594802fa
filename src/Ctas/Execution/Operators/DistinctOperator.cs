using System.Buffers;
using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Operators;

/// <summary>Keeps the first of equal rows, NULLs being equal, and passes it on at once. Order is kept.</summary>
internal sealed class DistinctOperator(
    Schema schema, MemoryMeter memory, IOperatorInput output) : StreamingOperator(output)
{
    private readonly KeyNumbers _seen = KeyNumbers.Create([.. schema.Fields.Select(field => field.Type)]);
    private long _charged;
    private bool _hasRow;

    public override void Push(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        Batch rows = changes.Densify().Rows;
        if (rows.Columns.IsEmpty)
        {
            PushOneOfNoColumns(rows);
            return;
        }

        int known = _seen.Count;
        int[] numbers = ArrayPool<int>.Shared.Rent(Math.Max(1, rows.RowCount));
        _seen.FindOrAdd(rows.Columns, numbers.AsSpan(0, rows.RowCount));
        int[] first = FirstRows.Of(numbers.AsSpan(0, rows.RowCount), known, _seen.Count);
        ArrayPool<int>.Shared.Return(numbers);
        memory.Charge(_seen.SizeInBytes - _charged);
        _charged = _seen.SizeInBytes;
        if (first.Length == rows.RowCount) { Output.Push(new ChangeBatch(rows)); }
        else if (first.Length > 0) { Output.Push(new ChangeBatch(rows, first)); }
    }

    public override void Complete()
    {
        memory.Charge(-_charged);
        base.Complete();
    }

    // Rows without columns are all equal.
    private void PushOneOfNoColumns(Batch rows)
    {
        if (_hasRow || rows.RowCount == 0) { return; }

        _hasRow = true;
        Output.Push(new ChangeBatch(new Batch([], 1)));
    }
}
