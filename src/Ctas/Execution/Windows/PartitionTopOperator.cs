using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.Windows;

/// <summary>Lets only the first rows of each partition through to the functions over windows, when the input ends.</summary>
internal sealed class PartitionTopOperator : IOperatorInput
{
    private readonly MemoryMeter _memory;
    private readonly IOperatorInput _output;
    private readonly Evaluator _evaluator;
    private readonly TopRows _top;
    private long _charged;

    public PartitionTopOperator(LogicalWindow plan, RowErrorLog log, MemoryMeter memory, IOperatorInput output)
    {
        _memory = memory;
        _output = output;
        Schema input = plan.Input.Schema;
        _evaluator = new Evaluator(
            [.. plan.PartitionBy, .. plan.OrderBy.Select(key => key.Expression)], input, log);
        _top = new TopRows(
            [.. input.Fields.Select(field => field.Type)],
            [.. plan.PartitionBy.Select(key => key.Type)],
            plan.OrderBy,
            plan.RowLimit!.Value);
    }

    public bool IsSatisfied => _output.IsSatisfied;

    public void Push(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        EvaluatedRows evaluated = _evaluator.Evaluate(changes);
        Batch rows = evaluated.InputRows is { } inputRows ? changes.Rows.Gather(inputRows) : changes.Rows;
        _top.Add(rows, evaluated.Columns);
        _memory.Charge(_top.SizeInBytes - _charged);
        _charged = _top.SizeInBytes;
    }

    public void Complete()
    {
        Batch rows = _top.Rows();
        if (rows.RowCount > 0) { _output.Push(new ChangeBatch(rows)); }

        _memory.Charge(-_charged);
        _output.Complete();
    }
}
