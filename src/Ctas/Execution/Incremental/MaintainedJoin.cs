using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>Maintains L ⋈ R for every kind of join: given changes to L and R, gives the changes of the result.</summary>
/// <remarks>
/// Pairs come from <see cref="PairChanges"/>. What a row gives by itself (NULL-extended, kept by EXISTS, marked) depends
/// on whether it has a match; it is given anew when that changes. Cost O(changes · matches), and for a key whose first
/// match comes or last one goes O(rows of the key). Both inputs are kept, equal rows once; where streams are joined WITHIN
/// a time and its GRACE PERIOD, as long as a match can come. A stream that meets a table as it is at the moment is not kept.
/// </remarks>
internal sealed class MaintainedJoin : ITickState
{
    private readonly LogicalJoin _plan;
    private readonly IOperatorInput _output;
    private readonly JoinClock? _clock;
    private readonly RowKeys _keys;
    private readonly PairChanges? _pairs;
    private readonly bool _decidesByPairs;
    private readonly JoinSide? _stream;
    private readonly RowErrorLog _log;
    private readonly RowChanges _alone;
    private readonly List<int> _marks = [];
    private int _open = 2;

    /// <summary>Makes a join without rows.</summary>
    /// <param name="plan">The node.</param>
    /// <param name="clock">How far event time has come, where that decides which rows are kept; null to keep all.</param>
    /// <param name="log">Where rows that fail are noted.</param>
    /// <param name="output">Where the changes go.</param>
    public MaintainedJoin(LogicalJoin plan, JoinClock? clock, RowErrorLog log, IOperatorInput output)
    {
        (_plan, _clock, _output) = (plan, clock, output);
        _keys = new RowKeys([.. plan.LeftKeys.Select(key => key.Type)], isNullKey: false);
        _decidesByPairs = plan.Residual is not null;
        _log = log;
        LogicalWithin? within = clock is null ? null : plan.Within;
        bool countsMatches = _decidesByPairs && plan.Join is not (JoinKind.Inner or JoinKind.Cross);
        bool keepsFirst = !countsMatches && clock is null;
        var keys = new JoinKeys(_keys, IsRight: false, keepsFirst);
        Left = new JoinSide(new JoinInput(plan.Left, plan.LeftKeys, TimeOf(within?.LeftTime)), keys, log, CompleteSide);
        Right = new JoinSide(new JoinInput(plan.Right, plan.RightKeys, TimeOf(within?.RightTime)), keys with { IsRight = true }, log, CompleteSide);
        _stream = plan.StreamSide switch
        {
            Planning.JoinSide.Left => Left,
            Planning.JoinSide.Right => Right,
            _ => null,
        };
        bool givesPairs = plan.Join is not (JoinKind.Semi or JoinKind.Anti or JoinKind.Mark);
        if (givesPairs || _decidesByPairs)
        {
            _pairs = new PairChanges(plan, Left, Right, log, givesPairs ? output : null);
        }

        _alone = new RowChanges();
    }

    /// <summary>Takes the changes of the left input.</summary>
    public JoinSide Left { get; }

    /// <summary>Takes the changes of the right input.</summary>
    public JoinSide Right { get; }

    /// <summary>Which sides look their rows up instead of keeping them.</summary>
    public string LooksUp => $"left {Left.LookedUp is not null}, right {Right.LookedUp is not null}";

    /// <summary>Pairs that were looked at so far.</summary>
    public long PairsSeen => _pairs?.PairsSeen ?? 0;

    /// <inheritdoc/>
    public long SizeInBytes => _keys.SizeInBytes + Left.SizeInBytes + Right.SizeInBytes;

    /// <inheritdoc/>
    public void Commit()
    {
        CommitSide(Left);
        CommitSide(Right);
        if (_clock is not null)
        {
            Left.Forget(_clock.ForgottenUpTo);
            Right.Forget(_clock.ForgottenUpTo);
        }

        _open = 2;
    }

    /// <inheritdoc/>
    public void Rollback()
    {
        Left.Rollback();
        Right.Rollback();

        // What a failure has left ungiven.
        _alone.TakeWeights();
        _marks.Clear();
        _open = 2;
    }

    /// <inheritdoc/>
    public void Save(StateWriter state)
    {
        Left.Save(state);
        Right.Save(state);
    }

    /// <inheritdoc/>
    public void Restore(StateReader state)
    {
        Left.Restore(state);
        Right.Restore(state);
    }

    /// <summary>When a row happened. One of a stream that has no time meets nothing, so that it has waited long enough.</summary>
    private ScalarExpression? TimeOf(ScalarExpression? time) => time is null || !_plan.WaitsForMatch
        ? time
        : new FunctionExpression("COALESCE", [time, new ConstantExpression(long.MinValue, time.Type)], time.Type);

    private void CommitSide(JoinSide side)
    {
        if (ReferenceEquals(side, _stream)) { side.Forget(); }
        else { side.Commit(); }
    }

    private void CompleteSide()
    {
        if (--_open > 0) { return; }

        if (Left.First is { } left && Right.First is { } right) { GiveFirst(left, right); }
        else { GiveFurther(); }

        _output.Complete();
    }

    private void GiveFurther()
    {
        Left.AddFirst();
        Right.AddFirst();
        Left.LookUp(Right);
        Right.LookUp(Left);
        NegativeWeight.Check(Left.Rows.Rows, _plan, _plan.Left.Schema);
        NegativeWeight.Check(Right.Rows.Rows, _plan, _plan.Right.Schema);
        if (_stream is not null) { GiveNow(_stream); }
        else { GiveChanges(); }
    }

    /// <summary>The first tick: nothing goes, so that the plain join gives what comes, a batch at a time.</summary>
    private void GiveFirst(IReadOnlyList<FirstRows> left, IReadOnlyList<FirstRows> right)
    {
        LogicalScan leftRows = PlainOperators.InPlaceOf(_plan.Left, "left");
        LogicalScan rightRows = PlainOperators.InPlaceOf(_plan.Right, "right");

        // Rows whose keys fail were left out when they came.
        PlainOperators.Run(
            _plan.WithChildren([leftRows, rightRows]),
            _log,
            scan => (scan == leftRows ? left : right).Select(some => new ChangeBatch(some.Rows)),
            _output.Push);
    }

    private void GiveChanges()
    {
        _pairs?.Give();
        if (_plan.WaitsForMatch)
        {
            if (_plan.Join is JoinKind.Left or JoinKind.Full) { GiveUnmatched(Left, Right); }

            if (_plan.Join is JoinKind.Right or JoinKind.Full) { GiveUnmatched(Right, Left); }

            return;
        }

        if (_plan.Join is not (JoinKind.Inner or JoinKind.Cross or JoinKind.Right)) { GiveAlone(Left, Right); }

        if (_plan.Join is JoinKind.Right or JoinKind.Full) { GiveAlone(Right, Left); }
    }

    /// <summary>Gives what the rows of a stream that this tick has brought make of the other side as it is now.</summary>
    private void GiveNow(JoinSide stream)
    {
        _pairs?.GiveNow(stream);
        if (_plan.Join is JoinKind.Inner or JoinKind.Cross) { return; }

        JoinSide other = ReferenceEquals(stream, Left) ? Right : Left;
        foreach (int place in stream.Rows.Rows.Touched) { GiveAlone(stream, other, place); }

        Flush(stream);
    }

    /// <summary>Gives the rows of a stream that have found no match, and will be forgotten with this tick: none can come any more.</summary>
    private void GiveUnmatched(JoinSide side, JoinSide other)
    {
        foreach (int place in side.UpTo(_clock!.ForgottenUpTo))
        {
            Match match = MatchOf(side, other, place, isNow: true);
            if (match != Match.Yes) { Give(side, place, match, side.Rows.Rows.Now(place)); }
        }

        Flush(side);
    }

    /// <summary>Gives the changes of what the rows of one side are by themselves.</summary>
    private void GiveAlone(JoinSide side, JoinSide other)
    {
        RowWeights rows = side.Rows.Rows;
        foreach (int place in rows.Touched) { GiveAlone(side, other, place); }

        if (_decidesByPairs)
        {
            foreach (int place in side.Matches.Touched) { GiveUntouched(side, other, place); }
        }
        else { GiveKeys(side, other); }

        Flush(side);
    }

    private void GiveKeys(JoinSide side, JoinSide other)
    {
        // NOT IN: whether there is any row, or any NULL, on the other side, decides for all rows.
        bool isOpenChanged = _plan.IsNullAware
            && ((other.Rows.TotalNow > 0) != (other.Rows.TotalBefore > 0)
                || (other.Rows.KeylessNow > 0) != (other.Rows.KeylessBefore > 0));
        if (isOpenChanged)
        {
            for (int place = 0; place < side.Rows.Rows.Rows.PlaceCount; place++) { GiveUntouched(side, other, place); }

            return;
        }

        foreach (int key in other.Rows.TouchedKeys)
        {
            bool isChanged = (other.Rows.WeightNow(key) > 0) != (other.Rows.WeightBefore(key) > 0);
            if (!isChanged && _plan.Join != JoinKind.Single) { continue; }

            foreach (int place in side.Rows.RowsOf(key)) { GiveUntouched(side, other, place); }
        }
    }

    // The rows that the tick has touched have been given already.
    private void GiveUntouched(JoinSide side, JoinSide other, int place)
    {
        if (!side.Rows.Rows.IsTouched(place)) { GiveAlone(side, other, place); }
    }

    private void GiveAlone(JoinSide side, JoinSide other, int place)
    {
        RowWeights rows = side.Rows.Rows;
        int before = rows.Before(place);
        int now = rows.Now(place);
        if (before == 0 && now == 0) { return; }

        Match matchBefore = MatchOf(side, other, place, isNow: false);
        Match matchNow = MatchOf(side, other, place, isNow: true);
        if (_plan.Join == JoinKind.Single && now > 0) { RequireSingle(side, other, place); }

        if (matchBefore == matchNow) { Give(side, place, matchNow, now - before); }
        else
        {
            Give(side, place, matchBefore, -before);
            Give(side, place, matchNow, now);
        }
    }

    private void Give(JoinSide side, int place, Match match, int weight)
    {
        if (weight == 0) { return; }

        bool isGiven = _plan.Join switch
        {
            JoinKind.Semi => match == Match.Yes,
            JoinKind.Anti => match == Match.No || (match == Match.Unknown && !_plan.IsNullAware),
            JoinKind.Mark => true,
            _ => match != Match.Yes,
        };
        if (!isGiven) { return; }

        _alone.Add(place, weight);
        if (_plan.Join == JoinKind.Mark) { _marks.Add((int)match); }

        if (_alone.IsFull) { Flush(side); }
    }

    private void Flush(JoinSide side)
    {
        if (_alone.Count == 0) { return; }

        Column[] columns = side.Rows.Rows.Rows.Columns(_alone.Places);
        Column[] output = _plan.Join switch
        {
            JoinKind.Semi or JoinKind.Anti => columns,
            JoinKind.Mark => [.. columns, Marks()],
            _ when ReferenceEquals(side, Left) => [.. columns, .. NullsOf(Right)],
            _ => [.. NullsOf(Left), .. columns],
        };
        _output.Push(new ChangeBatch(new Batch(output, _alone.Count), Selection: null, _alone.TakeWeights()));
        _marks.Clear();
    }

    private Column[] NullsOf(JoinSide side)
    {
        int[] nowhere = new int[_alone.Count];
        nowhere.AsSpan().Fill(-1);
        return side.Rows.Rows.Rows.Columns(nowhere);
    }

    private FixedColumn<bool> Marks()
    {
        var builder = new FixedColumnBuilder<bool>(DataType.Boolean);
        foreach (int mark in _marks)
        {
            if ((Match)mark == Match.Unknown && _plan.IsNullAware) { builder.AppendNull(); }
            else { builder.Append((Match)mark == Match.Yes); }
        }

        return (FixedColumn<bool>)builder.Finish();
    }

    private Match MatchOf(JoinSide side, JoinSide other, int place, bool isNow)
    {
        if (_decidesByPairs) { return isNow ? side.Matches.Now(place) : side.Matches.Before(place); }

        int key = side.Rows.KeyOf(place);
        KeyedRows others = other.Rows;
        if (key >= 0 && (isNow ? others.WeightNow(key) : others.WeightBefore(key)) > 0) { return Match.Yes; }

        // Nothing is in an empty set, not even NULL.
        bool isEmpty = (isNow ? others.TotalNow : others.TotalBefore) == 0;
        bool hasNull = key < 0 || (isNow ? others.KeylessNow : others.KeylessBefore) > 0;
        return _plan.IsNullAware && !isEmpty && hasNull ? Match.Unknown : Match.No;
    }

    private void RequireSingle(JoinSide side, JoinSide other, int place)
    {
        int key = side.Rows.KeyOf(place);
        long matches = _decidesByPairs ? side.Matches.CountNow(place) : key < 0 ? 0 : other.Rows.WeightNow(key);
        if (matches > 1) { throw ExecutionErrors.NotSingle(_plan.Subquery ?? ""); }
    }
}
