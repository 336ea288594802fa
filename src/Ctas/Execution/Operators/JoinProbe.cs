using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>Takes left rows past the right ones of a join. Single-threaded; several may share one frozen index.</summary>
internal sealed class JoinProbe(
    LogicalJoin plan, JoinColumns columns, JoinIndex index, RowErrorLog log, IOperatorInput output) : IOperatorInput
{
    private readonly Evaluator _leftKeys = new(plan.LeftKeys, plan.Left.Schema, log, reusesResults: true);
    private readonly Evaluator? _residual =
        plan.Residual is null ? null : Evaluator.OfCondition(plan.Residual, plan.Schema, log, reusesResults: true);

    private readonly ColumnMemory _memory = ColumnMemory.For(output.KeepsColumns);
    private readonly bool _keepsLeft = plan.Join is JoinKind.Left or JoinKind.Full;

    // Right rows that have had a match; null when nobody asks.
    private Bitmap? _matchedRight;
    private KeyNumbers? _keys;

    public bool IsSatisfied => output.IsSatisfied;

    public bool KeepsColumns => output.KeepsColumns;

    /// <summary>Notes which right rows find a match, where they are to be kept; the index is frozen by now.</summary>
    public void Begin()
    {
        if (plan.Join is JoinKind.Right or JoinKind.Full) { _matchedRight = new Bitmap(index.RowCount); }
    }

    public void Push(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        EvaluatedRows keys = _leftKeys.Evaluate(changes);
        int count = keys.Columns.RowCount;
        int[] numbers = PooledArrays.Rent<int>(count);
        _keys ??= index.Reader();
        _keys.Find(keys.Columns.Columns, numbers.AsSpan(0, count));
        var left = new LeftRows(changes.Rows, keys.InputRows, count);
        if (index.IsUnique && _residual is null) { EmitUnique(left, numbers.AsSpan(0, count)); }
        else { EmitPairs(left, numbers.AsSpan(0, count)); }

        PooledArrays.Release(ref numbers);
    }

    // At most one match a row: the numbers found are the right rows already.
    private void EmitUnique(LeftRows left, Span<int> numbers)
    {
        if (_matchedRight is not null) { MarkMatched(numbers); }

        if (_keepsLeft || numbers.IndexOf(-1) < 0)
        {
            EmitAll(left, numbers);
            return;
        }

        EmitMatches(left, numbers);
    }

    private void EmitAll(LeftRows left, ReadOnlySpan<int> right)
    {
        ReadOnlySpan<int> inputRows = left.InputRows is { } rows ? rows.Span : default;
        Emit(new JoinedRows(left.Rows, inputRows, isAllLeft: left.InputRows is null, right));
    }

    private void EmitMatches(LeftRows left, ReadOnlySpan<int> numbers)
    {
        int[] leftRows = PooledArrays.Rent<int>(numbers.Length);
        int[] rightRows = PooledArrays.Rent<int>(numbers.Length);
        int count = FoundRows.Matches(numbers, leftRows, rightRows);
        left.ToInputRows(leftRows.AsSpan(0, count));
        Emit(left.Rows, leftRows.AsSpan(0, count), rightRows.AsSpan(0, count));
        PooledArrays.Release(ref leftRows);
        PooledArrays.Release(ref rightRows);
    }

    private void EmitPairs(LeftRows left, ReadOnlySpan<int> numbers)
    {
        Bitmap? matchedLeft = _keepsLeft ? new Bitmap(left.Count) : null;
        var pairs = new JoinPairs(left, matchedLeft);
        for (int row = 0; row < numbers.Length && !output.IsSatisfied; row++)
        {
            if (numbers[row] < 0) { continue; }

            if (index.IsUnique)
            {
                pairs.Add(row, numbers[row]);
                if (pairs.IsFull) { Flush(pairs); }

                continue;
            }

            foreach (int right in index.RowsOf(numbers[row]))
            {
                pairs.Add(row, right);
                if (pairs.IsFull) { Flush(pairs); }
            }
        }

        Flush(pairs);
        pairs.Release();
        if (matchedLeft is not null) { EmitUnmatchedLeft(left, matchedLeft); }
    }

    private void Flush(JoinPairs pairs)
    {
        if (_residual is not null && pairs.Count > 0) { KeepMatches(pairs, _residual); }

        if (pairs.Count == 0) { return; }

        pairs.MarkLeft();
        MarkMatched(pairs.RightRows);
        Emit(pairs.Left.Rows, pairs.InputRows(), pairs.RightRows);
        pairs.Clear();
    }

    private void KeepMatches(JoinPairs pairs, Evaluator residual)
    {
        EvaluatedRows evaluated = residual.EvaluatePairs(pairs.Left.Rows, pairs.InputRows(), index.Rows, pairs.RightRows);
        ReadOnlySpan<bool> isTrue = ((FixedColumn<bool>)evaluated.Columns[0]).Values;
        int[] passed = PooledArrays.Rent<int>(isTrue.Length);
        int count = 0;
        for (int row = 0; row < isTrue.Length; row++)
        {
            passed[count] = evaluated.Passed is null ? row : evaluated.Passed[row];
            count += isTrue[row] ? 1 : 0;
        }

        pairs.Keep(passed.AsSpan(0, count));
        PooledArrays.Release(ref passed);
    }

    private void EmitUnmatchedLeft(LeftRows left, Bitmap matched)
    {
        int[] rows = PooledArrays.Rent<int>(left.Count + 1);
        int[] none = PooledArrays.Rent<int>(left.Count + 1);
        int count = FoundRows.Unmatched(matched, rows);
        left.ToInputRows(rows.AsSpan(0, count));
        none.AsSpan(0, count).Fill(-1);
        Emit(left.Rows, rows.AsSpan(0, count), none.AsSpan(0, count));
        PooledArrays.Release(ref rows);
        PooledArrays.Release(ref none);
    }

    /// <summary>Gives the right rows of a preserved side that no left row has met, once all have gone past.</summary>
    public void EmitUnmatchedRight()
    {
        if (_matchedRight is not { } matched || output.IsSatisfied) { return; }

        int[] rows = PooledArrays.Rent<int>(index.RowCount + 1);
        int[] none = PooledArrays.Rent<int>(index.RowCount + 1);
        int count = FoundRows.Unmatched(matched, rows);
        none.AsSpan(0, count).Fill(-1);
        Emit(EmptyLeft(), none.AsSpan(0, count), rows.AsSpan(0, count));
        PooledArrays.Release(ref rows);
        PooledArrays.Release(ref none);
    }

    private Batch EmptyLeft() =>
        new([.. plan.Left.Schema.Fields.Select(field => ColumnAccumulator.Create(field.Type).View())], 0);

    private void MarkMatched(ReadOnlySpan<int> right)
    {
        if (_matchedRight is not { } matched) { return; }

        foreach (int row in right)
        {
            if (row >= 0) { matched[row] = true; }
        }
    }

    private void Emit(Batch leftRows, ReadOnlySpan<int> left, ReadOnlySpan<int> right) =>
        Emit(new JoinedRows(leftRows, left, isAllLeft: false, right));

    private void Emit(JoinedRows pairs)
    {
        if (pairs.Count == 0) { return; }

        Batch gathered = columns.Gather(pairs, index, _memory);
        output.Push(new ChangeBatch(gathered));
        columns.GiveBack(gathered, pairs.IsAllLeft);
    }

    public void Complete() => output.Complete();
}
