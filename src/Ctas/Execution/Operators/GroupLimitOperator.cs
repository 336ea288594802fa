using System.Buffers;
using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>Of every group of equal values, NULLs being equal, rows [offset, end) in the input's order.</summary>
internal sealed class GroupLimitOperator(
    LogicalLimit plan, RowErrorLog log, MemoryMeter memory, IOperatorInput output) : StreamingOperator(output)
{
    private readonly Evaluator _groups = new(plan.Groups, plan.Input.Schema, log, reusesResults: true);
    private readonly KeyNumbers _numbers = KeyNumbers.Create([.. plan.Groups.Select(group => group.Type)]);

    private readonly ColumnMemory _memory = ColumnMemory.For(output.KeepsColumns);

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

        int[] selection = _memory.Allocate<int>(rowCount);
        int kept = Select(evaluated.InputRows, numbers.AsSpan(0, rowCount), selection);
        ArrayPool<int>.Shared.Return(numbers);
        long bytes = _numbers.SizeInBytes + (_seen.Length * sizeof(long));
        memory.Charge(bytes - _charged);
        _charged = bytes;
        if (kept > 0) { Output.Push(changes with { Selection = new RowSelection(selection, kept) }); }

        _memory.GiveBack(selection);
    }

    private int Select(RowSelection? evaluatedRows, ReadOnlySpan<int> numbers, Span<int> selection)
    {
        ReadOnlySpan<int> inputRows = evaluatedRows is { } rows ? rows.Span : default;
        int kept = 0;
        for (int row = 0; row < numbers.Length; row++)
        {
            long position = _seen[numbers[row]]++;
            selection[kept] = evaluatedRows is null ? row : inputRows[row];
            kept += position >= plan.Offset && position < plan.End ? 1 : 0;
        }

        return kept;
    }

    public override void Complete()
    {
        memory.Charge(-_charged);
        base.Complete();
    }
}
