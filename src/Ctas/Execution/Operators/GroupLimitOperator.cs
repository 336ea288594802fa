using System.Buffers;
using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>Of every group of equal values, NULLs being equal, rows [offset, end) in the input's order.</summary>
internal sealed class GroupLimitOperator(
    LogicalLimit plan, RowErrorLog log, MemoryMeter memory, IOperatorInput output) : StreamingOperator(output)
{
    private readonly Evaluator _groups = new(plan.Groups, plan.Input.Schema, log);
    private readonly KeyNumbers _numbers = KeyNumbers.Create([.. plan.Groups.Select(group => group.Type)]);

    private long[] _seen = [];
    private long _charged;

    public override void Push(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        EvaluatedRows evaluated = _groups.Evaluate(changes);
        int rowCount = evaluated.Columns.RowCount;
        int[] numbers = ArrayPool<int>.Shared.Rent(Math.Max(1, rowCount));
        _numbers.FindOrAdd(evaluated.Columns.Columns, numbers.AsSpan(0, rowCount));
        if (_numbers.Count > _seen.Length) { Array.Resize(ref _seen, Math.Max(_numbers.Count, _seen.Length * 2)); }

        int[]? inputRows = evaluated.InputRows;
        var selection = new int[rowCount];
        int kept = 0;
        for (int row = 0; row < rowCount; row++)
        {
            long position = _seen[numbers[row]]++;
            selection[kept] = inputRows is null ? row : inputRows[row];
            kept += position >= plan.Offset && position < plan.End ? 1 : 0;
        }

        ArrayPool<int>.Shared.Return(numbers);
        long bytes = _numbers.SizeInBytes + (_seen.Length * sizeof(long));
        memory.Charge(bytes - _charged);
        _charged = bytes;
        if (kept > 0) { Output.Push(changes with { Selection = selection[..kept] }); }
    }

    public override void Complete()
    {
        memory.Charge(-_charged);
        base.Complete();
    }
}
