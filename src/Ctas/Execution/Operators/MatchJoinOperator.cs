using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>Semi, anti and mark join: asks of each left row whether the right side has a match.</summary>
/// <remarks>
/// The right input is read whole (build), then the left one goes past it (probe). Semi and anti select from the left
/// batches, mark adds a column; left rows keep their order, and none comes twice.
/// </remarks>
internal sealed class MatchJoinOperator
{
    private readonly LogicalJoin _plan;
    private readonly IOperatorInput _output;
    private readonly MemoryMeter _memory;
    private readonly ColumnMemory _lent;
    private readonly MatchIndex _index;
    private readonly Evaluator _leftKeys;
    private readonly Evaluator _rightKeys;
    private long _charged;

    public MatchJoinOperator(LogicalJoin plan, RowErrorLog log, MemoryMeter memory, IOperatorInput output)
    {
        _plan = plan;
        _output = output;
        _memory = memory;
        _lent = ColumnMemory.For(output.KeepsColumns);
        _index = MatchIndex.Create(plan, log);
        _leftKeys = new Evaluator(plan.LeftKeys, plan.Left.Schema, log, reusesResults: true);
        _rightKeys = new Evaluator(plan.RightKeys, plan.Right.Schema, log, reusesResults: !_index.KeepsColumns);
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
        _index.Add(_rightKeys.Evaluate(changes));
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
        int count = keys.Columns.RowCount;
        if (count == 0) { return; }

        Match[] rented = PooledArrays.RentCleared<Match>(count);
        Span<Match> matches = rented.AsSpan(0, count);
        _index.Find(new LeftRows(changes.Rows, keys.InputRows, count), keys.Columns.Columns, matches);
        if (_plan.Join == JoinKind.Mark) { PushMarked(keys, matches); }
        else { PushSelected(keys, matches); }

        PooledArrays.Release(ref rented);
    }

    private void PushSelected(EvaluatedRows left, ReadOnlySpan<Match> matches)
    {
        int[] selection = _lent.Allocate<int>(matches.Length);
        int count = Select(matches, selection);
        new LeftRows(left.Changes.Rows, left.InputRows, matches.Length).ToInputRows(selection.AsSpan(0, count));
        bool isAll = count == left.Changes.Rows.RowCount;
        if (isAll) { _output.Push(new ChangeBatch(left.Changes.Rows)); }
        else if (count > 0) { _output.Push(new ChangeBatch(left.Changes.Rows, new RowSelection(selection, count))); }

        _lent.GiveBack(selection);
    }

    private int Select(ReadOnlySpan<Match> matches, Span<int> selection)
    {
        // What NOT IN leaves open is not kept; NOT EXISTS leaves nothing open.
        Match kept = _plan.Join == JoinKind.Semi ? Match.Yes : Match.No;
        bool keepsUnknown = _plan is { Join: JoinKind.Anti, IsNullAware: false };
        int count = 0;
        for (int row = 0; row < matches.Length; row++)
        {
            selection[count] = row;
            count += matches[row] == kept || (keepsUnknown && matches[row] == Match.Unknown) ? 1 : 0;
        }

        return count;
    }

    private void PushMarked(EvaluatedRows left, ReadOnlySpan<Match> matches)
    {
        bool[] values = _lent.Allocate<bool>(matches.Length);
        Bitmap? validity = null;
        for (int row = 0; row < matches.Length; row++)
        {
            values[row] = matches[row] == Match.Yes;
            if (matches[row] != Match.Unknown || !_plan.IsNullAware) { continue; }

            validity ??= _lent.Bits(matches.Length, value: true);
            validity[row] = false;
        }

        FixedColumn<bool> mark = _lent.Column(DataType.Boolean, values, matches.Length, validity);
        Batch rows = left.InputBatch(_lent);
        _output.Push(new ChangeBatch(new Batch([.. rows.Columns, mark], rows.RowCount)));
        left.GiveBack(rows);
        mark.GiveBack();
    }

    private void Complete()
    {
        _memory.Charge(-_charged);
        _output.Complete();
    }

    private sealed class BuildInput(MatchJoinOperator join) : IOperatorInput
    {
        public bool IsSatisfied => join._index.IsDecided || join._output.IsSatisfied;

        public bool KeepsColumns => join._index.KeepsColumns;

        public void Push(ChangeBatch changes) => join.AddRight(changes);

        public void Complete() => join._index.Freeze(join.Charge);
    }

    private sealed class ProbeInput(MatchJoinOperator join) : IOperatorInput
    {
        public bool IsSatisfied => join._output.IsSatisfied;

        public bool KeepsColumns => join._output.KeepsColumns;

        public void Push(ChangeBatch changes) => join.ProbeLeft(changes);

        public void Complete() => join.Complete();
    }
}
