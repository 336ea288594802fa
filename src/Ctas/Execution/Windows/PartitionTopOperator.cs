using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.Windows;

/// <summary>Lets only the first rows of each partition through to the functions over windows, when the input ends.</summary>
/// <remarks>Where the only function is ROW_NUMBER and the place of each row is known anyway, it gives the result itself.</remarks>
internal sealed class PartitionTopOperator : IOperatorInput
{
    private readonly LogicalWindow _plan;
    private readonly MemoryMeter _memory;
    private readonly IOperatorInput _output;
    private readonly Evaluator _evaluator;
    private readonly TopRows _top;
    private readonly bool _numbers;
    private readonly ColumnMemory _resultMemory;
    private long _charged;

    /// <summary>Makes the operator.</summary>
    /// <param name="plan">The functions, and how many rows of each partition are wanted.</param>
    /// <param name="log">Where rows that fail are noted.</param>
    /// <param name="memory">What is held.</param>
    /// <param name="output">Where the result goes.</param>
    public PartitionTopOperator(LogicalWindow plan, RowErrorLog log, MemoryMeter memory, IOperatorInput output)
    {
        _plan = plan;
        _memory = memory;
        Schema input = plan.Input.Schema;
        _evaluator = new Evaluator(
            [.. plan.PartitionBy, .. plan.OrderBy.Select(key => key.Expression)], input, log, reusesResults: true);
        _top = new TopRows(
            [.. input.Fields.Select(field => field.Type)],
            [.. plan.PartitionBy.Select(key => key.Type)],
            plan.OrderBy,
            plan.RowLimit!.Value);
        _numbers = _top.KnowsPlaces && plan.Calls.All(call => call is { Function: "ROW_NUMBER", Aggregate: null });
        _output = _numbers ? output : new WindowOperator(plan, log, memory, output);
        _resultMemory = ColumnMemory.For(_output.KeepsColumns);
    }

    public bool IsSatisfied => _output.IsSatisfied;

    public bool KeepsColumns => false;

    public bool IsQuickerOnOneThread => true;

    public void Push(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        EvaluatedRows evaluated = _evaluator.Evaluate(changes);
        Batch rows = evaluated.InputBatch(ColumnMemory.Lent);
        _top.Add(rows, evaluated.Columns);
        evaluated.GiveBack(rows);
        _memory.Charge(_top.SizeInBytes - _charged);
        _charged = _top.SizeInBytes;
    }

    public void Complete()
    {
        Batch rows = _top.Rows(_resultMemory);
        if (_numbers) { PushNumbered(rows); }
        else if (rows.RowCount > 0) { _output.Push(new ChangeBatch(rows)); }

        rows.GiveBack();
        _top.Release();
        _memory.Charge(-_charged);
        _output.Complete();
    }

    private void PushNumbered(Batch rows)
    {
        Column places = _top.Places(rows.RowCount, _resultMemory);
        var numbered = new Batch([.. rows.Columns, .. _plan.Calls.Select(_ => places)], rows.RowCount);
        if (rows.RowCount > 0) { _output.Push(new ChangeBatch(numbered)); }

        places.GiveBack();
    }
}
