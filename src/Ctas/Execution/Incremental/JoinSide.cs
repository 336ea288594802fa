using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>One input of a maintained join: its rows by key, and how many matches each has. Single-threaded.</summary>
internal sealed class JoinSide : IOperatorInput
{
    private readonly Evaluator _keys;
    private readonly int _keyCount;
    private readonly Action _onComplete;
    private readonly List<int> _forgotten = [];
    private List<ChangeBatch>? _first;

    /// <summary>Makes a side without rows.</summary>
    /// <param name="input">What gives the rows, and how they are found.</param>
    /// <param name="shared">The keys of both sides, and which side this is.</param>
    /// <param name="log">Where rows that fail are noted.</param>
    /// <param name="onComplete">Called when the input has given all changes of the tick.</param>
    public JoinSide(JoinInput input, JoinKeys shared, RowErrorLog log, Action onComplete)
    {
        _keyCount = input.Keys.Count;
        _keys = new Evaluator(input.Time is null ? input.Keys : input.Keys.Append(input.Time), input.Plan.Schema, log);
        _onComplete = onComplete;
        _first = shared.KeepsFirst ? [] : null;
        Rows = new KeyedRows(
            [.. input.Plan.Schema.Fields.Select(field => field.Type)], shared.Keys, shared.IsRight, isTimed: input.Time is not null);
    }

    /// <summary>The rows.</summary>
    public KeyedRows Rows { get; }

    /// <summary>Matches of each row, where a condition over pairs decides.</summary>
    public MatchCounts Matches { get; } = new();

    /// <summary>All rows as they came, in the first tick; null in later ones, and where some of them went again.</summary>
    public IReadOnlyList<ChangeBatch>? First => _first;

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => Rows.SizeInBytes + Matches.SizeInBytes;

    public bool IsSatisfied => false;

    public void Push(ChangeBatch changes)
    {
        if (!changes.IsInsertOnly) { _first = null; }

        _first?.Add(changes);
        EvaluatedRows keys = _keys.Evaluate(changes);
        if (keys.Columns.RowCount == 0) { return; }

        Batch rows = keys.InputRows is { } inputRows ? changes.Rows.Gather(inputRows) : changes.Rows;
        ReadOnlySpan<Column> columns = keys.Columns.Columns;
        var times = columns.Length > _keyCount ? (FixedColumn<long>)columns[_keyCount] : null;
        Rows.Add(rows, columns[.._keyCount], keys.Weights, times);
    }

    public void Complete() => _onComplete();

    /// <summary>Keeps what the tick has changed.</summary>
    public void Commit()
    {
        foreach (int place in Rows.Rows.Touched)
        {
            if (Rows.Rows.Now(place) == 0) { Matches.Clear(place); }
        }

        _first = null;
        Matches.Commit();
        Rows.Commit();
    }

    /// <summary>Ends the tick with none of the rows it brought: what they have given stays.</summary>
    public void Forget()
    {
        foreach (int place in Rows.Rows.Touched) { Rows.Clear(place); }

        Commit();
    }

    /// <summary>Forgets rows that match nothing more, after the tick: what they have given stays.</summary>
    /// <param name="time">Those that happened then or before.</param>
    public void Forget(long time)
    {
        if (Rows.Rows.Order!.First > time) { return; }

        Rows.Rows.Order.AddUpTo(time, _forgotten);
        foreach (int place in _forgotten)
        {
            Rows.Clear(place);
            Matches.Clear(place);
        }

        _forgotten.Clear();
        Rows.Commit();
    }

    /// <summary>Undoes what the tick has changed.</summary>
    public void Rollback()
    {
        _first?.Clear();
        Matches.Rollback();
        Rows.Rollback();
    }
}

/// <summary>What one side of a join reads.</summary>
/// <param name="Plan">What gives the rows.</param>
/// <param name="Keys">Its keys.</param>
/// <param name="Time">When a row happened, where rows are forgotten by that; null where they never are.</param>
internal readonly record struct JoinInput(LogicalPlan Plan, IReadOnlyList<ScalarExpression> Keys, ScalarExpression? Time);

/// <summary>The keys of a join as one side has them.</summary>
/// <param name="Keys">The keys of both sides.</param>
/// <param name="IsRight">Which side it is.</param>
/// <param name="KeepsFirst">True to have the rows of the first tick as they came.</param>
internal readonly record struct JoinKeys(RowKeys Keys, bool IsRight, bool KeepsFirst);
