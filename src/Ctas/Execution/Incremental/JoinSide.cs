using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>One input of a maintained join: its rows by key, and how many matches each has. Single-threaded.</summary>
internal sealed class JoinSide : IOperatorInput
{
    private readonly Evaluator _keys;
    private readonly Action _onComplete;

    /// <summary>Makes a side without rows.</summary>
    /// <param name="input">What gives the rows.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="shared">The keys of both sides, and which side this is.</param>
    /// <param name="log">Where rows that fail are noted.</param>
    /// <param name="onComplete">Called when the input has given all changes of the tick.</param>
    public JoinSide(
        LogicalPlan input, IReadOnlyList<ScalarExpression> keys, JoinKeys shared, RowErrorLog log, Action onComplete)
    {
        _keys = new Evaluator(keys, input.Schema, log);
        _onComplete = onComplete;
        Rows = new KeyedRows([.. input.Schema.Fields.Select(field => field.Type)], shared.Keys, shared.IsRight);
    }

    /// <summary>The rows.</summary>
    public KeyedRows Rows { get; }

    /// <summary>Matches of each row, where a condition over pairs decides.</summary>
    public MatchCounts Matches { get; } = new();

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => Rows.SizeInBytes + Matches.SizeInBytes;

    public bool IsSatisfied => false;

    public void Push(ChangeBatch changes)
    {
        EvaluatedRows keys = _keys.Evaluate(changes);
        if (keys.Columns.RowCount == 0) { return; }

        Batch rows = keys.InputRows is { } inputRows ? changes.Rows.Gather(inputRows) : changes.Rows;
        Rows.Add(rows, keys.Columns.Columns, keys.Weights);
    }

    public void Complete() => _onComplete();

    /// <summary>Keeps what the tick has changed.</summary>
    public void Commit()
    {
        foreach (int place in Rows.Rows.Touched)
        {
            if (Rows.Rows.Now(place) == 0) { Matches.Clear(place); }
        }

        Matches.Commit();
        Rows.Commit();
    }

    /// <summary>Undoes what the tick has changed.</summary>
    public void Rollback()
    {
        Matches.Rollback();
        Rows.Rollback();
    }
}

/// <summary>The keys of a join as one side has them.</summary>
/// <param name="Keys">The keys of both sides.</param>
/// <param name="IsRight">Which side it is.</param>
internal readonly record struct JoinKeys(RowKeys Keys, bool IsRight);
