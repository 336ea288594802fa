using System.Buffers;
using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>
/// Gives each left row its only match, or NULLs without one; a second match fails the query. Order is kept.
/// </summary>
internal sealed class SingleJoinOperator
{
    private const int NoRow = -1;

    private readonly LogicalJoin _plan;
    private readonly IOperatorInput _output;
    private readonly MemoryMeter _memory;
    private readonly ColumnMemory _lent;
    private readonly JoinIndex _index;
    private readonly Evaluator _leftKeys;
    private readonly Evaluator _rightKeys;
    private readonly Evaluator? _residual;
    private long _charged;

    public SingleJoinOperator(LogicalJoin plan, RowErrorLog log, MemoryMeter memory, IOperatorInput output)
    {
        _plan = plan;
        _output = output;
        _memory = memory;
        _lent = ColumnMemory.For(output.KeepsColumns);
        _leftKeys = new Evaluator(plan.LeftKeys, plan.Left.Schema, log, reusesResults: true);
        _rightKeys = new Evaluator(plan.RightKeys, plan.Right.Schema, log);
        _residual = plan.Residual is null ? null : Evaluator.OfCondition(plan.Residual, plan.Schema, log, reusesResults: true);
        _index = new JoinIndex(
            [.. plan.Right.Schema.Fields.Select(field => field.Type)], [.. plan.RightKeys.Select(key => key.Type)]);
        Build = new BuildInput(this);
        Probe = new ProbeInput(this);
    }

    /// <summary>Takes the right input; must end before <see cref="Probe"/> begins.</summary>
    public IOperatorInput Build { get; }

    /// <summary>Takes the left input.</summary>
    public IOperatorInput Probe { get; }

    private void AddRight(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        EvaluatedRows keys = _rightKeys.Evaluate(changes);
        Batch rows = keys.InputBatch();
        _index.Add(rows, keys.Columns.Columns);
        Charge(_index.SizeInBytes);
    }

    private void Charge(long bytes)
    {
        _memory.Charge(bytes - _charged);
        _charged = bytes;
    }

    private void ProbeLeft(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        EvaluatedRows keys = _leftKeys.Evaluate(changes);
        var left = new LeftRows(changes.Rows, keys.InputRows, keys.Columns.RowCount);
        if (left.Count == 0) { return; }

        int[] rented = PooledArrays.Rent<int>(left.Count);
        Span<int> matches = rented.AsSpan(0, left.Count);
        matches.Fill(NoRow);
        if (_index.Rows.RowCount > 0) { FindMatches(left, keys.Columns.Columns, matches); }

        Push(keys, matches);
        PooledArrays.Release(ref rented);
    }

    private void Push(EvaluatedRows left, ReadOnlySpan<int> matches)
    {
        Batch rows = left.InputBatch(_lent);
        Batch values = _index.Rows.Gather(matches, _lent);
        _output.Push(new ChangeBatch(new Batch([.. rows.Columns, .. values.Columns], rows.RowCount)));
        left.GiveBack(rows);
        values.GiveBack();
    }

    private void FindMatches(LeftRows left, ReadOnlySpan<Column> keys, Span<int> matches)
    {
        int[] numbers = ArrayPool<int>.Shared.Rent(left.Count);
        _index.Find(keys, numbers.AsSpan(0, left.Count));
        var pairs = new JoinPairs(left, matchedLeft: null);
        for (int row = 0; row < left.Count; row++)
        {
            if (numbers[row] < 0) { continue; }

            int number = numbers[row];
            ReadOnlySpan<int> rights = _index.IsUnique ? new ReadOnlySpan<int>(in number) : _index.RowsOf(number);
            foreach (int right in rights)
            {
                pairs.Add(row, right);
                if (pairs.IsFull) { Take(pairs, matches); }
            }
        }

        ArrayPool<int>.Shared.Return(numbers);
        Take(pairs, matches);
        pairs.Release();
    }

    private void Take(JoinPairs pairs, Span<int> matches)
    {
        if (pairs.Count == 0) { return; }

        ReadOnlySpan<int> rights = pairs.RightRows;
        bool[]? isMatch = _residual is null ? null : Matches(pairs, rights);
        for (int pair = 0; pair < rights.Length; pair++)
        {
            if (isMatch is not null && !isMatch[pair]) { continue; }

            ref int match = ref matches[pairs.LeftRow(pair)];
            if (match != NoRow) { throw ExecutionErrors.NotSingle(_plan.Subquery ?? ""); }

            match = rights[pair];
        }

        pairs.Clear();
    }

    private bool[] Matches(JoinPairs pairs, ReadOnlySpan<int> rights)
    {
        EvaluatedRows evaluated = _residual!.EvaluatePairs(pairs.Left.Rows, pairs.InputRows(), _index.Rows, rights);
        ReadOnlySpan<bool> isTrue = ((FixedColumn<bool>)evaluated.Columns[0]).Values;
        var isMatch = new bool[rights.Length];
        for (int row = 0; row < isTrue.Length; row++)
        {
            isMatch[evaluated.Passed is null ? row : evaluated.Passed[row]] = isTrue[row];
        }

        return isMatch;
    }

    private void Complete()
    {
        _memory.Charge(-_charged);
        _output.Complete();
    }

    private sealed class BuildInput(SingleJoinOperator join) : IOperatorInput
    {
        public bool IsSatisfied => join._output.IsSatisfied;

        public void Push(ChangeBatch changes) => join.AddRight(changes);

        public void Complete() => join._index.Freeze(join.Charge);
    }

    private sealed class ProbeInput(SingleJoinOperator join) : IOperatorInput
    {
        public bool IsSatisfied => join._output.IsSatisfied;

        public bool KeepsColumns => join._output.KeepsColumns;

        public void Push(ChangeBatch changes) => join.ProbeLeft(changes);

        public void Complete() => join.Complete();
    }
}
