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
    private readonly MatchIndex _index;
    private readonly Evaluator _leftKeys;
    private readonly Evaluator _rightKeys;
    private long _charged;

    public MatchJoinOperator(LogicalJoin plan, RowErrorLog log, MemoryMeter memory, IOperatorInput output)
    {
        _plan = plan;
        _output = output;
        _memory = memory;
        _leftKeys = new Evaluator(plan.LeftKeys, plan.Left.Schema, log);
        _rightKeys = new Evaluator(plan.RightKeys, plan.Right.Schema, log);
        _index = MatchIndex.Create(plan, log);
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
        Batch rows = keys.InputRows is { } inputRows ? changes.Rows.Gather(inputRows) : changes.Rows;
        _index.Add(rows, keys.Columns.Columns);
        _memory.Charge(_index.SizeInBytes - _charged);
        _charged = _index.SizeInBytes;
    }

    private void ProbeLeft(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        EvaluatedRows keys = _leftKeys.Evaluate(changes);
        var left = new LeftRows(changes.Rows, keys.InputRows, keys.Columns.RowCount);
        var matches = new Match[left.Count];
        _index.Find(left, keys.Columns.Columns, matches);
        if (_plan.Join == JoinKind.Mark) { PushMarked(left, matches); }
        else { PushSelected(left, matches); }
    }

    private void PushSelected(LeftRows left, Match[] matches)
    {
        // What NOT IN leaves open is not kept; NOT EXISTS leaves nothing open.
        Match kept = _plan.Join == JoinKind.Semi ? Match.Yes : Match.No;
        bool keepsUnknown = _plan is { Join: JoinKind.Anti, IsNullAware: false };
        var selection = new int[matches.Length];
        int count = 0;
        for (int row = 0; row < matches.Length; row++)
        {
            selection[count] = left.InputRow(row);
            count += matches[row] == kept || (keepsUnknown && matches[row] == Match.Unknown) ? 1 : 0;
        }

        if (count == 0) { return; }

        bool isAll = count == left.Rows.RowCount;
        _output.Push(new ChangeBatch(left.Rows, isAll ? null : selection[..count]));
    }

    private void PushMarked(LeftRows left, Match[] matches)
    {
        if (matches.Length == 0) { return; }

        var values = new bool[matches.Length];
        Bitmap? validity = null;
        for (int row = 0; row < matches.Length; row++)
        {
            values[row] = matches[row] == Match.Yes;
            if (matches[row] != Match.Unknown || !_plan.IsNullAware) { continue; }

            validity ??= new Bitmap(matches.Length, value: true);
            validity[row] = false;
        }

        var mark = new FixedColumn<bool>(DataType.Boolean, values, values.Length, validity);
        Batch rows = left.InputRows is { } inputRows ? left.Rows.Gather(inputRows) : left.Rows;
        _output.Push(new ChangeBatch(new Batch([.. rows.Columns, mark], rows.RowCount)));
    }

    private void Complete()
    {
        _memory.Charge(-_charged);
        _output.Complete();
    }

    private sealed class BuildInput(MatchJoinOperator join) : IOperatorInput
    {
        public bool IsSatisfied => join._index.IsDecided || join._output.IsSatisfied;

        public void Push(ChangeBatch changes) => join.AddRight(changes);

        public void Complete() => join._index.Freeze();
    }

    private sealed class ProbeInput(MatchJoinOperator join) : IOperatorInput
    {
        public bool IsSatisfied => join._output.IsSatisfied;

        public bool KeepsColumns => join._output.KeepsColumns;

        public void Push(ChangeBatch changes) => join.ProbeLeft(changes);

        public void Complete() => join.Complete();
    }
}
