using System.Buffers;
using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>
/// Groups and aggregates; gives one row per group, in the order in which the groups first came, when the input
/// ends.
/// </summary>
/// <remarks>Without keys there is one group, also of no input. NULL is one group. Cost O(rows).</remarks>
internal sealed class AggregateOperator : IOperatorInput
{
    private readonly IOperatorInput _output;
    private readonly MemoryMeter _memory;
    private readonly Evaluator _evaluator;
    private readonly AggregateSlot[] _slots;
    private readonly KeyNumbers _groups;
    private readonly int _keyCount;
    private long _charged;

    public AggregateOperator(LogicalAggregate plan, RowErrorLog log, MemoryMeter memory, IOperatorInput output)
    {
        _output = output;
        _memory = memory;
        _keyCount = plan.Keys.Count;
        _groups = KeyNumbers.Create([.. plan.Keys.Select(key => key.Type)]);

        // Keys and arguments are evaluated together; each aggregate knows where its argument is.
        var expressions = new List<ScalarExpression>(plan.Keys);
        _slots = [.. plan.Aggregates.Select(WithoutFilter).Select(call =>
            new AggregateSlot(AccumulatorFactory.Create(call, plan.Input.Schema), Add(expressions, call.Argument)))];
        _evaluator = new Evaluator(expressions, plan.Input.Schema, log);
    }

    public bool IsSatisfied => _output.IsSatisfied;

    public void Push(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        Batch rows = _evaluator.Evaluate(changes).Columns;
        int[] rented = ArrayPool<int>.Shared.Rent(Math.Max(1, rows.RowCount));
        Span<int> groups = rented.AsSpan(0, rows.RowCount);
        _groups.FindOrAdd(rows.Columns[.._keyCount], groups);
        foreach ((Accumulator state, int argument) in _slots)
        {
            state.Add(argument < 0 ? null : rows[argument], groups, _groups.Count);
        }

        ArrayPool<int>.Shared.Return(rented);
        Charge();
    }

    public void Complete()
    {
        int count = _groups.Count;
        Column[] columns = [.. _groups.Keys(), .. _slots.Select(slot => slot.State.Finish(count))];
        if (count > 0 && !_output.IsSatisfied) { _output.Push(new ChangeBatch(new Batch(columns, count))); }

        _memory.Charge(-_charged);
        _output.Complete();
    }

    // Aggregates leave NULLs out, so a filter is an argument that is NULL where the filter is not TRUE; and the
    // argument
    // is not evaluated there.
    private static AggregateCall WithoutFilter(AggregateCall call)
    {
        if (call.Filter is null) { return call; }

        ScalarExpression argument = call.Argument ?? new ConstantExpression(true, DataType.Boolean);
        var filtered = new CaseExpression([new CaseBranch(call.Filter, argument)], Else: null, argument.Type);
        return call with { Argument = filtered, Filter = null };
    }

    private static int Add(List<ScalarExpression> expressions, ScalarExpression? expression)
    {
        if (expression is null) { return -1; }

        expressions.Add(expression);
        return expressions.Count - 1;
    }

    private void Charge()
    {
        long bytes = _groups.SizeInBytes;
        foreach (AggregateSlot slot in _slots) { bytes += slot.State.SizeInBytes; }

        _memory.Charge(bytes - _charged);
        _charged = bytes;
    }
}

/// <summary>One aggregate: its state and the ordinal of its argument, −1 for COUNT(*).</summary>
internal sealed record AggregateSlot(Accumulator State, int Argument);
