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
    private readonly List<int> _upTo = [];
    private List<FirstRows>? _first;
    private long _firstCount;
    private bool _isStarted;

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
        Rows = new KeyedRows(RowShape.Of(input.Plan), shared.Keys, shared.IsRight, isTimed: input.Time is not null);
    }

    /// <summary>The rows.</summary>
    public KeyedRows Rows { get; }

    /// <summary>Gives the rows of the keys that a tick touches, and takes them back; null where rows are kept.</summary>
    public LookedUpRows? LookedUp { get; set; }

    /// <summary>Matches of each row, where a condition over pairs decides.</summary>
    public MatchCounts Matches { get; } = new();

    /// <summary>
    /// All rows as they came, in the first tick, none of which is among <see cref="Rows"/>; null in later ones, and where some
    /// of them went again.
    /// </summary>
    public IReadOnlyList<FirstRows>? First => _first;

    /// <summary>Bytes held, or that will be when the first tick is kept.</summary>
    public long SizeInBytes =>
        Rows.SizeInBytes + Matches.SizeInBytes + (LookedUp is null ? _firstCount * Rows.Rows.Rows.BytesPerRow : 0);

    public bool IsSatisfied => false;

    public void Push(ChangeBatch changes)
    {
        if (!changes.IsInsertOnly) { AddFirst(); }

        EvaluatedRows keys = _keys.Evaluate(changes);
        if (keys.Columns.RowCount == 0) { return; }

        Batch rows = keys.InputBatch();
        if (_first is not null)
        {
            _first.Add(new FirstRows(rows, keys.Columns));
            _firstCount += rows.RowCount;
            return;
        }

        ReadOnlySpan<Column> columns = keys.Columns.Columns;
        var times = columns.Length > _keyCount ? (FixedColumn<long>)columns[_keyCount] : null;
        Rows.Add(rows, columns[.._keyCount], keys.Weights, times);
    }

    public void Complete() => _onComplete();

    /// <summary>Takes the rows of the first tick like those of any other, from here on.</summary>
    public void AddFirst()
    {
        if (_first is not { } first) { return; }

        foreach (FirstRows some in first) { Rows.Add(some.Rows, some.Keys.Columns, weights: null); }

        DropFirst();
    }

    /// <summary>Adds rows that have been there since before the tick.</summary>
    public void Load(ChangeBatch rows)
    {
        EvaluatedRows keys = _keys.Evaluate(rows);
        Rows.Load(keys.InputBatch(), keys.Columns);
    }

    /// <summary>Looks up what the other side may meet, in any tick but the first: there nothing was before.</summary>
    public void LookUp(JoinSide other)
    {
        if (_isStarted) { LookedUp?.Load(other); }
    }

    /// <summary>Keeps what the tick has changed.</summary>
    public void Commit()
    {
        _isStarted = true;
        if (LookedUp is not null)
        {
            DropFirst();
            LookedUp.Clear();
            return;
        }

        foreach (int place in Rows.Rows.Touched)
        {
            if (Rows.Rows.Now(place) == 0) { Matches.Clear(place); }
        }

        LoadFirst();
        Matches.Commit();
        Rows.Commit();
    }

    /// <summary>Ends the tick with none of the rows it brought: what they have given stays.</summary>
    public void Forget()
    {
        DropFirst();
        foreach (int place in Rows.Rows.Touched) { Rows.Clear(place); }

        Commit();
    }

    /// <summary>The rows that happened at a time or before, in no order; until it is asked again.</summary>
    public List<int> UpTo(long time)
    {
        _upTo.Clear();
        Rows.Rows.Order!.AddUpTo(time, _upTo);
        return _upTo;
    }

    /// <summary>Forgets rows that match nothing more, after the tick: what they have given stays.</summary>
    /// <param name="time">Those that happened then or before.</param>
    public void Forget(long time)
    {
        List<int> forgotten = UpTo(time);
        if (forgotten.Count == 0) { return; }

        foreach (int place in forgotten)
        {
            Rows.Clear(place);
            Matches.Clear(place);
        }

        Rows.Commit();
    }

    /// <summary>Undoes what the tick has changed.</summary>
    public void Rollback()
    {
        _first?.Clear();
        _firstCount = 0;
        Matches.Rollback();
        if (LookedUp is not null) { LookedUp.Clear(); }
        else { Rows.Rollback(); }
    }

    /// <summary>Writes the rows that are kept, between two ticks.</summary>
    public void Save(StateWriter state)
    {
        int[] places = Rows.PlacesInOrder();
        Rows.Rows.Save(state, places);
        Matches.Save(state, places);
    }

    /// <summary>Takes up the rows of all ticks so far.</summary>
    public void Restore(StateReader state)
    {
        int[] places = Rows.Restore(state, rows => _keys.Evaluate(new ChangeBatch(rows)).Columns);
        Matches.Restore(state, places);
        DropFirst();
        _isStarted = true;
    }

    /// <summary>Keeps the rows of the first tick: nobody has asked for them in it.</summary>
    private void LoadFirst()
    {
        foreach (FirstRows some in _first ?? []) { Rows.Load(some.Rows, some.Keys); }

        DropFirst();
    }

    private void DropFirst()
    {
        _first = null;
        _firstCount = 0;
    }
}

/// <summary>Rows of the first tick, as they came.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Keys">Their keys.</param>
internal readonly record struct FirstRows(Batch Rows, Batch Keys);

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
