using System.Buffers;
using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>INTERSECT and EXCEPT, with or without ALL; NULLs are equal. Keeps the order of the left rows.</summary>
/// <remarks>
/// The right input is counted row by different row (build); then each left row takes one of its like (probe). Cost
/// O(rows).
/// </remarks>
internal sealed class SetOperationOperator
{
    private readonly LogicalSetOperation _plan;
    private readonly MemoryMeter _memory;
    private readonly IOperatorInput _output;
    private readonly KeyNumbers _rows;
    private readonly ColumnMemory _selections;

    // Of each different row: how many the right input has and no left row has taken; without ALL, whether the row has
    // been given already is a count of its own.
    private int[] _left = [];
    private bool[] _isGiven = [];

    // No row is in both: the left input need not be read.
    private bool _isDecided;
    private long _charged;

    public SetOperationOperator(LogicalSetOperation plan, MemoryMeter memory, IOperatorInput output)
    {
        _plan = plan;
        _memory = memory;
        _output = output;
        _selections = ColumnMemory.For(output.KeepsColumns);
        _rows = KeyNumbers.Create([.. plan.Schema.Fields.Select(field => field.Type)]);
        Build = new BuildInput(this);
        Probe = new ProbeInput(this);
    }

    /// <summary>Takes the right input; must end before <see cref="Probe"/> begins.</summary>
    public IOperatorInput Build { get; }

    /// <summary>Takes the left input.</summary>
    public IOperatorInput Probe { get; }

    private void Count(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        Batch rows = changes.Densify().Rows;
        int[] numbers = Number(rows);
        foreach (int number in numbers.AsSpan(0, rows.RowCount)) { _left[number]++; }

        ArrayPool<int>.Shared.Return(numbers);
    }

    private void Compare(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        Batch rows = changes.Densify().Rows;
        int[] numbers = Number(rows);
        int[] kept = _selections.Allocate<int>(rows.RowCount);
        int count = 0;
        for (int row = 0; row < rows.RowCount; row++)
        {
            kept[count] = row;
            count += Keeps(numbers[row]) ? 1 : 0;
        }

        ArrayPool<int>.Shared.Return(numbers);
        if (count == rows.RowCount) { _output.Push(new ChangeBatch(rows)); }
        else if (count > 0) { _output.Push(new ChangeBatch(rows, new RowSelection(kept, count))); }

        _selections.GiveBack(kept);
    }

    private bool Keeps(int number)
    {
        bool isRight = _left[number] > 0;
        if (_plan.IsAll)
        {
            if (isRight) { _left[number]--; }

            return isRight == (_plan.Operation == SetOperation.Intersect);
        }

        bool isFirst = !_isGiven[number];
        _isGiven[number] = true;
        return isFirst && isRight == (_plan.Operation == SetOperation.Intersect);
    }

    /// <summary>The number of every row, in an array to be given back to the pool.</summary>
    private int[] Number(Batch rows)
    {
        int[] numbers = ArrayPool<int>.Shared.Rent(Math.Max(1, rows.RowCount));
        _rows.FindOrAdd(rows.Columns, numbers.AsSpan(0, rows.RowCount));
        if (_rows.Count > _left.Length)
        {
            int capacity = Math.Max(_rows.Count, _left.Length * 2);
            Array.Resize(ref _left, capacity);
            Array.Resize(ref _isGiven, capacity);
        }

        long bytes = _rows.SizeInBytes + (_left.Length * 5L);
        _memory.Charge(bytes - _charged);
        _charged = bytes;
        return numbers;
    }

    private void Complete()
    {
        _memory.Charge(-_charged);
        _output.Complete();
    }

    private sealed class BuildInput(SetOperationOperator operation) : IOperatorInput
    {
        public bool IsSatisfied => operation._output.IsSatisfied;

        public bool KeepsColumns => false;

        public void Push(ChangeBatch changes) => operation.Count(changes);

        public void Complete() =>
            operation._isDecided = operation._plan.Operation == SetOperation.Intersect && operation._rows.Count == 0;
    }

    private sealed class ProbeInput(SetOperationOperator operation) : IOperatorInput
    {
        public bool IsSatisfied => operation._isDecided || operation._output.IsSatisfied;

        public bool KeepsColumns => operation._output.KeepsColumns;

        public void Push(ChangeBatch changes) => operation.Compare(changes);

        public void Complete() => operation.Complete();
    }
}
