using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>
/// Given changes to L and R, gives the changes to the pairs L ⋈ R, and counts the matches of the rows. Single-threaded.
/// </summary>
/// <remarks>
/// Every pair that is looked at was there before the tick or is there after it, so that a condition never fails on rows
/// that did not meet. With M = rows that are in both R and R':
/// <code>
/// L'⋈R' − L⋈R = (L'−M_L)⋈R' + M_L⋈(R'−M_R)        gained
///             − (L−M_L)⋈R  − M_L⋈(R−M_R)          lost
/// </code>
/// Cost O(changes · matches). Source: the product rule of DBSP (Budiu et al., VLDB 2023).
/// </remarks>
internal sealed class PairChanges
{
    private const int PortionPairs = 8192;

    // More matches of a row would not stay near until they are used.
    private const int MaxPrefetched = 16;

    private readonly JoinSide _left;
    private readonly JoinSide _right;
    private readonly Evaluator? _residual;
    private readonly Evaluator? _residualBefore;
    private readonly IOperatorInput? _output;
    private readonly bool _countsMatches;
    private readonly int[] _leftPlaces = new int[PortionPairs];
    private readonly int[] _rightPlaces = new int[PortionPairs];
    private readonly int[] _deltas = new int[PortionPairs];
    private readonly int[] _others = new int[PortionPairs];
    private int _count;

    /// <summary>Makes it for a join.</summary>
    /// <param name="plan">The join.</param>
    /// <param name="left">Its left side.</param>
    /// <param name="right">Its right side.</param>
    /// <param name="log">Where pairs that fail are noted.</param>
    /// <param name="output">Where pairs go; null: only their number counts.</param>
    public PairChanges(LogicalJoin plan, JoinSide left, JoinSide right, RowErrorLog log, IOperatorInput? output)
    {
        (_left, _right, _output) = (left, right, output);
        _countsMatches = plan.Residual is not null && plan.Join is not (JoinKind.Inner or JoinKind.Cross);
        if (plan.Residual is null) { return; }

        // A pair that failed has been noted when it came; it is not noted again when it goes.
        var input = new Schema(plan.Left.Schema.Fields.Concat(plan.Right.Schema.Fields));
        _residual = Evaluator.OfCondition(plan.Residual, input, log);
        _residualBefore = Evaluator.OfCondition(plan.Residual, input, new RowErrorLog(log.Policy));
    }

    /// <summary>Rows of the other side that were looked at so far.</summary>
    public long PairsSeen { get; private set; }

    /// <summary>Gives the changes of this tick.</summary>
    public void Give()
    {
        if (_right.Rows.TotalBefore > 0) { Walk<BeforeTick>(_left, _right, isGain: false); }

        // In the first tick no row was there before, so that L'⋈R' is all.
        if (_left.Rows.TotalBefore > 0)
        {
            Walk<ThroughTick>(_right, _left, isGain: false);
            Walk<ThroughTick>(_right, _left, isGain: true);
        }

        Walk<AfterTick>(_left, _right, isGain: true);
    }

    /// <summary>Gives the pairs that the rows of a stream make with the other side as it is now.</summary>
    public void GiveNow(JoinSide stream) => Walk<AfterTick>(stream, ReferenceEquals(stream, _left) ? _right : _left, isGain: true);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Walk<TMoment>(JoinSide changed, JoinSide other, bool isGain)
        where TMoment : struct, IMoment
    {
        RowWeights rows = changed.Rows.Rows;
        ReadOnlySpan<int> touched = CollectionsMarshal.AsSpan(rows.Touched);
        for (int start = 0; start < touched.Length; start += CacheLines.BlockRows)
        {
            ReadOnlySpan<int> block = touched[start..Math.Min(start + CacheLines.BlockRows, touched.Length)];
            Prefetch(changed, other, block);
            foreach (int place in block)
            {
                int delta = rows.Now(place) - rows.Before(place);
                int key = changed.Rows.KeyOf(place);
                if (delta == 0 || delta > 0 != isGain || key == RowKeys.None) { continue; }

                foreach (int match in other.Rows.RowsOf(key))
                {
                    PairsSeen++;
                    int weight = TMoment.WeightOf(other.Rows.Rows, match);
                    if (weight != 0) { Add(changed, place, match, delta, weight); }
                }
            }
        }

        Flush(changed, other, isGain);
    }

    /// <summary>Asks for the matches of every row of a block.</summary>
    private void Prefetch(JoinSide changed, JoinSide other, ReadOnlySpan<int> block)
    {
        foreach (int place in block) { other.Rows.PrefetchKey(Math.Max(0, changed.Rows.KeyOf(place))); }

        foreach (int place in block)
        {
            if (changed.Rows.KeyOf(place) is >= 0 and var key) { other.Rows.PrefetchList(key); }
        }

        foreach (int place in block)
        {
            if (_countsMatches) { changed.Matches.Prefetch(place); }

            if (changed.Rows.KeyOf(place) is >= 0 and var key) { PrefetchMatches(other, key); }
        }
    }

    private void PrefetchMatches(JoinSide other, int key)
    {
        int asked = 0;
        foreach (int match in other.Rows.RowsOf(key))
        {
            if (++asked > MaxPrefetched) { return; }

            other.Rows.PrefetchRow(match);
            if (_countsMatches) { other.Matches.Prefetch(match); }
        }
    }

    private void Add(JoinSide changed, int place, int match, int delta, int weight)
    {
        bool isLeft = ReferenceEquals(changed, _left);
        _leftPlaces[_count] = isLeft ? place : match;
        _rightPlaces[_count] = isLeft ? match : place;
        _deltas[_count] = delta;
        _others[_count++] = weight;
        if (_count == PortionPairs) { Flush(changed, isLeft ? _right : _left, delta > 0); }
    }

    private void Flush(JoinSide changed, JoinSide other, bool isGain)
    {
        if (_count == 0) { return; }

        int count = _count;
        _count = 0;
        Column[] left = _left.Rows.Rows.Rows.Columns(_leftPlaces.AsSpan(0, count));
        Column[] right = _right.Rows.Rows.Rows.Columns(_rightPlaces.AsSpan(0, count));
        var pairs = new Batch([.. left, .. right], count);
        int[]? matching = _residual is null ? null : Matching(pairs, changed, other, isGain);
        if (_output is null || matching is { Length: 0 }) { return; }

        _output.Push(new ChangeBatch(pairs, matching, Weights(count)));
    }

    private int[]? Weights(int count)
    {
        var weights = new int[count];
        bool isInsertOnly = true;
        for (int pair = 0; pair < count; pair++)
        {
            weights[pair] = _deltas[pair] * _others[pair];
            isInsertOnly &= weights[pair] == 1;
        }

        return isInsertOnly ? null : weights;
    }

    private int[] Matching(Batch pairs, JoinSide changed, JoinSide other, bool isGain)
    {
        EvaluatedRows evaluated = (isGain ? _residual! : _residualBefore!).Evaluate(new ChangeBatch(pairs));
        var condition = (FixedColumn<bool>)evaluated.Columns[0];
        ReadOnlySpan<bool> isTrue = condition.Values;
        var matching = new int[isTrue.Length];
        int count = 0;
        for (int row = 0; row < isTrue.Length; row++)
        {
            int pair = evaluated.Passed is null ? row : evaluated.Passed[row];
            Match match = condition.IsNull(row) ? Match.Unknown : isTrue[row] ? Match.Yes : Match.No;
            matching[count] = pair;
            count += match == Match.Yes ? 1 : 0;
            if (_countsMatches) { CountMatch(changed, other, pair, match, isGain); }
        }

        return matching[..count];
    }

    /// <summary>The other row has gained or lost the changed one; a row that is new has found the other one.</summary>
    private void CountMatch(JoinSide changed, JoinSide other, int pair, Match match, bool isGain)
    {
        bool isLeft = ReferenceEquals(changed, _left);
        int place = isLeft ? _leftPlaces[pair] : _rightPlaces[pair];
        other.Matches.Add(isLeft ? _rightPlaces[pair] : _leftPlaces[pair], match, _deltas[pair]);
        if (isGain && changed.Rows.Rows.Before(place) == 0) { changed.Matches.Add(place, match, _others[pair]); }
    }
}
