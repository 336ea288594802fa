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
internal sealed class AggregateOperator : IOperatorInput, ILaneEnd
{
    private readonly IOperatorInput _output;
    private readonly MemoryMeter _memory;
    private readonly Evaluator _evaluator;
    private readonly AggregateSlot[] _slots;
    private readonly KeyNumbers _groups;
    private readonly int _keyCount;
    private readonly int _aggregateCount;
    private readonly RowErrorLog _log;
    private readonly int _maxThreads;
    private readonly ColumnMemory _resultMemory;
    private long _charged;

    /// <summary>Makes the operator.</summary>
    /// <param name="plan">Keys and aggregates.</param>
    /// <param name="log">Where rows that fail are noted.</param>
    /// <param name="memory">What the groups hold.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="maxThreads">Threads that may compute the results of groups side by side.</param>
    public AggregateOperator(
        LogicalAggregate plan, RowErrorLog log, MemoryMeter memory, IOperatorInput output, int maxThreads = 1)
    {
        _maxThreads = maxThreads;
        _output = output;
        _memory = memory;
        _keyCount = plan.Keys.Count;
        _aggregateCount = plan.Aggregates.Count;
        _groups = KeyNumbers.Create([.. plan.Keys.Select(key => key.Type)]);

        // Keys and arguments are evaluated together; each aggregate knows where its argument is.
        var expressions = new List<ScalarExpression>(plan.Keys);
        _slots = AggregateSlots.Of(plan, expressions);
        _resultMemory = ColumnMemory.For(output.KeepsColumns);
        foreach (AggregateSlot slot in _slots) { slot.State.ResultMemory = _resultMemory; }

        _log = log;
        _evaluator = new Evaluator(expressions, plan.Input.Schema, log, reusesResults: true);
    }

    public bool IsSatisfied => _output.IsSatisfied;

    public bool KeepsColumns => false;

    public void Push(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        Batch rows = _evaluator.Evaluate(changes).Columns;
        int[] rented = ArrayPool<int>.Shared.Rent(Math.Max(1, rows.RowCount));
        Span<int> groups = rented.AsSpan(0, rows.RowCount);
        _groups.FindOrAdd(rows.Columns[.._keyCount], groups);
        foreach (AggregateSlot slot in _slots)
        {
            slot.Add(rows, groups, _groups.Count);
        }

        ArrayPool<int>.Shared.Return(rented);
        Charge();
    }

    public void Complete()
    {
        Finish([]);
        _output.Complete();
    }

    /// <summary>Merges the groups of other lanes, whose rows come later, and gives the result on.</summary>
    public void Finish(IReadOnlyList<ILaneEnd> following)
    {
        foreach (AggregateOperator other in following.Cast<AggregateOperator>())
        {
            Merge(other);
            other.Forget();
        }

        Emit();
        Forget();
    }

    /// <inheritdoc/>
    public void Forget()
    {
        _groups.Release();
        foreach (AggregateSlot slot in _slots) { slot.State.Release(); }

        _memory.Charge(-_charged);
        _charged = 0;
    }

    /// <inheritdoc/>
    public bool IsBetterAlone(long rows)
    {
        // When nearly every row is a group, all of them are found once by a lane and once more when it is merged.
        const double mostlyGroups = 0.9;
        return _groups.Count > rows * mostlyGroups;
    }

    private void Merge(AggregateOperator other)
    {
        int[] rented = PooledArrays.Rent<int>(other._groups.Count);
        Span<int> mapping = rented.AsSpan(0, other._groups.Count);
        var keys = new Batch(other._groups.Keys(ColumnMemory.Lent), mapping.Length);
        _groups.FindOrAdd(keys.Columns, mapping);
        keys.GiveBack();
        for (int slot = 0; slot < _slots.Length; slot++)
        {
            _slots[slot].State.Merge(other._slots[slot].State, mapping, _groups.Count);
        }

        PooledArrays.Release(ref rented);
        Charge();
    }

    private void Emit()
    {
        int count = _groups.Count;
        Column[] columns = [.. _groups.Keys(_resultMemory), .. new Column[_aggregateCount]];
        foreach (AggregateSlot slot in _slots) { slot.Finish(columns.AsSpan(_keyCount), count, _maxThreads); }

        var rows = new Batch(columns, count);
        var changes = new ChangeBatch(rows, Passed(count));
        if (changes.Count > 0 && !_output.IsSatisfied) { _output.Push(changes); }

        rows.GiveBack();
    }

    /// <summary>The groups that every aggregate has a result for; null when these are all.</summary>
    private RowSelection? Passed(int count)
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
        return Enumerable.Range(0, count).Where(group => !failed[group]).ToArray();
    }

    private void Charge()
    {
        long bytes = _groups.SizeInBytes;
        foreach (AggregateSlot slot in _slots) { bytes += slot.State.SizeInBytes; }

        _memory.Charge(bytes - _charged);
        _charged = bytes;
    }
}
