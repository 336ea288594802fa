using System.Buffers;
using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>
/// Joins on equality of keys and a further condition; without keys, every left row meets every right row.
/// </summary>
/// <remarks>
/// The right input is read whole into an index (build), then the left one goes past it (probe). NULL equals nothing. A
/// row of a preserved side that has no match is given once, with NULLs for the other side: left ones with their batch,
/// right ones at the end. Rows move by row number and strings by code; no string is copied.
/// </remarks>
internal sealed class JoinOperator
{
    private readonly LogicalJoin _plan;
    private readonly IOperatorInput _output;
    private readonly MemoryMeter _memory;
    private readonly JoinIndex _index;
    private readonly Evaluator _leftKeys;
    private readonly Evaluator _rightKeys;
    private readonly Evaluator? _residual;
    private readonly bool _keepsLeft;
    private readonly bool _keepsRight;

    // Right rows that have had a match; null when nobody asks.
    private Bitmap? _matchedRight;
    private long _charged;

    public JoinOperator(LogicalJoin plan, RowErrorLog log, MemoryMeter memory, IOperatorInput output)
    {
        _plan = plan;
        _output = output;
        _memory = memory;
        _leftKeys = new Evaluator(plan.LeftKeys, plan.Left.Schema, log);
        _rightKeys = new Evaluator(plan.RightKeys, plan.Right.Schema, log);
        _residual = plan.Residual is null ? null : new Evaluator([plan.Residual], plan.Schema, log);
        _keepsLeft = plan.Join is JoinKind.Left or JoinKind.Full;
        _keepsRight = plan.Join is JoinKind.Right or JoinKind.Full;
        _index = new JoinIndex([.. TypesOf(plan.Right)], [.. plan.RightKeys.Select(key => key.Type)]);
        Build = new BuildInput(this);
        Probe = new ProbeInput(this);
    }

    /// <summary>Takes the right input; must end before <see cref="Probe"/> begins.</summary>
    public IOperatorInput Build { get; }

    /// <summary>Takes the left input.</summary>
    public IOperatorInput Probe { get; }

    private static IEnumerable<DataType> TypesOf(LogicalPlan plan) => plan.Schema.Fields.Select(field => field.Type);

    private void AddRight(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        EvaluatedRows keys = _rightKeys.Evaluate(changes);
        Batch rows = keys.InputRows is { } inputRows ? changes.Rows.Gather(inputRows) : changes.Rows;
        _index.Add(rows, keys.Columns.Columns);
        _memory.Charge(_index.SizeInBytes - _charged);
        _charged = _index.SizeInBytes;
    }

    private void Freeze()
    {
        _index.Freeze();
        _memory.Charge(_index.SizeInBytes - _charged);
        _charged = _index.SizeInBytes;
        if (_keepsRight) { _matchedRight = new Bitmap(_index.Rows.RowCount); }
    }

    private void ProbeLeft(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        EvaluatedRows keys = _leftKeys.Evaluate(changes);
        int count = keys.Columns.RowCount;
        int[] numbers = ArrayPool<int>.Shared.Rent(Math.Max(1, count));
        _index.Find(keys.Columns.Columns, numbers.AsSpan(0, count));
        var left = new LeftRows(changes.Rows, keys.InputRows, count);
        if (_index.IsUnique && _residual is null) { EmitUnique(left, numbers.AsSpan(0, count)); }
        else { EmitPairs(left, numbers.AsSpan(0, count)); }

        ArrayPool<int>.Shared.Return(numbers);
    }

    // At most one match a row: the numbers found are the right rows already.
    private void EmitUnique(LeftRows left, Span<int> numbers)
    {
        if (_matchedRight is not null) { MarkMatched(numbers); }

        if (_keepsLeft || numbers.IndexOf(-1) < 0)
        {
            Emit(left.Rows, left.InputRows, numbers);
            return;
        }

        EmitMatches(left, numbers);
    }

    private void EmitMatches(LeftRows left, ReadOnlySpan<int> numbers)
    {
        int[] leftRows = ArrayPool<int>.Shared.Rent(numbers.Length);
        int[] rightRows = ArrayPool<int>.Shared.Rent(numbers.Length);
        int count = RowPairs.Matches(numbers, leftRows, rightRows);
        for (int pair = 0; left.InputRows is not null && pair < count; pair++)
        {
            leftRows[pair] = left.InputRows[leftRows[pair]];
        }

        Emit(left.Rows, leftRows.AsSpan(0, count), rightRows.AsSpan(0, count));
        ArrayPool<int>.Shared.Return(leftRows);
        ArrayPool<int>.Shared.Return(rightRows);
    }

    private void EmitPairs(LeftRows left, ReadOnlySpan<int> numbers)
    {
        Bitmap? matchedLeft = _keepsLeft ? new Bitmap(left.Count) : null;
        var pairs = new JoinPairs(left, matchedLeft);
        for (int row = 0; row < numbers.Length && !_output.IsSatisfied; row++)
        {
            if (numbers[row] < 0) { continue; }

            if (_index.IsUnique)
            {
                pairs.Add(row, numbers[row]);
                if (pairs.IsFull) { Flush(pairs); }

                continue;
            }

            foreach (int right in _index.RowsOf(numbers[row]))
            {
                pairs.Add(row, right);
                if (pairs.IsFull) { Flush(pairs); }
            }
        }

        Flush(pairs);
        if (matchedLeft is not null) { EmitUnmatchedLeft(left, matchedLeft); }
    }

    private void Flush(JoinPairs pairs)
    {
        if (pairs.Count == 0) { return; }

        int[] left = pairs.InputRows();
        int[] right = pairs.RightRows();
        if (_residual is null)
        {
            pairs.MarkLeft(null);
            MarkMatched(right);
            Emit(pairs.Left.Rows, left, right);
        }
        else
        {
            FlushResidual(pairs, left, right);
        }

        pairs.Clear();
    }

    private void FlushResidual(JoinPairs pairs, int[] left, int[] right)
    {
        var candidates = new ChangeBatch(Combine(pairs.Left.Rows.Gather(left), _index.Rows.Gather(right)));
        EvaluatedRows evaluated = _residual!.Evaluate(candidates);
        ReadOnlySpan<bool> isTrue = ((FixedColumn<bool>)evaluated.Columns[0]).Values;
        var passed = new List<int>();
        for (int row = 0; row < isTrue.Length; row++)
        {
            if (isTrue[row]) { passed.Add(evaluated.Passed is null ? row : evaluated.Passed[row]); }
        }

        if (passed.Count == 0) { return; }

        int[] selection = [.. passed];
        pairs.MarkLeft(selection);
        MarkMatched(Array.ConvertAll(selection, pair => right[pair]));

        _output.Push(candidates with { Selection = selection.Length == candidates.Count ? null : selection });
    }

    private void EmitUnmatchedLeft(LeftRows left, Bitmap matched)
    {
        var pairs = new RowPairs(left.Count);
        for (int row = 0; row < left.Count; row++)
        {
            if (!matched[row]) { pairs.Add(left.InputRow(row), -1); }
        }

        Emit(left.Rows, pairs.Left, pairs.Right);
    }

    private void Complete()
    {
        if (_matchedRight is { } matched && !_output.IsSatisfied)
        {
            var pairs = new RowPairs(_index.Rows.RowCount);
            for (int row = 0; row < _index.Rows.RowCount; row++)
            {
                if (!matched[row]) { pairs.Add(-1, row); }
            }

            Emit(EmptyLeft(), pairs.Left, pairs.Right);
        }

        _memory.Charge(-_charged);
        _output.Complete();
    }

    private Batch EmptyLeft() =>
        new([.. TypesOf(_plan.Left).Select(type => ColumnAccumulator.Create(type).View())], 0);

    private void MarkMatched(ReadOnlySpan<int> right)
    {
        if (_matchedRight is not { } matched) { return; }

        foreach (int row in right)
        {
            if (row >= 0) { matched[row] = true; }
        }
    }

    private void Emit(Batch leftRows, ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        if (right.Length > 0) { Push(leftRows.Gather(left), right); }
    }

    private void Emit(Batch leftRows, int[]? left, ReadOnlySpan<int> right)
    {
        if (right.Length > 0) { Push(left is null ? leftRows : leftRows.Gather(left), right); }
    }

    private void Push(Batch left, ReadOnlySpan<int> right) =>
        _output.Push(new ChangeBatch(Combine(left, _index.Rows.Gather(right))));

    private static Batch Combine(Batch left, Batch right) => new([.. left.Columns, .. right.Columns], left.RowCount);

    private sealed class BuildInput(JoinOperator join) : IOperatorInput
    {
        public bool IsSatisfied => join._output.IsSatisfied;

        public void Push(ChangeBatch changes) => join.AddRight(changes);

        public void Complete() => join.Freeze();
    }

    private sealed class ProbeInput(JoinOperator join) : IOperatorInput
    {
        public bool IsSatisfied => join._output.IsSatisfied;

        public void Push(ChangeBatch changes) => join.ProbeLeft(changes);

        public void Complete() => join.Complete();
    }
}
