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
    private readonly JoinColumns _columns;
    private readonly Evaluator _rightKeys;
    private readonly JoinProbe _probe;
    private long _charged;

    /// <summary>Makes the operator.</summary>
    /// <param name="plan">The join.</param>
    /// <param name="columns">Which columns of the result are read.</param>
    /// <param name="log">Where rows that fail are noted.</param>
    /// <param name="memory">What the build side holds.</param>
    /// <param name="output">Where the result goes.</param>
    public JoinOperator(
        LogicalJoin plan, JoinColumns columns, RowErrorLog log, MemoryMeter memory, IOperatorInput output)
    {
        _columns = columns;
        _plan = plan;
        _output = output;
        _memory = memory;
        _rightKeys = new Evaluator(plan.RightKeys, plan.Right.Schema, log);
        _index = new JoinIndex(
            [.. columns.Kept.Select(ordinal => plan.Right.Schema.Fields[ordinal].Type)],
            [.. plan.RightKeys.Select(key => key.Type)],
            hasColumns: plan.Residual is not null);
        _probe = new JoinProbe(plan, columns, _index, log, output);
        Build = new BuildInput(this);
        Probe = new ProbeInput(this);
    }

    /// <summary>Takes the right input; must end before <see cref="Probe"/> begins.</summary>
    public IOperatorInput Build { get; }

    /// <summary>Takes the left input.</summary>
    public IOperatorInput Probe { get; }

    /// <summary>True when several threads may probe, each with a probe of its own; known when the build has ended.</summary>
    public bool CanShare => _index.CanShare;

    /// <summary>A probe for one of several threads; the build has ended before it is used.</summary>
    public IOperatorInput ProbeOfLane(RowErrorLog log, IOperatorInput output) =>
        new JoinProbe(_plan, _columns.OfLane(), _index, log, output);

    /// <summary>Gives back the memory of the build side, which nobody probes any more.</summary>
    public void Release()
    {
        _index.Release();
        _memory.Charge(-_charged);
        _charged = 0;
    }

    private void AddRight(ChangeBatch changes)
    {
        InsertOnly.Require(changes);
        EvaluatedRows keys = _rightKeys.Evaluate(changes);
        Batch kept = changes.Rows.Select(_columns.Kept);
        Batch rows = keys.InputRows is { } inputRows ? kept.Gather(inputRows.Span) : kept;
        _index.Add(rows, keys.Columns.Columns);
        Charge(_index.SizeInBytes);
    }

    private void Freeze()
    {
        _index.Freeze(Charge);
        _probe.Begin();
    }

    private void Charge(long bytes)
    {
        _memory.Charge(bytes - _charged);
        _charged = bytes;
    }

    private void Complete()
    {
        _probe.EmitUnmatchedRight();
        Release();
        _output.Complete();
    }

    private sealed class BuildInput(JoinOperator join) : IOperatorInput
    {
        public bool IsSatisfied => join._output.IsSatisfied;

        public void Push(ChangeBatch changes) => join.AddRight(changes);

        public void Complete() => join.Freeze();
    }

    private sealed class ProbeInput(JoinOperator join) : IOperatorInput
    {
        public bool IsSatisfied => join._output.IsSatisfied;

        public bool KeepsColumns => join._output.KeepsColumns;

        public void Push(ChangeBatch changes) => join._probe.Push(changes);

        public void Complete() => join.Complete();
    }
}
