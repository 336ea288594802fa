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
    private readonly RowErrorLog _log;
    private long _charged;

    public AggregateOperator(LogicalAggregate plan, RowErrorLog log, MemoryMeter memory, IOperatorInput output)
    {
        _output = output;
        _memory = memory;
        _keyCount = plan.Keys.Count;
        _groups = KeyNumbers.Create([.. plan.Keys.Select(key => key.Type)]);

        // Keys and arguments are evaluated together; each aggregate knows where its argument is.
        var expressions = new List<ScalarExpression>(plan.Keys);
        _slots = [.. plan.Aggregates.Select(WithoutFilter).Select(call => new AggregateSlot(
            AccumulatorFactory.Create(call, plan.Input.Schema),
            [.. call.Arguments.Select(argument => Add(expressions, argument))]))];
        _log = log;
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
        foreach (AggregateSlot slot in _slots)
        {
            slot.State.Add(slot.ArgumentsOf(rows), groups, _groups.Count);
        }

        ArrayPool<int>.Shared.Return(rented);
        Charge();
    }

    public void Complete()
    {
        int count = _groups.Count;
        Column[] columns = [.. _groups.Keys(), .. _slots.Select(slot => slot.State.Finish(count))];
        int[]? passed = Passed(count);
        if ((passed?.Length ?? count) > 0 && !_output.IsSatisfied)
        {
            _output.Push(new ChangeBatch(new Batch(columns, count), passed));
        }

        _memory.Charge(-_charged);
        _output.Complete();
    }

    // Aggregates leave NULLs out, so a filter is an argument that is NULL where the filter is not TRUE; and the
    // argument is not evaluated there.
    private static AggregateCall WithoutFilter(AggregateCall call)
    {
        if (call.Filter is null) { return call; }

        ScalarExpression[] arguments = call.Arguments.Count == 0
            ? [new ConstantExpression(true, DataType.Boolean)]
            : [.. call.Arguments];
        return call with
        {
            Arguments =
            [
                .. arguments.Select(argument =>
                    new CaseExpression([new CaseBranch(call.Filter, argument)], Else: null, argument.Type)),
            ],
            Filter = null,
        };
    }

    private static int Add(List<ScalarExpression> expressions, ScalarExpression expression)
    {
        int known = expressions.IndexOf(expression);
        if (known >= 0) { return known; }

        expressions.Add(expression);
        return expressions.Count - 1;
    }

    /// <summary>The groups that every aggregate has a result for; null when these are all.</summary>
    private int[]? Passed(int count)
    {
        Bitmap? failed = null;
        ExecutionException? first = null;
        foreach (GroupFailures failures in _slots.Select(slot => slot.State.Failures).OfType<GroupFailures>())
        {
            first ??= failures.First;
            failed ??= new Bitmap(count);
            for (int word = 0; word < failed.Words.Length; word++)
            {
                failed.Words[word] |= failures.Groups.Words[word];
            }
        }

        if (failed is null) { return null; }

        _log.Skip(failed.CountSet(), first!);
        return [.. Enumerable.Range(0, count).Where(group => !failed[group])];
    }

    private void Charge()
    {
        long bytes = _groups.SizeInBytes;
        foreach (AggregateSlot slot in _slots) { bytes += slot.State.SizeInBytes; }

        _memory.Charge(bytes - _charged);
        _charged = bytes;
    }
}

/// <summary>One aggregate: its state, and the ordinals of its arguments.</summary>
internal sealed class AggregateSlot(Accumulator state, int[] ordinals)
{
    private readonly Column[] _arguments = new Column[ordinals.Length];

    /// <summary>The state.</summary>
    public Accumulator State { get; } = state;

    /// <summary>The arguments among evaluated columns; valid until the next call.</summary>
    public ReadOnlySpan<Column> ArgumentsOf(Batch rows)
    {
        for (int argument = 0; argument < _arguments.Length; argument++)
        {
            _arguments[argument] = rows[ordinals[argument]];
        }

        return _arguments;
    }
}
