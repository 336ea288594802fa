using System.Buffers;
using Ctas.Data;
using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.State;

/// <summary>The right side of a semi, anti or mark join, asked for each left row whether it has a match.</summary>
internal abstract class MatchIndex
{
    /// <summary>Bytes held.</summary>
    public abstract long SizeInBytes { get; }

    /// <summary>True when no further right row can change an answer.</summary>
    public virtual bool IsDecided => false;

    /// <summary>The index that suits the join.</summary>
    public static MatchIndex Create(LogicalJoin plan, RowErrorLog log) => plan.Residual is null
        ? new KeyMatchIndex([.. plan.RightKeys.Select(key => key.Type)], plan.IsNullAware)
        : new PairMatchIndex(plan, log);

    /// <summary>True when added columns may be read later.</summary>
    public abstract bool KeepsColumns { get; }

    /// <summary>Adds right rows with their keys.</summary>
    public abstract void Add(EvaluatedRows keys);

    /// <inheritdoc cref="JoinIndex.Freeze"/>
    public virtual void Freeze(Action<long> meter)
    {
    }

    /// <summary>Finds out about every left row.</summary>
    /// <param name="left">The rows.</param>
    /// <param name="keys">Their keys.</param>
    /// <param name="matches">One answer a row; all No before.</param>
    public abstract void Find(LeftRows left, ReadOnlySpan<Column> keys, Span<Match> matches);
}

/// <summary>Equal keys are a match; rows need not be kept.</summary>
/// <param name="keyTypes">Types of the keys; without keys any right row matches.</param>
/// <param name="isNullAware">True when NULL on either side leaves the match open, as with IN.</param>
internal sealed class KeyMatchIndex(IReadOnlyList<DataType> keyTypes, bool isNullAware) : MatchIndex
{
    private readonly KeyNumbers _keys = KeyNumbers.Create(keyTypes);
    private bool _hasRow;
    private bool _hasNull;

    public override long SizeInBytes => _keys.SizeInBytes;

    public override bool IsDecided => _hasRow && keyTypes.Count == 0;

    public override bool KeepsColumns => false;

    public override void Add(EvaluatedRows keyRows)
    {
        int count = keyRows.Columns.RowCount;
        if (count == 0) { return; }

        ReadOnlySpan<Column> keys = keyRows.Columns.Columns;
        _hasRow = true;
        foreach (Column key in keys) { _hasNull |= key.Validity is { } validity && validity.CountSet() < key.Length; }

        int[] numbers = ArrayPool<int>.Shared.Rent(count);
        _keys.FindOrAdd(keys, numbers.AsSpan(0, count));
        ArrayPool<int>.Shared.Return(numbers);
    }

    public override void Find(LeftRows left, ReadOnlySpan<Column> keys, Span<Match> matches)
    {
        // Nothing is in an empty set, not even NULL.
        if (!_hasRow) { return; }

        int[] rented = ArrayPool<int>.Shared.Rent(Math.Max(1, left.Count));
        Span<int> numbers = rented.AsSpan(0, left.Count);
        _keys.Find(keys, numbers);
        Match otherwise = isNullAware && _hasNull ? Match.Unknown : Match.No;
        for (int row = 0; row < numbers.Length; row++) { matches[row] = numbers[row] >= 0 ? Match.Yes : otherwise; }

        ArrayPool<int>.Shared.Return(rented);
        if (!isNullAware) { return; }

        foreach (Column key in keys)
        {
            for (int row = 0; key.Validity is not null && row < matches.Length; row++)
            {
                if (key.IsNull(row)) { matches[row] = Match.Unknown; }
            }
        }
    }
}

/// <summary>Equal keys make a pair, and a condition over the pair says whether it is a match.</summary>
/// <remarks>Pairs are tried in portions; a left row whose match is found is tried no further.</remarks>
internal sealed class PairMatchIndex(LogicalJoin plan, RowErrorLog log) : MatchIndex
{
    private readonly JoinIndex _index = new(
        [.. plan.Right.Schema.Fields.Select(field => field.Type)], [.. plan.RightKeys.Select(key => key.Type)]);

    private readonly Evaluator _condition = new(
        [plan.Residual!], new Schema(plan.Left.Schema.Fields.Concat(plan.Right.Schema.Fields)), log, reusesResults: true);

    public override long SizeInBytes => _index.SizeInBytes;

    public override bool KeepsColumns => true;

    public override void Add(EvaluatedRows keys) => _index.Add(keys.InputBatch(), keys.Columns.Columns);

    public override void Freeze(Action<long> meter) => _index.Freeze(meter);

    public override void Find(LeftRows left, ReadOnlySpan<Column> keys, Span<Match> matches)
    {
        if (_index.Rows.RowCount == 0) { return; }

        int[] numbers = ArrayPool<int>.Shared.Rent(Math.Max(1, left.Count));
        _index.Find(keys, numbers.AsSpan(0, left.Count));
        var pairs = new JoinPairs(left, matchedLeft: null);
        for (int row = 0; row < left.Count; row++)
        {
            if (numbers[row] < 0) { continue; }

            int number = numbers[row];
            ReadOnlySpan<int> rights = _index.IsUnique ? new ReadOnlySpan<int>(in number) : _index.RowsOf(number);
            foreach (int right in rights)
            {
                if (matches[row] == Match.Yes) { break; }

                pairs.Add(row, right);
                if (pairs.IsFull) { Try(pairs, matches); }
            }
        }

        ArrayPool<int>.Shared.Return(numbers);
        Try(pairs, matches);
        pairs.Release();
    }

    private void Try(JoinPairs pairs, Span<Match> matches)
    {
        if (pairs.Count == 0) { return; }

        EvaluatedRows evaluated =
            _condition.EvaluatePairs(pairs.Left.Rows, pairs.InputRows(), _index.Rows, pairs.RightRows);
        var isMatch = (FixedColumn<bool>)evaluated.Columns[0];
        ReadOnlySpan<bool> values = isMatch.Values;
        for (int pair = 0; pair < values.Length; pair++)
        {
            Match match = isMatch.IsNull(pair) ? Match.Unknown : values[pair] ? Match.Yes : Match.No;
            int row = pairs.LeftRow(evaluated.Passed is null ? pair : evaluated.Passed[pair]);
            if (match > matches[row]) { matches[row] = match; }
        }

        pairs.Clear();
    }
}
